"""The master programme: how many agents of each profile take each known tour, with cover and team rows priced.

    minimise    sum own_cost x  +  cu under  +  co idle  +  price excess
    subject to  sum over tours of a profile of x = agents of the profile
                agents of a skill set in a slot = what flows to its queues + idle
                what flows to a queue + under = need
                team rows

A skill set of one queue flows straight into the queue's row. Slots in which none of a skill set's queues has a need
have no row: an agent there is idle at a known price. Its optimum over all tours is the bound; over the known ones it
yields prices for finding better ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduling.cells import cells_of
from scheduling.graph import Floats
from scheduling.linear import LinearProgram
from scheduling.problem import Problem
from scheduling.tour import Tour


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual prices: ``worth`` of an agent by (skill set, slot) to the queues, ``rows`` by team row (0 to its price).

    ``constant`` is the Lagrangian's part that no tour changes; with the cheapest tours of all agents it is a true
    bound. It is concave in the prices, so blends of prices may blend it.
    """

    worth: Floats
    rows: Floats
    constant: float

    def blend(self, other: Prices, share: float) -> Prices:
        """``share`` of these and the rest of ``other``."""
        return Prices(
            share * self.worth + (1 - share) * other.worth,
            share * self.rows + (1 - share) * other.rows,
            share * self.constant + (1 - share) * other.constant,
        )

    def bent(self, factor: Floats) -> Prices:
        """Each worth times ``factor``: for finding tours, good for no bound."""
        return Prices(self.worth * factor, self.rows, -np.inf)

    def by_pool(self, problem: Problem) -> Floats:
        """Worth of an agent by pool and slot, team rows included."""
        out = self.worth[problem.set_of_pool].copy()
        rows = problem.rows
        for pool in range(len(out)):
            np.add.at(out[pool], rows.slot, rows.sign * self.rows * rows.pools[:, pool])
        return out


def whole_need(problem: Problem, queue: int, slots: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """What an isolated queue still needs besides given agents, in whole agents and the share left over.

    Its agents come whole. With r the share, one agent fewer than the next whole number leaves r short, the whole number
    is 1 - r too many; between the two the least cost of a mixture is a straight line, above the cost of the fraction.
    """
    given = problem.by_set(problem.given)[problem.serves[:, queue]][:, slots].sum(axis=0)
    need = (problem.demand[queue, slots] - given).round(7)
    below = np.floor(need)
    return below, need - below


def _constant(problem: Problem, worth: Floats, row_price: Floats) -> float:
    """The constant of the bound that the master's prices give.

    A queue's price is the least worth of any skill set that serves it, at most the price of understaffing; so no flow,
    idle agent or shortfall has a negative reduced cost. Agents given from outside earn their worth. Isolated queues
    take the cheaper of two whole numbers of agents, which is more than their fractional need would cost.
    """
    least = np.where(problem.serves[:, :, None], worth[:, None, :], np.inf).min(axis=0, initial=np.inf)
    price = np.minimum(least, problem.understaffing)
    given = problem.by_set(problem.given)
    whole = problem.isolated
    shared = ~problem.serves[:, whole].any(axis=1)
    total = float((price * problem.demand)[~whole].sum() - (worth * given)[shared].sum())
    for q in np.flatnonzero(whole):
        below, share = whole_need(problem, int(q), np.arange(len(price[q])))
        fewer = problem.understaffing * share + price[q] * below
        more = problem.overstaffing * (1 - share) + price[q] * (below + 1)
        unpriced = problem.demand[q] <= 0
        as_given = -price[q] * given[problem.serves[:, q]].sum(axis=0)
        total += float(np.where(unpriced, as_given, np.where(share > 0, np.minimum(fewer, more), fewer)).sum())
    rows = problem.rows
    present = (rows.pools * problem.given[:, rows.slot].T).sum(axis=1)
    return total + float((rows.sign * row_price * (rows.limit - present)).sum())


def clipped(problem: Problem, worth: Floats, rows: Floats) -> Prices:
    """Prices as they must be for the bound to hold: an idle agent costs no more than his idle price, a team row is
    worth nothing or up to its price."""
    worth, rows = np.clip(worth, -problem.idle_price, problem.understaffing), np.clip(rows, 0.0, problem.rows.price)
    return Prices(worth, rows, _constant(problem, worth, rows))


@dataclass(frozen=True, eq=False)
class MasterSolution:
    """An optimum over the known tours. ``share`` by column in the order added; ``profile`` duals by profile."""

    prices: Prices
    profile: Floats
    share: Floats
    objective: float


@dataclass(eq=False)
class Master:
    """The growing programme over cells. ``columns`` are (profile, tour) in the order added."""

    problem: Problem
    columns: list[tuple[int, Tour]] = field(default_factory=list)
    constant: float = 0.0

    def __post_init__(self) -> None:
        problem = self.problem
        self._cells = cells_of(problem)
        self._lp = LinearProgram()
        self._number: list[int] = []
        self._known: set[tuple[int, bytes, float]] = set()
        first = np.searchsorted(self._cells.of, np.arange(len(self._cells.width)))
        need = self._cells.total(problem.demand)
        given = self._cells.total(problem.by_set(problem.given))
        self._idle_cost = problem.idle_price[:, first]
        self._set_row = np.full(given.shape, -1, dtype=np.int64)
        self._add_queue_rows(need, given)
        self._add_set_rows(need, given)
        self._add_team_rows()
        self._profile_row = [self._lp.add_row(len(p.agents), len(p.agents)) for p in problem.profiles]

    @property
    def rows(self) -> int:
        """How many rows the programme has."""
        return self._lp.rows

    def _add_queue_rows(self, need: Floats, given: Floats) -> None:
        """Need of a queue and cell = flows + under - over; skill sets of this queue alone flow straight in."""
        problem = self.problem
        self._queue_row = np.full(need.shape, -1, dtype=np.int64)
        single = problem.serves.sum(axis=1) == 1
        isolated = problem.isolated
        for q, c in zip(*np.nonzero(need), strict=True):
            alone = single & problem.serves[:, q]
            if isolated[q]:
                self._add_whole_row(int(q), int(c), alone)
                continue
            rest = float(need[q, c] - given[alone, c].sum())
            row = self._lp.add_row(rest, rest)
            self._queue_row[q, c] = row
            self._lp.add_column(problem.understaffing, [row], [1.0])
            if alone.any():
                self._lp.add_column(problem.overstaffing, [row], [-1.0])
                self._set_row[alone, c] = row

    def _add_whole_row(self, q: int, c: int, alone: NDArray[np.bool_]) -> None:
        """An isolated queue's row: slot by slot, cost between two whole numbers of agents is a straight line."""
        problem = self.problem
        slots = np.flatnonzero(self._cells.of == c)
        below, share = whole_need(problem, q, slots)
        row = self._lp.add_row(float(below.sum()), float(below.sum()))
        self._queue_row[q, c] = row
        self._set_row[alone, c] = row
        self._lp.add_column(problem.understaffing, [row], [1.0])
        self._lp.add_column(problem.overstaffing, [row], [-1.0])
        self.constant += problem.understaffing * float(share.sum())
        for part in share[share > 0]:
            step = problem.overstaffing * (1 - part) - problem.understaffing * part
            self._lp.add_column(float(step), [row], [-1.0], high=1.0)

    def _add_set_rows(self, need: Floats, given: Floats) -> None:
        """Agents of a skill set of several queues = flows to each + idle."""
        problem = self.problem
        for s in np.flatnonzero(problem.serves.sum(axis=1) > 1):
            queues = np.flatnonzero(problem.serves[s])
            for c in np.flatnonzero(need[queues].any(axis=0)):
                row = self._lp.add_row(-float(given[s, c]), -float(given[s, c]))
                self._set_row[s, c] = row
                self._lp.add_column(self._idle_cost[s, c], [row], [-1.0])
                for q in queues[need[queues, c] > 0]:
                    self._lp.add_column(0.0, [row, int(self._queue_row[q, c])], [-1.0, 1.0])

    def _add_team_rows(self) -> None:
        """Team rows alike but for their slot become one row a cell."""
        rows = self.problem.rows
        present = (rows.pools * self.problem.given[:, rows.slot].T).sum(axis=1)
        cell = self._cells.of[rows.slot]
        alike = np.column_stack([cell, rows.sign, rows.limit, rows.price, rows.pools])
        _, at, group = np.unique(alike, axis=0, return_index=True, return_inverse=True)
        limit = np.bincount(group.ravel(), weights=rows.limit - present, minlength=len(at))
        numbers = []
        for sign, total, price in zip(rows.sign[at], limit, rows.price[at], strict=True):
            numbers.append(self._lp.add_row(*((float(total), np.inf) if sign > 0 else (-np.inf, float(total)))))
            self._lp.add_column(float(price), [numbers[-1]], [float(sign)])
        self._team_row = np.array(numbers, dtype=np.int64)[group.ravel()] if numbers else np.zeros(0, np.int64)
        self._pool_rows = [
            np.full((self._depth(pool), self.problem.horizon.slots), -1, dtype=np.int64)
            for pool in range(len(self.problem.team.pools))
        ]
        for pool, table in enumerate(self._pool_rows):
            level = np.zeros(table.shape[1], dtype=np.int64)
            for row in np.flatnonzero(rows.pools[:, pool]):
                table[level[rows.slot[row]], rows.slot[row]] = self._team_row[row]
                level[rows.slot[row]] += 1

    def _depth(self, pool: int) -> int:
        """The most team rows that count a pool in one slot."""
        rows = self.problem.rows
        slots = rows.slot[rows.pools[:, pool] > 0]
        return int(np.bincount(slots).max(initial=0)) if len(slots) else 0

    def add(self, profile: int, tour: Tour) -> bool:
        """Add a tour unless it is known; tells whether it was new."""
        key = (profile, tour.slots.tobytes(), round(tour.own_cost, 6))
        if key in self._known:
            return False
        self._known.add(key)
        rows, counts, cost = self._column(profile, tour)
        rows, counts = np.append(rows, self._profile_row[profile]), np.append(counts, 1.0)
        self._number.append(self._lp.add_column(cost, rows, counts))
        self.columns.append((profile, tour))
        return True

    def _column(self, profile: int, tour: Tour) -> tuple[NDArray[np.int64], Floats, float]:
        """Rows and coefficients of one agent's tour; its cost, with idleness where nothing is needed."""
        pool = self.problem.profiles[profile].pool
        s, cells = self.problem.set_of_pool[pool], self._cells.of[tour.slots]
        cover = self._set_row[s, cells]
        team = self._pool_rows[pool][:, tour.slots].ravel()
        rows, counts = np.unique(np.concatenate([cover[cover >= 0], team[team >= 0]]), return_counts=True)
        return rows, counts.astype(float), tour.own_cost + float(self._idle_cost[s, cells[cover < 0]].sum())

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
            clipped(self.problem, worth[:, self._cells.of], rows),
            solution.duals[self._profile_row],
            solution.values[self._number],
            solution.objective + self.constant,
        )
