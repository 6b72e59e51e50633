"""Cells: runs of slots that the master takes as one.

A requirement of half or whole hours needs the same in its two or four slots: these are one cell, aligned to the hour.
Where that leaves too many rows for a linear programme that is solved again and again, every hour is one cell. Within a
cell too many agents in one slot may make up for too few in another, so the master relaxes the problem a little more;
the Lagrangian bound is taken slot by slot and stays true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.graph import Floats
from scheduling.problem import Problem

MOST_SLOTS = 4
MOST_ROWS = 2000


@dataclass(frozen=True, eq=False)
class Cells:
    """``of`` maps slots to cells; ``width`` is the number of slots of each cell."""

    of: NDArray[np.int64]
    width: NDArray[np.int64]

    def total(self, by_slot: Floats) -> Floats:
        """Sums over the slots of each cell, along the last axis."""
        out = np.zeros((*by_slot.shape[:-1], len(self.width)))
        np.add.at(out.T, self.of, by_slot.T)
        return out


def cells_of(problem: Problem) -> Cells:
    """The cells of a problem: equal needs, or whole hours if the rows would be too many."""
    slots = problem.horizon.slots
    new = np.ones(slots, dtype=bool)
    new[1:] = (np.diff(problem.demand, axis=1) != 0).any(axis=0) | (np.arange(1, slots) % MOST_SLOTS == 0)
    if int((problem.demand > 0)[:, new].sum()) + int(new.sum()) * len(problem.sets) > MOST_ROWS:
        new = np.arange(slots) % MOST_SLOTS == 0
    of = np.cumsum(new) - 1
    return Cells(of, np.bincount(of).astype(np.int64))
