"""Hiring: how many agents of each profile to employ, priced by the same duals as their tours.

Profiles whose agents are optional relax "so many agents" to "at most so many": an agent who is not employed has the
tour without duties at no cost. Everything else is the roster's own master and search. The Lagrangian bound holds for
every choice of numbers, since each agent takes the cheaper of his best tour and none. First numbers and tours may be
fractional, for the bound; then a shortlist of agents, little more than these employ, is searched for whole ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduling.arrays import Floats
from scheduling.problem.problem import Problem
from scheduling.solver.construct import construct, sweep
from scheduling.solver.dive import dive
from scheduling.solver.dual import Prices, clipped
from scheduling.solver.generate import bound_at, generate, price_out
from scheduling.solver.master import Master, MasterSolution
from scheduling.solver.neighbourhood import Neighbourhoods
from scheduling.solver.pool import Pool
from scheduling.solver.ruin import Ruin
from scheduling.solver.search import Search, Tours
from scheduling.solver.selection import Selection
from scheduling.solver.solve import MOST_ROWS, Way, alternate, seed

GENERATE_SHARE = 0.75
"""Of the relaxation's time, where the master is small enough for a dive from it."""
LIFTS = 4
SWEEP_SHARE = 0.2
NEARLY_WHOLE = 0.7
"""Shares of tours from here on are rounded up, where there is no dive."""


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The choice with fractions let be: the bound's prices, the master with all tours known, agents employed of each
    profile, and tours for some agents as a start for whole ones. ``small``: programmes of its size are solved fast."""

    prices: Prices
    master: Master
    employed: Floats
    start: Tours
    small: bool


def relax(search: Search) -> Relaxed | None:
    """Raise the bound of ``search``, which has a team, as far as its time allows.

    None if there is nobody to choose, the team is proven best, or the time was too short for a first programme.
    """
    problem = search.problem
    if not problem.profiles:
        search.raise_bound(search.incumbent)
        return None
    master = Master(problem)
    small = master.rows <= MOST_ROWS
    seed(search, master)

    def tell(bound: float, _: Prices) -> None:
        search.raise_bound(bound)
        search.report()

    def until(share: float) -> float:
        return 0.0 if search.proven else share * search.seconds - search.elapsed()

    made = generate(
        master,
        lambda: until(GENERATE_SHARE if small else 1.0),
        bend=search.rng,
        tell=tell,
        lift=lambda prices, value: lifted(problem, prices, value),
    )
    if made.solution is None or made.prices is None:
        return None
    start = dive(master, made.solution, lambda: until(1.0)) if small else _rounded(master, made.solution)
    employed = np.zeros(len(problem.profiles))
    for (at, tour), share in zip(master.columns, made.solution.share, strict=False):
        employed[at] += share if tour.duties or not problem.profiles[at].optional else 0.0
    return Relaxed(made.prices, master, employed, start, small)


def lifted(problem: Problem, prices: Prices, value: float) -> tuple[Prices, float]:
    """Prices with every worth lowered until hardly a tour pays, if the bound, ``value`` at first, is better there.

    Where a tour is worth a little more than it costs, all agents of a choice take it, and the bound falls with their
    number. Lowering the worth to the greatest share at which no tour pays avoids that (A. A. Farley, "A note on
    bounding a class of linear programming problems, including cutting stock problems", Operations Research 38, 1990).
    """
    best, share = (prices, value), 1.0
    ones = np.ones(len(problem.profiles))
    for _ in range(LIFTS):
        lower = clipped(problem, np.where(prices.worth > 0, share * prices.worth, prices.worth), share * prices.rows)
        priced = price_out(problem, lower, ones)
        if share < 1.0 and (found := bound_at(problem, lower)) > best[1]:
            best = lower, found
        pays = [
            tour.own_cost / (tour.own_cost - cost)
            for at, tour in priced.tours.items()
            if problem.profiles[at].optional
            and tour.duties
            and (cost := float(priced.costs[at])) < -1e-7
            and tour.own_cost > 0
        ]
        if not pays:
            break
        share *= min(pays)
    return best


def _rounded(master: Master, solution: MasterSolution) -> Tours:
    """Tours of which the master takes a whole number, or nearly; the other agents have none yet."""
    waiting = [list(profile.agents) for profile in master.problem.profiles]
    tours: Tours = {}
    for (at, tour), share in zip(master.columns, solution.share, strict=False):
        if tour.duties:
            for _ in range(min(int(share + 1 - NEARLY_WHOLE), len(waiting[at]))):
                tours[waiting[at].pop(0)] = tour
    return tours


def hire(search: Search, relaxed: Relaxed, starts: Sequence[Tours]) -> None:
    """Improve ``search`` over a shortlist until its time is up: from each of ``starts``, completed and swept."""
    for tours in starts:
        full = construct(search, tours, 0.0)
        search.offer(full)
        sweep(search, full, until=search.elapsed() + SWEEP_SHARE * search.left())
    pool = Pool(search.problem, relaxed.prices)
    pool.take(relaxed.master)
    ways: list[Way] = [Ruin(search, relaxed.prices.by_pool(search.problem)), Selection(search, pool)]
    alternate(search, [Neighbourhoods(search, pool), *ways] if relaxed.small else ways)
