"""Days: the shifts of one day are settled anew for everybody at once, day after day.

What is left of a gap after a dive is rounding: here a quarter-hour short, there one idle, and no few agents who could
mend it. On a single day everyone may take another shift that the rest of his tour allows, and all breaks may move; that
is an integer programme near its relaxation (see ``day``), so a day is settled in about a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduling.problem.problem import Problem
from scheduling.problem.standing import Standing
from scheduling.solver.ruin import Ruin
from scheduling.solver.scene import scene_of
from scheduling.solver.search import Search, Tours, standing_of

MOST_CHOICES, FEWEST_CHOICES = 6000, 300
"""Shifts by group of agents in one programme, at first at most: of more agents some are drawn, the others keep their
shifts, though not their breaks."""
GROWTH, SHRINKING = 1.1, 0.6
LONGEST_S = 4.0
"""A programme that takes longer is too large."""
SLOW = 0.9
NEAR = 0.1
"""Columns of a higher reduced cost are left out, in prices of one agent short and one idle."""
LEFT_OPEN = 0.15
"""Share of the way from the team's cost to the relaxation's that need not be gone."""
SAME = 1e-6


@dataclass(eq=False)
class Days:
    """The search's best team, settled day by day; once nothing is left in it, the team where ``other`` stands, which
    may be a little dearer but has other weeks."""

    search: Search
    other: Ruin | None = None
    choices: float = MOST_CHOICES
    tours: Tours = field(default_factory=dict)
    standing: Standing = field(init=False)
    _seen: float = np.inf
    _next: int = 0
    _settled: set[int] = field(default_factory=set)

    def improve(self, until: float) -> None:
        """Settle days in turn until ``until`` seconds of the search, or nothing can be gained on any of them."""
        search, days = self.search, self.search.problem.horizon.period.days
        if search.incumbent < self._seen:
            self._begin(search.best)
        elif len(self._settled) == days and self.other is not None:
            self._begin(self.other.tours)
        while search.elapsed() < until and not search.proven and len(self._settled) < days:
            if self._next not in self._settled:
                self._settle(self._next, min(LONGEST_S, until - search.elapsed()))
                search.report()
            self._next = (self._next + 1) % days
        self._seen = search.incumbent

    def _begin(self, tours: Tours) -> None:
        """Take up another team."""
        self.tours = dict(tours)
        self.standing = standing_of(self.search.problem, self.tours)
        self._settled.clear()

    def _settle(self, day: int, seconds: float) -> None:
        """Settle one day within about ``seconds``."""
        search, begun = self.search, self.search.elapsed()
        scene = scene_of(search, self.tours, day, round(self.choices))
        programme = scene.programme(self.standing.presence)
        now = programme.floor.cost_of(self.standing.presence) + sum(scene.cost.values())
        relaxed = programme.relaxed(seconds)
        if relaxed is None or now - relaxed[0] < max(search.grain, SAME) - SAME:
            if relaxed is not None and scene.everyone:
                self._settled.add(day)
            return
        likely = ~programme.whole | (relaxed[1] <= NEAR * search.problem.scale)
        gap = LEFT_OPEN * (now - relaxed[0]) / max(abs(now), 1.0)
        found = programme.solve(seconds, gap, likely, scene.now(), cpu=search.counts_cpu)
        gained = 0.0 if found is None else self._taken(scene.exchanged(found))
        slow = search.elapsed() - begun > SLOW * seconds
        if gained > 0:
            self._settled.clear()
        elif slow:
            self.choices = min(self.choices, max(self.choices * SHRINKING, FEWEST_CHOICES))
        if not slow:
            self.choices = min(self.choices * GROWTH, MOST_CHOICES)
            if scene.everyone:
                self._settled.add(day)

    def _taken(self, new: Tours) -> float:
        """Take ``new`` tours unless they are dearer; returns the points that they save."""
        standing = Standing(self.search.problem, self.standing.presence.copy())
        own = 0.0
        for agent, tour in new.items():
            pool, old = self.search.profile_of[agent].pool, self.tours[agent]
            standing.add(pool, old, -1)
            standing.add(pool, tour)
            own += tour.own_cost - old.own_cost
        gained = self.standing.cost() - standing.cost() - own
        if gained < -SAME:
            return 0.0
        self.tours.update(new)
        self.standing = standing
        if gained > SAME:
            self.search.offer(self.tours)
        return gained if gained > SAME else 0.0


def has_breaks(problem: Problem) -> bool:
    """Whether any shift on offer has a break to move: without, a day alone seldom leaves anything to gain."""
    return any(duty.breaks for profile in problem.profiles for duty in profile.menu.duties)
