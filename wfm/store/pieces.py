"""Stretches of days pieced together from several runs: what holds on each day, and which run says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby

from wfm.store.runs import RunRecord
from wfm.time.week import Period

Piece = tuple[RunRecord, Period]
"""A run and the days for which it is asked."""


def pieces(runs: Iterable[RunRecord], period: Period) -> list[Piece]:
    """For each day of ``period`` the first of ``runs`` that covers it, as stretches of days in order.

    Days that no run covers are left out. A run stands in several stretches where another lies within its days.

    >>> from datetime import date
    >>> month = RunRecord("roster", Period(date(2026, 11, 1), 30), id=1)
    >>> week = RunRecord("roster", Period(date(2026, 11, 9), 7), id=2)
    >>> [(run.id, str(days)) for run, days in pieces([week, month], Period(date(2026, 11, 8), 3))]
    [(1, '2026-11-08 to 2026-11-08'), (2, '2026-11-09 to 2026-11-10')]
    """
    known = [(run, run.period) for run in runs if run.period is not None]
    days = [period.first + timedelta(days=at) for at in range(period.days)]
    holds = [next((run for run, own in known if own.first <= day <= own.last), None) for day in days]
    found = []
    for _, stretch in groupby(range(period.days), key=lambda at: id(holds[at])):
        at = list(stretch)
        run = holds[at[0]]
        if run is not None:
            found.append((run, Period(days[at[0]], len(at))))
    return found


def first_missing(found: Iterable[Piece], period: Period) -> str | None:
    """The first day of ``period`` that no piece covers, as a date; None where all are covered."""
    day = period.first
    for _, days in found:
        if days.first > day:
            break
        day = days.last + timedelta(days=1)
    return day.isoformat() if day <= period.last else None
