"""The floor of some hours as rows of an integer programme: what agents on it meet, who is idle, which team rows hold.

Points are those of the objective in these hours, so a programme's value compares with ``cost_of`` any presence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduling.arrays import Floats, Ints
from scheduling.problem.cover import met
from scheduling.problem.problem import Problem
from scheduling.solver.dual import whole_costs
from scheduling.solver.integer import IntegerProgram


@dataclass(eq=False)
class Floor:
    """Rows of the cells from slot ``first`` to before ``last`` and of the team rows there and in columns ``marks``.

    ``problem.given`` are agents on the floor whatever is decided, by pool and column of presence; ``placed`` are more
    of them, of whose presence columns may take some back.
    """

    problem: Problem
    placed: Floats
    program: IntegerProgram
    first: int
    last: int
    marks: Sequence[int]
    _team: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        problem, of = self.problem, self.problem.cells.of
        self._begin, self._end = int(of[self.first]), int(of[self.last - 1]) + 1
        self._given = problem.by_set(problem.given)[:, self._begin : self._end]
        self._more = problem.by_set(self.placed)[:, self._begin : self._end]
        self._idle = problem.idle_price[:, self._begin : self._end]
        self._set_row = np.full(self._given.shape, -1, dtype=np.int64)
        self.program.constant += float(_short(problem)[self._begin : self._end].sum())
        self._add_queue_rows()
        without = self._set_row < 0
        self.program.constant += float((self._idle * (self._given + self._more))[without].sum())
        self._add_team_rows()

    def cost_of(self, presence: Floats) -> float:
        """Points of these hours where agents are present by pool and column."""
        problem, rows = self.problem, self.problem.rows
        cells = slice(self._begin, self._end)
        by_set = np.ascontiguousarray(problem.by_set(presence)[:, cells])
        total = float(_short(problem)[cells].sum() + (self._idle * by_set).sum())
        for layer in problem.layers:
            total -= float(
                layer.gain[cells] @ met(by_set, np.ascontiguousarray(layer.demand[:, cells]), problem.serves)
            )
        return total + float(rows.costs(rows.counts(presence))[self._touched].sum())

    def column(self, pool: int, slots: Iterable[int]) -> tuple[list[int], list[float], float]:
        """Rows, coefficients and cost of one agent of ``pool`` present in ``slots``."""
        problem = self.problem
        own, delivers = int(problem.set_of_pool[pool]), float(problem.proficiency[pool])
        found: dict[int, float] = defaultdict(float)
        cost = 0.0
        for slot in slots:
            cell = int(problem.cells.of[slot]) - self._begin
            if cell >= 0:
                row = int(self._set_row[own, cell])
                if row >= 0:
                    found[row] += delivers
                else:
                    cost += delivers * float(self._idle[own, cell])
            for row, kind in self._team.get(slot, ()):
                found[row] += float(problem.rows.weights[kind, pool])
        kept = {row: coefficient for row, coefficient in found.items() if coefficient != 0.0}
        return list(kept), list(kept.values()), cost

    def _add_queue_rows(self) -> None:
        """Sets of one queue stand in its row; sets of several have rows of their own, from which they flow."""
        problem, program = self.problem, self.program
        needed = problem.layers[-1].demand[:, self._begin : self._end] > 0
        single = problem.serves.sum(axis=1) == 1
        queue_row = np.full(needed.shape, -1, dtype=np.int64)
        for q in np.flatnonzero(problem.isolated & needed.any(axis=1)):
            self._add_whole_rows(int(q), np.flatnonzero(needed[q]))
        for q, t in zip(*np.nonzero(needed & ~problem.isolated[:, None]), strict=True):
            alone = single & problem.serves[:, q]
            fixed = -float((self._given + self._more)[alone, t].sum())
            queue_row[q, t] = row = program.add_row(fixed, fixed)
            own = problem.needs.queue == q
            amounts, prices = problem.needs.amount[own, self._begin + t], problem.needs.price[own, self._begin + t]
            for amount, price in zip(amounts, prices, strict=True):
                if amount > 0:
                    program.add_column(-price, [row], [-1.0], float(amount))
            if alone.any():
                program.add_column(float(self._idle[alone, t].max()), [row], [-1.0])
                self._set_row[alone, t] = row
        for s in np.flatnonzero(~single):
            queues = np.flatnonzero(problem.serves[s])
            for t in np.flatnonzero((queue_row[queues] >= 0).any(axis=0)):
                fixed = -float(self._given[s, t] + self._more[s, t])
                self._set_row[s, t] = row = program.add_row(fixed, fixed)
                program.add_column(float(self._idle[s, t]), [row], [-1.0])
                for q in queues[queue_row[queues, t] >= 0]:
                    program.add_column(0.0, [row, int(queue_row[q, t])], [-1.0, 1.0])

    def _add_whole_rows(self, q: int, cells: Ints) -> None:
        """Where a queue has agents of its own, what whole numbers of them cost, and straight lines between."""
        own = int(np.flatnonzero(self.problem.serves[:, q])[0])
        agents, cost = (of_bend[:, self._begin : self._end] for of_bend in whole_costs(self.problem, q))
        run, rise = np.diff(agents, axis=0), np.diff(cost, axis=0)
        for t in cells:
            fixed = -float(self._more[own, t])
            self._set_row[own, t] = row = self.program.add_row(fixed, fixed)
            self.program.constant += float(cost[0, t])
            for length, points in zip(run[:, t], rise[:, t], strict=True):
                if length > 0:
                    self.program.add_column(float(points / length), [row], [-1.0], float(length))
            self.program.add_column(float(self._idle[own, t]), [row], [-1.0])

    def _add_team_rows(self) -> None:
        """Team rows of these hours and marks, with what is short or too many."""
        rows = self.problem.rows
        inside = (rows.slot >= self.first) & (rows.slot < self.last)
        self._touched = np.flatnonzero(inside | np.isin(rows.slot, list(self.marks)))
        left = rows.limit - rows.counts(self.problem.given + self.placed)
        for at in self._touched:
            low, high = (left[at], np.inf) if rows.sign[at] > 0 else (-np.inf, left[at])
            row = self.program.add_row(low, high)
            self.program.add_column(float(rows.price[at]), [row], [float(rows.sign[at])])
            self._team[int(rows.slot[at])].append((row, int(rows.kind[at])))

    @property
    def by_slot(self) -> bool:
        """Whether it matters in which slot of a cell an agent is present."""
        return any(slot < self.problem.cells.slots for slot in self._team)


def _short(problem: Problem) -> Floats:
    """Points of every cell without anybody."""
    return np.asarray((problem.needs.amount * np.maximum(problem.needs.price, 0.0)).sum(axis=0))
