"""The witness of cover's cost: understaffing, overstaffing and presence outside opening hours, without the kernels.

What a cell's agents can meet is taken here from the cut side of max-flow min-cut (Gale; Hoffman): over all unions U of
skill sets, the least of need(U) + agents of the skill sets not inside U. The solver sends flows instead. What is met at
the dearest prices first is the integral over all prices of what can be met of the steps at or above each.
"""

from __future__ import annotations

import numpy as np

from scheduling.arrays import Floats
from scheduling.problem.problem import Problem


def cover_terms(problem: Problem, presence: Floats) -> dict[str, float]:
    """Points of cover for agents present by pool and slot, given ones among them."""
    needs = problem.needs
    by_set = problem.by_set(presence) * problem.scope
    floor = -problem.over
    levels = sorted({float(price) for price in needs.price[needs.amount > 0]}, reverse=True)
    short, excused = 0.0, 0.0
    for at, level in enumerate(levels):
        below = np.maximum(levels[at + 1], floor) if at + 1 < len(levels) else floor
        height = np.maximum(level - below, 0.0)
        demand = np.zeros((len(problem.serves.T), problem.cells.count))
        np.add.at(demand, needs.queue, np.where(needs.price >= level, needs.amount, 0.0))
        met = _met(problem, demand, by_set)
        above = np.clip(level - np.maximum(below, 0.0), 0.0, None)
        short += float(above @ (demand.sum(axis=0) - met))
        excused += float((height - above) @ met)
    return {
        "understaffing": short,
        "overstaffing": float((problem.over * by_set * ~problem.closed).sum()) - excused,
        "outside_opening": problem.outside_opening * float((by_set * problem.closed).sum()),
    }


def _met(problem: Problem, demand: Floats, by_set: Floats) -> Floats:
    unions = {np.zeros(problem.serves.shape[1], dtype=bool).tobytes()}
    for row in problem.serves:
        unions |= {(np.frombuffer(union, dtype=bool) | row).tobytes() for union in unions}
    least = np.full(by_set.shape[1], np.inf)
    for union in sorted(unions):
        inside = np.frombuffer(union, dtype=bool)
        # Skill sets inside the union can serve no more than its queues need; the others are counted whole.
        outside = (problem.serves & ~inside).any(axis=1)
        least = np.minimum(least, demand[inside].sum(axis=0) + by_set[outside].sum(axis=0))
    return least
