"""Diving: from shares of tours to one tour for everybody, prices renewed after every few decisions."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np

from scheduling.construct import construct, sweep
from scheduling.equilibrium import Equilibrium
from scheduling.generate import add_improving, price_out, varied
from scheduling.master import Master, MasterSolution
from scheduling.search import Search, Tours, objective, standing_of

FIXED_A_ROUND = 0.08
"""Share of the agents still free who are given their tour before prices are renewed."""
ROUNDS_BETWEEN = 2
MOST_FREE = 6
"""Agents freed at once at most: with few at a time there are many tries."""
AGAIN = 0.05
"""Temperature of a dive for a few, in prices of one agent short and one idle."""


def dive(search: Search, mean: Equilibrium, kept: Tours) -> Tours:
    """Everyone's tour: ``kept`` stay as they are, the agents of ``mean`` (which is used up) take its likeliest."""
    tours = dict(kept)
    while mean.mixes:
        for _ in range(ROUNDS_BETWEEN):
            mean.round(search.rng)
        likeliest = sorted(mean.mixes, key=lambda mix: (-max(mix.shares), mix.agents[0]))
        free = sum(len(mix.agents) for mix in mean.mixes)
        for mix in likeliest[: ceil(FIXED_A_ROUND * free)]:
            agent, tours[agent] = mean.fix(mix)
    return tours


def dive_by_master(search: Search, master: Master, solution: MasterSolution, until: float) -> Tours:
    """The same from the master's shares, which are solved anew after every round; those whom time allowed."""
    problem = search.problem
    waiting = [list(profile.agents) for profile in problem.profiles]
    tours: Tours = {}
    while any(waiting):
        free = sum(len(own) for own in waiting)
        fixed = 0
        for column in np.argsort(-solution.share, kind="stable"):
            profile, tour = master.columns[column]
            # Whole shares are beyond doubt; of fractions the largest are fixed until enough are.
            whole = max(int(solution.share[column] + 1e-6), int(fixed < ceil(FIXED_A_ROUND * free)))
            if solution.share[column] < 1e-6:
                break
            for _ in range(min(whole, len(waiting[profile]))):
                tours[waiting[profile].pop()] = tour
                master.fix(profile, tour, len(waiting[profile]))
                fixed += 1
        if not any(waiting):
            break
        found = master.solve(until - search.elapsed(), dual_simplex=True)
        if found is None:
            break
        solution = found
        free_agents = np.array([len(own) for own in waiting], dtype=float)
        answers = [price_out(problem, solution.prices, free_agents).tours, *varied(search, solution.prices)]
        add_improving(master, solution, answers)
    return tours


def free_again(search: Search, tours: Tours, agents: Sequence[int], rounds: int) -> Tours:
    """Take ``agents`` out of a team and dive anew for them; the others keep their tours."""
    kept = {agent: tour for agent, tour in tours.items() if agent not in set(agents)}
    start = {agent: tours[agent] for agent in agents}
    scale = search.problem.understaffing + search.problem.overstaffing
    mean = Equilibrium(search.problem, standing_of(search.problem, kept).presence, start, AGAIN * scale)
    for _ in range(rounds):
        mean.round(search.rng)
    return dive(search, mean, kept)


def neighbourhoods(search: Search, until: float) -> None:
    """Free some agents of the best team again and again, and keep what is no worse, until ``until`` seconds."""
    tours, value = dict(search.best), search.incumbent
    everyone = sorted(tours)
    while search.elapsed() < until and not search.proven and everyone:
        chosen = _related(search, everyone, min(len(everyone), int(search.rng.integers(2, MOST_FREE + 1))))
        kept = {agent: tour for agent, tour in tours.items() if agent not in set(chosen)}
        new = sweep(search, construct(search, kept, float(search.rng.random())), rounds=2, only=chosen)
        cost = objective(search.problem, new)
        if cost <= value + 1e-9:
            tours, value = new, cost
            search.offer(new)


def _related(search: Search, everyone: Sequence[int], size: int) -> list[int]:
    """A random agent and others, likelier those who share his queues: they can take work from one another."""
    problem = search.problem
    serves = {a: problem.serves[problem.set_of_pool[problem.team.pool_of(problem.team.workers[a])]] for a in everyone}
    seed = serves[int(search.rng.choice(np.asarray(everyone)))]
    weight = np.array([1.0 + 4.0 * bool((serves[agent] & seed).any()) for agent in everyone])
    chosen = search.rng.choice(np.asarray(everyone), size=size, replace=False, p=weight / weight.sum())
    return [int(agent) for agent in chosen]
