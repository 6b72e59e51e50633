"""The requirement of a deferred queue alone: e-mail, work orders, call-backs, outbound, all due some time later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import InputError
from wfm.policy.centre import Centre, Queue
from wfm.queueing.inputs import FloatArray
from wfm.staffing.blend_plan import Stream, least_extra
from wfm.staffing.deferred_work import DeferredWork, deferred_work
from wfm.staffing.level_plan import level_cycle, level_cycle_and_carried, level_plan


def deferred_requirement(rows: pd.DataFrame, queue: Queue, centre: Centre) -> pd.DataFrame:
    """The level plan of one deferred queue.

    A forecast is a window on work that goes on: what is still to do at its end was, in kind, to do at its start. So
    the plan is that of the forecast repeated for ever, each round starting when the queue next opens. With an opening
    backlog (its policy's, of the plan's first day) the start is known instead: the backlog is there, the plan works it
    off by its deadlines, and leaves no more at its end than the plan repeated for ever would.

    Args:
        rows: the queue's forecast with handling times, in order of time.
        queue: its policy, with ``deadline_h`` or ``deadline_workdays``.
        centre: the policy, for the queue's calendar.

    Returns:
        Columns of a REQUIREMENT table: ``agents`` is the plan (over the occupancy cap, if there is one; at least the
        minimum while open), ``released_h`` the handle hours that come in (the backlog's in the first row), ``due_h``
        those to be done by its end.

    Raises:
        InputError: work falls due without any open time between; names queue and interval.
    """
    work = deferred_work(rows, queue, centre)
    rate = level_rate(work, queue)
    hours = queue.interval_min / 60
    least = np.where(work.open_h > 0, float(queue.target.min_agents), 0.0)
    agents = np.maximum(rate / (queue.target.max_occupancy or 1.0), least)
    released_h = work.released_h.copy()
    released_h[0] += work.waiting_h.sum()
    return pd.DataFrame(
        {
            "queue": rows["queue"],
            "interval_start": rows["interval_start"],
            "agents": agents,
            "offered_load": work.released_h / hours,
            "service_level": np.nan,
            "asa_s": np.nan,
            "abandonment": 0.0,
            "occupancy": rate / np.where(agents > 0, agents, 1.0),
            "binding": np.where(agents == 0, "none", np.where(agents > least, "deadline", "minimum")),
            "basis": "deferred, backlog" if work.begins_anew else "deferred",
            "aht_assumed": rows["aht_assumed"],
            "released_h": released_h,
            "due_h": _due_h(work),
        }
    )


def level_rate(work: DeferredWork, queue: Queue) -> FloatArray:
    """Agents in each slot while it is open, as level as releases and deadlines allow.

    Raises:
        InputError: work falls due without any open time between; names queue and slot.
    """
    try:
        if not work.begins_anew:
            return level_cycle(work.open_h, work.released_h, work.due)
        return _from_backlog(work)
    except InputError as error:
        deadline = "deadline_h" if queue.deadline_workdays is None else "deadline_workdays"
        raise InputError(
            error.what, where=f"queue {queue.id}, {deadline} {getattr(queue, deadline):g}, {error.where}",
            found=error.found, expected=error.expected, mend=error.mend,
        ) from error  # fmt: skip


def streams(work: DeferredWork) -> list[Stream]:
    """The work as streams, each first come, first due: what comes in, and each piece of the backlog."""
    if not work.begins_anew:
        return [Stream.cyclic(work)]
    carried = level_cycle_and_carried(work.open_h, work.released_h, work.due)[1]
    pieces = zip(work.waiting_h, work.waiting_due, strict=True)
    return [Stream.once(work, carried), *(Stream.waiting(work, hours, int(due)) for hours, due in pieces)]


def _from_backlog(work: DeferredWork) -> FloatArray:
    carried = level_cycle_and_carried(work.open_h, work.released_h, work.due)[1]
    once = work.due_once
    in_front = work.waiting_h.size
    coming = once[work.released_h > 0]
    if coming.size and in_front and work.waiting_due[-1] > coming[0]:
        # Due after contacts that come later: not first come, first due, so no tight string.
        done = least_extra(streams(work), work.start_h, work.end_h).done_h.sum(axis=0)
        return np.asarray(np.divide(done, work.open_h, out=np.zeros(work.slots), where=work.open_h > 0))
    front = np.maximum.accumulate(np.append(work.waiting_due, once) + in_front)
    hours = np.append(work.waiting_h, work.released_h)
    return level_plan(np.append(np.zeros(in_front), work.open_h), hours, front, carried)[in_front:]


def _due_h(work: DeferredWork) -> FloatArray:
    """Handle hours by the interval at whose end they must be done: the last one that ends by the deadline."""
    due = np.append(work.waiting_due, work.due_once)
    hours = np.append(work.waiting_h, work.released_h)
    inside = (due >= 1) & (due <= work.slots)
    return np.asarray(np.bincount(due[inside] - 1, hours[inside], minlength=work.slots), dtype=np.float64)
