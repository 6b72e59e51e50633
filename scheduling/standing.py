"""Standing: who is on the floor at some moment of the search, what that costs the team, what one more is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduling.cover import met, met_by_one_more
from scheduling.graph import Floats
from scheduling.problem import Problem
from scheduling.tour import Tour


@dataclass(eq=False)
class Standing:
    """Presence by pool and slot, changed tour by tour."""

    problem: Problem
    presence: Floats

    def add(self, pool: int, tour: Tour, times: float = 1.0) -> None:
        """Put an agent's tour on the floor; ``times`` -1 takes it off."""
        self.presence[pool, tour.slots] += times

    def cost(self) -> float:
        """Points of cover and team rows; tours' own costs are theirs."""
        return sum(team_costs(self.problem, self.presence).values())

    def worth(self, pool: int) -> Floats:
        """Points that one more agent of ``pool`` saves in every slot; negative where he would be idle."""
        problem = self.problem
        one = int(problem.set_of_pool[pool])
        by_set = problem.by_set(self.presence)
        more = met_by_one_more(by_set, problem.demand, problem.serves, one)
        idle = np.where(problem.scope[one], problem.idle_price[one] - problem.overstaffing * more, 0.0)
        worth = problem.understaffing * more - idle
        rows = problem.rows
        if len(rows.slot):
            before = _row_costs(problem, self._counts())
            after = _row_costs(problem, self._counts() + rows.pools[:, pool])
            np.add.at(worth, rows.slot, before - after)
        return np.asarray(worth)

    def shortage(self, pool: int) -> Floats:
        """Share of the need of the pool's queues that is not met yet, by slot, the worst queue's: 0 to 1."""
        problem = self.problem
        queues = problem.serves[problem.set_of_pool[pool]]
        reached = self.presence.T @ problem.serves[problem.set_of_pool].astype(float)
        need = problem.demand[queues]
        short = np.clip(need - reached.T[queues], 0.0, None) / np.maximum(need, 1.0)
        return np.asarray(short.max(axis=0)) if len(short) else np.zeros(problem.horizon.slots)

    def _counts(self) -> Floats:
        rows = self.problem.rows
        return np.asarray((rows.pools * self.presence[:, rows.slot].T).sum(axis=1))


def team_costs(problem: Problem, presence: Floats) -> dict[str, float]:
    """Points of cover, of presence outside opening hours and of team rows, for agents present by pool and slot."""
    by_set = problem.by_set(presence)
    served = met(by_set, problem.demand, problem.serves)
    open_slots = problem.scope & ~problem.closed
    idle = float((by_set * open_slots).sum() - served.sum())
    rows = problem.rows
    counts = (rows.pools * presence[:, rows.slot].T).sum(axis=1)
    return {
        "understaffing": problem.understaffing * float(problem.demand.sum() - served.sum()),
        "overstaffing": problem.overstaffing * idle,
        "outside_opening": problem.outside_opening * float((by_set * (problem.scope & problem.closed)).sum()),
        "team_rules": float(_row_costs(problem, counts).sum()),
    }


def _row_costs(problem: Problem, counts: Floats) -> Floats:
    rows = problem.rows
    return rows.price * np.maximum(rows.sign * (rows.limit - counts), 0.0)
