"""The centre's own calendar: kinds of its days, and the minutes its queues are open on them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from wfm.policy.calendar import OwnDay
from wfm.policy.centre import Centre
from wfm.time.holidays import day_kinds
from wfm.time.opening import OpeningHours, Spans, days_that_reach, minutes_within
from wfm.time.week import WEEKDAYS

CLOSING_KINDS = ("holiday", "rest")
"""Kinds of days on which a queue's holiday hours replace those of the weekday."""


def day_kinds_of(days: pd.DatetimeIndex, centre: Centre) -> pd.DataFrame:
    """Kind, name and hours' weekday of each local day by the centre's calendar: columns as of ``day_kinds``.

    An own day of kind workday on a weekend is a make-up day; one of kind weekend on a workday is a rest day.
    """
    calendar = centre.calendar
    weekend = [WEEKDAYS.index(name) for name in calendar.weekend]
    own = [(day, own.kind, own.name) for own, day in _own_days(days, centre)]
    kinds = day_kinds(days, calendar.country, calendar.subdivision, weekend, own)
    in_weekend = np.isin(days.day_of_week, weekend)
    kinds.loc[(kinds["kind"] == "workday") & in_weekend, "kind"] = "makeup"
    kinds.loc[(kinds["kind"] == "weekend") & ~in_weekend, "kind"] = "rest"
    for told, day in _own_days(days, centre):
        if told.works_as is not None:
            kinds.loc[kinds["day"] == pd.Timestamp(day), "works_as"] = WEEKDAYS.index(told.works_as)
    return kinds


def _own_days(days: pd.DatetimeIndex, centre: Centre) -> list[tuple[OwnDay, date]]:
    if len(days) == 0:
        return []
    first, last = days.min().date(), days.max().date()
    return [(own, day) for own in centre.calendar.days for day in own.dates(first, last)]


def queue_spans(
    days: pd.DatetimeIndex, centre: Centre, queue_id: str, hours: OpeningHours | None = None
) -> list[Spans]:
    """The spans in which a queue is open, a tuple for each local day: by weekday, kind of day, and its own hours.

    ``hours`` stand in for those of its opening.
    """
    hours = hours or centre.queue(queue_id).opening
    kinds = day_kinds_of(days, centre)
    spans = hours.spans(days, kinds["kind"].to_numpy(object), kinds["works_as"].to_numpy(int))
    at = {day.date(): position for position, day in enumerate(days)}
    for own, day in _own_days(days, centre):
        if own.opening is not None and (not own.queues or queue_id in own.queues):
            spans[at[day]] = own.opening
    return spans


def queue_open_minutes(
    starts: pd.DatetimeIndex, centre: Centre, queue_id: str, interval_min: int | None = None
) -> np.ndarray:
    """Open minutes of each interval, the queue's or of ``interval_min``, by ``queue_spans``; shape of ``starts``."""
    queue, zone = centre.queue(queue_id), centre.zone_of(queue_id)
    length_min = interval_min or queue.interval_min
    own_hours = any(own.opening is not None for own in centre.calendar.days)
    if len(starts) == 0 or (queue.opening.always and not own_hours):
        return np.full(len(starts), float(length_min))
    days = days_that_reach(starts, zone)
    return minutes_within(starts, length_min, days, queue_spans(days, centre, queue_id), zone)
