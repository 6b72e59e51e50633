"""Neighbourhoods: some agents of the best team are freed and settled anew by generation and dive, again and again.

What those who stay give to the floor counts as given, so a neighbourhood is a rostering problem like the whole, only
smaller. Its bound tells early where nothing can be gained. Agents whose tours cost more at the best prices than their
best tours would are those from whom a gap comes: they are freed more often (large neighbourhood search: Shaw, CP 1998;
column generation in it: Parragh & Schmid, Computers & Operations Research 40, 2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduling.arrays import Floats
from scheduling.problem.problem import Problem
from scheduling.problem.standing import team_costs
from scheduling.solver.dive import dive
from scheduling.solver.generate import Ending, generate
from scheduling.solver.master import Master
from scheduling.solver.part import part_of
from scheduling.solver.pool import Pool
from scheduling.solver.search import Search, Tours, standing_of

FIRST_SIZE, LEAST_SIZE = 12.0, 4.0
GROWTH, SHRINKING = 1.04, 0.93
SLOW_S, SLOW = 3.0, 0.015
"""A neighbourhood that takes longer, and a longer share of the time limit, is too large."""
AT_RANDOM = 0.35
"""Share of neighbourhoods drawn without a look at the gap."""
ENOUGH = 0.3
"""Generation need not close more of what a neighbourhood can gain: a dive loses that much."""
GAIN = 1e-6
KNOWN = 100
"""Tours of a profile that a neighbourhood begins with."""


@dataclass(eq=False)
class Neighbourhoods:
    """The search's best team, taken apart around the best prices; each begins with what is cheap in the ``pool``."""

    search: Search
    pool: Pool
    tours: Tours = field(init=False)
    size: float = field(init=False)
    _presence: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.size = min(FIRST_SIZE, len(self.search.best))
        self._agents = np.array(sorted(self.search.best), dtype=np.int64)
        self._known = self.pool.cheapest(KNOWN)
        self.begin()

    def begin(self) -> None:
        """Take up the search's best team."""
        self.tours = dict(self.search.best)
        self._presence = standing_of(self.search.problem, self.tours).presence
        self._gap = np.array([self._excess(int(agent)) for agent in self._agents])

    def improve(self, until: float) -> None:
        """Free some agents after others until ``until`` seconds of the search, or the bound is met."""
        search = self.search
        self.begin()
        while search.elapsed() < until and not search.proven and len(self._agents):
            chosen = self._chosen()
            begun = search.elapsed()
            new = self._settled(chosen, until)
            if new is not None:
                self._take(new)
            slow = search.elapsed() - begun > max(SLOW_S, SLOW * search.seconds)
            self.size = min(max(self.size * (SHRINKING if slow else GROWTH), LEAST_SIZE), float(len(self._agents)))
            search.report()

    def _pool(self, agent: int) -> int:
        return int(self.search.profile_of[agent].pool)

    def _excess(self, agent: int) -> float:
        """What an agent's tour costs at the prices beyond his best."""
        return self.pool.excess(self.pool.place(agent), self.tours[agent])

    def _chosen(self) -> list[int]:
        rng = self.search.rng
        gap = np.maximum(self._gap, 0.0)
        weight = np.ones(len(gap)) if rng.random() < AT_RANDOM else gap + 0.05 * gap.mean() + 1e-9
        size = min(round(self.size), len(gap))
        return [int(a) for a in rng.choice(self._agents, size=size, replace=False, p=weight / weight.sum())]

    def _settled(self, chosen: Sequence[int], until: float) -> Tours | None:
        """New tours of ``chosen`` that cost no more than theirs, or None."""
        search = self.search
        part, places = self._part(chosen)
        now = sum(team_costs(part, self._presence).values()) + sum(self.tours[agent].own_cost for agent in chosen)
        master = Master(part)
        for at, place in enumerate(places):
            for agent in part.profiles[at].agents:
                master.add(at, self.tours[agent])
            for tour in self._known.get(place, ())[:KNOWN]:
                master.add(at, tour)
        centre = self.pool.prices.around(part)

        def left() -> float:
            return until - search.elapsed()

        hopeless = now - search.grain
        end = Ending(hopeless=hopeless, enough=ENOUGH)
        made = generate(master, left, centre=centre, end=end, bend=search.rng)
        if made.solution is None or made.bound > hopeless + GAIN:
            self.pool.take(master)
            return None
        new = dive(master, made.solution, left, search.rng, self.pool)
        if len(new) < len(chosen):
            return None
        presence = part.given.copy()
        for agent, tour in new.items():
            presence[self._pool(agent), tour.slots] += 1
        cost = sum(team_costs(part, presence).values()) + sum(tour.own_cost for tour in new.values())
        return new if cost <= now + GAIN else None

    def _part(self, chosen: Sequence[int]) -> tuple[Problem, list[int]]:
        """The problem of ``chosen`` beside everyone else."""
        given = self._presence.copy()
        free: dict[int, list[int]] = {}
        for agent in chosen:
            given[self._pool(agent), self.tours[agent].slots] -= 1
            free.setdefault(self.pool.place(agent), []).append(agent)
        return part_of(self.search.problem, given, free)

    def _take(self, new: Tours) -> None:
        for agent, tour in new.items():
            self._presence[self._pool(agent), self.tours[agent].slots] -= 1
            self._presence[self._pool(agent), tour.slots] += 1
            self.tours[agent] = tour
            self._gap[np.searchsorted(self._agents, agent)] = self._excess(agent)
            own = self._known.setdefault(self.pool.place(agent), [])
            if all(tour is not other for other in own):
                own.insert(0, tour)
        self.search.offer(self.tours)
