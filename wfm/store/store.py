"""The store as the commands use it: every method is one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from wfm.store import facts, people, published, runs, schema
from wfm.store.database import engine_of, reading, writing
from wfm.store.facts import Counts
from wfm.store.migrate import migrate, revision_of
from wfm.store.published import PublishedVersion
from wfm.store.runs import RunRecord
from wfm.tables.history import HISTORY
from wfm.time.week import Period


@dataclass(frozen=True)
class Store:
    """The centre's memory. Frames go in checked and come out in contract; a command that dies leaves no trace.

    >>> store = Store.open("sqlite://")
    >>> store.history().empty
    True
    """

    engine: sa.Engine

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at ``url``, created or brought up to date where needed.

        Raises:
            InputError: no such database, or one that a later version wrote.
            StoreBusyError: it needs to be brought up to date and is locked.
        """
        engine = engine_of(url)
        migrate(engine)
        return cls(engine)

    @property
    def place(self) -> str:
        """The store's URL, without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    @property
    def revision(self) -> str | None:
        """The revision of its tables."""
        return revision_of(self.engine)

    def write_history(self, frame: pd.DataFrame) -> Counts:
        """Lay a frame in the contract of HISTORY over what is stored: a later import wins.

        Raises:
            TableError: the frame breaks the contract; nothing was written.
            StoreBusyError: another process is writing.
        """
        return self.write_facts(HISTORY.name, frame)

    def history(
        self,
        queues: Sequence[str] | None = None,
        start: pd.Timestamp | None = None,
        end: pd.Timestamp | None = None,
    ) -> pd.DataFrame:
        """History of ``queues`` (None: all), half-open from ``start`` to ``end``, in the contract of HISTORY."""
        return self.facts(HISTORY.name, queues, start, end)

    def write_facts(self, name: str, frame: pd.DataFrame) -> Counts:
        """Lay a frame over the stored facts ``name`` (``history``, ``driver``, ...): a later import wins.

        Raises:
            TableError: the frame breaks the contract; nothing was written.
            StoreBusyError: another process is writing.
        """
        checked = schema.FACT_TABLES[name].check(frame)
        with writing(self.engine) as connection:
            return facts.write_facts(connection, name, checked)

    def facts(
        self,
        name: str,
        whose: Sequence[str] | None = None,
        start: pd.Timestamp | None = None,
        end: pd.Timestamp | None = None,
    ) -> pd.DataFrame:
        """Facts ``name`` of the queues (or drivers) ``whose``, half-open from ``start`` to ``end``, in contract."""
        with reading(self.engine) as connection:
            return facts.read_facts(connection, name, whose, start, end)

    def write_people(self, kind: str, frame: pd.DataFrame, valid_from: date) -> Counts:
        """Make ``frame`` the whole state of ``agents``, ``availability``, ``time_off`` or ``preferences``.

        It holds from ``valid_from`` on; the very first state of a table holds for all days before too.

        Raises:
            TableError: the frame breaks the contract; nothing was written.
        """
        checked = schema.PEOPLE_TABLES[kind].check(frame)
        with writing(self.engine) as connection:
            return people.write_people(connection, kind, checked, valid_from)

    def people_tables(self, day: date) -> dict[str, pd.DataFrame]:
        """All that was known of people for ``day``: the arguments of ``wfm.policy.people.people_of`` by name.

        What is stored about someone who is no longer among the agents is left out.
        """
        with reading(self.engine) as connection:
            tables = {kind: people.read_people(connection, kind, day) for kind in schema.PEOPLE_TABLES}
        known = tables["agents"]["id"]
        return {
            kind: table if kind == "agents" else table[table["agent"].isin(known)].reset_index(drop=True)
            for kind, table in tables.items()
        }

    def write_run(self, record: RunRecord, tables: Mapping[str, pd.DataFrame]) -> int:
        """Store a run with its tables, by the contracts' names, in one short transaction; returns its id.

        Raises:
            TableError: a table breaks its contract; nothing was written.
            StoreBusyError: another process is writing.
        """
        checked = {name: schema.RUN_TABLES[name].check(frame) for name, frame in tables.items()}
        with writing(self.engine) as connection:
            return runs.write_run(connection, record, checked)

    def run(self, kind: str, run_id: int | None = None, covering: Period | None = None) -> RunRecord:
        """The run ``run_id``, or the latest of ``kind`` that covers every day of ``covering``.

        Raises:
            MissingError: there is none; names the command that makes one.
        """
        with reading(self.engine) as connection:
            return runs.find_run(connection, kind, run_id, covering)

    def runs(self, kind: str | None = None, most: int | None = None) -> list[RunRecord]:
        """Runs of ``kind`` (None: all), the latest first, at most ``most``."""
        with reading(self.engine) as connection:
            return runs.find_runs(connection, kind, most)

    def read(self, table: str, run_id: int) -> pd.DataFrame:
        """A table that run ``run_id`` wrote, in its contract; empty where it wrote none."""
        with reading(self.engine) as connection:
            return runs.read_result(connection, table, run_id)

    def publish_version(self, version: PublishedVersion) -> None:
        """Store a published version; its number is the next of its period.

        Raises:
            StoreBusyError: someone else published this number meanwhile.
        """
        with writing(self.engine) as connection:
            published.write_version(connection, version)

    def versions(self, first_day: date | None = None) -> list[PublishedVersion]:
        """Published versions of the period that begins on ``first_day`` (None: of all), in order."""
        with reading(self.engine) as connection:
            return published.read_versions(connection, first_day)

    def secret(self) -> str:
        """The workspace's secret token, from which unguessable file names are made; never shown."""
        with writing(self.engine) as connection:
            return published.secret_of(connection)
