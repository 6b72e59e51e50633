"""Diving: from shares of tours to one tour for everybody, prices renewed after every few decisions."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

import numpy as np

from scheduling.solver.generate import add_improving, gain, price_out
from scheduling.solver.master import Master, MasterSolution
from scheduling.solver.part import smaller
from scheduling.solver.pool import Pool
from scheduling.solver.search import Tours

FIXED_A_ROUND = 0.08
"""Share of the agents still free who are given their tour before prices are renewed."""
REPRICED = 40
"""Rounds of pricing after decisions, at most: where nothing new is found it is over sooner."""
CLOSE = 1e-4
"""Prices are not renewed again for less, as a share of the objective."""
MOST_FIXED = 0.5
SHUFFLED = 0.5
"""Fractional shares count for so much less at most where dives shall differ."""
LEAST_SHARE = 1e-6
WHOLE = 1.0 - LEAST_SHARE


def dive(
    master: Master,
    solution: MasterSolution,
    left: Callable[[], float],
    rng: np.random.Generator | None = None,
    pool: Pool | None = None,
) -> Tours:
    """Everyone's tour from the master's shares, which are settled anew after every round; those whom time allowed.

    A master with more tours of agents who have one than of agents who wait is replaced by a smaller one. ``rng`` gives
    each dive another order of fractional shares; ``pool`` keeps the tours met.
    """
    waiting = [list(profile.agents) for profile in master.problem.profiles]
    tours: Tours = {}
    fixed: Tours = {}
    while True:
        _fix(master, solution, waiting, fixed, rng)
        tours.update(fixed)
        done = not any(waiting)
        if done or len(fixed) > MOST_FIXED * sum(len(own) for own in waiting):
            if pool is not None:
                pool.take(master)
            if done:
                return tours
            master, fixed = smaller(master, solution, fixed, waiting), {}
            waiting = [list(profile.agents) for profile in master.problem.profiles]
        found = master.solve(left(), dual_simplex=True)
        for _ in range(REPRICED):
            if found is None:
                return tours
            solution = found
            free = np.array([len(own) for own in waiting], dtype=float)
            answer = price_out(master.problem, solution.prices, free).tours
            if left() <= 0 or gain(master, solution, answer, free) <= CLOSE * abs(solution.objective):
                break
            if add_improving(master, solution, [answer]) == 0:
                break
            found = master.solve(left())


def _fix(
    master: Master,
    solution: MasterSolution,
    waiting: list[list[int]],
    tours: Tours,
    rng: np.random.Generator | None,
) -> None:
    """Whole shares are beyond doubt; of fractions the largest are fixed until enough are."""
    quota = ceil(FIXED_A_ROUND * sum(len(own) for own in waiting))
    fixed = 0
    rank = solution.share if rng is None else solution.share * rng.uniform(1 - SHUFFLED, 1.0, len(solution.share))
    for column in np.argsort(-np.where(solution.share >= WHOLE, 1 + solution.share, rank), kind="stable"):
        profile, tour = master.columns[column]
        share = float(solution.share[column])
        if share < LEAST_SHARE or (fixed >= quota and share < WHOLE):
            break
        for _ in range(min(max(int(share + 1e-6), 1), len(waiting[profile]))):
            tours[waiting[profile].pop()] = tour
            master.fix(profile, tour, len(waiting[profile]))
            fixed += 1
