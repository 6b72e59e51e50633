"""The rostering problem: everything that is given, cross-references checked once, lookups derived once.

One agent's rules are in his profile's graph; what ties the agents together is the cover of queues and the team's rows.
The objective is, in points::

    understaffing * (need - met) + overstaffing * (present - met)      summed over quarter-hours
    outside_opening * present           instead of overstaffing while none of an agent's queues is open
    + soft bounds and wishes of every tour + price * excess of every team row
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduling.atlas import Atlas, fixed_days, may_work
from scheduling.demand import demand_of
from scheduling.given import day_of, worked
from scheduling.graph import Floats
from scheduling.horizon import Horizon, horizon_of
from scheduling.reasons import Unplaceable, why_unplaceable
from scheduling.rules.catalogue import agent_rules, team_rules
from scheduling.rules.rule import TeamRow
from scheduling.team import Team, team_of
from scheduling.tour import Profile
from scheduling.worker import workers_of
from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.days import queue_open_minutes
from wfm.policy.people import People
from wfm.policy.shift import SLOT_MIN
from wfm.tables.roster import ABSENCES, ROSTER
from wfm.time.week import Period


@dataclass(frozen=True, eq=False)
class Rows:
    """Team rows as arrays: ``pools`` (rows, pools), ``sign`` 1 for at least and -1 for at most."""

    slot: NDArray[np.int64]
    pools: Floats
    sign: Floats
    limit: Floats
    price: Floats


@dataclass(frozen=True, eq=False)
class Problem:
    """Given data. Sets are distinct skill sets; ``set_of_pool`` maps pools to them.

    Attributes:
        demand: agents needed, (queues, slots); ``serves``: (sets, queues).
        scope: (sets, slots), whether idle agents there are overstaffing: not past the period's end.
        given: (pools, slots), agents on the floor by locked shifts and by last week's night shifts.
        closed: (sets, slots), whether none of the set's queues is open or in need.
        understaffing, overstaffing, outside_opening: points an agent and slot.
        profiles: agents by likeness; those without any legal tour are in none.
        unplaceable: why some agents have no legal period, or no shift.
    """

    centre: Centre
    horizon: Horizon
    team: Team
    atlas: Atlas
    demand: Floats
    sets: tuple[str, ...]
    set_of_pool: NDArray[np.int64]
    serves: NDArray[np.bool_]
    scope: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    given: Floats
    rows: Rows
    understaffing: float
    overstaffing: float
    outside_opening: float
    profiles: tuple[Profile, ...]
    unplaceable: tuple[Unplaceable, ...]
    locked: pd.DataFrame

    @property
    def isolated(self) -> NDArray[np.bool_]:
        """Queues whose agents serve nothing else: what a slot costs depends on a whole number of agents."""
        alone = self.serves.sum(axis=1) == 1
        return np.asarray(self.serves.any(axis=0) & ~(self.serves & ~alone[:, None]).any(axis=0))

    @cached_property
    def idle_price(self) -> Floats:
        """Points an agent of a set costs in a slot in which he meets no need, (sets, slots)."""
        return np.where(self.scope, np.where(self.closed, self.outside_opening, self.overstaffing), 0.0)

    def by_set(self, presence: Floats) -> Floats:
        """Presence by skill set, from presence by pool."""
        out = np.zeros((len(self.sets), presence.shape[1]))
        np.add.at(out, self.set_of_pool, presence)
        return out


def problem_of(
    requirement: pd.DataFrame,
    centre: Centre,
    people: People,
    period: Period,
    previous: pd.DataFrame | None = None,
    locked: pd.DataFrame | None = None,
) -> Problem:
    """The problem of rostering ``people`` over ``period``.

    ``previous`` is the roster before the period; ``locked`` holds segments whose agent and day stay as they are.

    Raises:
        InputError: a queue of the requirement or an agent of ``locked`` is unknown.
    """
    horizon = horizon_of(period, [site.zone for site in centre.sites], centre.centre.week_starts)
    workers = workers_of(centre, people, horizon, previous)
    kept = _within(locked, horizon)
    _refuse_unknown_agents(kept, {worker.id for worker in workers})
    before = _before(previous, horizon)
    team = team_of(centre, horizon, workers, [before, kept])
    fixed = fixed_days(worked(kept, workers, horizon), _absent(kept, horizon))
    atlas = Atlas(centre, horizon, agent_rules(centre), fixed)
    profiles, unplaceable = _profiles(atlas, team)
    demand = demand_of(requirement, centre, horizon)
    sets = tuple(sorted({pool.skill_set for pool in team.pools}))
    ids = [queue.id for queue in centre.queues]
    serves = np.array([[queue in label.split("+") for queue in ids] for label in sets], dtype=bool)
    serves = serves.reshape(len(sets), len(ids))
    starts = horizon.slot_starts()
    at_work = (demand > 0) | np.array([queue_open_minutes(starts, centre, queue, SLOT_MIN) > 0 for queue in ids])
    in_period = np.array([team.in_period(centre.zone_of(queue)) for queue in ids])
    return Problem(
        centre=centre,
        horizon=horizon,
        team=team,
        atlas=atlas,
        demand=demand,
        sets=sets,
        set_of_pool=np.array([sets.index(pool.skill_set) for pool in team.pools], dtype=np.int64),
        serves=serves,
        scope=(serves.astype(int) @ in_period.astype(int)) > 0,
        closed=(serves.astype(int) @ at_work.astype(int)) == 0,
        given=team.presence(pd.concat([before, kept])) if len(before) + len(kept) else _nobody(team),
        rows=rows_of([row for rule in team_rules(centre) for row in rule.rows(team)], len(team.pools)),
        understaffing=centre.prices.understaffing * SLOT_MIN / 60,
        overstaffing=centre.prices.overstaffing * SLOT_MIN / 60,
        outside_opening=centre.prices.outside_opening * SLOT_MIN / 60,
        profiles=profiles,
        unplaceable=unplaceable,
        locked=kept,
    )


def rows_of(rows: list[TeamRow], pools: int) -> Rows:
    """Team rows as arrays."""
    return Rows(
        slot=np.array([row.slot for row in rows], dtype=np.int64),
        pools=np.array([row.pools for row in rows], dtype=float).reshape(len(rows), pools),
        sign=np.array([1.0 if row.at_least else -1.0 for row in rows]),
        limit=np.array([row.limit for row in rows], dtype=float),
        price=np.array([row.price for row in rows], dtype=float),
    )


def _profiles(atlas: Atlas, team: Team) -> tuple[tuple[Profile, ...], tuple[Unplaceable, ...]]:
    """Agents by likeness, and those who can't be placed; of agents who are alike one answers for all."""
    atlas.prepare(team.workers)
    alike: dict[tuple[object, ...], Profile] = {}
    unplaceable = []
    for at, worker in enumerate(team.workers):
        profile = atlas.profile(worker, atlas.rules, team.pool_of(worker), at)
        if profile is not None and (known := alike.get(_likeness(profile))) is not None and may_work(known):
            alike[_likeness(profile)] = replace(known, agents=(*known.agents, at))
            continue
        reason = why_unplaceable(atlas, worker, profile)
        if reason is not None:
            unplaceable.append(reason)
        if profile is not None and not (reason is not None and reason.illegal):
            known = alike.get(_likeness(profile), replace(profile, agents=()))
            alike[_likeness(profile)] = replace(known, agents=(*known.agents, at))
    return tuple(alike.values()), tuple(unplaceable)


def _likeness(profile: Profile) -> tuple[object, ...]:
    return id(profile.graph), id(profile.menu), profile.node, profile.pool, profile.duty_toll.tobytes()


def _within(roster: pd.DataFrame | None, horizon: Horizon) -> pd.DataFrame:
    """The locked segments of the period."""
    if roster is None or roster.empty:
        return ROSTER.empty()
    day = day_of(roster["work_date"], horizon)
    kept = (day >= 0) & (day < horizon.period.days)
    return roster[kept & roster["locked"].to_numpy(bool)] if "locked" in roster else roster[kept]


def _before(roster: pd.DataFrame | None, horizon: Horizon) -> pd.DataFrame:
    return ROSTER.empty() if roster is None or roster.empty else roster[day_of(roster["work_date"], horizon) < 0]


def _nobody(team: Team) -> Floats:
    return np.zeros((len(team.pools), team.horizon.slots))


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
