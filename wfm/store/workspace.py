"""A workspace: the folder with wfm.toml, the store and what is published."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from wfm.errors import InputError, MissingError
from wfm.files import write_atomically
from wfm.policy.centre import Centre
from wfm.policy.load import read_policy
from wfm.policy.people import People, people_of
from wfm.policy.span import first_week, within
from wfm.shipped import shipped
from wfm.store.fingerprint import fingerprint
from wfm.store.pieces import first_missing, pieces
from wfm.store.runs import RunRecord, Status, whoami
from wfm.store.store import Store
from wfm.time.week import Period, read_week

POLICY_FILE, STORE_FILE, PUBLISHED = "wfm.toml", "wfm.db", "published"


@dataclass(frozen=True)
class Workspace:
    """An open workspace."""

    folder: Path
    centre: Centre
    store: Store

    def people(self, day: date) -> People:
        """Everyone as known for ``day``, references to the policy resolved."""
        return people_of(self.centre, **self.store.people_tables(day))

    def record(
        self,
        kind: str,
        period: Period | None,
        inputs: Mapping[str, pd.DataFrame],
        *,
        parameters: Mapping[str, Any] | None = None,
        seed: int | None = None,
        status: Status = "done",
        note: str = "",
        author: str | None = None,
    ) -> RunRecord:
        """The record of a run of now, with fingerprints of its input tables and of the policy."""
        prints = {name: fingerprint(frame) for name, frame in inputs.items()}
        # What was computed with: the file with the environment laid over it.
        prints["policy"] = fingerprint(self.centre.model_dump_json().encode())
        return RunRecord(
            kind,
            period,
            parameters=parameters or {},
            seed=seed,
            inputs=prints,
            status=status,
            note=note,
            author=author or whoami(),
        )

    def planned(
        self, kind: Literal["forecast", "requirement"], period: Period, run_id: int | None = None
    ) -> tuple[RunRecord, pd.DataFrame]:
        """The run ``run_id``, or the latest of ``kind`` that covers ``period``, and its rows of those days.

        Where no run covers them all, a month planned week by week for example, each day is of the latest run that
        covers it, and the run returned is the latest of these.

        Raises:
            MissingError: some day has none; names the command that makes one.
        """
        try:
            found = [(self.store.run(kind, run_id, period), period)]
        except MissingError as error:
            found = pieces(self.store.runs(kind), period) if run_id is None else []
            missing = first_missing(found, period)
            if not found or missing is not None:
                found_days = f"none on {missing}" if found else error.found
                raise MissingError(error.what, found=found_days, mend=error.mend) from error
        tables = [within(self.store.read(kind, run.number), days, self.centre) for run, days in found]
        table = tables[0] if len(tables) == 1 else pd.concat(tables).sort_values(["queue", "interval_start"])
        return max((run for run, _ in found), key=lambda run: run.number), table.reset_index(drop=True)

    def planning_period(self, text: str | None, kind: str) -> Period:
        """The period a user names; without a name the first whole week that the latest run of ``kind`` covers.

        Raises:
            UsageError: cannot be read. MissingError: no name, and no such run.
        """
        week_starts = self.centre.centre.week_starts
        if text is not None:
            return read_week(text, week_starts)
        period = self.store.run(kind).period
        if period is None:
            raise MissingError(f"the latest {kind} covers no days", mend="name the week with --week")
        return first_week(period, week_starts)


def store_url(folder: Path) -> str:
    """The store's URL: ``WFM_STORE`` or the SQLite file of the workspace."""
    return os.environ.get("WFM_STORE") or f"sqlite:///{(folder / STORE_FILE).resolve().as_posix()}"


def open_workspace(folder: Path) -> Workspace:
    """The workspace of ``folder``; a store that is not there yet is made.

    Raises:
        PolicyError: no wfm.toml here, or it is wrong.
        InputError, StoreBusyError: the store cannot be used.
    """
    return Workspace(folder, read_policy(folder / POLICY_FILE), Store.open(store_url(folder)))


def create_workspace(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Make ``folder`` with ``files`` (name to text) and an empty store; nothing is overwritten.

    Raises:
        InputError: one of the files, or a store, is there already; then nothing is written.
    """
    paths = {folder / name: text for name, text in files.items()}
    there = [path for path in [*paths, folder / STORE_FILE] if path.exists()]
    if there:
        raise InputError("already there, and never overwritten", where=str(there[0]), mend="name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode())
    Store.open(store_url(folder))
    return [*paths, folder / STORE_FILE]


def example_files() -> dict[str, str]:
    """The commented policy and example files of a new workspace, by name."""
    folder = shipped("init")
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
