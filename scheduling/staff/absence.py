"""Absences as a supervisor names them on the phone: who, and from when to when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

from wfm.errors import UsageError
from wfm.policy.people import People
from wfm.tables.people import TIME_OFF
from wfm.time.week import Period, read_week


@dataclass(frozen=True)
class Absence:
    """Whole local days on which ``agent`` is away."""

    agent: str
    days: Period


def read_absence(text: str, people: People, period: Period, today: date) -> Absence:
    """``AGENT``, ``AGENT:DAY`` or ``AGENT:FIRST/LAST``; without days, from ``today`` to the end of ``period``.

    Raises:
        UsageError: no such agent, days that cannot be read, or days outside of the period.
    """
    agent, _, days = text.partition(":")
    known = [own.id for own in people.agents]
    if agent not in known:
        close = ", ".join(known[:10]) + (", ..." if len(known) > 10 else "")
        raise UsageError("no such agent", found=agent, expected=f"an agent's id: {close}")
    if not days:
        first = max(period.first, today)
        absent = Period(first, (period.last - first).days + 1)
    else:
        absent = read_week(days if "/" in days else f"{days}/{days}")
    if absent.days < 1 or absent.last < period.first or absent.first > period.last:
        raise UsageError("the absence is not within the days to repair", found=str(absent), expected=str(period))
    return Absence(agent, absent)


def with_absences(
    time_off: pd.DataFrame,
    absences: Sequence[Absence],
    kind: str,
    *,
    paid: bool,
    days_off: Collection[tuple[str, date]] = (),
) -> pd.DataFrame:
    """``time_off`` (contract TIME_OFF) and ``absences``; days on which someone is away already stay as they are.

    On ``days_off`` (agent and day) no shift falls out, and so nothing is paid or credited: else who is ill on a day off
    would have too many hours with the shifts of the other days.
    """
    rows = time_off
    for absence in absences:
        own = rows[rows["agent"] == absence.agent]
        spans = list(zip(own["first_day"].dt.date, own["last_day"].dt.date, strict=True))
        dates = [absence.days.first + timedelta(days=at) for at in range(absence.days.days)]
        new = [day for day in dates if not any(first <= day <= last for first, last in spans)]
        off = [day for day in new if (absence.agent, day) in days_off]
        added = [(absence.agent, run[0], run[-1], kind, paid) for run in _runs([day for day in new if day not in off])]
        added += [(absence.agent, run[0], run[-1], kind, False) for run in _runs(off)]
        if added:
            frame = TIME_OFF.check(pd.DataFrame(added, columns=["agent", "first_day", "last_day", "kind", "paid"]))
            rows = frame if rows.empty else pd.concat([rows, frame], ignore_index=True)
    return TIME_OFF.check(rows)


def _runs(days: Sequence[date]) -> list[list[date]]:
    """Days in a row together."""
    runs = [list(days[:1])] if days else []
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
