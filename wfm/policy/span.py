"""The rows of a table that lie in a planning period, each queue in its own zone."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from wfm.policy.centre import Centre
from wfm.time.week import WEEKDAYS, Period
from wfm.time.zones import midnights


def within(table: pd.DataFrame, period: Period, centre: Centre) -> pd.DataFrame:
    """Rows of ``table`` (columns queue and interval_start) on the queue's local days of ``period``.

    Queues that the policy does not know stay in only where the centre's own zone puts them.
    """
    known = {queue.id for queue in centre.queues}
    keep = pd.Series(False, index=table.index)
    for queue in table["queue"].unique():
        borders = midnights(period.first, period.days, centre.zone_of(queue) if queue in known else centre.zone)
        starts = table["interval_start"]
        keep |= (table["queue"] == queue) & (starts >= borders[0]) & (starts < borders[-1])
    return table[keep].reset_index(drop=True)


def first_week(period: Period, week_starts: str) -> Period:
    """The first whole week in ``period``; the period itself where it holds none.

    >>> from datetime import date
    >>> str(first_week(Period(date(2026, 11, 21), 14), "monday"))
    '2026-11-23 to 2026-11-29'
    """
    ahead = (WEEKDAYS.index(week_starts) - period.first.weekday()) % 7
    start = period.first + timedelta(days=ahead)
    return Period(start, 7) if start + timedelta(days=6) <= period.last else period
