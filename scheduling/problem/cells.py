"""Cells: the stretches of the floor in which work is counted against need.

A requirement says agents by interval, not by quarter-hour: an agent present for half of a half-hour interval meets half
an agent of it, whichever half. So cover is counted by cell, the shortest interval of the queues in need, at most half
an hour; a break of a quarter-hour then costs a quarter-hour of work and no more. Team rows keep to the slots.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wfm.policy.shift import SLOT_MIN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_SLOTS = 2


@dataclass(frozen=True)
class Cells:
    """``slots`` quarter-hours in cells of ``size`` (the last may be shorter), and ``marks`` columns behind them.

    >>> Cells(slots=5, size=2, marks=1).of.tolist()
    [0, 0, 1, 1, 2, -1]
    """

    slots: int
    size: int
    marks: int = 0

    @property
    def count(self) -> int:
        """How many cells there are."""
        return -(-self.slots // self.size)

    @cached_property
    def of(self) -> Ints:
        """The cell of each column of presence; -1 for marks."""
        return np.concatenate([np.arange(self.slots) // self.size, np.full(self.marks, -1)]).astype(np.int64)

    @cached_property
    def first(self) -> Ints:
        """The first slot of each cell."""
        return np.arange(0, self.slots, self.size, dtype=np.int64)

    @cached_property
    def width(self) -> Floats:
        """Slots of each cell."""
        return np.diff(np.append(self.first, self.slots)).astype(float)

    def total(self, by_slot: Floats) -> Floats:
        """Sums over the slots of each cell along the last axis; marks are left out."""
        inside = by_slot[..., : self.slots]
        return inside if self.size == 1 else np.asarray(np.add.reduceat(inside, self.first, axis=-1))

    def by_slot(self, by_cell: Floats) -> Floats:
        """Each cell's value in all of its slots, 0 in marks, along the last axis."""
        out = np.zeros((*by_cell.shape[:-1], self.slots + self.marks))
        out[..., : self.slots] = by_cell[..., self.of[: self.slots]]
        return out


def cells_of(starts_min: Ints, intervals_min: Iterable[int], slots: int, marks: int) -> Cells:
    """Cells for a requirement whose intervals start at ``starts_min`` (from the origin) and last ``intervals_min``.

    Cells are pairs of slots where every interval begins and ends with a pair, else single slots.
    """
    size = MOST_SLOTS
    if any(minutes % (size * SLOT_MIN) for minutes in intervals_min) or (starts_min % (size * SLOT_MIN)).any():
        size = 1
    return Cells(slots, size, marks)
