"""Equilibrium: fractional shares of tours that best answer the prices they make, without a linear programme.

The master's cost is smoothed: the price of a queue in a slot falls from understaffing to minus overstaffing over a band
around its need. Profile after profile answers the prices of the others' mean with its best tour and mixes it into its
own mean by line search (block-coordinate Frank-Wolfe: Lacoste-Julien, Jaggi, Schmidt & Pletscher, ICML 2013). An agent
present works in each slot for that of his queues which pays best. As the band narrows, the mean tends to the master's
optimum and the prices to its duals, at the cost of pricing alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scheduling.graph import Floats
from scheduling.master import Prices, clipped
from scheduling.problem import Problem
from scheduling.search import respond
from scheduling.tour import Tour
from wfm.compiled import kernel

LEAST_SHARE = 1e-3
"""Tours of a smaller share are forgotten."""
LEAST_BAND = 0.5
"""The band around a need reaches at least so many agents to either side."""


@dataclass(eq=False)
class Mix:
    """Some agents of one profile: tours with shares, and the mean agent's time on queues, on team rows, own cost."""

    profile: int
    agents: list[int]
    tours: list[Tour]
    shares: list[float]
    queues: Floats
    counts: Floats
    own_cost: float


@kernel
def _smooth_price(x: Floats, need: Floats, width: Floats, high: Floats, low: Floats) -> Floats:
    """Price by cell: ``high`` below the band, ``low`` above it, a straight line between."""
    out = np.empty(len(x))
    for i in range(len(x)):
        share = (need[i] + width[i] - x[i]) / (2 * width[i])
        out[i] = low[i] + (high[i] - low[i]) * min(max(share, 0.0), 1.0)
    return out


@kernel
def _line_search(x: Floats, way: Floats, own: float, need: Floats, width: Floats, high: Floats, low: Floats) -> float:
    """The share of ``way`` in [0, 1] at which the smoothed cost is least: bisection on its slope."""
    left, right = 0.0, 1.0
    for _ in range(12):
        middle = (left + right) / 2
        slope = own
        for i in range(len(x)):
            if way[i] != 0.0:
                at = (need[i] + width[i] - x[i] - middle * way[i]) / (2 * width[i])
                slope -= way[i] * (low[i] + (high[i] - low[i]) * min(max(at, 0.0), 1.0))
        if slope < 0:
            left = middle
        else:
            right = middle
    return (left + right) / 2 if left > 0 else 0.0


class Equilibrium:
    """The mean of all free agents on top of what is given and fixed.

    Cells are queues by slots, then team rows; a row of the kind at most counts absent agents, so that more is better
    everywhere.
    """

    def __init__(self, problem: Problem, fixed: Floats, start: Mapping[int, Tour], band: float = 0.3) -> None:
        """``fixed`` is the presence by pool and slot that stays; ``start`` are the tours that free agents begin with.

        A large profile is cut into mixes of few agents: were they all to answer at once, they would all overdo it.
        """
        self.problem = problem
        self.band = band
        rows = problem.rows
        demand = problem.demand.ravel()
        self._need = np.concatenate([demand, rows.sign * rows.limit])
        served = np.where(demand > 0, problem.understaffing, 0.0)
        self._high = np.concatenate([served, rows.price])
        self._low = np.concatenate([np.full(len(demand), -problem.overstaffing), np.zeros(len(rows.price))])
        self._high[: len(demand)][demand == 0] = -problem.overstaffing
        self.x = np.zeros(len(self._need))
        self._settle(fixed)
        self.mixes = [
            self._even(at, own, [start[agent] for agent in own])
            for at, profile in enumerate(problem.profiles)
            for own in _portions([agent for agent in profile.agents if agent in start], len(start))
        ]
        for mix in self.mixes:
            self.x += len(mix.agents) * np.concatenate([mix.queues, mix.counts])

    @property
    def _width(self) -> Floats:
        return np.asarray(np.maximum(self.band * np.abs(self._need), LEAST_BAND))

    def price(self) -> Floats:
        """The smoothed price of every cell."""
        return _smooth_price(self.x, self._need, self._width, self._high, self._low)

    def prices(self, price: Floats) -> Prices:
        """Prices of cells as the bound takes them."""
        queues = price[: self.problem.demand.size].reshape(self.problem.demand.shape)
        return clipped(self.problem, self._worth(queues), price[self.problem.demand.size :])

    def round(self, rng: np.random.Generator) -> None:
        """Every mix answers once."""
        for at in rng.permutation(len(self.mixes)):
            self._answer(self.mixes[at])

    def fix(self, mix: Mix) -> tuple[int, Tour]:
        """One agent of ``mix`` takes its likeliest tour for good; the others' shares make up for it."""
        free, number = len(mix.agents), int(np.argmax(mix.shares))
        tour, share = mix.tours[number], mix.shares[number]
        queues, counts = self._cells(mix.profile, tour, self.price())
        self.x += np.concatenate([queues - free * mix.queues, counts - free * mix.counts])
        agent = mix.agents.pop()
        if free == 1:
            self.mixes = [other for other in self.mixes if other is not mix]
            return agent, tour
        kept = max(share * free - 1, 0.0) / (free - 1)
        if share * free >= 1:
            mix.queues = np.maximum(free * mix.queues - queues, 0.0) / (free - 1)
            mix.counts = (free * mix.counts - counts) / (free - 1)
            mix.own_cost = (free * mix.own_cost - tour.own_cost) / (free - 1)
        rest = (1 - kept) / max(1 - share, 1e-9)
        mix.shares = [kept if at == number else other * rest for at, other in enumerate(mix.shares)]
        self.x += (free - 1) * np.concatenate([mix.queues, mix.counts])
        return agent, tour

    def _answer(self, mix: Mix) -> None:
        free = len(mix.agents)
        price = self.price()
        tour, _ = respond(self.problem.profiles[mix.profile], self._pool_worth(mix.profile, price))
        queues, counts = self._cells(mix.profile, tour, price)
        way = free * np.concatenate([queues - mix.queues, counts - mix.counts])
        own = free * (tour.own_cost - mix.own_cost)
        share = _line_search(self.x, way, own, self._need, self._width, self._high, self._low)
        if share <= 0:
            return
        self.x += share * way
        mix.queues += share * (queues - mix.queues)
        mix.counts += share * (counts - mix.counts)
        mix.own_cost += share * (tour.own_cost - mix.own_cost)
        kept = [(t, s * (1 - share)) for t, s in zip(mix.tours, mix.shares, strict=True) if s > LEAST_SHARE]
        mix.tours, mix.shares = [*(t for t, _ in kept), tour], [*(s for _, s in kept), share]

    def _worth(self, queues: Floats) -> Floats:
        """Worth by skill set and slot: the best of the set's queues, idle at worst."""
        serves = self.problem.serves
        best = np.full((len(serves), queues.shape[1]), -self.problem.overstaffing)
        for s, row in enumerate(serves):
            if row.any():
                best[s] = queues[row].max(axis=0)
        return np.where(self.problem.scope, best, np.maximum(best, 0.0))

    def _pool_worth(self, at: int, price: Floats) -> Floats:
        problem, rows = self.problem, self.problem.rows
        pool = problem.profiles[at].pool
        s = problem.set_of_pool[pool]
        queues = price[: problem.demand.size].reshape(problem.demand.shape)[problem.serves[s]]
        worth = queues.max(axis=0, initial=-problem.overstaffing)
        worth = np.where(problem.scope[s], worth, np.maximum(worth, 0.0))
        if len(rows.slot):
            team = rows.sign * price[problem.demand.size :] * rows.pools[:, pool]
            worth = worth + np.bincount(rows.slot, weights=team, minlength=len(worth))
        return np.asarray(worth)

    def _cells(self, at: int, tour: Tour, price: Floats) -> tuple[Floats, Floats]:
        """One agent's tour: 1 on the best paying queue of each working slot, and his counts in the team rows."""
        problem, rows = self.problem, self.problem.rows
        pool = problem.profiles[at].pool
        presence = np.zeros(problem.horizon.slots)
        presence[tour.slots] = 1.0
        queues = np.zeros(problem.demand.shape)
        own = np.flatnonzero(problem.serves[problem.set_of_pool[pool]])
        if len(own):
            paid = price[: problem.demand.size].reshape(problem.demand.shape)[own][:, tour.slots]
            queues[own[paid.argmax(axis=0)], tour.slots] = 1.0
        return queues.ravel(), rows.sign * rows.pools[:, pool] * presence[rows.slot]

    def _settle(self, given: Floats) -> None:
        """Agents that are there anyway, shared evenly over their queues."""
        problem, rows = self.problem, self.problem.rows
        share = problem.serves / np.maximum(problem.serves.sum(axis=1, keepdims=True), 1)
        self.x[: problem.demand.size] += (share.T @ problem.by_set(given)).ravel()
        self.x[problem.demand.size :] += rows.sign * (rows.pools * given[:, rows.slot].T).sum(axis=1)

    def _even(self, at: int, agents: list[int], tours: list[Tour]) -> Mix:
        cells = [self._cells(at, tour, self._high) for tour in tours]
        return Mix(
            at,
            agents,
            list(tours),
            [1 / len(tours)] * len(tours),
            np.mean([queues for queues, _ in cells], axis=0),
            np.mean([counts for _, counts in cells], axis=0),
            float(np.mean([tour.own_cost for tour in tours])),
        )


def _portions(agents: list[int], everyone: int) -> list[list[int]]:
    """Agents in groups of at most a hundredth of everyone."""
    size = 1 + everyone // 100
    return [agents[at : at + size] for at in range(0, len(agents), size)]
