"""A service level promised over the day or the week: the fewest agents, and the true course they are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre, Queue
from wfm.policy.target import Definition
from wfm.queueing.day_target import agents_for_the_day
from wfm.queueing.inputs import FloatArray
from wfm.staffing.delivery import agents_by_course, delivery, with_redials
from wfm.staffing.steady import Stream, level_of, needed
from wfm.staffing.targets import Targets
from wfm.staffing.timeline import Timeline, lagged_load
from wfm.time.week import WEEKDAYS
from wfm.time.zones import local_day

TURNS = 5
"""How often the steady state's promise is moved so that the course keeps what is promised."""

CLOSE = 2e-4
"""An average that misses the promise by less is as good as kept."""

BROKEN = 1e-3
"""By so much it may miss when the days are put together, each of which the one before changes a little."""

FINEST = 0.25
"""Agents are looked at up to where an interval fails only this share of what the promise lets fail."""

IntArray = NDArray[np.int64]


def spans_of(starts: pd.Series, queue: Queue, centre: Centre) -> IntArray:
    """The number (n,) of the local day or week, counted from 0, over which each interval's promise holds."""
    day = local_day(starts, centre.zone_of(queue.id))
    if queue.target.per == "week":
        begins = WEEKDAYS.index(centre.centre.week_starts)
        day = day - pd.to_timedelta((day.day_of_week - begins) % 7, unit="D")
    return np.asarray(pd.factorize(day)[0], dtype=np.int64)


def least_of_the_worst(stream: Stream, targets: Targets, queue: Queue, least: IntArray) -> IntArray:
    """Agents (n,) below which no interval may fall: ``least``, and those of the promise to the worst interval."""
    own = queue.target.least_service_level
    level = targets.service_level / 2 if own is None else np.minimum(own, targets.service_level)
    return np.maximum(least, needed(stream, replace(targets, service_level=level), queue.target.definition).agents)


def agents_over_spans(
    stream: Stream, targets: Targets, definition: Definition, span: IntArray, least: IntArray, goal: FloatArray
) -> IntArray:
    """The smallest sums of agents (n,) with which the contacts of each span meet its ``goal`` (spans,).

    Each interval is in its steady state. One without a service level of its own keeps ``least``.
    """
    agents = least.copy()
    may_fail = 1.0 - goal[span]
    enough = needed(stream, replace(targets, service_level=1.0 - FINEST * may_fail), definition).agents
    counted = ~np.isnan(targets.service_level) & (stream.rate_per_h > 0)
    for number in range(int(span.max()) + 1):
        at = np.flatnonzero(counted & (span == number))
        if at.size == 0:
            continue

        def levels(N: FloatArray, rows: NDArray[np.intp], at: NDArray[np.intp] = at) -> FloatArray:
            return level_of(stream.at(at[rows]), N, targets.threshold_s[at[rows]], definition)

        most = np.maximum(enough[at], least[at])
        agents[at] = agents_for_the_day(stream.rate_per_h[at], levels, float(goal[number]), least[at], most).agents
    return agents


def agents_over_spans_by_course(
    stream: Stream, timeline: Timeline, targets: Targets, queue: Queue, span: IntArray, least: IntArray
) -> IntArray:
    """The same for the exact course: the steady state's goal at the modified load is moved until the course keeps it.

    A span whose promise is never kept so has the agents that keep it in every interval. A promise to the worst
    interval that the policy names is kept by the course as well.
    """
    lagged = stream.carrying(lagged_load(stream, timeline))
    goal = promised_over(targets, stream.rate_per_h, span)
    wanted, threshold = goal.copy(), targets.threshold_s
    floor = least_of_the_worst(lagged, targets, queue, least)
    best = agents_by_course(stream, timeline, targets.service_level, threshold, least)
    safe, fewest = best, _sums(best, span)
    bounded = _worst_bound(stream, timeline, targets, queue)
    attempts = stream.first_calls()
    for _ in range(TURNS):
        tried = bounded(agents_over_spans(lagged, targets, "offered", span, floor, goal))
        attempts = with_redials(stream, timeline, threshold, tried.astype(np.float64), attempts)
        kept = _kept(attempts, timeline, threshold, tried, span)
        better = (kept >= wanted - CLOSE) & (_sums(tried, span) < fewest)
        best = np.where(better[span], tried, best)
        fewest = np.where(better, _sums(tried, span), fewest)
        if (np.abs(kept - wanted - CLOSE) <= 2 * CLOSE).all():
            break
        goal = np.clip(goal + wanted - kept, wanted / 2, 1.0 - (1.0 - wanted) / 10)
    broken = _kept(stream, timeline, threshold, best, span) < wanted - BROKEN
    return np.where(broken[span], np.maximum(best, safe), best)


def promised_over(targets: Targets, weight: FloatArray, span: IntArray) -> FloatArray:
    """The service level of each span: the mean of its intervals', weighted with their contacts."""
    asked = np.where(np.isnan(targets.service_level), 0.0, weight)
    level = np.nan_to_num(targets.service_level)
    total = np.bincount(span, asked)
    share = np.bincount(span, asked * level) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, share, 0.5)


def _worst_bound(stream: Stream, timeline: Timeline, targets: Targets, queue: Queue) -> Callable[[IntArray], IntArray]:
    floor = queue.target.least_service_level
    if floor is None:
        return lambda agents: agents
    level = np.minimum(floor, targets.service_level)
    return lambda agents: agents_by_course(stream, timeline, level, targets.threshold_s, agents)


def _kept(stream: Stream, timeline: Timeline, threshold_s: FloatArray, agents: IntArray, span: IntArray) -> FloatArray:
    found = delivery(stream, timeline, threshold_s, agents.astype(np.float64))
    came = np.bincount(span, found.came)
    share = np.bincount(span, found.answered) / np.where(came > 0, came, 1.0)
    return np.where(came > 0, share, 1.0)


def _sums(agents: IntArray, span: IntArray) -> FloatArray:
    return np.asarray(np.bincount(span, agents.astype(np.float64)), dtype=np.float64)
