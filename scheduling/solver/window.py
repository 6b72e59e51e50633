"""Windows: some days of everybody's tours, settled anew while the days before and after stand.

Over half a year or a year, what goes wrong in March has little to do with September: a few weeks of the whole team are
a rostering problem like the whole, only shorter (rolling horizons and fix-and-optimise: Helber & Sahling,
International Journal of Production Economics 123, 2010). What a stretch may use of the hours and caps of the whole
period is what the rest of the tour leaves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scheduling.person.profile import Profile
from scheduling.person.stretch import Days, Stretch, stretch_of
from scheduling.person.tour import Tour
from scheduling.problem.problem import Problem
from scheduling.solver.dual import Prices
from scheduling.solver.generate import bound_at
from scheduling.solver.search import Search, Tours, standing_of

WEEK_DAYS = 7
FIRST_DAYS, MORE_DAYS = 28, 14
"""A window has so many days at first, and so many more once all of a pass have been settled for good."""
MOST_ROWS = 600
"""But never so many that a master of their rows and agents would have more rows."""
TURN_S, MOST_TURN_S = 6.0, 60.0
LONGER, MOST_LONGER = 1.5, 6
"""Seconds for a window at the least and at most; each pass over the horizon takes its time, up to the seventh."""

Settle = Callable[[Search], Prices | None]
"""Improves a search; the prices that gave its best bound, if any."""


@dataclass(frozen=True, eq=False)
class Window:
    """The problem of all agents over ``days``; ``problem`` has a profile for each of them, ``tours`` are as they stand.

    ``whole`` are the profiles of the whole horizon; ``rows`` says which of its team rows are the window's.
    """

    days: Days
    problem: Problem
    tours: Tours
    standing: Tours
    whole: dict[int, Profile]
    rows: NDArray[np.bool_]

    def joined(self, tours: Tours) -> Tours:
        """Whole tours with ``tours`` in these days."""
        return {
            agent: self._joined(agent, tour, self.problem.profiles[at])
            for at, (agent, tour) in enumerate(sorted(tours.items()))
        }

    def _joined(self, agent: int, tour: Tour, profile: Profile) -> Tour:
        old, whole = self.standing[agent], self.whole[agent]
        begin, end = (int(whole.menu.day_at[day]) for day in (self.days.first, self.days.last))
        first, last = (int(np.searchsorted(old.duties, at)) for at in (begin, end))
        slots = _slots_at(whole, old)
        programme = profile.programme
        assert isinstance(programme, Stretch)
        return Tour(
            programme.whole(tour.duties),
            (*old.breaks[:first], *tour.breaks, *old.breaks[last:]),
            np.concatenate([old.slots[: slots[first]], tour.slots, old.slots[slots[last] :]]),
            tour.own_cost,
        )


def _slots_at(profile: Profile, tour: Tour) -> NDArray[np.int64]:
    """Where the slots of each duty of a tour begin, and where they end."""
    a, duties = profile.menu.arrays, np.array(tour.duties, dtype=np.int64)
    rests = np.concatenate([[0], np.cumsum(a.break_slots)])
    resting = rests[a.break_at[duties + 1]] - rests[a.break_at[duties]]
    sizes = a.last[duties] - a.first[duties] - resting + (a.mark[duties] >= 0)
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def window_of(search: Search, tours: Tours, first: int, last: int) -> Window:
    """The days ``first`` to ``last`` (not included) of ``tours``."""
    problem, days = search.problem, Days(first, last)
    given = standing_of(problem, tours).presence
    profiles, own = [], {}
    for agent in sorted(tours):
        whole, tour = search.profile_of[agent], tours[agent]
        profile = stretch_of(whole, tour.duties, days, agent)
        begin, end = (int(whole.menu.day_at[day]) for day in (first, last))
        at = [int(np.searchsorted(tour.duties, edge)) for edge in (begin, end)]
        slots = _slots_at(whole, tour)
        inside = tour.slots[slots[at[0]] : slots[at[1]]]
        given[whole.pool, inside] -= 1
        duties = tuple(duty - begin for duty in tour.duties[at[0] : at[1]])
        own[agent] = Tour(duties, tour.breaks[at[0] : at[1]], inside, tour.own_cost)
        profiles.append(profile)
    part, rows = _cut(replace(problem, given=given, profiles=tuple(profiles)), profiles)
    return Window(days, part, own, dict(tours), dict(search.profile_of), rows)


def _cut(problem: Problem, profiles: list[Profile]) -> tuple[Problem, NDArray[np.bool_]]:
    """The problem without rows and needs that none of the profiles' duties touches, and which rows remain."""
    touched = np.zeros(problem.given.shape[1] + 1, dtype=np.int64)
    menus = {id(profile.menu): profile.menu for profile in profiles}.values()
    for menu in menus:
        a = menu.arrays
        np.add.at(touched, a.first, 1)
        np.add.at(touched, a.last, -1)
    open_columns = np.cumsum(touched)[:-1] > 0
    for menu in menus:
        open_columns[menu.arrays.mark[menu.arrays.mark >= 0]] = True
    rows, needs = problem.rows, problem.needs
    kept = open_columns[rows.slot]
    cells = problem.cells.total(open_columns[None, :].astype(float))[0] > 0
    part = replace(
        problem,
        rows=replace(rows, slot=rows.slot[kept], kind=rows.kind[kept], sign=rows.sign[kept], limit=rows.limit[kept],
                     price=rows.price[kept]),
        needs=replace(needs, amount=np.where(cells, needs.amount, 0.0)),
        scope=problem.scope & cells,
    )  # fmt: skip
    return part, kept


@dataclass(eq=False)
class Windows:
    """The search's best team, improved window by window over the horizon, again and again.

    The prices that the windows end with, put together, are prices of the whole period, and bound it.
    """

    search: Search
    settle: Settle
    days: int = field(init=False)

    def __post_init__(self) -> None:
        problem = self.search.problem
        self._horizon = problem.horizon.period.days
        rows = len(np.unique(np.column_stack([problem.rows.slot, problem.rows.kind]), axis=0))
        rows += int((problem.demand > 0).sum())
        fitting = (MOST_ROWS - len(self.search.best)) * self._horizon // max(rows, 1)
        self._most_days = min(max(fitting // WEEK_DAYS, 1) * WEEK_DAYS, self._horizon)
        self.days = min(FIRST_DAYS, self._most_days)
        self._prices = Prices(np.zeros((len(problem.sets), problem.cells.count)), np.zeros(len(problem.rows.slot)), 0.0)
        self._pass = 0

    def improve(self, until: float) -> None:
        """Pass over the horizon until ``until`` seconds of the search; later passes begin on some day of a window."""
        search = self.search
        while search.elapsed() < until and not search.proven:
            shift = int(search.rng.integers(self.days)) if self._pass and self.days < self._horizon else 0
            edges = sorted({0, *range(shift, self._horizon, self.days), self._horizon})
            proven = True
            longest = min(TURN_S * LONGER ** min(self._pass, MOST_LONGER), MOST_TURN_S)
            for at, (first, last) in enumerate(pairwise(edges)):
                left = (until - search.elapsed()) / (len(edges) - 1 - at)
                turn = longest if self._pass else min(longest, left)
                proven &= self._settle(first, last, min(search.elapsed() + turn, until))
                if search.elapsed() >= until:
                    return
            search.raise_bound(bound_at(search.problem, self._whole_prices()))
            search.report()
            self._pass += 1
            if proven:
                self.days = min(self.days + MORE_DAYS, self._most_days)

    def _settle(self, first: int, last: int, until: float) -> bool:
        """One window; tells whether nothing is left to gain in it."""
        search = self.search
        window = window_of(search, search.best, first, last)
        seconds = until - search.elapsed()
        part = Search(window.problem, seconds, search.rng, lambda *_: search.report(), clock=search.clock)
        part.offer(window.tours)
        besides = search.incumbent - part.incumbent
        prices = self.settle(part)
        if part.best and any(part.best[agent] is not tour for agent, tour in window.tours.items()):
            search.offer(window.joined(part.best))
        if prices is not None:
            inside = window.problem.scope.any(axis=0)
            self._prices.worth[:, inside] = prices.worth[:, inside]
            self._prices.rows[window.rows] = prices.rows
        if last - first == self._horizon:
            search.raise_bound(part.bound + besides)
        return part.proven

    def _whole_prices(self) -> Prices:
        return self._prices.around(self.search.problem)
