"""Construction and sweeps: a legal team in seconds, then everyone's best response to the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scheduling.search import Search, Tours, respond, standing_of

SHORTAGE_WEIGHT = 0.7
"""While the team is being built a slot's worth leans on how much of its need is still open. By marginal worth alone
every open slot is worth the same, and the first agents would all take the same hours."""


def construct(search: Search) -> Tours:
    """One agent after the other, the least flexible first, each at the worth of his time to the team so far."""
    problem, profiles = search.problem, search.profile_of
    standing = standing_of(problem, {})
    freedom = {
        a: (len(problem.team.pools[p.pool].queues), int((p.class_of >= 0).sum()), a) for a, p in profiles.items()
    }
    tours: Tours = {}
    for agent in sorted(profiles, key=lambda a: freedom[a]):
        pool = profiles[agent].pool
        worth = standing.worth(pool)
        share = 1 - SHORTAGE_WEIGHT + SHORTAGE_WEIGHT * standing.shortage(pool)
        tour, _ = respond(profiles[agent], np.where(worth > 0, worth * share, worth))
        tours[agent] = tour
        standing.add(pool, tour)
    return tours


def sweep(search: Search, tours: Tours, rounds: int = 3, only: Sequence[int] | None = None) -> Tours:
    """Take each agent off, give him the tour that is best for the team as it stands; never worse.

    A slot's cost depends on that slot's agents alone, so the worth of one more agent prices a whole tour exactly.
    Ends after ``rounds``, at the time limit, or when a round changes little. ``only`` names agents who may change.
    """
    problem, profiles = search.problem, search.profile_of
    tours = dict(tours)
    standing = standing_of(problem, tours)
    for _ in range(rounds):
        gained = 0.0
        for agent in search.rng.permutation(sorted(tours if only is None else only)):
            if search.left() <= 0:
                return tours
            profile, old = profiles[int(agent)], tours[int(agent)]
            standing.add(profile.pool, old, -1)
            worth = standing.worth(profile.pool)
            new, cost = respond(profile, worth)
            old_cost = old.own_cost - float(worth[old.slots].sum())
            if cost < old_cost - 1e-9:
                tours[int(agent)] = new
                gained += old_cost - cost
            standing.add(profile.pool, tours[int(agent)])
        search.offer(tours)
        if gained <= 1e-3 * max(search.incumbent, 1.0):
            break
    return tours
