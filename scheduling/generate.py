"""Column generation: tours that would improve the master are found by price until none is left, and bounds on the way.

Prices are smoothed towards those of the best bound so far (in-out separation: Ben-Ameur & Neto, "Acceleration of
cutting-plane and column generation algorithms", Networks 49, 2007; Pessoa, Sadykov, Uchoa & Vanderbeck, INFORMS Journal
on Computing 30, 2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduling.graph import Floats
from scheduling.master import Master, MasterSolution, Prices
from scheduling.problem import Problem
from scheduling.search import Search, priced
from scheduling.tour import Path, Tour, cheapest_path, tour_of

SMOOTHING = 0.8
TOURS_A_ROUND = 40
BEND = 0.1
"""Relative spread of prices that are bent by chance."""
CLOSE = 2e-3
"""Generation ends when bound and master differ by less than this share."""


@dataclass(frozen=True, eq=False)
class Priced:
    """Every profile's best tour under some prices, its cost there, and the Lagrangian value."""

    tours: Sequence[Tour]
    costs: Floats
    value: float


def price_out(problem: Problem, prices: Prices, agents: Floats) -> Priced:
    """Best tours of all profiles; the value is a true bound if ``agents`` are all agents of each profile."""
    worth = prices.by_pool(problem)
    paths = _paths(problem, worth)
    pairs = zip(problem.profiles, paths, strict=True)
    tours = [tour_of(profile, path.duties, worth[profile.pool], path.paid) for profile, path in pairs]
    costs = np.array([path.cost for path in paths])
    return Priced(tours, costs, prices.constant + float(costs @ agents))


def bound_at(problem: Problem, prices: Prices) -> float:
    """The Lagrangian value of all agents at ``prices``: a true bound."""
    paths = _paths(problem, prices.by_pool(problem))
    pairs = zip(problem.profiles, paths, strict=True)
    return prices.constant + sum(len(profile.agents) * path.cost for profile, path in pairs)


def _paths(problem: Problem, worth: Floats) -> list[Path]:
    """Every profile's cheapest path where an agent's time is worth ``worth`` by pool and slot."""
    duty_cost: dict[tuple[int, int], Floats] = {}
    paths = []
    for profile in problem.profiles:
        key = (id(profile.menu), profile.pool)
        if key not in duty_cost:
            duty_cost[key] = priced(profile.menu, worth[profile.pool])
        path = cheapest_path(profile, duty_cost[key])
        assert path is not None  # profiles without a legal tour are kept out of the problem
        paths.append(path)
    return paths


def generate(search: Search, master: Master, best: Prices, until: float) -> MasterSolution | None:
    """Add tours to ``master`` until it is optimal, the bound meets the incumbent, or ``until`` seconds have passed.

    ``best`` are the prices of the best bound so far.
    """
    problem = search.problem
    agents = np.array([len(profile.agents) for profile in problem.profiles], dtype=float)
    solution, share = None, SMOOTHING
    while search.elapsed() < until:
        found = master.solve(until - search.elapsed())
        if found is None:
            break
        solution = found
        prices = best.blend(solution.prices, share)
        outcome = price_out(problem, prices, agents)
        if outcome.value > search.bound:
            best = prices
        search.raise_bound(outcome.value)
        search.report()
        if search.proven or solution.objective - search.bound <= CLOSE * max(1.0, abs(solution.objective)):
            break
        added = add_improving(master, solution, [outcome.tours, *varied(search, solution.prices)])
        if added == 0 and share == 0:
            break
        share = 0.0 if added == 0 else SMOOTHING
    return solution


def varied(search: Search, prices: Prices) -> list[Sequence[Tour]]:
    """Best tours under prices that chance has bent a little: where profiles are few, one tour each were too few."""
    problem = search.problem
    none = np.zeros(len(problem.profiles))
    return [
        price_out(problem, prices.bent(search.rng.normal(1.0, BEND, prices.worth.shape)), none).tours
        for _ in range(TOURS_A_ROUND // len(problem.profiles))
    ]


def add_improving(master: Master, solution: MasterSolution, answers: Sequence[Sequence[Tour]]) -> int:
    """Add the tours of negative reduced cost under the master's own prices; returns how many were new."""
    problem = master.problem
    worth = solution.prices.by_pool(problem)
    added = 0
    for tours in answers:
        for at, tour in enumerate(tours):
            reduced = tour.own_cost - worth[problem.profiles[at].pool][tour.slots].sum() - solution.profile[at]
            if reduced < -1e-6:
                added += master.add(at, tour)
    return added
