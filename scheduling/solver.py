"""The solver: construct, sweep, settle prices, generate tours, dive, and search neighbourhoods until time is up."""

from __future__ import annotations

import numpy as np

from scheduling.construct import construct, sweep
from scheduling.dive import dive, dive_by_master, free_again, neighbourhoods
from scheduling.equilibrium import Equilibrium
from scheduling.generate import generate, price_out
from scheduling.master import Master, Prices
from scheduling.search import Search

SETTLE_UNTIL = 0.1
GENERATE_UNTIL = 0.45
DIVE_UNTIL = 0.75
"""Shares of the time limit."""
MOST_TURNS = 60
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
    mean, prices = settle(search, SETTLE_UNTIL * search.seconds)
    if search.left() <= 0 or search.proven:
        return
    master = seeded(search, mean)
    solution = generate(search, master, prices, GENERATE_UNTIL * search.seconds)
    if solution is not None and not search.proven:
        found = dive_by_master(search, master, solution, DIVE_UNTIL * search.seconds)
        rest = [agent for agent in search.best if agent not in found]
        sweep(search, free_again(search, {**search.best, **found}, rest, MOST_TURNS) if rest else found)
    elif not search.proven:
        sweep(search, dive(search, mean, {}))
    neighbourhoods(search, search.seconds)


def settle(search: Search, until: float) -> tuple[Equilibrium, Prices]:
    """The equilibrium of all agents after ``until`` seconds or once it hardly moves, and the prices of its best bound.

    A running mean of the prices bounds better than the latest ones.
    """
    problem = search.problem
    agents = np.array([len(profile.agents) for profile in problem.profiles], dtype=float)
    mean = Equilibrium(problem, problem.given, search.best)
    average = mean.price()
    best = mean.prices(average)
    turn = 0
    while search.elapsed() < until and not search.proven and turn < MOST_TURNS:
        mean.round(search.rng)
        average = 0.9 * average + 0.1 * mean.price()
        turn += 1
        if turn % 5 == 0:
            prices = mean.prices(average)
            value = price_out(problem, prices, agents).value
            if value > search.bound:
                best = prices
            search.raise_bound(value)
            search.report()
    return mean, best


def seeded(search: Search, mean: Equilibrium) -> Master:
    """A master that knows the best team and the equilibrium's likeliest tours."""
    master = Master(search.problem)
    for at, profile in enumerate(search.problem.profiles):
        for agent in profile.agents:
            master.add(at, search.best[agent])
    for mix in mean.mixes:
        for number in np.argsort(-np.array(mix.shares), kind="stable")[:TOURS_A_MIX]:
            master.add(mix.profile, mix.tours[number])
    return master
