"""The pool: tours met on the way, and what each costs its agent beyond his best at the best prices.

Of a team that shall cost less than another, every tour must cost less beyond its best than lies between that other
team and the bound (reduced cost fixing: Nemhauser & Wolsey, "Integer and Combinatorial Optimization", 1988, II.5).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduling.person.tour import Tour
from scheduling.problem.problem import Problem
from scheduling.solver.dual import Prices
from scheduling.solver.generate import price_out
from scheduling.solver.master import ColumnKey, Master, column_key
from scheduling.solver.part import reduced_cost

MOST_TOURS = 20_000
"""Of more, the dearer half is forgotten."""


@dataclass(eq=False)
class Pool:
    """Tours by place of their profile in ``problem``; ``prices`` are those of the best bound."""

    problem: Problem
    prices: Prices
    _known: dict[ColumnKey, tuple[float, Tour]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        profiles = self.problem.profiles
        self._place = {agent: at for at, profile in enumerate(profiles) for agent in profile.agents}
        self._worth = self.prices.by_pool(self.problem)
        self._least = price_out(self.problem, self.prices, np.ones(len(profiles))).costs

    def __len__(self) -> int:
        return len(self._known)

    def place(self, agent: int) -> int:
        """The place of an agent's profile."""
        return self._place[agent]

    def excess(self, place: int, tour: Tour) -> float:
        """What a tour costs at the prices beyond the best of its profile."""
        return reduced_cost(tour, self._worth[self.problem.profiles[place].pool]) - float(self._least[place])

    def add(self, place: int, tour: Tour) -> None:
        """Keep a tour."""
        key = column_key(place, tour)
        if key not in self._known:
            self._known[key] = self.excess(place, tour), tour

    def take(self, master: Master) -> None:
        """Keep every tour of a master, which may be of a part of the agents."""
        for profile, tour in master.columns:
            self.add(self._place[master.problem.profiles[profile].agents[0]], tour)
        if len(self._known) > MOST_TOURS:
            dear = float(np.median([excess for excess, _ in self._known.values()]))
            self._known = {key: known for key, known in self._known.items() if known[0] < dear}

    def cheapest(self, number: int) -> dict[int, list[Tour]]:
        """So many tours of each profile by their excess, at most."""
        out: dict[int, list[Tour]] = {}
        for place, _, tour in self._ranked():
            own = out.setdefault(place, [])
            if len(own) < number:
                own.append(tour)
        return out

    def within(self, gap: float) -> list[tuple[int, Tour]]:
        """Places and tours whose excess is at most ``gap``, the least first."""
        return [(place, tour) for place, excess, tour in self._ranked() if excess <= gap]

    def _ranked(self) -> list[tuple[int, float, Tour]]:
        ranked = sorted(self._known.items(), key=lambda item: item[1][0])
        return [(key[0], excess, tour) for key, (excess, tour) in ranked]
