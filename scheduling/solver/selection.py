"""Selection: of all tours met on the way, the team that costs least together, by integer programming.

Neighbourhoods renew a few agents' tours at a time; where the last of a gap asks for many agents to change together, the
tours for it have often been met long before. Few can be part of a better team where the gap is small, and choosing
among these is small enough to be done exactly (restricted master heuristic: Joncour, Michel, Sadykov, Sverdlov &
Vanderbeck, "Column generation based primal heuristics", Electronic Notes in Discrete Mathematics 36, 2010).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduling.arrays import Ints
from scheduling.person.tour import Tour
from scheduling.solver.floor import Floor
from scheduling.solver.integer import IntegerProgram
from scheduling.solver.master import ColumnKey, column_key
from scheduling.solver.pool import Pool
from scheduling.solver.search import Search, Tours

MOST_TOURS = 4_000
"""To choose from: the least costly of those within the gap."""
LONGEST_S = 10.0
"""A choice that takes longer is too hard; it also waits so long at most to be interrupted."""
FEWEST_NEW = 100
"""Tours that must be new to the pool before it is worth another try."""


@dataclass(eq=False)
class Selection:
    """Chooses among the ``pool``'s tours those of a better team."""

    search: Search
    pool: Pool
    _seen: int = field(default=-FEWEST_NEW, init=False)

    def improve(self, until: float) -> None:
        """Look for a better team among the tours known, until ``until`` seconds of the search at most."""
        search = self.search
        if len(self.pool) - self._seen < FEWEST_NEW:
            return
        self._seen = len(self.pool)
        choices = self._choices()
        known = Counter(column_key(self.pool.place(agent), tour) for agent, tour in search.best.items())
        tours = list(choices.values())
        program, columns = self._program(tours)
        values = np.zeros(program.columns)
        values[columns] = [known[key] for key in choices]
        seconds = min(until - search.elapsed(), LONGEST_S)
        every = np.ones(program.columns, dtype=bool)
        found = program.solve(seconds, 0.0, every, values, cpu=search.counts_cpu)
        if found is not None:
            search.offer(self._team(tours, found[1][columns].round().astype(np.int64)))

    def _choices(self) -> dict[ColumnKey, tuple[int, Tour]]:
        """Place and tour of the best team, and of the least costly tours that a better one may have."""
        search, place = self.search, self.pool.place
        tours = [(place(agent), tour) for agent, tour in search.best.items()]
        tours += self.pool.within(search.incumbent - search.bound)[:MOST_TOURS]
        return {column_key(at, tour): (at, tour) for at, tour in tours}

    def _program(self, choices: Sequence[tuple[int, Tour]]) -> tuple[IntegerProgram, Ints]:
        """Whole numbers of each profile's agents on each of its tours; the columns of ``choices``."""
        problem, program = self.search.problem, IntegerProgram()
        slots, marks = problem.cells.slots, problem.cells.marks
        floor = Floor(problem, np.zeros_like(problem.given), program, 0, slots, range(slots, slots + marks))
        everyone = [program.add_row(len(profile.agents), len(profile.agents)) for profile in problem.profiles]
        columns = []
        for place, tour in choices:
            rows, coefficients, cost = floor.column(problem.profiles[place].pool, tour.slots)
            own = [*rows, everyone[place]], [*coefficients, 1.0]
            columns.append(program.add_column(tour.own_cost + cost, *own, whole=True))
        return program, np.array(columns, dtype=np.int64)

    def _team(self, choices: Sequence[tuple[int, Tour]], counts: Ints) -> Tours:
        """Each profile's tours given to its agents."""
        waiting = [list(profile.agents) for profile in self.search.problem.profiles]
        return {
            waiting[place].pop(): tour
            for (place, tour), count in zip(choices, counts, strict=True)
            for _ in range(count)
        }
