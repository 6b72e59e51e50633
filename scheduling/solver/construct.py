"""Construction and sweeps: a legal team in seconds, then everyone's best response to the others."""

from __future__ import annotations

import numpy as np

from scheduling.person.tour import Tour
from scheduling.problem.standing import Standing
from scheduling.solver.search import Search, Tours, respond, standing_of

SHORTAGE_WEIGHT = 0.7
"""While the team is being built a slot's worth leans on how much of its need is still open. By marginal worth alone
every open slot is worth the same, and the first agents would all take the same hours."""


def construct(search: Search, kept: Tours | None = None, lean: float = SHORTAGE_WEIGHT) -> Tours:
    """One agent after the other, the least flexible first, each at the worth of his time to the team so far.

    Agents of ``kept`` have their tours already; ``lean`` is the weight of a slot's open share of need in its worth.
    """
    problem, profiles = search.problem, search.profile_of
    tours = dict(kept or {})
    standing = standing_of(problem, tours)
    missing = [agent for agent in profiles if agent not in tours]
    for agent in sorted(missing, key=lambda agent: _freedom(search, agent)):
        pool = profiles[agent].pool
        worth = standing.worth(pool)
        share = 1 - lean + lean * standing.shortage(pool)
        tour, _ = respond(profiles[agent], np.where(worth > 0, worth * share, worth))
        tours[agent] = tour
        standing.add(pool, tour)
    return tours


def _freedom(search: Search, agent: int) -> tuple[int, int, int]:
    profile = search.profile_of[agent]
    return len(search.problem.team.pools[profile.pool].queues), int((profile.class_of >= 0).sum()), agent


def _saved(standing: Standing, pool: int, old: Tour, new: Tour) -> float:
    """Points that ``new`` saves over ``old``. The worth by slot is that of agents who are there for whole cells."""
    return old.own_cost - standing.saved(pool, old) - new.own_cost + standing.saved(pool, new)


def sweep(search: Search, tours: Tours, rounds: int = 3, until: float = np.inf) -> Tours:
    """Take each agent off, give him the tour that is best for the team as it stands; never worse.

    A slot's cost depends on that slot's agents alone, so the worth of one more agent prices a whole tour exactly.
    Ends after ``rounds``, at the time limit or ``until`` seconds, or when a round changes little.
    """
    problem, profiles = search.problem, search.profile_of
    tours = dict(tours)
    standing = standing_of(problem, tours)
    for _ in range(rounds):
        gained = 0.0
        for agent in search.rng.permutation(sorted(tours)):
            if search.elapsed() >= min(until, search.seconds):
                search.offer(tours)
                return tours
            profile, old = profiles[int(agent)], tours[int(agent)]
            standing.add(profile.pool, old, -1)
            worth = standing.worth(profile.pool)
            new, cost = respond(profile, worth)
            old_cost = old.own_cost - float(worth[old.slots].sum())
            if cost < old_cost - 1e-9 and (saved := _saved(standing, profile.pool, old, new)) > 1e-9:
                tours[int(agent)] = new
                gained += saved
            standing.add(profile.pool, tours[int(agent)])
        search.offer(tours)
        if gained <= 1e-3 * max(search.incumbent, 1.0):
            break
    return tours
