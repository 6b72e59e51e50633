"""Standing: who is on the floor at some moment of the search, what that costs the team, what one more is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scheduling.arrays import Floats
from scheduling.person.tour import Tour
from scheduling.problem.cover import met, met_by_more
from scheduling.problem.problem import Problem


@dataclass(eq=False)
class Standing:
    """Presence by pool and slot (marks behind the slots), changed tour by tour."""

    problem: Problem
    presence: Floats

    def add(self, pool: int, tour: Tour, times: float = 1.0) -> None:
        """Put an agent's tour on the floor; ``times`` -1 takes it off."""
        self.presence[pool, tour.slots] += times

    def cost(self) -> float:
        """Points of cover and team rows; tours' own costs are theirs."""
        return sum(team_costs(self.problem, self.presence).values())

    def worth(self, pool: int) -> Floats:
        """Points a slot that one more agent of ``pool`` saves, by slot and mark; negative where he would be idle.

        Of a cell it is the mean over its slots of an agent present in all of them: exact for him, too little for one
        who is there in part (see ``saved``).
        """
        problem, cells = self.problem, self.problem.cells
        one = int(problem.set_of_pool[pool])
        by_set = problem.by_set(self.presence)
        delivers = problem.proficiency[pool]
        by_cell = -problem.idle_price[one] * delivers
        for layer in problem.layers:
            more = met_by_more(by_set, layer.demand, problem.serves, one, cells.width * delivers)
            by_cell = by_cell + layer.gain * more / cells.width
        worth = cells.by_slot(by_cell)
        rows = problem.rows
        if len(rows.slot):
            counts = rows.counts(self.presence)
            saved = rows.costs(counts) - rows.costs(counts + rows.weights[rows.kind, pool])
            worth += np.bincount(rows.slot, weights=saved, minlength=len(worth))
        return worth

    def saved(self, pool: int, tour: Tour) -> float:
        """Points of cover and team rows that an agent of ``pool`` on ``tour`` would save, exactly."""
        problem, cells, rows = self.problem, self.problem.cells, self.problem.rows
        own = np.zeros(self.presence.shape[1])
        own[tour.slots] = 1.0
        more = cells.total(own) * problem.proficiency[pool]
        at = np.flatnonzero(more)
        by_set = np.ascontiguousarray(problem.by_set(self.presence)[:, at])
        after = by_set.copy()
        one = int(problem.set_of_pool[pool])
        after[one] += more[at]
        saved = -float(problem.idle_price[one] @ more)
        for layer in problem.layers:
            demand = np.ascontiguousarray(layer.demand[:, at])
            gained = met(after, demand, problem.serves) - met(by_set, demand, problem.serves)
            saved += float(layer.gain[at] @ gained)
        if len(rows.slot):
            counts = rows.counts(self.presence)
            saved += float(
                (rows.costs(counts) - rows.costs(counts + rows.weights[rows.kind, pool] * own[rows.slot])).sum()
            )
        return saved

    def shortage(self, pool: int) -> Floats:
        """Share of the need of the pool's queues that is not met yet, by slot, the worst queue's: 0 to 1."""
        problem = self.problem
        queues = problem.serves[problem.set_of_pool[pool]]
        reached = problem.serves.T[queues].astype(float) @ problem.by_set(self.presence)
        need = problem.demand[queues]
        short = np.clip(need - reached, 0.0, None) / np.maximum(need, problem.cells.width)
        return problem.cells.by_slot(short.max(axis=0, initial=0.0))


def team_costs(problem: Problem, presence: Floats) -> dict[str, float]:
    """Points of cover, of presence outside opening hours and of team rows, for agents present by pool and slot."""
    by_set = problem.by_set(presence)
    before = np.zeros(problem.cells.count)
    understaffing, excused = problem.needs.short, 0.0
    for layer in problem.layers:
        served = met(by_set, layer.demand, problem.serves)
        understaffing -= float(np.maximum(layer.price, 0.0) @ (served - before))
        excused += float((problem.over + np.minimum(layer.price, 0.0)) @ (served - before))
        before = served
    idle = problem.idle_price * by_set
    return {
        "understaffing": understaffing,
        "overstaffing": float(idle[~problem.closed].sum()) - excused,
        "outside_opening": float(idle[problem.closed].sum()),
        "team_rules": float(problem.rows.costs(problem.rows.counts(presence)).sum()),
    }
