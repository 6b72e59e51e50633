"""Stored rosters by their days, and what belongs to one: its coverage, which an imported roster gets from its audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wfm.commands.output import say
from wfm.errors import MissingError

if TYPE_CHECKING:
    import pandas as pd

    from wfm.store.pieces import Piece
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

LEAST_HISTORY_WEEKS = 4
"""So far back a roster looks at least: rest and runs of days carry over its border, and so may alternating weekends."""


def roster_of(place: Workspace, period: Period, run: int | None = None) -> tuple[RunRecord, pd.DataFrame]:
    """The roster run ``run``, or the latest that covers ``period``, and its shifts that start on these days.

    Asked for the run's own days it is whole, so that rows that stray out of them are seen.

    Raises:
        MissingError: there is none; names the command that makes one.
    """
    record = place.store.run("roster", run, period)
    roster = place.store.read("roster", record.number)
    return record, roster if record.period == period else of_days(roster, period)


def of_days(roster: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The segments of ``roster`` whose work date lies in ``period``: a night shift belongs to its first day."""
    dates = period.dates()
    return roster[roster["work_date"].between(dates[0], dates[-1])].reset_index(drop=True)


def roster_before(place: Workspace, period: Period, own: RunRecord | None = None) -> pd.DataFrame | None:
    """What was worked before ``period``: at least four weeks, and as far as fair shares and averages reach.

    Each day is from the roster that held on it: from ``own``, the run whose later days are looked at, where it covers
    the day; or the latest version published for it, which is what agents were told; or else the latest roster run. A
    day of no roster ends what is known: nobody can say that who was on no roster was off. None where no roster is
    stored for the eve.
    """
    import pandas as pd

    found = _unbroken(_pieces_before(place, period, own), period)
    if not found:
        return None
    read = {run.number: place.store.read("roster", run.number) for run, _ in found}
    return pd.concat([of_days(read[run.number], days) for run, days in found], ignore_index=True)


def tell_gap(place: Workspace, period: Period, own: RunRecord | None = None) -> None:
    """Say on stderr which days before ``period`` have no roster although earlier ones have; nothing where none has."""
    found = _pieces_before(place, period, own)
    kept = _unbroken(found, period)
    if len(kept) < len(found):
        last = found[-len(kept) - 1][1].last
        known_from = kept[0][1].first if kept else period.first
        first, days = last + timedelta(days=1), (known_from - last).days - 1
        gap = f"{first} to {known_from - timedelta(days=1)}" if days > 1 else str(first)
        say(
            f"no roster is stored for {gap}: what was worked before {known_from} counts as unknown, so that rest and "
            f"days in a row begin anew and averages take the contract's hours; `wfm import roster` fills the gap"
        )


def _pieces_before(place: Workspace, period: Period, own: RunRecord | None) -> list[Piece]:
    """The roster runs that held on the days before ``period``, in order of the days."""
    from wfm.store.pieces import pieces
    from wfm.time.week import Period as Days

    weeks = max(LEAST_HISTORY_WEEKS, place.centre.objective.fairness_weeks)
    days = max(7 * weeks, place.centre.rules.memory_days)
    earlier = Days(period.first - timedelta(days=days), days)
    runs = {run.number: run for run in place.store.runs("roster")}
    versions = sorted(place.store.versions(), key=lambda version: version.published_at, reverse=True)
    told = [replace(runs[version.runs["roster"]], period=version.period) for version in versions]
    return pieces([*([own] if own else []), *told, *runs.values()], earlier)


def _unbroken(found: list[Piece], period: Period) -> list[Piece]:
    """Those of ``found`` that reach up to the eve of ``period`` with no day missing."""
    begins, count = period.first, 0
    for _, days in reversed(found):
        if days.last + timedelta(days=1) != begins:
            break
        begins, count = days.first, count + 1
    return found[len(found) - count :]


def coverage_of(place: Workspace, roster_run: RunRecord, period: Period) -> pd.DataFrame:
    """Coverage of ``period`` stored with the roster, or else with the newest audit of it.

    Raises:
        MissingError: the roster was imported and never audited against a requirement.
    """
    from wfm.policy.span import within

    coverage = place.store.read("coverage", roster_run.number)
    audits = [run for run in place.store.runs("audit") if run.parameters.get("roster_run") == roster_run.id]
    for audit in audits:
        if len(coverage):
            break
        coverage = place.store.read("coverage", audit.number)
    if coverage.empty:
        raise MissingError(f"no coverage of roster run {roster_run.id}", mend="run `wfm audit` first")
    return within(coverage, period, place.centre)
