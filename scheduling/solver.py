"""The solver: construct, sweep, settle prices, generate tours, dive, and search neighbourhoods until time is up.

Generation and dive need a linear programme that is solved again and again. Where queues shared by many skill sets make
it too large for that, the equilibrium alone gives the bound, and neighbourhoods improve the swept roster.
"""

from __future__ import annotations

import numpy as np

from scheduling.construct import construct, sweep
from scheduling.dive import dive, dive_by_master, free_again, neighbourhoods
from scheduling.equilibrium import Equilibrium
from scheduling.generate import bound_at, generate
from scheduling.master import Master, Prices
from scheduling.search import Search

SETTLE_UNTIL = 0.1
GENERATE_UNTIL = 0.45
DIVE_UNTIL = 0.75
"""Shares of the time limit."""
MOST_ROWS = 700
"""A master of more rows is too slow to be solved again and again; the equilibrium goes on in its place."""
TURNS_BEFORE_MASTER, TURNS_ALONE = 40, 140
HOT, COLD = 0.14, 0.02
"""First and last temperature of the equilibrium, in prices of one agent short and one idle."""
LAG = 0.1
TURNS_AGAIN = 20
FADING = 0.93
"""Of the mean of prices stays so much a turn; single turns overshoot, the mean bounds better."""
TOURS_A_MIX = 8
"""So many of a mix's likeliest tours go into the master."""


def solve(search: Search) -> None:
    """Improve ``search`` until its bound is met or its time is up; there is a legal team after the first step."""
    if not search.problem.profiles:
        search.offer({})
        search.raise_bound(search.incumbent)
        return
    tours = construct(search)
    search.offer(tours)
    sweep(search, tours)
    if search.left() <= 0:
        return
    master = Master(search.problem)
    if master.rows <= MOST_ROWS:
        by_master(search, master)
    else:
        settle(search, GENERATE_UNTIL * search.seconds, TURNS_ALONE)
    neighbourhoods(search, search.seconds)


def by_master(search: Search, master: Master) -> None:
    """Generate tours from the equilibrium's, and dive from the master's shares."""
    mean, prices = settle(search, SETTLE_UNTIL * search.seconds, TURNS_BEFORE_MASTER)
    if search.proven:
        return
    seed(search, master, mean)
    solution = generate(search, master, prices, GENERATE_UNTIL * search.seconds)
    if solution is not None and not search.proven:
        found = dive_by_master(search, master, solution, DIVE_UNTIL * search.seconds)
        rest = [agent for agent in search.best if agent not in found]
        sweep(search, free_again(search, {**search.best, **found}, rest, TURNS_AGAIN) if rest else found)
    elif not search.proven:
        sweep(search, dive(search, mean, {}))


def settle(search: Search, until: float, turns: int) -> tuple[Equilibrium, Prices]:
    """The equilibrium of all agents, cooled over ``turns`` turns or until ``until`` seconds; the best bound's prices.

    Bounds are concave in the prices, so the best ones so far are also tried in mixture with the mean of late.
    """
    problem = search.problem
    scale = problem.understaffing + problem.overstaffing
    mean = Equilibrium(problem, problem.given, search.best, HOT * scale)
    average = best = mean.prices()
    start = search.elapsed()
    for turn in range(turns):
        if search.elapsed() >= until or search.proven:
            break
        # Where time will not do for all turns, it sets the pace.
        spent = (search.elapsed() - start) / (until - start)
        mean.cool(HOT * scale * (COLD / HOT) ** (spent if spent > turn / turns + LAG else turn / turns))
        mean.round(search.rng)
        average = average.blend(mean.prices(), FADING)
        if turn % 5 == 4:
            for prices in (average, best.blend(average, 0.8), best.blend(average, 0.5)):
                value = bound_at(problem, prices)
                if value > search.bound:
                    best = prices
                search.raise_bound(value)
            search.report()
    return mean, best


def seed(search: Search, master: Master, mean: Equilibrium) -> None:
    """Let the master know the best team and the equilibrium's likeliest tours."""
    for at, profile in enumerate(search.problem.profiles):
        for agent in profile.agents:
            master.add(at, search.best[agent])
    for mix in mean.mixes:
        for number in np.argsort(-np.array(mix.shares), kind="stable")[:TOURS_A_MIX]:
            master.add(mix.profile, mix.tours[number])
