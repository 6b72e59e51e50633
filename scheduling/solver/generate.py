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
from dataclasses import dataclass, replace
from os import cpu_count

import numpy as np

from scheduling.arrays import Floats
from scheduling.person.path import Path, near_path
from scheduling.person.profile import Profile
from scheduling.person.programme import Programme
from scheduling.person.tour import Tour, tour_of
from scheduling.problem.problem import Problem
from scheduling.solver.dual import Prices
from scheduling.solver.master import Master, MasterSolution
from scheduling.solver.part import reduced_cost
from scheduling.solver.search import priced, rounded_up

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
    """Best tours by profile under some prices, or ones near them, the least cost of any, and the Lagrangian value.

    ``loose`` are rules by profile that stand aside and would have been broken: bounds may rise once they join.
    """

    tours: Mapping[int, Tour]
    costs: Floats
    value: float
    loose: Mapping[int, frozenset[int]]


@dataclass(frozen=True, eq=False)
class Generated:
    """What generation ended with: the master's last optimum, the best bound, and the prices that gave it."""

    solution: MasterSolution | None
    bound: float
    prices: Prices | None


@dataclass(frozen=True)
class Ending:
    """When generation has done enough.

    ``close``: bound and master differ by less than this share. ``hopeless``: the bound says that no roster costs less.
    ``enough``: bound and master differ by less than so much of what the master saves on ``hopeless``. ``grain``: every
    roster costs a multiple of so many points, and the bound, rounded up, can rise no more.

    >>> Ending(grain=1.0).reached(3147.7, 3147.2), Ending().reached(3147.7, 3147.2)
    (True, False)
    >>> Ending(hopeless=3700.0, enough=0.3).reached(3200.0, 3100.0)
    True
    """

    close: float = CLOSE
    hopeless: float = np.inf
    enough: float = 0.0
    grain: float = 0.0

    def reached(self, objective: float, bound: float) -> bool:
        """Whether a master of ``objective`` points with this ``bound`` will do."""
        if bound >= self.hopeless or objective - bound <= self.close * max(1.0, abs(objective)):
            return True
        if self.grain and rounded_up(bound, self.grain) >= rounded_up(objective, self.grain):
            return True
        return self.enough > 0 and objective - bound <= self.enough * (self.hopeless - objective)


OPTIMUM = Ending()


def price_out(problem: Problem, prices: Prices, agents: Floats) -> Priced:
    """Best tours of the profiles that have ``agents``; the value is a true bound if those are all agents of each."""
    worth = prices.by_pool(problem)
    paths = _paths(problem, worth, np.flatnonzero(agents).tolist())
    tours, costs = {}, np.zeros(len(agents))
    for at, path in paths.items():
        profile = problem.profiles[at]
        tours[at] = tour_of(profile, path.duties, worth[profile.pool], path.paid)
        costs[at] = path.bound
    loose = {at: path.broken for at, path in paths.items() if path.broken}
    return Priced(tours, costs, prices.constant + float(costs @ agents), loose)


def bound_at(problem: Problem, prices: Prices) -> float:
    """The Lagrangian value of all agents at ``prices``: a true bound."""
    paths = _paths(problem, prices.by_pool(problem), range(len(problem.profiles)))
    return prices.constant + sum(len(problem.profiles[at].agents) * path.bound for at, path in paths.items())


def _paths(problem: Problem, worth: Floats, places: Sequence[int]) -> dict[int, Path]:
    """The cheapest path, or one near it, of each profile of ``places``; time is worth ``worth`` by pool and slot."""
    profiles = [problem.profiles[at] for at in places]
    duty_cost: dict[tuple[int, int], Floats] = {}
    for profile in profiles:
        key = (id(profile.menu), profile.pool)
        if key not in duty_cost:
            duty_cost[key] = priced(profile.menu, worth[profile.pool])

    def path_of(profile: Profile) -> Path:
        path = near_path(profile, duty_cost[id(profile.menu), profile.pool])
        assert path is not None  # profiles without a legal tour are kept out of the problem
        return path

    threads = cpu_count() or 1
    sizes = [profile.graph.size for profile in profiles]
    if threads == 1 or sum(sizes) < WORTH_A_THREAD * len(sizes):
        return dict(zip(places, map(path_of, profiles), strict=True))
    with ThreadPoolExecutor(threads) as pool:
        return dict(zip(places, pool.map(path_of, profiles), strict=True))


def generate(
    master: Master,
    left: Callable[[], float],
    *,
    centre: Prices | None = None,
    end: Ending = OPTIMUM,
    bend: np.random.Generator | None = None,
    tell: Callable[[float, Prices], None] | None = None,
    lift: Callable[[Prices, float], tuple[Prices, float]] | None = None,
) -> Generated:
    """Add tours to ``master`` until ``end`` is reached, no tour improves it, or time is up.

    Args:
        left: seconds left.
        centre: prices to smooth towards at first; None: the master's own.
        bend: draws prices that are bent a little, for more tours a round where profiles are few.
        tell: called with every better bound and its prices.
        lift: prices near given ones whose bound, given as well, is better, and that bound.
    """
    problem = exact = master.problem
    agents = np.array([len(profile.agents) for profile in problem.profiles], dtype=float)
    solution, bound, share, added = None, -np.inf, SMOOTHING, 1
    while left() > 0:
        found = master.solve(left())
        if found is None:
            break
        solution = found
        smoothed = 0.0 if added == 0 or centre is None else share
        prices = solution.prices if centre is None else centre.blend(solution.prices, smoothed)
        outcome = price_out(exact, prices, agents)
        better, value = (prices, outcome.value) if lift is None else lift(prices, outcome.value)
        if value > bound:
            bound, centre = value, better
            if tell is not None:
                tell(bound, better)
        if end.reached(solution.objective, bound):
            break
        answers = [outcome.tours, *(() if bend is None else varied(problem, solution.prices, bend))]
        added = add_improving(master, solution, answers)
        if added == 0 and smoothed == 0:
            if not outcome.loose:
                break
            exact = _tighter(exact, outcome.loose)
        rising = _straight_on(problem, outcome, solution.prices, agents) > outcome.value
        share = share * NEARER if rising else share + AWAY * (1 - share)
    return Generated(solution, bound, centre)


def _tighter(problem: Problem, loose: Mapping[int, frozenset[int]]) -> Problem:
    """The problem with rules that stood aside among the states.

    The problem given keeps them aside: near tours will do for a dive, and are had at a fraction of the work.
    """
    joining: dict[Programme, frozenset[int]] = {}
    for at, broken in loose.items():
        programme = problem.profiles[at].programme
        joining[programme] = joining.get(programme, frozenset()) | broken
    tighter = {programme: programme.tighter(broken) for programme, broken in joining.items()}
    profiles = (replace(own, programme=tighter.get(own.programme, own.programme)) for own in problem.profiles)
    return replace(problem, profiles=tuple(profiles))


def _straight_on(problem: Problem, priced_out: Priced, prices: Prices, agents: Floats) -> float:
    """The value at ``prices`` of the answer to others: what the Lagrangian would be there if it went straight on."""
    worth = prices.by_pool(problem)
    costs = {at: reduced_cost(tour, worth[problem.profiles[at].pool]) for at, tour in priced_out.tours.items()}
    return prices.constant + sum(float(agents[at]) * cost for at, cost in costs.items())


def varied(problem: Problem, prices: Prices, rng: np.random.Generator) -> list[Mapping[int, Tour]]:
    """Best tours under prices that chance has bent a little: where profiles are few, one tour each were too few.

    Large programmes cost more than the rounds of the master that they save.
    """
    ones = np.ones(len(problem.profiles))
    work = sum(profile.graph.size for profile in problem.profiles)
    times = min(max(TOURS_A_ROUND // len(problem.profiles), 1), MOST_BENT, BENT_WORK // max(work, 1))
    return [
        price_out(problem, prices.bent(rng.normal(1.0, BEND, prices.worth.shape)), ones).tours for _ in range(times)
    ]


def gain(master: Master, solution: MasterSolution, answer: Mapping[int, Tour], free: Floats) -> float:
    """What the master's optimum may fall by at most, if ``answer`` are best tours under its prices."""
    worth, profiles = solution.prices.by_pool(master.problem), master.problem.profiles
    costs = {at: reduced_cost(tour, worth[profiles[at].pool]) for at, tour in answer.items()}
    return sum(float(free[at]) * max(float(solution.profile[at]) - cost, 0.0) for at, cost in costs.items())


def add_improving(master: Master, solution: MasterSolution, answers: Sequence[Mapping[int, Tour]]) -> int:
    """Add the tours of negative reduced cost under the master's own prices; returns how many were new."""
    problem = master.problem
    worth = solution.prices.by_pool(problem)
    added = 0
    for tours in answers:
        for at, tour in tours.items():
            if reduced_cost(tour, worth[problem.profiles[at].pool]) < solution.profile[at] - 1e-6:
                added += master.add(at, tour)
    return added
