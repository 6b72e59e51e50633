"""Dual prices: what an agent's time is worth to the queues and to the team's rows, and the bound that follows.

Given prices, agents are tied together no longer: everyone takes his best tour, every cell its cheapest cover. What no
tour changes is the constant; together they are a lower bound on any roster (the Lagrangian dual).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduling.arrays import Floats
from scheduling.problem.problem import Problem


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual prices: ``worth`` of an agent-quarter by (skill set, cell) to the queues, ``rows`` by team row (0 to its
    price).

    ``constant`` is the Lagrangian's part that no tour changes; with the cheapest tours of all agents it is a true
    bound. It is concave in the prices, so blends of prices may blend it.
    """

    worth: Floats
    rows: Floats
    constant: float

    def blend(self, other: Prices, share: float) -> Prices:
        """``share`` of these and the rest of ``other``."""
        return Prices(
            share * self.worth + (1 - share) * other.worth,
            share * self.rows + (1 - share) * other.rows,
            share * self.constant + (1 - share) * other.constant,
        )

    def bent(self, factor: Floats) -> Prices:
        """Each worth times ``factor``: for finding tours, good for no bound."""
        return Prices(self.worth * factor, self.rows, -np.inf)

    def around(self, problem: Problem) -> Prices:
        """The same prices with the constant they have where other agents are given."""
        return clipped(problem, self.worth, self.rows)

    def by_pool(self, problem: Problem) -> Floats:
        """Worth of an agent by pool and slot (marks behind the slots), team rows included."""
        out = problem.cells.by_slot(problem.proficiency[:, None] * self.worth[problem.set_of_pool])
        rows = problem.rows
        if len(rows.slot):
            out += rows.worth(self.rows, out.shape[1])
        return out


def clipped(problem: Problem, worth: Floats, rows: Floats) -> Prices:
    """Prices as they must be for the bound to hold: an idle agent costs no more than his idle price, a team row is
    worth nothing or up to its price."""
    worth, rows = np.clip(worth, -problem.idle_price, problem.understaffing), np.clip(rows, 0.0, problem.rows.price)
    return Prices(worth, rows, _constant(problem, worth, rows))


def _constant(problem: Problem, worth: Floats, row_price: Floats) -> float:
    """The constant of the bound.

    An agent who meets a step of need saves its price for what he is worth: steps are met where that pays, by the skill
    set that is worth the least. Agents given from outside earn their worth. Queues with agents of their own alone take
    the cheapest whole number of agent-quarters, which is more than their fractional need would cost.
    """
    whole, needs = problem.isolated, problem.needs
    least = np.where(problem.serves[:, :, None], worth[:, None, :], np.inf).min(axis=0, initial=np.inf)
    shared = ~problem.serves[:, whole].any(axis=1)
    steps = ~whole[needs.queue]
    pays = np.minimum(0.0, least[needs.queue[steps]] - needs.price[steps])
    total = needs.short + float((needs.amount[steps] * pays).sum())
    total -= float((worth * problem.by_set(problem.given))[shared].sum())
    for q in np.flatnonzero(whole):
        agents, cost = whole_costs(problem, int(q))
        total += float((cost + agents * least[q]).min(axis=0).sum())
    rows = problem.rows
    return total + float((rows.sign * row_price * (rows.limit - rows.counts(problem.given))).sum())


def whole_costs(problem: Problem, queue: int) -> tuple[Floats, Floats]:
    """What an isolated queue's cells cost for whole numbers of agent-quarters besides given ones.

    Its cost is convex and bends at the layers' demands; for whole numbers only the two neighbours of each bend and 0
    matter, and between neighbouring ones it is taken as straight.

    Returns:
        Agent-quarters (rising) and points without ``needs.short``, both (bends, cells). Beyond the last, and below the
        first never, each agent-quarter costs the idle price.
    """
    own = int(np.flatnonzero(problem.serves[:, queue])[0])
    given = problem.by_set(problem.given)[own]
    bends = [np.zeros_like(given)]
    for layer in problem.layers:
        left = np.maximum((layer.demand[queue] - given).round(7), 0.0)
        bends += [np.floor(left), np.ceil(left)]
    agents = np.sort(np.array(bends), axis=0)
    cost = problem.idle_price[own] * (agents + given)
    for layer in problem.layers:
        cost = cost - layer.gain * np.minimum(agents + given, layer.demand[queue])
    return agents, cost
