"""Candidates: agents of every kind, as many as may be employed, as one rostering problem.

To the rules all candidates of a kind are alike, so the problem is built for one of each and repeated. A team of known
numbers and the choice among all candidates differ in their profiles alone: those of a choice are optional, and an agent
employed costs his head's price beside what his tour does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
import pandas as pd

from scheduling.arrays import Ints
from scheduling.mix.kind import Kind
from scheduling.mix.money import Priced, priced
from scheduling.person.profile import Profile
from scheduling.person.tour import Tour
from scheduling.problem.problem import Problem, problem_of
from scheduling.problem.rows import rows_of
from scheduling.rules.catalogue import team_rules
from scheduling.solver.search import Tours
from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.policy.shift import SLOT_MIN
from wfm.time.week import Period

WEEK_DAYS = 7
AMPLE = 1.5
"""Where a kind has no most of its own: so many times the agents that all hours of its queues would fill."""
NOT_EMPLOYED = Tour((), (), np.zeros(0, dtype=np.int64), 0.0)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Kinds with places for agents: those of kind ``k`` are the team's workers ``first[k]`` to ``first[k + 1]``.

    ``problem`` has no profiles; ``profile`` are those of one agent of each kind that has a legal tour, with the price
    of a head in points. ``most`` bounds each kind's number.
    """

    kinds: tuple[Kind, ...]
    priced: Priced
    problem: Problem
    first: Ints
    most: tuple[int, ...]
    profile: Mapping[int, Profile]

    def team(self, heads: Sequence[int]) -> Problem:
        """The problem of rostering exactly ``heads`` agents of each kind."""
        return self._with(self._some(k, 0, count, optional=False) for k, count in enumerate(heads))

    def choice(self, most: Sequence[int] | None = None) -> Problem:
        """The problem of choosing each kind's number, from its fewest up to ``most``, and rostering them."""
        bounds = self.most if most is None else most
        fewest = [kind.fewest for kind in self.kinds]
        obliged = [self._some(k, 0, few, optional=False) for k, few in enumerate(fewest)]
        free = [
            self._some(k, few, bound, optional=True) for k, (few, bound) in enumerate(zip(fewest, bounds, strict=True))
        ]
        return self._with([*obliged, *free])

    def kind_of(self, agent: int) -> int:
        """The kind of one of the team's workers."""
        return int(np.searchsorted(self.first, agent, side="right")) - 1

    def heads(self, problem: Problem, tours: Tours) -> list[int]:
        """How many agents of each kind ``tours`` employ."""
        optional = {agent for profile in problem.profiles if profile.optional for agent in profile.agents}
        count = [0] * len(self.kinds)
        for agent, tour in tours.items():
            count[self.kind_of(agent)] += bool(tour.duties) or agent not in optional
        return count

    def moved(self, tours: Iterable[tuple[int, Tour]], problem: Problem) -> Tours:
        """``tours`` of kinds as those of the agents of ``problem``; optional ones without any are not employed."""
        waiting: dict[int, list[Tour]] = {}
        for kind, tour in tours:
            if tour.duties:
                waiting.setdefault(kind, []).append(tour)
        placed: Tours = {}
        for profile in problem.profiles:
            for agent in profile.agents:
                own = waiting.get(self.kind_of(agent))
                if own:
                    placed[agent] = own.pop()
                elif profile.optional:
                    placed[agent] = NOT_EMPLOYED
        return placed

    def _with(self, profiles: Iterable[Profile | None]) -> Problem:
        return replace(self.problem, profiles=tuple(profile for profile in profiles if profile is not None))

    def _some(self, kind: int, low: int, high: int, *, optional: bool) -> Profile | None:
        if kind not in self.profile or high <= low:
            return None
        agents = range(int(self.first[kind]) + low, int(self.first[kind]) + high)
        return replace(self.profile[kind], agents=tuple(agents), optional=optional)


def candidates_of(kinds: Sequence[Kind], requirement: pd.DataFrame, centre: Centre, period: Period) -> Candidates:
    """Candidates of ``kinds`` for ``requirement`` over ``period``, everyone fresh and always available.

    Raises:
        InputError: a queue of the requirement is unknown.
    """
    own = priced(centre, kinds)
    problem = problem_of(requirement, own.centre, People(tuple(_agent(kind, 0) for kind in kinds)), period)
    weeks = period.days / WEEK_DAYS
    profile = {
        at: replace(alike, constant=alike.constant + kinds[at].head_week * weeks / own.point)
        for alike in problem.profiles
        for at in alike.agents
    }
    most = tuple(_most(kind, problem, weeks) for kind in kinds)
    places = [max(bound, kind.now) for kind, bound in zip(kinds, most, strict=True)]
    first = np.concatenate([[0], np.cumsum(places)]).astype(np.int64)
    workers = tuple(
        replace(worker, agent=_agent(kind, number))
        for worker, kind, count in zip(problem.team.workers, kinds, places, strict=True)
        for number in range(count)
    )
    team = replace(problem.team, workers=workers)
    rows = rows_of([row for rule in team_rules(problem.centre) for row in rule.rows(team)], len(team.pools))
    return Candidates(tuple(kinds), own, replace(problem, team=team, rows=rows, profiles=()), first, most, profile)


def _agent(kind: Kind, number: int) -> Agent:
    """One candidate. His pay is his kind's, so the role that team rules may ask for is told as his team."""
    return Agent(
        id=f"{kind.id} {number + 1}",
        name=kind.id,
        team=kind.role,
        site=kind.site,
        contract=kind.contract,
        skills=kind.skills,
        grade=kind.id,
    )


def _most(kind: Kind, problem: Problem, weeks: float) -> int:
    """The kind's most, or else more of them than its queues could keep busy."""
    if kind.most is not None:
        return max(kind.most, kind.fewest)
    served = [at for at, queue in enumerate(problem.centre.queues) if queue.id in kind.skills]
    need = problem.demand[served].sum(axis=0)
    hours = float(need.sum()) * SLOT_MIN / 60
    peak = float((need / problem.cells.width).max(initial=0.0))
    own = problem.centre.contract(kind.contract).most_hours * weeks
    weakest = min(kind.skills.values(), default=1.0)
    return max(ceil(max(AMPLE * hours / own, AMPLE * peak) / weakest), kind.fewest, kind.now if hours else 0)
