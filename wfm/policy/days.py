"""The centre's own calendar: kinds of its days, and the minutes its queues are open on them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.time.holidays import day_kinds
from wfm.time.opening import open_minutes
from wfm.time.week import WEEKDAYS
from wfm.time.zones import local_day

CLOSING_KINDS = ("holiday", "rest")
"""Kinds of days on which a queue's holiday hours replace those of the weekday."""


def day_kinds_of(days: pd.DatetimeIndex, centre: Centre) -> pd.DataFrame:
    """Kind and name of each local day by the centre's calendar (``day``, ``kind``, ``name``).

    An own day of kind workday on a weekend is a make-up day; one of kind weekend on a workday is a rest day.
    """
    calendar = centre.calendar
    weekend = [WEEKDAYS.index(name) for name in calendar.weekend]
    own = [(own.day, own.kind, own.name) for own in calendar.days]
    kinds = day_kinds(days, calendar.country, calendar.subdivision, weekend, own)
    in_weekend = np.isin(days.day_of_week, weekend)
    kinds.loc[(kinds["kind"] == "workday") & in_weekend, "kind"] = "makeup"
    kinds.loc[(kinds["kind"] == "weekend") & ~in_weekend, "kind"] = "rest"
    return kinds


def closing_days(days: pd.DatetimeIndex, centre: Centre) -> pd.DatetimeIndex:
    """Those of ``days`` on which holiday hours hold."""
    return days[day_kinds_of(days, centre)["kind"].isin(CLOSING_KINDS).to_numpy()]


def queue_open_minutes(
    starts: pd.DatetimeIndex, centre: Centre, queue_id: str, interval_min: int | None = None
) -> np.ndarray:
    """Open minutes of each interval, the queue's or of ``interval_min``, holidays considered; shape of ``starts``."""
    queue, zone = centre.queue(queue_id), centre.zone_of(queue_id)
    length_min = interval_min or queue.interval_min
    if len(starts) == 0 or queue.opening.always:
        return np.full(len(starts), float(length_min))
    holidays = None
    if queue.opening.holiday is not None:
        local = local_day(starts, zone)
        # A span past midnight belongs to the day before.
        days = pd.date_range(local.min() - pd.Timedelta(days=1), local.max(), freq="D", unit="us")
        holidays = closing_days(days, centre)
    return open_minutes(starts, length_min, queue.opening, zone, holidays)
