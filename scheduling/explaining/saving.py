"""Savings: at most how much cheaper any roster could be without a rule.

At fixed prices of cover and team rows everybody's cheapest tour gives a lower bound on every roster, with a rule or
without it (the Lagrangian dual). The roster at hand minus that bound without the rule is the most that leaving it out
can save. The prices are those at which the whole problem settles, the same for all rules.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np

from scheduling.explaining.variant import Variant
from scheduling.person.path import cheapest_path
from scheduling.problem.problem import Problem
from scheduling.solver.construct import construct
from scheduling.solver.dual import Prices
from scheduling.solver.search import Search, Tours, priced
from scheduling.solver.solve import settle

TURNS = 40


def settled_prices(problem: Problem, tours: Tours, seconds: float, seed: int) -> Prices | None:
    """Prices that bound the problem well, found from ``tours`` within about ``seconds``; None for a team of nobody."""
    if not problem.profiles:
        return None
    search = Search(problem, seconds, np.random.default_rng(seed))
    search.offer(construct(search, tours))
    return settle(search, seconds, TURNS)[1]


def lower_bounds(variants: Sequence[Variant], prices: Prices, until: float) -> Iterator[float | None]:
    """A lower bound on every roster of each variant; None for those that ``until`` left no time for."""
    whole = variants[0].problem
    rows = whole.rows
    part = rows.sign * prices.rows * (rows.limit - rows.counts(whole.given))
    for variant in variants:
        constant = prices.constant - float(part[~variant.kept].sum())
        yield _bound(variant, Prices(prices.worth, prices.rows[variant.kept], constant), until)


def _bound(variant: Variant, prices: Prices, until: float) -> float | None:
    worth = prices.by_pool(variant.problem)
    duty_cost: dict[tuple[int, int], np.ndarray] = {}
    known: dict[tuple[object, ...], float] = {}
    total = prices.constant
    for agent in range(len(variant.problem.team.workers)):
        if time.monotonic() > until:
            return None
        profile = variant.profile(agent)
        if profile is None:
            continue
        menu = (id(profile.menu), profile.pool)
        if menu not in duty_cost:
            duty_cost[menu] = priced(profile.menu, worth[profile.pool])
        alike = (id(profile.programme), profile.start, profile.count, profile.pool, profile.duty_toll.tobytes())
        if alike not in known:
            path = cheapest_path(profile, duty_cost[menu])
            # Who can have no legal roster is on nobody's bill: 0 is below whatever he costs.
            known[alike] = 0.0 if path is None else path.cost
        total += known[alike]
    return total
