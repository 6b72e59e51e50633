"""Runs: who computed what, when, from which inputs, with which seed and versions; and the tables that came of it."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from wfm.errors import MissingError
from wfm.store import schema
from wfm.store.fingerprint import installed_versions
from wfm.store.rows import day_text, frame_of, instant_of, instant_us, rows_of
from wfm.time.week import Period

Status = Literal["done", "interrupted"]

_MADE_BY = {
    "calibration": "wfm forecast --calibrate",
    "forecast": "wfm forecast",
    "requirement": "wfm staff",
    "roster": "wfm schedule",
    "simulation": "wfm simulate",
    "cost": "wfm cost",
}
"""The command that makes a run of each kind."""

RUN_KINDS = ("calibration", "forecast", "requirement", "mix", "roster", "audit", "simulation", "cost")
"""What a run may be, in the order of the flow."""

_NAMES_DAYS = {"forecast": " --from {}", "roster": " --week {}", "simulation": " --week {}", "cost": " --week {}"}
"""How that command is told the days; staffing covers those of its forecast."""


def whoami() -> str:
    """Who runs this: WFM_AUTHOR, else the user's name, else ``unknown``."""
    named = os.environ.get("WFM_AUTHOR")
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in this container
        return "unknown"


@dataclass(frozen=True)
class RunRecord:
    """One run. ``inputs`` maps the name of each input to its fingerprint; ``parameters`` are plain JSON values.

    ``period`` is the stretch of local days it covers. ``id`` is given by the store.
    """

    kind: str
    period: Period | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    status: Status = "done"
    note: str = ""
    author: str = field(default_factory=whoami)
    created_at: pd.Timestamp = field(default_factory=lambda: pd.Timestamp.now("UTC").as_unit("us"))
    versions: Mapping[str, str] = field(default_factory=installed_versions)
    id: int | None = None

    @property
    def number(self) -> int:
        """The id of a stored run."""
        assert self.id is not None, "a run has its number once it is stored"
        return self.id


def write_run(connection: sa.Connection, record: RunRecord, tables: Mapping[str, pd.DataFrame]) -> int:
    """Store a run and its tables, each checked against its contract; returns the run's id."""
    period = record.period
    added = connection.execute(
        sa.insert(schema.run).values(
            kind=record.kind,
            created_at=instant_us(record.created_at),
            author=record.author,
            parameters=dict(record.parameters),
            seed=record.seed,
            inputs=dict(record.inputs),
            versions=dict(record.versions),
            status=record.status,
            first_day=day_text(period.first) if period else None,
            days=period.days if period else None,
            note=record.note,
        )
    )
    assert added.inserted_primary_key is not None
    run_id = int(added.inserted_primary_key[0])
    for name, frame in tables.items():
        contract = schema.RUN_TABLES[name]
        rows = rows_of(contract, frame, run_id=run_id)
        if contract.repeats:
            for line, row in enumerate(rows):
                row["line"] = line
        if rows:
            connection.execute(sa.insert(schema.results[name]), rows)
    return run_id


def find_run(
    connection: sa.Connection, kind: str, run_id: int | None = None, covering: Period | None = None
) -> RunRecord:
    """The run ``run_id``, or the latest of ``kind`` that covers every day of ``covering``.

    Raises:
        MissingError: there is none; names the command that makes one.
    """
    table = schema.run
    query = sa.select(table).where(table.c.kind == kind).order_by(table.c.id.desc())
    if run_id is not None:
        query = query.where(table.c.id == run_id)
    if covering is not None:
        query = query.where(table.c.first_day <= covering.first.isoformat())
    for row in connection.execute(query).mappings():
        record = record_of(row)
        if covering is None or (record.period is not None and record.period.last >= covering.last):
            return record
    other = None if run_id is None else connection.scalar(sa.select(table.c.kind).where(table.c.id == run_id))
    raise _missing(kind, run_id, covering, other)


def find_runs(connection: sa.Connection, kind: str | None = None, most: int | None = None) -> list[RunRecord]:
    """Runs of ``kind`` (None: all), the latest first."""
    query = sa.select(schema.run).order_by(schema.run.c.id.desc()).limit(most)
    if kind is not None:
        query = query.where(schema.run.c.kind == kind)
    return [record_of(row) for row in connection.execute(query).mappings()]


def read_result(connection: sa.Connection, name: str, run_id: int) -> pd.DataFrame:
    """Table ``name`` of run ``run_id``, in its contract; empty where that run wrote none."""
    table, contract = schema.results[name], schema.RUN_TABLES[name]
    query = sa.select(*(table.c[column] for column in contract.names)).where(table.c.run_id == run_id)
    if contract.repeats:
        query = query.order_by(table.c.line)
    return frame_of(contract, connection.execute(query).all())


def record_of(row: sa.RowMapping) -> RunRecord:
    """A stored row as a record."""
    return RunRecord(
        kind=row["kind"],
        period=Period(date.fromisoformat(row["first_day"]), row["days"]) if row["first_day"] else None,
        parameters=row["parameters"],
        seed=row["seed"],
        inputs=row["inputs"],
        status=row["status"],
        note=row["note"],
        author=row["author"],
        created_at=instant_of(row["created_at"]),
        versions=row["versions"],
        id=row["id"],
    )


def _missing(kind: str, run_id: int | None, covering: Period | None, other: str | None) -> MissingError:
    command = _MADE_BY.get(kind, f"wfm {kind}")
    if other == kind:
        mend = f"name a day of it with --week, or find another with `wfm runs --kind {kind}`"
        return MissingError(f"{kind} run {run_id} does not cover {covering}", mend=mend)
    if run_id is not None:
        found = f"{run_id}, a run of kind {other}" if other else run_id
        mend = f"see `wfm runs --kind {kind}`, or leave out --run for the latest"
        return MissingError(f"no {kind} run of that number", found=found, mend=mend)
    if covering is not None:
        days = _NAMES_DAYS.get(kind, "").format(covering.first.isoformat())
        return MissingError(f"no {kind} covers {covering}", mend=f"run `{command}{days}`, or import one")
    return MissingError(f"no {kind} is stored yet", mend=f"run `{command}` first")
