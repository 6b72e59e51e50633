"""Promises over a day or week: what each further agent is worth in each interval, by the curves of service level.

A queue whose target holds over a day or week needs no fixed number of agents in any interval, only enough contacts in
time over the whole (Koole & van der Sluis, "Optimal shift scheduling with a global service level constraint", IIE
Transactions 35, 2003). An agent is worth the contacts that he brings in time, so he is best where the curve is steepest
and shifts overlap anyway. Of a contact in time the price is sought, day by day or week by week, at which the best
roster keeps the promise and not more: the multiplier of the constraint that all contacts are bound by.

Curves are taken at their concave hull from ``least_service_level`` on; up to it agents are needed as of any queue, at
the price of understaffing; so are ``min_agents``. Prices are rounded to a grid, so that few levels of price remain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scheduling.arrays import Floats, Ints
from scheduling.outcome import Promised
from scheduling.problem.cover import served
from scheduling.problem.needs import Needs
from scheduling.problem.problem import Problem
from scheduling.solver.construct import construct, sweep
from scheduling.solver.search import Clock, Search, Tours, standing_of, wall_clock
from wfm.policy.centre import Queue
from wfm.policy.shift import SLOT_MIN
from wfm.staffing.service_level_curves import concave_hull
from wfm.tables.service_level_curve import SERVICE_LEVEL_CURVE

GRID = 0.75
"""Ratio of two neighbouring prices of contacts."""
LEVELS = 12
"""So many prices below that of understaffing; what is worth less is left out."""
TRIALS = 9
MARGIN = 0.002
"""A promise is aimed at with so much to spare."""
SLACK = 0.005
"""A promise is missed by more than that."""
A_STEP, MOST_STEPS = 0.01, 6
"""For each such part of its contacts that a promise is missed by, the price rises by a step of the grid."""
STRIDE = 4.0
"""The price of a contact rises or falls so many times until one too high and one too low are known."""


@dataclass(frozen=True, eq=False)
class Course:
    """One queue's curves: k cells with contacts, p points each.

    Attributes:
        span: number of the day or week of each cell, (k,), from 0.
        agents: agent-quarters to roster, (k, p); ``in_time``: the contacts they answer in time.
        least: point from which on the promise alone decides, (k,).
        volume: contacts of each cell, (k,).
        promise: the share of all contacts of a span.
    """

    queue: int
    cell: Ints
    span: Ints
    agents: Floats
    in_time: Floats
    least: Ints
    volume: Floats
    promise: float


@dataclass(frozen=True, eq=False)
class Promises:
    """The promises of a problem, and what a contact in time is worth for each, by span."""

    problem: Problem
    courses: tuple[Course, ...]
    prices: tuple[Floats, ...]

    def priced(self) -> Problem:
        """The problem with needs by the curves, at these prices."""
        return replace(self.problem, needs=needs_at(self.problem, self.courses, self.prices))


def courses_of(problem: Problem, curves: pd.DataFrame) -> list[Course]:
    """The curves of queues whose promise is over days or weeks and whose intervals are made of whole cells.

    Raises:
        InputError: ``curves`` breaks the contract SERVICE_LEVEL_CURVE.
    """
    curves = SERVICE_LEVEL_CURVE.check(curves)
    cell_min = problem.cells.size * SLOT_MIN
    courses = []
    for q, queue in enumerate(problem.centre.queues):
        own = curves[(curves["queue"] == queue.id).to_numpy()]
        if queue.target.per != "interval" and not queue.deferred and queue.interval_min % cell_min == 0 and len(own):
            course = _course(problem, q, queue, own)
            courses += [course] if len(course.cell) else []
    return courses


def _course(problem: Problem, q: int, queue: Queue, curves: pd.DataFrame) -> Course:
    """The curves of one queue, each interval's in all of its cells."""
    cell_min, parts = problem.cells.size * SLOT_MIN, queue.interval_min // (problem.cells.size * SLOT_MIN)
    midnights = problem.horizon.midnights(problem.centre.zone_of(queue.id))
    curves = curves.sort_values(["interval_start", "agents"], ignore_index=True)
    minutes = problem.horizon.minutes(pd.DatetimeIndex(curves["interval_start"]))
    inside = (minutes >= midnights[0]) & (minutes < midnights[-1])
    points = int((minutes == minutes[0]).sum())
    shape = (-1, points)
    starts = minutes[inside].reshape(shape)[:, 0]
    agents, in_time, level = (
        np.repeat(curves[name].to_numpy(float)[inside].reshape(shape), parts, axis=0)
        for name in ("agents", "in_time", "service_level")
    )
    cell = (starts[:, None] // cell_min + np.arange(parts)).ravel()
    days = np.searchsorted(midnights, np.repeat(starts, parts), side="right") - 1
    span = days if queue.target.per == "day" else np.array([problem.horizon.week(int(day)) for day in days], np.int64)
    promise = queue.target.service_level or 0.0
    least = queue.target.least_service_level or promise / 2
    reached = (level >= least) & (agents >= queue.target.min_agents)
    width = problem.cells.width[cell]
    return Course(
        queue=q,
        cell=cell,
        span=span,
        agents=agents * width[:, None] / (1 - problem.centre.shrinkage.unplanned),
        in_time=in_time / parts,
        least=np.where(reached.any(axis=1), reached.argmax(axis=1), points - 1),
        volume=(in_time / np.maximum(level, 1e-12)).max(axis=1) / parts,
        promise=promise,
    )


def needs_at(problem: Problem, courses: Sequence[Course], prices: Sequence[Floats]) -> Needs:
    """The problem's needs with those of ``courses`` by their curves; ``prices`` of a contact in time by span."""
    needs = problem.needs
    amount = needs.amount.copy()
    queues, amounts, costs = [], [], []
    for course, price in zip(courses, prices, strict=True):
        own = needs.queue == course.queue
        top = np.where(needs.amount[own] > 0, needs.price[own], 0.0).max(initial=0.0)
        old = np.flatnonzero(own)[(needs.price[own] > 0).any(axis=1)]
        amount[np.ix_(old, course.cell)] = 0.0
        steps = np.zeros((LEVELS + 1, problem.cells.count))
        rows = np.arange(len(course.cell))
        steps[0, course.cell] = course.agents[rows, course.least]
        at, more, slope = _segments(course)
        worth = np.maximum(price[course.span[at]] * slope, 1e-12)
        level = np.ceil(np.log(np.minimum(worth / top, 1.0)) / np.log(GRID) - 1e-9).astype(np.int64)
        kept = level <= LEVELS
        np.add.at(steps, (level[kept], course.cell[at[kept]]), more[kept])
        queues += [course.queue] * len(steps)
        amounts.append(steps)
        costs.append(np.repeat(top * GRID ** np.arange(len(steps))[:, None], problem.cells.count, axis=1))
    return Needs(
        np.concatenate([needs.queue, np.array(queues, dtype=np.int64)]),
        np.concatenate([amount, *amounts]),
        np.concatenate([needs.price, *costs]),
    )


def _segments(course: Course) -> tuple[Ints, Floats, Floats]:
    """The hull's segments from ``least`` on: row of the course, agent-quarters, contacts in time for each of them."""
    points = course.agents.shape[1]
    from_least = np.maximum(np.arange(points)[None, :], course.least[:, None])
    agents = np.take_along_axis(course.agents, from_least, axis=1)
    in_time = np.take_along_axis(course.in_time, from_least, axis=1)
    row, point = np.nonzero(concave_hull(agents, in_time))
    next_too = row[1:] == row[:-1]
    at, first, last = row[:-1][next_too], point[:-1][next_too], point[1:][next_too]
    more, gain = agents[at, last] - agents[at, first], in_time[at, last] - in_time[at, first]
    kept = more > 0
    return at[kept], more[kept], np.maximum(gain[kept], 0.0) / more[kept]


def delivered(problem: Problem, courses: Sequence[Course], presence: Floats) -> list[Floats]:
    """The share of contacts in time that agents present by pool and slot give each course, by span."""
    demands = np.array([layer.demand for layer in problem.layers])
    by_queue = served(problem.by_set(presence), demands, problem.serves)
    shares = []
    for course in courses:
        given = by_queue[course.queue, course.cell] + 1e-9
        pairs = zip(given, course.agents, course.in_time, strict=True)
        in_time = np.array([np.interp(floor, agents, curve, left=0.0) for floor, agents, curve in pairs])
        volume = np.bincount(course.span, weights=course.volume)
        shares.append(np.bincount(course.span, weights=in_time) / np.maximum(volume, 1e-12))
    return shares


def promises_of(
    problem: Problem, curves: pd.DataFrame, seconds: float, rng: np.random.Generator, clock: Clock = wall_clock
) -> Promises | None:
    """The promises over days and weeks, a contact in time at the least price at which they are kept; None if none.

    The price is sought by bisection over quick rosters, within ``seconds``. Where no price will do, agents are too few
    and the last and dearest stays.
    """
    courses = courses_of(problem, curves)
    if not courses:
        return None
    prices = [_first_prices(problem, course) for course in courses]
    low = [np.zeros_like(price) for price in prices]
    high = [np.full_like(price, np.inf) for price in prices]
    for _ in range(TRIALS):
        trial = replace(problem, needs=needs_at(problem, courses, prices))
        search = Search(trial, seconds / TRIALS, rng, clock=clock)
        tours = sweep(search, construct(search), rounds=2)
        for at, share in enumerate(delivered(trial, courses, standing_of(trial, tours).presence)):
            kept = share >= courses[at].promise + MARGIN
            high[at] = np.where(kept, np.minimum(high[at], prices[at]), high[at])
            low[at] = np.where(kept, low[at], np.maximum(low[at], prices[at]))
            prices[at] = _between(low[at], high[at])
    final = [np.where(np.isfinite(high[at]), high[at], low[at]) for at in range(len(courses))]
    return Promises(problem, tuple(courses), tuple(final))


def firmer(promises: Promises, tours: Tours) -> Promises | None:
    """The promises at higher prices where ``tours`` miss them, or None if they keep them all."""
    problem = promises.priced()
    shares = delivered(problem, promises.courses, standing_of(problem, tours).presence)
    short = [np.maximum(own.promise - share, 0.0) for share, own in zip(shares, promises.courses, strict=True)]
    if not any((one > SLACK).any() for one in short):
        return None
    steps = [np.where(one > SLACK, np.clip(np.ceil(one / A_STEP), 1, MOST_STEPS), 0) for one in short]
    prices = [price / GRID**one for one, price in zip(steps, promises.prices, strict=True)]
    return replace(promises, prices=tuple(prices))


def promised(promises: Promises, tours: Tours) -> tuple[Promised, ...]:
    """How ``tours`` keep the promises, and at which prices."""
    problem = promises.priced()
    shares = delivered(problem, promises.courses, standing_of(problem, tours).presence)
    found = []
    for course, prices, share in zip(promises.courses, promises.prices, shares, strict=True):
        queue = problem.centre.queues[course.queue]
        own = tuple(map(float, share)), tuple(map(float, prices))
        found.append(Promised(queue.id, queue.target.per, course.promise, *own))
    return tuple(found)


def at_prices(problem: Problem, curves: pd.DataFrame, prices: Mapping[str, Sequence[float]]) -> Problem:
    """The problem with promises at known ``prices`` by queue: what a roster made earlier was made for.

    Queues without prices, or with those of another number of days or weeks, stay as they are.
    """
    courses = [course for course in courses_of(problem, curves) if problem.centre.queues[course.queue].id in prices]
    known = [(course, np.array(prices[problem.centre.queues[course.queue].id], dtype=float)) for course in courses]
    fitting = [(course, own) for course, own in known if len(own) > int(course.span.max())]
    if not fitting:
        return problem
    return Promises(problem, tuple(one for one, _ in fitting), tuple(own for _, own in fitting)).priced()


def _first_prices(problem: Problem, course: Course) -> Floats:
    """Prices at which the last contact that the promise needs would be worth an idle agent's time."""
    at, more, slope = _segments(course)
    rows = np.arange(len(course.cell))
    prices = np.ones(int(course.span.max()) + 1)
    for span in range(len(prices)):
        own = course.span == span
        missing = course.promise * course.volume[own].sum() - course.in_time[rows, course.least][own].sum()
        steps = np.flatnonzero(own[at] & (slope > 0))
        steps = steps[np.argsort(-slope[steps], kind="stable")]
        enough = np.searchsorted(np.cumsum((more * slope)[steps]), missing)
        if len(steps):
            prices[span] = max(problem.overstaffing, 0.1) / slope[steps[min(enough, len(steps) - 1)]]
    return prices


def _between(low: Floats, high: Floats) -> Floats:
    """The next prices to try: the geometric mean, or further on while there is no price on one side."""
    known = np.where(np.isfinite(high), high, 1.0)
    lower = np.where(low > 0, np.sqrt(np.maximum(low, 1e-12) * known), known / STRIDE)
    return np.where(np.isfinite(high), lower, low * STRIDE)
