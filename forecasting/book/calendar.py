"""What the calendar says of each local day: weekday, kind, day after a closure, phase of the month, events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.book.events import event_columns
from wfm.policy.centre import Centre
from wfm.policy.days import CLOSING_KINDS, day_kinds_of, queue_spans
from wfm.time.week import WEEKDAYS

PHASES = ("1", "2-3", "4-6", "7-10", "11-15", "16-20", "21 on", "4 or 3 before last", "last 2")
"""Nine phases of the month; the last two count from its end."""

CLOSURE = "closure"
"""What a closed day without a name is called."""

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


def day_features(
    days: pd.DatetimeIndex, centre: Centre, queue_id: str, without_data: np.ndarray, past: int
) -> pd.DataFrame:
    """Features of each local day of a queue.

    Args:
        days: consecutive naive midnights, of which ``past`` are past.
        without_data: a Boolean a day, true where the history should have the day and has nothing of it: to a queue
            that closes at night, such a day is taken for a closure when the day after it is looked at.

    Returns:
        ``weekday`` (Monday 0), ``kind``, ``name``, ``weekend`` (a weekday off), ``after`` (first ordinary day after a
        holiday or closure), ``before`` (the last ordinary day before a holiday, special day or planned
        closure has its name, others are empty), ``phase``, ``lift``
        (product of the events' given lifts), and a Boolean ``event:KIND`` for every kind of event whose lift is to be
        learnt.
    """
    kinds = day_kinds_of(days, centre)
    features = pd.DataFrame({"weekday": days.day_of_week.to_numpy(), "kind": kinds["kind"], "name": kinds["name"]})
    features["weekend"] = np.isin(days.day_of_week, [WEEKDAYS.index(name) for name in centre.calendar.weekend])
    hours = centre.queue(queue_id).opening
    is_open = np.array([bool(spans) for spans in queue_spans(days, centre, queue_id)])
    works = np.array([bool(hours.week[weekday]) for weekday in range(7)])[features["weekday"]]
    off = features["kind"].isin(CLOSING_KINDS).to_numpy() | (works & ~is_open)
    features["after"] = _first_after(off if hours.always else off | without_data, works)
    special = off | (features["kind"] == "special").to_numpy()
    features["before"] = _what_follows(special, works, features["name"].to_numpy(object))
    features["phase"] = month_phase(days)
    return features.assign(**event_columns(days, centre, queue_id, is_open, past))


def _what_follows(special: np.ndarray, works: np.ndarray, names: np.ndarray) -> np.ndarray:
    """For working days that are not special, the name of the next working day if that one is; else empty."""
    follows = np.full(len(special), "", dtype=object)
    at = np.flatnonzero(works)
    here, following = at[:-1], at[1:]
    eve = special[following] & ~special[here]
    follows[here[eve]] = np.where(names[following[eve]] == "", CLOSURE, names[following[eve]])
    return follows


def _first_after(off: np.ndarray, works: np.ndarray) -> np.ndarray:
    """True on working days that are not off themselves and whose last working day before was off."""
    after = np.zeros(len(off), bool)
    at = np.flatnonzero(works)
    after[at[1:]] = off[at[:-1]] & ~off[at[1:]]
    return after
