"""The master programme: how many agents of each profile take each known tour, with cover and team rows priced.

    minimise    sum own_cost x  -  price met  +  idle price idle  +  price excess
    subject to  sum over tours of a profile of x = agents of the profile
                agents of a skill set in a group of cells = what flows to its queues + idle
                what flows to a queue = its steps of need met
                team rows

A skill set of one queue flows straight into the queue's row. Groups in which none of a skill set's queues has a need
have no row: an agent there is idle at a known price. Its optimum over all tours is the bound; over the known ones it
yields prices for finding better ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduling.arrays import Floats, Ints, spread
from scheduling.person.tour import Tour
from scheduling.problem.problem import Problem
from scheduling.solver.dual import Prices, clipped, whole_costs
from scheduling.solver.groups import groups_of
from scheduling.solver.linear import LinearProgram


@dataclass(frozen=True, eq=False)
class MasterSolution:
    """An optimum over the known tours. ``share`` by column in the order added; ``profile`` duals by profile."""

    prices: Prices
    profile: Floats
    share: Floats
    objective: float


ColumnKey = tuple[int, bytes, float]


def column_key(profile: int, tour: Tour) -> ColumnKey:
    """What makes two tours one column."""
    return profile, tour.slots.tobytes(), round(tour.own_cost, 6)


@dataclass(eq=False)
class Master:
    """The growing programme over groups of cells. ``columns`` are (profile, tour) in the order added."""

    problem: Problem
    columns: list[tuple[int, Tour]] = field(default_factory=list)
    constant: float = 0.0

    def __post_init__(self) -> None:
        problem = self.problem
        self._groups = groups_of(problem)
        self._lp = LinearProgram()
        self._number: list[int] = []
        self._known: set[ColumnKey] = set()
        given = self._groups.total(problem.by_set(problem.given))
        self._idle_cost = problem.idle_price[:, self._groups.first]
        self._set_row = np.full(given.shape, -1, dtype=np.int64)
        self.constant = problem.needs.short
        self._add_queue_rows(given)
        self._add_set_rows(given)
        self.constant += float((self._idle_cost * given)[self._set_row < 0].sum())
        self._add_team_rows()
        self._profile_row = [self._lp.add_row(len(p.agents), len(p.agents)) for p in problem.profiles]

    @property
    def rows(self) -> int:
        """How many rows the programme has."""
        return self._lp.rows

    def _add_queue_rows(self, given: Floats) -> None:
        """What flows to a queue in a group = its steps of need met + idle agents of skill sets of this queue alone."""
        problem = self.problem
        needed = self._groups.total(problem.layers[-1].demand)
        self._queue_row = np.full(needed.shape, -1, dtype=np.int64)
        single = problem.serves.sum(axis=1) == 1
        isolated = problem.isolated
        for q in np.flatnonzero(isolated):
            self._add_whole_rows(int(q), np.flatnonzero(needed[q]))
        for q, g in zip(*np.nonzero(needed * ~isolated[:, None]), strict=True):
            alone = single & problem.serves[:, q]
            fixed = -float(given[alone, g].sum())
            self._queue_row[q, g] = row = self._lp.add_row(fixed, fixed)
            for price, amount in self._steps(int(q), int(g)):
                self._lp.add_column(-price, [row], [-1.0], high=amount)
            if alone.any():
                self._lp.add_column(float(self._idle_cost[alone, g].max()), [row], [-1.0])
                self._set_row[alone, g] = row

    def _steps(self, q: int, g: int) -> list[tuple[float, float]]:
        """Prices and amounts of a queue's steps in a group; steps of one price are one."""
        needs, inside = self.problem.needs, self._groups.of == g
        own = needs.queue == q
        price, amount = needs.price[own][:, inside].ravel(), needs.amount[own][:, inside].ravel()
        levels, at = np.unique(price[amount > 0], return_inverse=True)
        return list(zip(levels.tolist(), np.bincount(at, weights=amount[amount > 0]).tolist(), strict=True))

    def _add_whole_rows(self, q: int, groups: Ints) -> None:
        """An isolated queue's rows: cell by cell, cost between two whole numbers of agents is a straight line."""
        own = int(np.flatnonzero(self.problem.serves[:, q])[0])
        agents, cost = whole_costs(self.problem, q)
        run, rise = np.diff(agents, axis=0), np.diff(cost, axis=0)
        for g in groups:
            row = self._lp.add_row(0.0, 0.0)
            self._set_row[own, g] = self._queue_row[q, g] = row
            inside = self._groups.of == g
            self.constant += float(cost[0, inside].sum())
            parts = run[:, inside] > 0
            slope = (rise[:, inside][parts] / run[:, inside][parts]).round(9)
            levels, at = np.unique(slope, return_inverse=True)
            for price, high in zip(levels, np.bincount(at, weights=run[:, inside][parts]), strict=True):
                self._lp.add_column(float(price), [row], [-1.0], high=float(high))
            self._lp.add_column(float(self._idle_cost[own, g]), [row], [-1.0])

    def _add_set_rows(self, given: Floats) -> None:
        """Agents of a skill set of several queues = flows to each + idle."""
        problem = self.problem
        for s in np.flatnonzero(problem.serves.sum(axis=1) > 1):
            queues = np.flatnonzero(problem.serves[s])
            for g in np.flatnonzero((self._queue_row[queues] >= 0).any(axis=0)):
                row = self._lp.add_row(-float(given[s, g]), -float(given[s, g]))
                self._set_row[s, g] = row
                self._lp.add_column(self._idle_cost[s, g], [row], [-1.0])
                for q in queues[self._queue_row[queues, g] >= 0]:
                    self._lp.add_column(0.0, [row, int(self._queue_row[q, g])], [-1.0, 1.0])

    def _add_team_rows(self) -> None:
        """Team rows alike but for their slot become one row a group; rows over marks keep to themselves.

        At least and at most of the same count are the two sides of one row.
        """
        rows, cells = self.problem.rows, self.problem.cells
        cell = cells.of[rows.slot]
        place = np.where(cell >= 0, self._groups.of[cell], len(self._groups.first) + rows.slot)
        alike = np.column_stack([place, rows.kind, rows.sign, rows.limit, rows.price])
        _, at, group = np.unique(alike, axis=0, return_index=True, return_inverse=True)
        limit = np.bincount(group.ravel(), weights=rows.limit - rows.counts(self.problem.given), minlength=len(at))
        open_above: dict[tuple[int, int], tuple[int, float]] = {}
        numbers, counts = np.zeros(len(at), dtype=np.int64), np.ones(len(at), dtype=bool)
        for i in np.lexsort((-rows.sign[at],)):
            key = int(place[at[i]]), int(rows.kind[at[i]])
            total, price = float(limit[i]), float(rows.price[at[i]])
            below = open_above.pop(key, None) if rows.sign[at[i]] < 0 else None
            if below is not None and below[1] <= total:
                numbers[i], counts[i] = below[0], False
                self._lp.bound_row(below[0], below[1], total)
            elif rows.sign[at[i]] > 0:
                numbers[i] = self._lp.add_row(total, np.inf)
                open_above[key] = int(numbers[i]), total
            else:
                numbers[i] = self._lp.add_row(-np.inf, total)
            self._lp.add_column(price, [int(numbers[i])], [float(rows.sign[at[i]])])
        self._team_row = numbers[group.ravel()]
        told = np.flatnonzero(counts[group.ravel()])
        self._by_slot = told[np.argsort(rows.slot[told], kind="stable")]
        self._slot_at = np.searchsorted(rows.slot[self._by_slot], np.arange(cells.slots + cells.marks + 1))

    def add(self, profile: int, tour: Tour) -> bool:
        """Add a tour unless it is known; tells whether it was new."""
        key = column_key(profile, tour)
        if key in self._known:
            return False
        self._known.add(key)
        rows, counts, cost = self._column(profile, tour)
        rows, counts = np.append(rows, self._profile_row[profile]), np.append(counts, 1.0)
        self._number.append(self._lp.add_column(cost, rows, counts))
        self.columns.append((profile, tour))
        return True

    def _column(self, profile: int, tour: Tour) -> tuple[Ints, Floats, float]:
        """Rows and coefficients of one agent's tour; its cost, with idleness where nothing is needed."""
        pool, problem = self.problem.profiles[profile].pool, self.problem
        cell = problem.cells.of[tour.slots]
        s, groups = problem.set_of_pool[pool], self._groups.of[cell[cell >= 0]]
        cover = self._set_row[s, groups]
        team = self._by_slot[spread(self._slot_at[tour.slots], self._slot_at[tour.slots + 1])]
        weight = problem.rows.weights[problem.rows.kind[team], pool]
        touched = np.concatenate([cover[cover >= 0], self._team_row[team[weight != 0]]])
        rows, at = np.unique(touched, return_inverse=True)
        delivers = problem.proficiency[pool]
        each = np.concatenate([np.full(int((cover >= 0).sum()), delivers), weight[weight != 0]])
        counts = np.bincount(at, weights=each).astype(float)
        return rows, counts, tour.own_cost + delivers * float(self._idle_cost[s, groups[cover < 0]].sum())

    def fix(self, profile: int, tour: Tour, left: int) -> None:
        """Give one agent of ``profile`` this tour for good; ``left`` agents of it remain free."""
        rows, counts, _ = self._column(profile, tour)
        for row, count in zip(rows, counts, strict=True):
            self._lp.shift_row(int(row), -float(count))
        self._lp.fix_row(self._profile_row[profile], left)

    def solve(self, seconds: float, *, dual_simplex: bool = False) -> MasterSolution | None:
        """The optimum over the known tours, or None if time ran out."""
        solution = self._lp.solve(seconds, dual_simplex=dual_simplex)
        if solution is None:
            return None
        # The dual of a row is what one agent less there would cost: his worth.
        worth = np.where(self._set_row >= 0, solution.duals[self._set_row], -self._idle_cost)
        rows = self.problem.rows.sign * solution.duals[self._team_row]
        return MasterSolution(
            clipped(self.problem, worth[:, self._groups.of], rows),
            solution.duals[self._profile_row],
            solution.values[self._number],
            solution.objective + self.constant,
        )
