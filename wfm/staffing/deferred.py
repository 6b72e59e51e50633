"""The requirement of a deferred queue: e-mail, work orders, call-backs, all due some hours after they came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import InputError
from wfm.policy.centre import Centre, Queue
from wfm.policy.days import queue_open_minutes
from wfm.queueing.inputs import FloatArray
from wfm.staffing.level_plan import level_cycle

DAYS_AHEAD = 14
"""How far ahead to look for the next opening after the forecast's end."""

ROUNDING_H = 1e-9

Grid = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
"""Start, end, open hours and released handle hours of each interval."""


def deferred_requirement(rows: pd.DataFrame, queue: Queue, centre: Centre) -> pd.DataFrame:
    """The level plan of one deferred queue.

    A forecast is a window on work that goes on: what is still to do at its end was, in kind, to do at its start. So the
    plan is that of the forecast repeated for ever, each round starting when the queue next opens.

    Args:
        rows: the queue's forecast with handling times, in order of time.
        queue: its policy, with ``deadline_h``.
        centre: the policy, for the queue's calendar.

    Returns:
        Columns of a REQUIREMENT table: ``agents`` is the plan (over the occupancy cap, if there is one; at least the
        minimum while open), ``released_h`` the handle hours that come in, ``due_h`` those to be
        done by its end.

    Raises:
        InputError: work falls due without any open time between; names queue and interval.
    """
    assert queue.deadline_h is not None
    start_h = (rows["interval_start"] - rows["interval_start"].iloc[0]).dt.total_seconds().to_numpy() / 3600
    end_h = start_h + queue.interval_min / 60
    open_h = rows["open_min"].to_numpy(float) / 60
    released_h = rows["mean"].to_numpy(float) * rows["busy_s"].to_numpy(float) / 3600
    rate = _plan(rows, queue, centre, (start_h, end_h, open_h, released_h))
    least = np.where(open_h > 0, float(queue.target.min_agents), 0.0)
    agents = np.maximum(rate / (queue.target.max_occupancy or 1.0), least)
    return pd.DataFrame(
        {
            "queue": rows["queue"],
            "interval_start": rows["interval_start"],
            "agents": agents,
            "offered_load": released_h / (queue.interval_min / 60),
            "service_level": np.nan,
            "asa_s": np.nan,
            "abandonment": 0.0,
            "occupancy": rate / np.where(agents > 0, agents, 1.0),
            "binding": np.where(agents == 0, "none", np.where(agents > least, "deadline", "minimum")),
            "basis": "deferred",
            "aht_assumed": rows["aht_assumed"],
            "released_h": released_h,
            "due_h": _due_h(start_h, end_h, released_h, queue.deadline_h),
        }
    )


def _plan(rows: pd.DataFrame, queue: Queue, centre: Centre, grid: Grid) -> FloatArray:
    start_h, end_h, open_h, released_h = grid
    assert queue.deadline_h is not None
    # A deadline inside an interval must be met by the interval before: a plan is known to be kept at an end only.
    due_h = start_h + queue.deadline_h + ROUNDING_H
    rounds, within_h = np.divmod(due_h, _round_h(rows, queue, centre, end_h[-1]))
    due = rounds.astype(np.int64) * len(rows) + np.searchsorted(end_h, within_h, side="right")
    try:
        return level_cycle(open_h, released_h, due)
    except InputError as error:
        raise InputError(
            error.what, where=f"queue {queue.id}, deadline_h {queue.deadline_h:g}, {error.where}", found=error.found,
            expected=error.expected, mend=error.mend,
        ) from error  # fmt: skip


def _round_h(rows: pd.DataFrame, queue: Queue, centre: Centre, end_h: float) -> float:
    """Hours from the forecast's first opening to the queue's next opening after the forecast's end."""
    is_open = rows["open_min"].to_numpy() > 0
    first = rows["interval_start"].iloc[int(np.argmax(is_open))]
    end = rows["interval_start"].iloc[0] + pd.to_timedelta(end_h, unit="h")
    step = pd.Timedelta(minutes=queue.interval_min)
    ahead = pd.date_range(end, end + pd.Timedelta(days=DAYS_AHEAD), freq=step, unit="us")
    opening = queue_open_minutes(ahead, centre, queue.id) > 0
    following = ahead[int(np.argmax(opening))] if opening.any() else end
    return float((following - first).total_seconds() / 3600)


def _due_h(start_h: FloatArray, end_h: FloatArray, released_h: FloatArray, deadline_h: float) -> FloatArray:
    """Handle hours by the interval at whose end they must be done: the last one that ends by the deadline."""
    due_h = start_h + deadline_h
    slot = np.searchsorted(end_h - ROUNDING_H, due_h, side="right") - 1
    inside = due_h <= end_h[-1] + ROUNDING_H
    return np.bincount(slot[inside], released_h[inside], minlength=len(end_h)).astype(np.float64)
