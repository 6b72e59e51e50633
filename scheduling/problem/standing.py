"""Standing: who is on the floor at some moment of the search, what that costs the team, what one more is worth."""

from __future__ import annotations

import numpy as np

from scheduling.arrays import Floats
from scheduling.person.tour import Tour
from scheduling.problem.cover import met
from scheduling.problem.flows import Flows
from scheduling.problem.problem import Problem


class Standing:
    """Presence by pool and slot (marks behind the slots), changed tour by tour; who serves whom is kept with it."""

    def __init__(self, problem: Problem, presence: Floats) -> None:
        """``presence`` is changed in place, and by ``add`` alone."""
        self.problem = problem
        self.presence = presence
        self._flows = Flows(problem)
        self._gain = np.array([layer.gain for layer in problem.layers])

    def add(self, pool: int, tour: Tour, times: float = 1.0) -> None:
        """Put an agent's tour on the floor; ``times`` -1 takes it off."""
        self.presence[pool, tour.slots] += times
        self._flows.touch(tour.slots)

    def cost(self) -> float:
        """Points of cover and team rows, the sum of ``team_costs``; tours' own costs are theirs."""
        problem = self.problem
        by_set, met = self._flows.standing(self.presence)
        cover = problem.needs.short + float((problem.idle_price * by_set).sum()) - float((self._gain * met).sum())
        return cover + float(problem.rows.costs(problem.rows.counts(self.presence)).sum())

    def worth(self, pool: int) -> Floats:
        """Points a slot that one more agent of ``pool`` saves, by slot and mark; negative where he would be idle.

        Of a cell it is the mean over its slots of an agent present in all of them: exact for him, too little for one
        who is there in part (see ``saved``).
        """
        cells, rows = self.problem.cells, self.problem.rows
        worth = cells.by_slot(self._saved_by_cover(pool, cells.width) / cells.width)
        if len(rows.slot):
            counts = rows.counts(self.presence)
            saved = rows.costs(counts) - rows.costs(counts + rows.weights[rows.kind, pool])
            worth += np.bincount(rows.slot, weights=saved, minlength=len(worth))
        return worth

    def saved(self, pool: int, tour: Tour) -> float:
        """Points of cover and team rows that an agent of ``pool`` on ``tour`` would save, exactly."""
        rows = self.problem.rows
        own = np.zeros(self.presence.shape[1])
        own[tour.slots] = 1.0
        saved = float(self._saved_by_cover(pool, self.problem.cells.total(own)).sum())
        if len(rows.slot):
            counts = rows.counts(self.presence)
            saved += float(
                (rows.costs(counts) - rows.costs(counts + rows.weights[rows.kind, pool] * own[rows.slot])).sum()
            )
        return saved

    def _saved_by_cover(self, pool: int, present: Floats) -> Floats:
        """Points of cover by cell that an agent of ``pool`` would save who is ``present`` for so many slots of each."""
        one, delivered = int(self.problem.set_of_pool[pool]), present * self.problem.proficiency[pool]
        met = self._flows.more(self.presence, one, delivered)
        return np.asarray((self._gain * met).sum(axis=0) - self.problem.idle_price[one] * delivered)

    def shortage(self, pool: int) -> Floats:
        """Share of the need of the pool's queues that is not met yet, by slot, the worst queue's: 0 to 1."""
        problem = self.problem
        queues = problem.serves[problem.set_of_pool[pool]]
        by_set, _ = self._flows.standing(self.presence)
        reached = problem.serves.T[queues].astype(float) @ by_set
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
