"""One day as an integer programme: the shifts of its agents, with breaks counted instead of assigned.

Agents who may be given the same shifts at the same costs are a group, and only their numbers matter. Breaks are
implicit: how many of the breaks of one window begin where, whosever they are (Bechtold & Jacobs, "Implicit modeling of
flexible break assignments in optimal shift scheduling", Management Science 36, 1990; Aykin, Management Science 42,
1996). Both keep the programme small, and its relaxation close to whole numbers.

    minimise    own costs + points of the floor (see ``floor``)
    subject to  agents of a group = its agents on each shift or off
                agents of a pool on a shift = those of its groups
                breaks of a pool's window, wherever they begin = shifts with that window
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.solver.floor import Floor
from scheduling.staff.duty import Duty, Menu

Window = tuple[int, int, int, int]
"""First and last slot in which a break may begin, its slots, and the step from one beginning to the next."""

OFF = -1
"""In place of a duty of the menu."""


@dataclass(frozen=True, eq=False)
class Group:
    """Agents of one pool who may be given the same ``duties`` of a menu (or ``OFF``) at the same ``costs``."""

    pool: int
    menu: Menu
    agents: tuple[int, ...]
    duties: tuple[int, ...]
    costs: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Settled:
    """A day: how many of each group are on each of its duties, and where the breaks of each pool's windows begin."""

    counts: list[Ints]
    rests: Mapping[tuple[int, Window], list[int]]


def windows_of(duty: Duty) -> list[Window]:
    """The windows of a duty's breaks, in order."""
    return [(rest.first, rest.last, rest.slots, rest.step) for rest in duty.breaks]


@dataclass(eq=False)
class Day:
    """The programme of ``groups`` on a floor; ``kept`` counts the breaks of shifts that stay, by pool and window."""

    floor: Floor
    groups: Sequence[Group]
    kept: Mapping[tuple[int, Window], int]
    _window_row: dict[tuple[int, Window], int] = field(default_factory=dict)
    _begins: dict[tuple[int, Window], dict[int, int]] = field(default_factory=dict)
    _like: dict[tuple[int, Window], dict[int, int]] = field(default_factory=dict)
    _shift_column: dict[tuple[int, int, int], int] = field(default_factory=dict)
    _shift_row: dict[tuple[int, int, int], int] = field(default_factory=dict)
    _choice: list[list[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._most = sum(len(group.agents) for group in self.groups)
        for (pool, window), count in self.kept.items():
            self._add_window(pool, window, count)
        for group in self.groups:
            program, free = self.floor.program, len(group.agents)
            row = program.add_row(free, free)
            own = []
            for duty, cost in zip(group.duties, group.costs, strict=True):
                rows = [row] if duty == OFF else [row, self._shift(group, duty)]
                own.append(program.add_column(cost, rows, [1.0, -1.0][: len(rows)], free, whole=True))
            self._choice.append(own)

    def relaxed(self, seconds: float) -> tuple[float, Floats] | None:
        """Value of the linear relaxation and reduced costs by column; None if time was too short."""
        return self.floor.program.relaxed(seconds)

    def solve(
        self, seconds: float, gap: float, likely: NDArray[np.bool_], now: Settled, *, cpu: bool = False
    ) -> Settled | None:
        """The day as settled within a ``gap`` relative to its value, or within ``seconds``; None if it was not.

        Of the columns only the ``likely`` ones are used, and those of the day as it is ``now``.
        """
        known = self._values(now)
        found = self.floor.program.solve(seconds, gap, likely | (known > 0), known, cpu=cpu)
        if found is None:
            return None
        count = found[1].round().astype(np.int64)
        rests = {
            key: [slot for slot, column in begins.items() for _ in range(count[column])]
            for key, begins in self._begins.items()
        }
        return Settled([count[own] for own in self._choice], rests)

    def _values(self, now: Settled) -> Floats:
        """The columns' values of a day as it is."""
        values = np.zeros(self.floor.program.columns)
        for group, own, counts in zip(self.groups, self._choice, now.counts, strict=True):
            values[own] = counts
            for duty, count in zip(group.duties, counts, strict=True):
                if duty != OFF and count > 0:
                    values[self._shift_column[group.pool, id(group.menu), duty]] += count
        for key, slots in now.rests.items():
            for slot in slots:
                values[self._begins[key][self._like[key][slot]]] += 1
        return values

    @property
    def whole(self) -> NDArray[np.bool_]:
        """The columns that must be whole."""
        return self.floor.program.whole

    def _shift(self, group: Group, duty: int) -> int:
        """The row of a pool's agents on a duty; its column puts them on the floor and opens their breaks."""
        key = group.pool, id(group.menu), duty
        if key not in self._shift_row:
            own, arrays, program = group.menu.duties[duty], group.menu.arrays, self.floor.program
            slots = [*range(arrays.first[duty], arrays.last[duty]), *([own.mark] if own.mark >= 0 else [])]
            rows, coefficients, cost = self.floor.column(group.pool, slots)
            self._shift_row[key] = row = program.add_row(0.0, 0.0)
            windows = [self._add_window(group.pool, window, 0) for window in windows_of(own)]
            signs = [*coefficients, 1.0, *(-1.0 for _ in windows)]
            self._shift_column[key] = program.add_column(cost, [*rows, row, *windows], signs, self._most, whole=True)
        return self._shift_row[key]

    def _add_window(self, pool: int, window: Window, count: int) -> int:
        """The row of the breaks of a window, ``count`` of them besides those of its shifts."""
        key = pool, window
        if key not in self._window_row:
            program, cells = self.floor.program, self.floor.problem.cells
            self._window_row[key] = row = program.add_row(count, count)
            self._begins[key], self._like[key] = {}, {}
            first, last, slots, step = window
            seen: dict[tuple[int, ...], int] = {}
            for begin in range(first, last + 1, step):
                taken = range(begin, begin + slots)
                # Where only cells matter, beginnings within the same cells are one.
                same = tuple(taken) if self.floor.by_slot else tuple(cells.of[begin : begin + slots].tolist())
                self._like[key][begin] = seen.setdefault(same, begin)
                if seen[same] == begin:
                    rows, coefficients, cost = self.floor.column(pool, taken)
                    loses = [-each for each in coefficients]
                    self._begins[key][begin] = program.add_column(-cost, [*rows, row], [*loses, 1.0], whole=True)
        return self._window_row[key]
