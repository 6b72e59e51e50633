"""What a queue's requirement rests on: each interval alone, the modified offered load, or the exact course."""

from __future__ import annotations

from typing import Literal

import numpy as np

from wfm.policy.centre import Queue
from wfm.policy.staffing import Staffing
from wfm.queueing.inputs import FloatArray
from wfm.staffing.steady import Stream
from wfm.staffing.timeline import Timeline, lagged_load

Ground = Literal["interval", "modified load", "course"]

LAG_MATTERS = 0.02
"""How far the load that agents carry may lie from the rate's own, in square roots of the load: the service level
changes by about half of it (a lag of .57 roots takes an 80 % promise down to 44 %, one of .07 to 77 %), so by a
point."""

PEAK_WEIGHT = 0.3
"""The steady state is taken at a load so far from the interval's mean to its highest: waits grow faster than the load.
With the mean, a day of up to 720 Erlangs falls to .73 in its worst half-hour; so, none falls under .80, for 0.7 % more
hours than the course needs."""

LARGE = 500.0
"""Above so many Erlangs the steady state at the modified offered load stands in for the course: it costs less, and its
error shrinks with size."""


def ground_of(queue: Queue, staffing: Staffing, stream: Stream, timeline: Timeline) -> tuple[Ground, FloatArray]:
    """What the queue rests on, and the load (n,) that its agents carry.

    Chats at once have no course of their own. A queue that promises no service level, or by another definition than
    over all offered where some give up, rests on the modified offered load; so does a promise over days at uncertain
    rates.
    """
    load = stream.load
    if staffing.basis == "interval" or queue.concurrency > 1 or not (load > 0).any():
        return "interval", load
    lagged = lagged_load(stream, timeline)
    lag = np.abs(lagged - load) / np.sqrt(np.maximum(load, 1.0))
    if staffing.basis == "auto" and lag.max() <= LAG_MATTERS:
        return "interval", load
    promised = queue.target.service_level is not None or any(own.service_level for own in queue.targets_by_time)
    offered = queue.target.definition == "offered" or stream.patience_s is None
    followed = queue.target.per == "interval" or stream.cv is None
    if promised and offered and followed and load.max() <= LARGE:
        return "course", lagged
    return "modified load", lagged_load(stream, timeline, PEAK_WEIGHT)
