"""Deferred work: the most even plan by which everything is done before its deadline."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import InputError
from wfm.queueing.inputs import FloatArray, non_negative

IntArray = NDArray[np.int64]


def level_plan(
    open_h: ArrayLike, released_h: ArrayLike, due: ArrayLike, left_over_h: float | None = None
) -> FloatArray:
    """Agents in each slot, as level as releases and deadlines allow.

    Work is released at the start of its slot and is due at the start of slot ``due`` (the number of slots by whose
    end it must be done). The peak is the least possible one, the maximum over all windows of (work released and due
    inside) / (open time inside); outside the busiest window the same holds again, and so on. With deadlines in the
    order of release this plan is the shortest path between what is released and what is due, both cumulated: a string
    pulled tight. Work due after the last slot is done only as far as ``left_over_h`` asks. What waits before the first
    slot is work of slots in front of it that have no open time.

    Source: Yao, Demers & Shenker, "A scheduling model for reduced CPU energy", FOCS 1995; with ordered deadlines,
    Salehi et al., "Supporting stored video", IEEE/ACM Transactions on Networking 6 (1998).

    Args:
        open_h: hours in which the work can be done, one a slot.
        released_h: handle hours released, one a slot.
        due: slots until the deadline, counted from the first slot, in ascending order; beyond the number of slots
            for work that is due later.
        left_over_h: handle hours that may be left to do at the end; None for all that is due later.

    Raises:
        InputError: hours are negative, NaN or infinite; deadlines out of order; or work falls due without any open
            time between release and deadline, so that no number of agents meets it (names the slot of release).

    >>> level_plan([1.0] * 6, [8, 8, 0, 0, 0, 0], [4, 5, 6, 7, 8, 9]).round(6).tolist()
    [3.2, 3.2, 3.2, 3.2, 3.2, 0.0]
    """
    span, work, deadline = _checked(open_h, released_h, due)
    slots = span.size
    clock = np.append(0.0, np.cumsum(span))
    _refuse_shut_in(work, clock[np.clip(deadline, 0, slots)] - clock[:-1], deadline <= slots)
    released = np.append(0.0, np.cumsum(work))
    falling_due = np.bincount(np.clip(deadline, 0, slots + 1), work, minlength=slots + 2)
    owed = np.cumsum(falling_due[:-1], dtype=np.float64)
    if left_over_h is not None:
        owed[-1] = max(owed[-1], released[-1] - left_over_h)
    return _plan(clock, owed, released)


def level_cycle(open_h: ArrayLike, released_h: ArrayLike, due: ArrayLike) -> FloatArray:
    """The level plan of slots that come round again and again: what is left at the end is taken over at the start.

    As :func:`level_plan`, with ``due`` counting on into the next rounds: slot ``number of slots + 1`` is the start of
    the second slot of the next round. A round does as much work as a round releases.

    The string is pulled from the boundary at which what is owed is furthest ahead of even progress: there the plan
    has just done what is due. (Relative to even progress, a tight closed string has its maximum where it bends over
    the lower curve, and so it passes through that curve's highest point.)

    >>> level_cycle([1.0, 1.0, 1.0], [0, 3, 3], [3, 4, 5]).tolist()
    [2.0, 2.0, 2.0]
    """
    return level_cycle_and_carried(open_h, released_h, due)[0]


def level_cycle_and_carried(open_h: ArrayLike, released_h: ArrayLike, due: ArrayLike) -> tuple[FloatArray, float]:
    """As :func:`level_cycle`, and the most handle hours that a round may leave to the next, all deadlines kept.

    >>> level_cycle_and_carried([1.0, 1.0, 1.0], [0, 3, 3], [3, 4, 5])[1]
    4.0
    """
    span, work, deadline = _checked(open_h, released_h, due)
    slots = span.size
    clock = np.append(0.0, np.cumsum(span))
    rounds, position = np.divmod(deadline, slots)
    _refuse_shut_in(work, rounds * clock[-1] + clock[position] - clock[:-1], np.ones(slots, np.bool_))
    if not work.any():
        return np.zeros(slots), 0.0
    released = np.append(0.0, np.cumsum(work))
    falling_due = np.bincount(position, work, minlength=slots)
    owed_at_start = (work * (1 - rounds - (position > 0))).sum()
    owed = owed_at_start + np.append(0.0, np.cumsum(np.append(falling_due[1:], falling_due[0])))
    seam = int(np.argmax(owed[:-1] - clock[:-1] * (released[-1] / clock[-1])))
    around = [_around(curve, seam) - owed[seam] for curve in (owed, released)]
    plan = np.roll(_plan(_around(clock, seam) - clock[seam], *around), seam)
    return plan, float(plan[:seam] @ span[:seam] - owed[seam])


def _checked(open_h: ArrayLike, released_h: ArrayLike, due: ArrayLike) -> tuple[FloatArray, FloatArray, IntArray]:
    span, work = non_negative("open_h", open_h), non_negative("released_h", released_h)
    deadline = np.asarray(due, dtype=np.int64)
    if (np.diff(deadline) < 0).any() or (deadline < 0).any():
        raise InputError("deadlines out of order", expected="due, 0 or more, in ascending order")
    return span, work, deadline


def _refuse_shut_in(work: FloatArray, available_h: FloatArray, inside: NDArray[np.bool_]) -> None:
    shut_in = (work > 0) & inside & (available_h <= 0)
    if shut_in.any():
        slot = int(np.argmax(shut_in))
        raise InputError(
            "work is due before anybody can do it, so no number of agents meets the deadline",
            where=f"row {slot}, due",
            found=f"{work[slot]:g} h released and due without open time between",
            expected="open time between release and deadline",
            mend="a longer deadline or longer opening hours",
        )


def _around(curve: FloatArray, seam: int) -> FloatArray:
    """A curve over one round, from ``seam`` to ``seam`` a round later."""
    return np.append(curve[seam:], curve[1 : seam + 1] + curve[-1] - curve[0])


def _plan(clock: FloatArray, owed: FloatArray, released: FloatArray) -> FloatArray:
    """Agents a slot from the curves at the slots' boundaries; the plan begins at 0 and ends at what is owed."""
    # Boundaries with nothing open between are one moment: done by then must be what is owed last, of what came first.
    moment, first = np.unique(clock, return_index=True)
    last = np.append(first[1:], clock.size) - 1
    floor = owed[last]
    ceiling = np.maximum(released[first], floor)
    ceiling[-1] = floor[-1]
    rate = np.diff(_tight_string(moment, floor, ceiling)) / np.diff(moment)
    span = np.diff(clock)
    plan = np.zeros(span.size)
    plan[span > 0] = rate[np.searchsorted(moment, clock[:-1][span > 0], side="right") - 1]
    return np.maximum(plan, 0.0)


def _tight_string(moment: FloatArray, floor: FloatArray, ceiling: FloatArray) -> FloatArray:
    """The shortest path from (0, 0) to the end between floor and ceiling, at every moment."""
    done = np.zeros(moment.size)
    at = 0
    while at < moment.size - 1:
        ahead = moment[at + 1 :] - moment[at]
        at_least = np.maximum.accumulate((floor[at + 1 :] - done[at]) / ahead)
        at_most = np.minimum.accumulate((ceiling[at + 1 :] - done[at]) / ahead)
        crossed = np.flatnonzero(at_least > at_most)
        if not crossed.size:
            bend, slope = ahead.size - 1, at_least[-1]
        else:
            # The string bends at the last point that held it before the other side came in the way.
            k = int(crossed[0])
            held = at_most if at_least[k] > at_least[k - 1] else at_least
            slope = held[k - 1]
            bend = int(np.argmax(held == slope))
        done[at + 1 : at + 2 + bend] = done[at] + slope * ahead[: bend + 1]
        at += bend + 1
    return done
