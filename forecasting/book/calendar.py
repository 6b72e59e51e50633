"""What the calendar says of each local day: weekday, kind, day after a closure, phase of the month, events."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.days import CLOSING_KINDS, day_kinds_of
from wfm.time.week import WEEKDAYS

PHASES = ("1", "2-3", "4-6", "7-10", "11-15", "16-20", "21 on", "4 or 3 before last", "last 2")
"""Nine phases of the month; the last two count from its end."""

EVENT = "event:"
"""Prefix of the columns of events to learn."""

LEAST_LIFT = 0.05
"""Below this expected factor a day says nothing about the level: it is left out of the fit."""


def month_phase(days: pd.DatetimeIndex) -> np.ndarray:
    """Index into PHASES of each day.

    >>> month_phase(pd.DatetimeIndex(["2026-02-01", "2026-02-25", "2026-02-28"])).tolist()
    [0, 7, 8]
    """
    from_start = np.searchsorted([1, 3, 6, 10, 15, 20], days.day.to_numpy())
    to_end = (days.days_in_month - days.day).to_numpy()
    return np.where(to_end <= 1, 8, np.where(to_end <= 3, 7, from_start))


def day_features(days: pd.DatetimeIndex, centre: Centre, queue_id: str, without_data: np.ndarray) -> pd.DataFrame:
    """Features of each local day of a queue.

    Args:
        days: consecutive naive midnights.
        without_data: a Boolean a day, true where the history should have the day and has nothing of it: to a queue
            that closes at night, such a day is taken for a closure when the day after it is looked at.

    Returns:
        ``weekday`` (Monday 0), ``kind``, ``name``, ``weekend`` (a weekday off), ``after`` (first ordinary day after a
        holiday or closure), ``phase``, ``lift`` (product of the events' given lifts), and a Boolean ``event:KIND`` for
        every kind of event whose lift is to be learnt.
    """
    kinds = day_kinds_of(days, centre)
    features = pd.DataFrame({"weekday": days.day_of_week.to_numpy(), "kind": kinds["kind"], "name": kinds["name"]})
    features["weekend"] = np.isin(days.day_of_week, [WEEKDAYS.index(name) for name in centre.calendar.weekend])
    hours = centre.queue(queue_id).opening
    works = np.array([bool(hours.week[weekday]) for weekday in range(7)])[features["weekday"]]
    off = features["kind"].isin(CLOSING_KINDS).to_numpy()
    features["after"] = _first_after(off if hours.always else off | without_data, works)
    features["phase"] = month_phase(days)
    return features.assign(**_event_columns(days, centre, queue_id))


def _first_after(off: np.ndarray, works: np.ndarray) -> np.ndarray:
    """True on working days that are not off themselves and whose last working day before was off."""
    after = np.zeros(len(off), bool)
    at = np.flatnonzero(works)
    after[at[1:]] = off[at[:-1]] & ~off[at[1:]]
    return after


def _event_columns(days: pd.DatetimeIndex, centre: Centre, queue_id: str) -> dict[str, np.ndarray]:
    lift = np.ones(len(days))
    learnt: dict[str, np.ndarray] = {}
    for event in centre.events:
        if event.queues and queue_id not in event.queues:
            continue
        during = np.asarray((days >= _stamp(event.first_day)) & (days <= _stamp(event.last_day)))
        if event.lift is not None:
            lift = np.where(during, lift * event.lift, lift)
        else:
            column = EVENT + event.kind
            learnt[column] = learnt.get(column, np.zeros(len(days), bool)) | during
    return {"lift": lift, **learnt}


def _stamp(day: date) -> pd.Timestamp:
    return pd.Timestamp(day)
