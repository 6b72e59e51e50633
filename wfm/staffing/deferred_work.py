"""What a deferred queue has to do and by when: released work, deadlines, and what waited already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre, Queue
from wfm.policy.deadline import close_of_business, due_times, instant_of, work_minutes
from wfm.policy.deferred import Waiting
from wfm.queueing.inputs import FloatArray
from wfm.staffing.level_plan import IntArray
from wfm.time.zones import local_day

DAYS_AHEAD = 14
"""How far ahead to look for the next opening after the forecast's end."""

ROUNDING_H = 1e-9


@dataclass(frozen=True)
class DeferredWork:
    """Work of one queue: a row a slot (its forecast's intervals), hours from the first slot's start.

    ``open_h`` are the hours of a slot in which the work may be done, ``released_h`` the handle hours that come in at
    its start, due at ``due_time_h`` and so at the start of slot ``due``, which counts on into further rounds of
    ``round_h`` hours. ``waiting_h`` waited before the first slot, due at slots ``waiting_due`` in ascending order. With
    ``begins_anew`` the plan takes over just that, else what a round like itself would have left.
    """

    start_h: FloatArray
    end_h: FloatArray
    open_h: FloatArray
    released_h: FloatArray
    due_time_h: FloatArray
    due: IntArray
    waiting_h: FloatArray
    waiting_due: IntArray
    begins_anew: bool

    @property
    def slots(self) -> int:
        return self.start_h.size

    @property
    def due_once(self) -> IntArray:
        """``due`` in one round alone: whatever is due after the last slot's end is due at ``slots + 1``."""
        slot = np.searchsorted(self.end_h, self.due_time_h + ROUNDING_H, side="right")
        return np.where(self.due_time_h > self.end_h[-1] + ROUNDING_H, self.slots + 1, slot).astype(np.int64)


def deferred_work(rows: pd.DataFrame, queue: Queue, centre: Centre) -> DeferredWork:
    """The work of one queue's forecast.

    Args:
        rows: the queue's forecast with handling times, in order of time.
        queue: its policy, with a deadline.
        centre: the policy, for the queue's calendar and hours.
    """
    starts = pd.DatetimeIndex(rows["interval_start"])
    start_h = _hours(starts, starts[0])
    end_h = start_h + queue.interval_min / 60
    open_min = rows["open_min"].to_numpy(float)
    if queue.work_hours is not None:
        open_min = np.minimum(open_min, work_minutes(starts, centre, queue.id))
    due_time_h = _hours(due_times(starts, centre, queue.id), starts[0])
    # A deadline inside an interval must be met by the interval before: a plan is known to be kept at an end only.
    rounds, within_h = np.divmod(due_time_h + ROUNDING_H, _round_h(starts, open_min > 0, queue, centre))
    work = DeferredWork(
        start_h=start_h,
        end_h=end_h,
        open_h=open_min / 60,
        released_h=rows["volume"].to_numpy(float) * rows["busy_s"].to_numpy(float) / 3600,
        due_time_h=due_time_h,
        due=rounds.astype(np.int64) * len(rows) + np.searchsorted(end_h, within_h, side="right"),
        waiting_h=np.zeros(0),
        waiting_due=np.zeros(0, dtype=np.int64),
        begins_anew=False,
    )
    return _with_backlog(work, rows, queue, centre)


def _with_backlog(work: DeferredWork, rows: pd.DataFrame, queue: Queue, centre: Centre) -> DeferredWork:
    """The work with the policy's backlog, if it is one of the plan's first day.

    Overdue contacts are due by the close of business of the first day on which anybody works, since not even any
    number of agents would have them done before; those due after the plan's end are done by then.
    """
    starts = pd.DatetimeIndex(rows["interval_start"])
    first_day = local_day(starts[:1], centre.zone_of(queue.id))[0].date()
    if queue.backlog is None or queue.backlog.day != first_day or not work.open_h.any():
        return work
    first = int(np.argmax(work.open_h > 0))
    closing = close_of_business(
        local_day(starts[first : first + 1], centre.zone_of(queue.id))[0].date(), centre, queue.id
    )
    due = pd.DatetimeIndex([_due(waiting, queue, centre) for waiting in queue.backlog.waiting])
    due = due.where(due > starts[first], closing)
    # What is due within the first working interval cannot be done before its end.
    slot = np.maximum(np.searchsorted(work.end_h, _hours(due, starts[0]) + ROUNDING_H, side="right"), first + 1)
    busy_h = float(np.average(rows["busy_s"], weights=rows["volume"] + ROUNDING_H)) / 3600
    hours = np.array([waiting.contacts for waiting in queue.backlog.waiting]) * busy_h
    order = np.argsort(slot, kind="stable")
    return replace(work, waiting_h=hours[order], waiting_due=slot[order].astype(np.int64), begins_anew=True)


def _due(waiting: Waiting, queue: Queue, centre: Centre) -> pd.Timestamp:
    if waiting.received is not None:
        received = pd.DatetimeIndex([instant_of(waiting.received, centre, queue.id)])
        return due_times(received, centre, queue.id)[0]
    assert waiting.due is not None
    if isinstance(waiting.due, datetime):
        return instant_of(waiting.due, centre, queue.id)
    return close_of_business(waiting.due, centre, queue.id)


def _hours(instants: pd.DatetimeIndex, origin: pd.Timestamp) -> FloatArray:
    return np.asarray((instants - origin).total_seconds(), dtype=np.float64) / 3600


def _round_h(starts: pd.DatetimeIndex, is_open: NDArray[np.bool_], queue: Queue, centre: Centre) -> float:
    """Hours from the forecast's first opening to the queue's next opening after the forecast's end."""
    first = starts[int(np.argmax(is_open))]
    step = pd.Timedelta(minutes=queue.interval_min)
    end = starts[-1] + step
    ahead = pd.date_range(end, end + pd.Timedelta(days=DAYS_AHEAD), freq=step, unit="us")
    opening = work_minutes(ahead, centre, queue.id) > 0
    following = ahead[int(np.argmax(opening))] if opening.any() else end
    return float((following - first).total_seconds() / 3600)
