"""The rostering problem: everything that is given, cross-references checked once, lookups derived once.

One agent's rules are in his profile's graph; what ties the agents together is the cover of queues and the team's rows.
The objective is, in points::

    price of every step of need not met  +  overstaffing * (present - met)      summed over cells of the floor
    outside_opening * present           instead of overstaffing while none of an agent's queues is open
    + soft bounds and wishes of every tour + price * excess of every team row
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.costs.catalogue import charged_rules
from scheduling.costs.weights import weighed
from scheduling.person.atlas import Atlas, fixed_days
from scheduling.person.profile import Profile
from scheduling.person.reasons import Unplaceable, why_unplaceable
from scheduling.problem.cells import MOST_SLOTS, Cells, cells_of
from scheduling.problem.demand import demand_of
from scheduling.problem.needs import Layer, Needs, idle_of, layers_of, needs_of
from scheduling.problem.rows import Rows, rows_of
from scheduling.rules.catalogue import agent_rules, team_rules
from scheduling.staff.given import Worked, day_of, worked
from scheduling.staff.horizon import Horizon, horizon_of
from scheduling.staff.team import Team, team_of
from scheduling.staff.worker import Worker, workers_of
from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.days import queue_open_minutes
from wfm.policy.people import People
from wfm.policy.shift import SLOT_MIN
from wfm.policy.shift_demand import with_shift_demand
from wfm.tables.roster import ABSENCES, ROSTER
from wfm.time.week import Period


@dataclass(frozen=True, eq=False)
class Problem:
    """Given data. Sets are distinct skill sets; ``set_of_pool`` maps pools to them.

    Amounts of work are in agent-quarters a cell: an agent present in a whole half-hour cell is two of them.

    Attributes:
        cells: the stretches in which cover is counted.
        needs: what the queues need, in steps; ``serves``: (sets, queues).
        scope: (sets, cells), whether idle agents there are overstaffing: not past the period's end.
        given: (pools, width), agents on the floor by locked shifts and by last week's night shifts.
        closed: (sets, cells), whether none of the set's queues is open or in need.
        over: points of an idle agent-quarter while a queue of his is open, by cell.
        outside_opening: points of an agent-quarter while none is.
        profiles: agents by likeness; those without any legal tour are in none.
        unplaceable: why some agents have no legal period, or no shift.
    """

    centre: Centre
    horizon: Horizon
    team: Team
    atlas: Atlas
    cells: Cells
    needs: Needs
    sets: tuple[str, ...]
    set_of_pool: Ints
    serves: NDArray[np.bool_]
    scope: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    given: Floats
    rows: Rows
    over: Floats
    outside_opening: float
    profiles: tuple[Profile, ...]
    unplaceable: tuple[Unplaceable, ...]
    locked: pd.DataFrame

    @cached_property
    def proficiency(self) -> Floats:
        """Agents that one of each pool delivers."""
        return np.array([pool.proficiency for pool in self.team.pools], dtype=float)

    @cached_property
    def whole(self) -> NDArray[np.bool_]:
        """Skill sets whose agents deliver one agent each."""
        part = self.set_of_pool[self.proficiency < 1.0]
        return ~np.isin(np.arange(len(self.sets)), part)

    @cached_property
    def isolated(self) -> NDArray[np.bool_]:
        """Queues whose agents serve nothing else: what a cell costs depends on a whole number of agent-quarters."""
        alone = self.serves.sum(axis=1) == 1
        alone &= self.whole
        return np.asarray(self.serves.any(axis=0) & ~(self.serves & ~alone[:, None]).any(axis=0))

    @property
    def understaffing(self) -> float:
        """Points of the dearest agent-quarter missing."""
        return float(self.needs.price.max(initial=0.0))

    @property
    def overstaffing(self) -> float:
        """Points of the dearest idle agent-quarter while a queue of his is open."""
        return float(self.over.max(initial=0.0))

    @property
    def scale(self) -> float:
        """Points that tell one roster from another: of an agent-quarter short and one idle, or of the dearest team row
        where no queue needs anybody and idleness is free."""
        cover = self.understaffing + self.overstaffing
        return cover if cover > 0 else float(self.rows.price.max(initial=0.0)) or 1.0

    @cached_property
    def demand(self) -> Floats:
        """Agent-quarters needed, (queues, cells)."""
        return self.needs.demand(len(self.serves.T))

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The needs by level of price."""
        return layers_of(self.needs, len(self.serves.T), self.over)

    @cached_property
    def idle_price(self) -> Floats:
        """Points an agent-quarter of a set costs in a cell in which it meets no need, (sets, cells)."""
        return np.where(self.scope, np.where(self.closed, self.outside_opening, self.over), 0.0)

    def by_set(self, presence: Floats) -> Floats:
        """Agent-quarters by skill set and cell, from presence by pool and slot (marks behind the slots).

        An agent counts for what he delivers.
        """
        out = np.zeros((len(self.sets), self.cells.count))
        np.add.at(out, self.set_of_pool, self.proficiency[:, None] * self.cells.total(presence))
        return out


def problem_of(
    requirement: pd.DataFrame,
    centre: Centre,
    people: People,
    period: Period,
    previous: pd.DataFrame | None = None,
    locked: pd.DataFrame | None = None,
    shift_demand: pd.DataFrame | None = None,
    draft: pd.DataFrame | None = None,
) -> Problem:
    """The problem of rostering ``people`` over ``period``.

    ``previous`` is the roster before the period; ``locked`` holds segments whose agent and day stay as they are;
    ``shift_demand`` (contract SHIFT_DEMAND) is how many agents each shift of each day shall have;
    ``draft`` is the last version of the same period, changes against which cost points.

    Raises:
        InputError: a queue of the requirement, an agent of ``locked`` or a template of ``shift_demand`` is unknown.
    """
    centre = with_shift_demand(centre, shift_demand)
    centre = weighed(centre, {rule.name for rule in team_rules(centre)})
    horizon = horizon_of(period, [site.zone for site in centre.sites], centre.centre.week_starts)
    workers = workers_of(centre, people, horizon, previous)
    kept = _within(locked, horizon)
    _refuse_unknown_agents(kept, {worker.id for worker in workers})
    before = _before(previous, horizon)
    team = team_of(centre, horizon, workers, team_rules(centre), [before, kept])
    fixed = fixed_days(worked(kept, workers, horizon), _absent(kept, horizon))
    needed = demand_of(requirement, centre, horizon)
    rules = charged_rules(agent_rules(centre), centre, workers, horizon, needed.sum(axis=0))
    atlas = Atlas(centre, horizon, rules, fixed, team.marks, _last(draft, workers, horizon))
    profiles, unplaceable = _profiles(atlas, team)
    cells = _cells(requirement, centre, team)
    demand = cells.total(needed)
    sets = tuple(sorted({pool.skill_set for pool in team.pools}))
    ids = [queue.id for queue in centre.queues]
    serves = np.array([[queue in label.split("+") for queue in ids] for label in sets], dtype=bool)
    serves = serves.reshape(len(sets), len(ids))
    starts = horizon.slot_starts()
    is_open = np.array([queue_open_minutes(starts, centre, queue, SLOT_MIN) > 0 for queue in ids], dtype=float)
    at_work = (demand > 0) | (cells.total(is_open) > 0)
    cell_starts = starts[cells.first]
    given = team.presence(pd.concat([before, kept])) if len(before) + len(kept) else _nobody(team)
    in_period = cells.total(np.array([team.in_period(centre.zone_of(queue)) for queue in ids], dtype=float)) > 0
    return Problem(
        centre=centre,
        horizon=horizon,
        team=team,
        atlas=atlas,
        cells=cells,
        needs=needs_of(demand, at_work & in_period, centre, cell_starts, _plenty(workers, given)),
        sets=sets,
        set_of_pool=np.array([sets.index(pool.skill_set) for pool in team.pools], dtype=np.int64),
        serves=serves,
        scope=(serves.astype(int) @ in_period.astype(int)) > 0,
        closed=(serves.astype(int) @ at_work.astype(int)) == 0,
        given=given,
        rows=rows_of([row for rule in team_rules(centre) for row in rule.rows(team)], len(team.pools)),
        over=idle_of(centre, cell_starts),
        outside_opening=centre.prices.outside_opening * SLOT_MIN / 60,
        profiles=profiles,
        unplaceable=unplaceable,
        locked=kept,
    )


def _plenty(workers: Sequence[Worker], given: Floats) -> float:
    """More agent-quarters than a cell can ever have."""
    return float(np.ceil(MOST_SLOTS * (len(workers) + given.sum(axis=0).max(initial=0.0)))) + 1.0


def _cells(requirement: pd.DataFrame, centre: Centre, team: Team) -> Cells:
    """The cells that the queues in need ask for."""
    needed = set(requirement["queue"])
    intervals = [queue.interval_min for queue in centre.queues if queue.id in needed]
    starts = team.horizon.minutes(pd.DatetimeIndex(requirement["interval_start"]))
    return cells_of(starts, intervals, team.horizon.slots, team.width - team.horizon.slots)


def _profiles(atlas: Atlas, team: Team) -> tuple[tuple[Profile, ...], tuple[Unplaceable, ...]]:
    """Agents by likeness, and those who can't be placed; of agents who are alike one answers for all."""
    atlas.prepare(team.workers)
    alike: dict[tuple[object, ...], Profile] = {}
    members: dict[tuple[object, ...], list[int]] = {}
    placed: set[tuple[object, ...]] = set()
    unplaceable = []
    for at, worker in enumerate(team.workers):
        profile = atlas.profile(worker, atlas.rules, team.pool_of(worker), at)
        like = None if profile is None else _likeness(profile)
        if like is None or like not in placed:
            reason = why_unplaceable(atlas, worker, profile)
            if reason is not None:
                unplaceable.append(reason)
            elif like is not None:
                placed.add(like)
            if profile is None or like is None or (reason is not None and reason.illegal):
                continue
            alike.setdefault(like, profile)
        members.setdefault(like, []).append(at)
    profiles = tuple(replace(profile, agents=tuple(members[like])) for like, profile in alike.items())
    return profiles, tuple(unplaceable)


def _likeness(profile: Profile) -> tuple[object, ...]:
    costs = profile.duty_toll.tobytes(), profile.constant
    return id(profile.programme), profile.start, profile.count, profile.pool, *costs


def _within(roster: pd.DataFrame | None, horizon: Horizon) -> pd.DataFrame:
    """The locked segments of the period."""
    if roster is None or roster.empty:
        return ROSTER.empty()
    day = day_of(roster["work_date"], horizon)
    kept = (day >= 0) & (day < horizon.period.days)
    return roster[kept & roster["locked"].to_numpy(bool)] if "locked" in roster else roster[kept]


def _before(roster: pd.DataFrame | None, horizon: Horizon) -> pd.DataFrame:
    return ROSTER.empty() if roster is None or roster.empty else roster[day_of(roster["work_date"], horizon) < 0]


def _last(draft: pd.DataFrame | None, workers: Sequence[Worker], horizon: Horizon) -> dict[str, Worked] | None:
    """The last version's duties of everyone whom it names, absent or not."""
    if draft is None:
        return None
    duties = worked(draft, workers, horizon)
    return {agent: duties.get(agent, {}) for agent in draft["agent"].unique()}


def _nobody(team: Team) -> Floats:
    return np.zeros((len(team.pools), team.width))


def _absent(locked: pd.DataFrame, horizon: Horizon) -> dict[str, set[int]]:
    away = locked[locked["activity"].isin(ABSENCES)]
    found: dict[str, set[int]] = {}
    for agent, day in zip(away["agent"], day_of(away["work_date"], horizon), strict=True):
        found.setdefault(agent, set()).add(int(day))
    return found


def _refuse_unknown_agents(locked: pd.DataFrame, known: set[str]) -> None:
    unknown = sorted(set(locked["agent"]) - known)
    if unknown:
        raise InputError(
            "unknown agent", where="table roster, locked segments, column agent", found=unknown[0],
            expected="an agent of the agents table",
        )  # fmt: skip
