"""Ruin and recreate: a few agents are taken off and built anew, many times a second.

Where the linear programme has said what it can, the last of a gap is a matter of whole agents: two or three who change
places together. A slightly dearer team is accepted now and then, less and less often (Schrimpf, Schneider,
Stamm-Wilbrandt & Dueck, "Record breaking optimization results using the ruin and recreate principle", Journal of
Computational Physics 159, 2000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduling.arrays import Floats
from scheduling.person.tour import Tour
from scheduling.problem.standing import Standing
from scheduling.solver.search import Search, Tours, respond, standing_of

MOST_FREE = 4
"""Agents freed at once at most: with few at a time there are many tries."""
WARM = 0.4
"""A team dearer by so many times the price of one agent-quarter short and one idle is accepted at first, on average."""
NOISE = 0.3
"""Relative spread of the worth at which freed agents are built anew."""
ROUNDS = 2


@dataclass(eq=False)
class Ruin:
    """The team as it stands between two steps, and the best prices known, if any, by pool and column of presence."""

    search: Search
    worth: Floats | None = None
    tours: Tours = field(init=False)
    standing: Standing = field(init=False)
    _value: float = field(init=False)

    def __post_init__(self) -> None:
        problem = self.search.problem
        self._agents = np.array(sorted(self.search.best), dtype=np.int64)
        serves = problem.serves[[problem.set_of_pool[self._pool(int(agent))] for agent in self._agents]]
        self._kin = serves.astype(float).reshape(len(self._agents), -1)
        self.begin()

    def begin(self) -> None:
        """Take up the search's best team."""
        self.tours = dict(self.search.best)
        self.standing = standing_of(self.search.problem, self.tours)
        self._value = self.search.incumbent

    def improve(self, until: float) -> None:
        """Free and rebuild a few agents until ``until`` seconds of the search, or the bound is met."""
        self.begin()
        search, begun = self.search, self.search.elapsed()
        warm = WARM * search.problem.scale
        while search.elapsed() < until and not search.proven and len(self._agents):
            left = 1.0 - (search.elapsed() - begun) / max(until - begun, 1e-9)
            self._step(-warm * left * float(np.log(1.0 - search.rng.random())))

    def _step(self, dearer: float) -> None:
        """Free some agents, build them anew, and keep that if it is no more than ``dearer``."""
        chosen = self._chosen()
        old = {agent: self.tours[agent] for agent in chosen}
        before = self.standing.cost() + sum(tour.own_cost for tour in old.values())
        for agent in chosen:
            self.standing.add(self._pool(agent), old[agent], -1)
        new = self._rebuilt(chosen)
        change = self.standing.cost() + sum(tour.own_cost for tour in new.values()) - before
        if change <= dearer:
            self.tours.update(new)
            self._value += change
            if self._value < self.search.incumbent - 1e-9:
                self.search.offer(self.tours)
                self._value = max(self._value, self.search.incumbent)
            return
        for agent in chosen:
            self.standing.add(self._pool(agent), new[agent], -1)
            self.standing.add(self._pool(agent), old[agent])

    def _rebuilt(self, chosen: Sequence[int]) -> Tours:
        """Everyone's best response in turn, at first to a worth bent by chance and towards the best prices."""
        rng, profiles = self.search.rng, self.search.profile_of
        lean = 0.0 if self.worth is None else float(rng.random())
        new: Tours = {}
        for agent in chosen:
            pool = self._pool(agent)
            worth = self.standing.worth(pool)
            if self.worth is not None:
                worth = (1 - lean) * worth + lean * self.worth[pool]
            worth = worth * (1.0 + NOISE * rng.standard_normal(len(worth)))
            new[agent], _ = respond(profiles[agent], worth)
            self.standing.add(pool, new[agent])
        for _ in range(ROUNDS):
            moved = [self._respond(agent, new) for agent in chosen]
            if not any(moved):
                break
        return new

    def _respond(self, agent: int, tours: Tours) -> bool:
        """Give an agent his best tour beside the others'; tells whether that is another one."""
        pool, old = self._pool(agent), tours[agent]
        self.standing.add(pool, old, -1)
        worth = self.standing.worth(pool)
        new, cost = respond(self.search.profile_of[agent], worth)
        better = cost < old.own_cost - float(worth[old.slots].sum()) - 1e-9 and self._saves(pool, old, new)
        tours[agent] = new if better else old
        self.standing.add(pool, tours[agent])
        return better

    def _saves(self, pool: int, old: Tour, new: Tour) -> bool:
        return old.own_cost - self.standing.saved(pool, old) > new.own_cost - self.standing.saved(pool, new) + 1e-9

    def _pool(self, agent: int) -> int:
        return self.search.profile_of[agent].pool

    def _chosen(self) -> list[int]:
        """A random agent and others, likelier those who share his queues: they can take work from one another."""
        rng = self.search.rng
        size = min(len(self._agents), int(rng.integers(2, MOST_FREE + 1)))
        kin = self._kin @ self._kin[int(rng.integers(len(self._agents)))] > 0
        weight = 1.0 + 4.0 * kin
        return [int(a) for a in rng.choice(self._agents, size=size, replace=False, p=weight / weight.sum())]
