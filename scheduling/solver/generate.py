"""Column generation: tours that would improve the master are found by price until none is left, and bounds on the way.

Prices are smoothed towards those of the best bound so far (in-out separation: Ben-Ameur & Neto, "Acceleration of
cutting-plane and column generation algorithms", Networks 49, 2007). By how much is learnt on the way: less where bounds
would rise towards the master's prices, more where they would fall (Pessoa, Sadykov, Uchoa & Vanderbeck, "Automation and
combination of linear-programming based stabilization techniques in column generation", INFORMS Journal on Computing 30,
2018).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np

from scheduling.arrays import Floats
from scheduling.person.path import Path, near_path
from scheduling.person.profile import Profile
from scheduling.person.tour import Tour, tour_of
from scheduling.problem.problem import Problem
from scheduling.solver.dual import Prices
from scheduling.solver.master import Master, MasterSolution
from scheduling.solver.part import reduced_cost
from scheduling.solver.search import priced

SMOOTHING = 0.8
"""The first share of the best bound's prices."""
NEARER, AWAY = 1 / 1.1, 0.1
"""That share shrinks by this factor, or grows by this part of what is missing to 1."""
TOURS_A_ROUND = 40
MOST_BENT = 4
BENT_WORK = 500_000
"""Values reckoned for bent prices a round, at most."""
BEND = 0.1
"""Relative spread of prices that are bent by chance."""
CLOSE = 1e-4
"""Generation ends when bound and master differ by less than this share."""
WORTH_A_THREAD = 400_000
"""Programmes of so many values each are reckoned side by side; smaller ones are done before a thread takes them up."""


@dataclass(frozen=True, eq=False)
class Priced:
    """Every profile's best tour under some prices, or one near it, the least cost of any, and the Lagrangian value.

    ``loose`` are rules by profile that stand aside and would have been broken: bounds may rise once they join.
    """

    tours: Sequence[Tour]
    costs: Floats
    value: float
    loose: Mapping[int, frozenset[int]]


@dataclass(frozen=True, eq=False)
class Generated:
    """What generation ended with: the master's last optimum, the best bound, and the prices that gave it."""

    solution: MasterSolution | None
    bound: float
    prices: Prices | None


def price_out(problem: Problem, prices: Prices, agents: Floats) -> Priced:
    """Best tours of all profiles; the value is a true bound if ``agents`` are all agents of each profile."""
    worth = prices.by_pool(problem)
    paths = _paths(problem, worth)
    pairs = zip(problem.profiles, paths, strict=True)
    tours = [tour_of(profile, path.duties, worth[profile.pool], path.paid) for profile, path in pairs]
    costs = np.array([path.bound for path in paths])
    loose = {at: path.broken for at, path in enumerate(paths) if path.broken}
    return Priced(tours, costs, prices.constant + float(costs @ agents), loose)


def bound_at(problem: Problem, prices: Prices) -> float:
    """The Lagrangian value of all agents at ``prices``: a true bound."""
    paths = _paths(problem, prices.by_pool(problem))
    pairs = zip(problem.profiles, paths, strict=True)
    return prices.constant + sum(len(profile.agents) * path.bound for profile, path in pairs)


def _paths(problem: Problem, worth: Floats) -> list[Path]:
    """Every profile's cheapest path, or one near it, where an agent's time is worth ``worth`` by pool and slot."""
    duty_cost: dict[tuple[int, int], Floats] = {}
    for profile in problem.profiles:
        key = (id(profile.menu), profile.pool)
        if key not in duty_cost:
            duty_cost[key] = priced(profile.menu, worth[profile.pool])

    def path_of(profile: Profile) -> Path:
        path = near_path(profile, duty_cost[id(profile.menu), profile.pool])
        assert path is not None  # profiles without a legal tour are kept out of the problem
        return path

    threads = cpu_count() or 1
    sizes = [profile.graph.size for profile in problem.profiles]
    if threads == 1 or sum(sizes) < WORTH_A_THREAD * len(sizes):
        return [path_of(profile) for profile in problem.profiles]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(path_of, problem.profiles))


def generate(
    master: Master,
    left: Callable[[], float],
    *,
    centre: Prices | None = None,
    hopeless: float = np.inf,
    close: float = CLOSE,
    bend: np.random.Generator | None = None,
    tell: Callable[[float, Prices], None] | None = None,
    lift: Callable[[Prices, float], tuple[Prices, float]] | None = None,
) -> Generated:
    """Add tours to ``master`` until it is optimal up to ``close``, or its bound passes ``hopeless``, or time is up.

    Args:
        left: seconds left.
        centre: prices to smooth towards at first; None: the master's own.
        bend: draws prices that are bent a little, for more tours a round where profiles are few.
        tell: called with every better bound and its prices.
        lift: prices near given ones whose bound, given as well, is better, and that bound.
    """
    problem = master.problem
    agents = np.array([len(profile.agents) for profile in problem.profiles], dtype=float)
    solution, bound, share, added = None, -np.inf, SMOOTHING, 1
    while left() > 0:
        found = master.solve(left())
        if found is None:
            break
        solution = found
        smoothed = 0.0 if added == 0 or centre is None else share
        prices = solution.prices if centre is None else centre.blend(solution.prices, smoothed)
        outcome = price_out(problem, prices, agents)
        better, value = (prices, outcome.value) if lift is None else lift(prices, outcome.value)
        if value > bound:
            bound, centre = value, better
            if tell is not None:
                tell(bound, better)
        if bound >= hopeless or solution.objective - bound <= close * max(1.0, abs(solution.objective)):
            break
        answers = [outcome.tours, *(() if bend is None else varied(problem, solution.prices, bend))]
        added = add_improving(master, solution, answers)
        if added == 0 and smoothed == 0:
            if not outcome.loose:
                break
            for at, broken in outcome.loose.items():
                problem.profiles[at].programme.tighten(broken)
        rising = _straight_on(problem, outcome, solution.prices, agents) > outcome.value
        share = share * NEARER if rising else share + AWAY * (1 - share)
    return Generated(solution, bound, centre)


def _straight_on(problem: Problem, priced_out: Priced, prices: Prices, agents: Floats) -> float:
    """The value at ``prices`` of the answer to others: what the Lagrangian would be there if it went straight on."""
    worth = prices.by_pool(problem)
    pairs = zip(problem.profiles, priced_out.tours, strict=True)
    costs = np.array([reduced_cost(tour, worth[profile.pool]) for profile, tour in pairs])
    return prices.constant + float(costs @ agents)


def varied(problem: Problem, prices: Prices, rng: np.random.Generator) -> list[Sequence[Tour]]:
    """Best tours under prices that chance has bent a little: where profiles are few, one tour each were too few.

    Large programmes cost more than the rounds of the master that they save.
    """
    none = np.zeros(len(problem.profiles))
    work = sum(profile.graph.size for profile in problem.profiles)
    times = min(max(TOURS_A_ROUND // len(problem.profiles), 1), MOST_BENT, BENT_WORK // max(work, 1))
    return [
        price_out(problem, prices.bent(rng.normal(1.0, BEND, prices.worth.shape)), none).tours for _ in range(times)
    ]


def add_improving(
    master: Master, solution: MasterSolution, answers: Sequence[Sequence[Tour]], free: Floats | None = None
) -> int:
    """Add the tours of negative reduced cost under the master's own prices; returns how many were new.

    ``free`` are the agents of each profile who still need a tour; None: all profiles have some.
    """
    problem = master.problem
    worth = solution.prices.by_pool(problem)
    added = 0
    for tours in answers:
        for at, tour in enumerate(tours):
            wanted = free is None or free[at] > 0
            if wanted and reduced_cost(tour, worth[problem.profiles[at].pool]) < solution.profile[at] - 1e-6:
                added += master.add(at, tour)
    return added
