"""Parts: the problem of some agents while everyone else's tours stand, a rostering problem like the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduling.arrays import Floats
from scheduling.person.tour import Tour
from scheduling.problem.problem import Problem
from scheduling.solver.master import Master, MasterSolution

KNOWN = 25
"""Tours of a profile that a part begins with."""


def part_of(problem: Problem, given: Floats, free: Mapping[int, Sequence[int]]) -> tuple[Problem, list[int]]:
    """The problem of the agents ``free``, by place of their profile among all; ``given`` are the others on the floor.

    Returns:
        The part, and the places of its profiles among the problem's.
    """
    places = sorted(at for at, agents in free.items() if agents)
    profiles = tuple(replace(problem.profiles[at], agents=tuple(free[at])) for at in places)
    return replace(problem, given=given, profiles=profiles), places


def reduced_cost(tour: Tour, worth: Floats) -> float:
    """What a tour costs beyond what its time is worth."""
    return tour.own_cost - float(worth[tour.slots].sum())


def cheapest_known(master: Master, worth: Floats) -> dict[int, list[Tour]]:
    """The master's tours by profile, cheapest first where an agent's time is worth ``worth`` by pool and slot."""
    by_profile: dict[int, list[tuple[float, int]]] = {}
    for number, (profile, tour) in enumerate(master.columns):
        cost = reduced_cost(tour, worth[master.problem.profiles[profile].pool])
        by_profile.setdefault(profile, []).append((cost, number))
    return {at: [master.columns[number][1] for _, number in sorted(own)] for at, own in by_profile.items()}


def smaller(
    master: Master, solution: MasterSolution, tours: Mapping[int, Tour], waiting: Sequence[Sequence[int]]
) -> Master:
    """A master of the agents still ``waiting`` for a tour beside those of ``tours``, with the best tours known."""
    problem = master.problem
    given = problem.given.copy()
    pool = {agent: profile.pool for profile in problem.profiles for agent in profile.agents}
    for agent, tour in tours.items():
        given[pool[agent], tour.slots] += 1
    part, places = part_of(problem, given, dict(enumerate(waiting)))
    found = Master(part)
    known = cheapest_known(master, solution.prices.by_pool(problem))
    for at, place in enumerate(places):
        for tour in known[place][:KNOWN]:
            found.add(at, tour)
    return found
