"""Groups: runs of cells that the master takes as one.

Where cells are too many rows for a linear programme that is solved again and again, those of equal needs and prices
are one group, aligned to the hour; where that leaves too many, every hour is one. Within a group too many agents in one
cell may make up for too few in another, so the master relaxes the problem a little more; the Lagrangian bound is taken
cell by cell and stays true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.problem.problem import Problem

HOUR_SLOTS = 4
MOST_ROWS = 2000


@dataclass(frozen=True, eq=False)
class Groups:
    """``of`` maps cells to groups, ``first`` is each group's first cell."""

    of: Ints
    first: Ints

    def total(self, by_cell: Floats) -> Floats:
        """Sums over the cells of each group, along the last axis."""
        return np.asarray(np.add.reduceat(by_cell, self.first, axis=-1))


def groups_of(problem: Problem) -> Groups:
    """The groups of a problem: every cell by itself; where the rows would be too many, equal needs, or whole hours."""
    needs, cells = problem.needs, problem.cells
    each_hour = np.arange(cells.count) % (HOUR_SLOTS // cells.size) == 0
    odd = each_hour | _changes(problem.idle_price)
    for new in (np.ones(cells.count, dtype=bool), odd | _changes(needs.amount) | _changes(needs.price), odd):
        if int((problem.demand > 0)[:, new].sum()) + int(new.sum()) * len(problem.sets) <= MOST_ROWS:
            break
    return Groups((np.cumsum(new) - 1).astype(np.int64), np.flatnonzero(new).astype(np.int64))


def _changes(by_cell: Floats) -> NDArray[np.bool_]:
    """Cells in which any row differs from the cell before."""
    new = np.ones(by_cell.shape[1], dtype=bool)
    new[1:] = (np.diff(by_cell, axis=1) != 0).any(axis=0)
    return new
