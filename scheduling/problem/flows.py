"""Flows: which skill set serves which queue in every cell as the team stands, kept as agents come and go.

What one more agent is worth is an augmenting path from flows that are there, and what a change costs is told by the
cells it touches; without them every question would share out the whole floor anew (see ``cover``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.problem.cover import TINY, augment
from scheduling.problem.problem import Problem
from wfm.compiled import kernel


class Flows:
    """Maximum flows of each layer of needs (see ``Problem.layers``) in each cell, from presence by pool and slot.

    Cells that ``touch`` names are shared out again when they are next asked about.
    """

    def __init__(self, problem: Problem) -> None:
        layers, cells = problem.layers, problem.cells
        sets, queues = problem.serves.shape
        self._problem = problem
        self._demand = np.array([layer.demand for layer in layers])
        self._stale = np.ones(cells.count, dtype=np.bool_)
        self._by_set = np.zeros((sets, cells.count))
        self._flow = np.zeros((len(layers), cells.count, sets, queues))
        self._need = np.zeros((len(layers), cells.count, queues))
        self._met = np.zeros((len(layers), cells.count))

    def touch(self, slots: Ints) -> None:
        """Say that presence has changed in these columns."""
        cell = self._problem.cells.of[slots]
        self._stale[cell[cell >= 0]] = True

    def standing(self, presence: Floats) -> tuple[Floats, Floats]:
        """Agent-quarters by skill set and cell, and the need met by layer and cell."""
        self._settle(presence)
        return self._by_set, self._met

    def more(self, presence: Floats, one: int, more: Floats) -> Floats:
        """How much more need of each layer ``more`` agents of skill set ``one`` would meet, (layers, cells).

        ``more`` is by cell; nothing is reckoned where it is 0.
        """
        self._settle(presence)
        return more_met(self._flow, self._need, self._problem.serves, one, more)

    def _settle(self, presence: Floats) -> None:
        stale = np.flatnonzero(self._stale)
        if len(stale):
            problem, cells = self._problem, self._problem.cells
            size = cells.size, cells.slots
            _share_out(stale, presence, *size, problem.set_of_pool, problem.proficiency, self._demand, problem.serves,
                       self._by_set, self._flow, self._need, self._met)  # fmt: skip
            self._stale[:] = False


@kernel
def _share_out(
    cells: Ints, presence: Floats, size: int, slots: int, set_of_pool: Ints, proficiency: Floats, demand: Floats,
    serves: NDArray[np.bool_], by_set: Floats, flow: Floats, need: Floats, met: Floats,
) -> None:  # fmt: skip
    """Reckon ``cells`` anew, into the last four."""
    layers = demand.shape[0]
    sets, queues = serves.shape
    supply = np.empty(sets)
    for t in cells:
        by_set[:, t] = 0.0
        for pool in range(len(set_of_pool)):
            present = 0.0
            for slot in range(t * size, min((t + 1) * size, slots)):
                present += presence[pool, slot]
            by_set[set_of_pool[pool], t] += proficiency[pool] * present
        for level in range(layers):
            flow[level, t] = 0.0
            total = 0.0
            for q in range(queues):
                need[level, t, q] = demand[level, q, t]
                total += demand[level, q, t]
            met[level, t] = 0.0
            if total <= TINY:
                continue
            for s in range(sets):
                supply[s] = by_set[s, t]
            for s in range(sets):
                if supply[s] > TINY:
                    met[level, t] += augment(s, supply, need[level, t], serves, flow[level, t])


@kernel
def more_met(flow: Floats, need: Floats, serves: NDArray[np.bool_], one: int, more: Floats) -> Floats:
    """What ``more`` agents of skill set ``one`` would add to flows that leave ``need`` open, (layers, cells)."""
    layers, cells, sets, _ = flow.shape
    out = np.zeros((layers, cells))
    supply = np.zeros(sets)
    for level in range(layers):
        for t in range(cells):
            if more[t] <= TINY or need[level, t].sum() <= TINY:
                continue
            supply[one] = more[t]
            out[level, t] = augment(one, supply, need[level, t].copy(), serves, flow[level, t].copy())
    return out
