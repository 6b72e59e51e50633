"""When deferred contacts are due, and when they may be handled: deadlines on the clock or in working days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.days import day_kinds_of, queue_spans
from wfm.time.opening import Spans, days_that_reach, minutes_within
from wfm.time.week import WEEKDAYS
from wfm.time.zones import at_wall_time, local_day

WORKING_KINDS = ("workday", "makeup")
"""Kinds of days that are working days; special days are if they are not on a weekend."""

DAYS_AHEAD = 60
"""How far beyond twice its working days a deadline is looked for: closures are shorter than that."""


def work_minutes(starts: pd.DatetimeIndex, centre: Centre, queue_id: str) -> np.ndarray:
    """Minutes of each interval (the queue's own) in which its work may be handled; shape of ``starts``."""
    days = days_that_reach(starts, centre.zone_of(queue_id))
    spans = _work_spans(days, centre, queue_id)
    return minutes_within(starts, centre.queue(queue_id).interval_min, days, spans, centre.zone_of(queue_id))


def due_times(received: pd.DatetimeIndex, centre: Centre, queue_id: str) -> pd.DatetimeIndex:
    """The instants by which contacts received at some instants must be done.

    ``deadline_h`` counts hours on the clock, nights and holidays included. ``deadline_workdays = n`` ends at the close
    of business of the n-th working day after the local day of receipt, which itself does not count, however early the
    contact came. A working day is one of the centre's calendar (a make-up day is, a holiday, a rest day or a weekend
    day is not, even where the queue is open) on which the queue's work is handled.

    Raises:
        InputError: the queue has no working day in sight; names it.
    """
    queue = centre.queue(queue_id)
    if queue.deadline_workdays is None:
        assert queue.deadline_h is not None
        return received + pd.Timedelta(hours=queue.deadline_h)
    zone = centre.zone_of(queue_id)
    day = local_day(received, zone)
    last = day.max() + timedelta(days=2 * queue.deadline_workdays + DAYS_AHEAD)
    days = pd.date_range(day.min(), last, freq="D", unit="us")
    spans = _work_spans(days, centre, queue_id)
    working = _is_working_day(days, centre) & np.array([bool(of_day) for of_day in spans])
    nth = np.searchsorted(days[working], day, side="right") + queue.deadline_workdays - 1
    if nth.max() >= working.sum():
        raise InputError(
            "no working day in sight",
            where=f"queue {queue_id}, deadline_workdays {queue.deadline_workdays}",
            expected="days on which the calendar works and the queue's work is handled",
        )
    closing_min = np.array([of_day[-1][1] if of_day else 0 for of_day in spans])
    return at_wall_time(days[working], closing_min[working], zone)[nth]


def close_of_business(day: date, centre: Centre, queue_id: str) -> pd.Timestamp:
    """The end of the queue's last working hours on a local day; midnight after it where there are none."""
    days = pd.DatetimeIndex([pd.Timestamp(day)]).as_unit("us")
    spans = _work_spans(days, centre, queue_id)[0]
    return at_wall_time(days, spans[-1][1] if spans else 1440, centre.zone_of(queue_id))[0]


def instant_of(moment: datetime | date, centre: Centre, queue_id: str) -> pd.Timestamp:
    """A moment on the queue's clock, or with an offset of its own, as an instant; a day is its midnight."""
    stamp = pd.Timestamp(moment)
    if stamp.tzinfo is not None:
        return stamp.tz_convert("UTC").as_unit("us")
    midnight = stamp.normalize()
    minutes = np.array([(stamp - midnight).total_seconds() / 60])
    return at_wall_time(pd.DatetimeIndex([midnight]).as_unit("us"), minutes, centre.zone_of(queue_id))[0]


def _work_spans(days: pd.DatetimeIndex, centre: Centre, queue_id: str) -> list[Spans]:
    return queue_spans(days, centre, queue_id, centre.queue(queue_id).work_hours)


def _is_working_day(days: pd.DatetimeIndex, centre: Centre) -> np.ndarray:
    kinds = day_kinds_of(days, centre)["kind"].to_numpy(object)
    weekend = np.isin(days.day_of_week, [WEEKDAYS.index(name) for name in centre.calendar.weekend])
    return np.asarray(np.isin(kinds, WORKING_KINDS) | ((kinds == "special") & ~weekend))
