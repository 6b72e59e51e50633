"""The team: agents in pools of like people, how many of each are on the floor in every slot, and on which shifts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
import pandas as pd

from scheduling.staff.given import day_of, present
from scheduling.staff.horizon import Horizon
from scheduling.staff.marks import Marks, marks_of
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.people import Agent
from wfm.policy.shift import SLOT_MIN
from wfm.tables.roster import WORK, shifts


class Counting(Protocol):
    """What a team asks of a team rule: whom it tells apart, and which shifts it counts."""

    def roles(self) -> Iterable[str]:
        """Grades and teams it speaks of."""
        ...

    def templates(self) -> Iterable[str]:
        """Shift templates it speaks of."""
        ...


@dataclass(frozen=True, order=True)
class Pool:
    """Agents of one site who serve the same queues: to the team's needs they are one another's like.

    ``roles`` are those of their grade and team that some team rule speaks of; rules that speak of none split no pool.
    ``proficiency`` is what one of them delivers, in agents: the mean over the queues served, to a twentieth. That is
    exact for who has one proficiency in all of his skills, and an approximation for who is slower at some.
    """

    site: str
    skill_set: str
    roles: tuple[str, ...] = ()
    proficiency: float = 1.0

    @property
    def queues(self) -> frozenset[str]:
        """The queues served."""
        return frozenset(self.skill_set.split("+")) if self.skill_set else frozenset()

    def has(self, queue: str | None, site: str | None, role: str | None) -> bool:
        """Whether the pool serves ``queue``, is at ``site`` and is of ``role``, each where it is named."""
        return (
            (queue is None or queue in self.queues)
            and (site is None or site == self.site)
            and (role is None or role in self.roles)
        )


@dataclass(frozen=True)
class Team:
    """Everyone over a horizon.

    ``pools`` are sorted; ``zone`` is the zone of the centre's reports; ``roles`` are the grades and teams that team
    rules speak of; ``marks`` the columns of presence that count shifts.
    """

    horizon: Horizon
    zone: str
    workers: tuple[Worker, ...]
    pools: tuple[Pool, ...]
    pool_index: Mapping[Pool, int] = field(repr=False)
    roles: frozenset[str]
    marks: Marks

    def pool_of(self, worker: Worker) -> int:
        """Position of a worker's pool."""
        return self.pool_index[_pool(worker.agent, worker.agent.skill_set, self.roles)]

    @property
    def width(self) -> int:
        """Columns of presence: the slots and the marks."""
        return self.marks.width

    def counting(self, *, queue: str | None = None, site: str | None = None, role: str | None = None) -> np.ndarray:
        """1 for pools with the skill of ``queue``, at ``site``, of ``role``, else 0; what is left out any pool has."""
        return np.array([pool.has(queue, site, role) for pool in self.pools], dtype=float)

    def headcount(self, site: str) -> int:
        """Agents of a site."""
        return sum(worker.agent.site == site for worker in self.workers)

    def in_period(self, zone: str) -> np.ndarray:
        """Which slots belong to the period's local days in ``zone``."""
        borders = self.horizon.midnights(zone) // SLOT_MIN
        slots = np.arange(self.horizon.slots)
        return np.asarray((slots >= borders[0]) & (slots < borders[-1]))

    def day_of(self, slot: int) -> int:
        """The day of the period that a slot falls on in the zone of the centre, or that a mark's column is about."""
        if slot >= self.horizon.slots:
            return self.marks.of(slot)[0]
        return int(np.searchsorted(self.horizon.midnights(self.zone), slot * SLOT_MIN, side="right")) - 1

    def slot_name(self, slot: int) -> str:
        """``on Tuesday 24 November at 14:15``, on the clock of the centre; of a mark's column the day alone."""
        if slot >= self.horizon.slots:
            return f"on {self.horizon.day_name(self.day_of(slot))}"
        local = self.horizon.instants([slot * SLOT_MIN])[0].tz_convert(self.zone)
        return f"on {local:%A} {local.day} {local:%B} at {local:%H:%M}"

    def presence(self, roster: pd.DataFrame) -> np.ndarray:
        """Agents on the floor by pool and slot, then shifts by pool and mark: (pools, width).

        A slot holds the share of it that work segments cover. A segment's own ``skill_set`` says what it serves; where
        it has none, the agent's skills do. Work of pools that are none of the team's is left out. A shift is one of its
        agent's own pool, on its work date, by its template.
        """
        work = roster[(roster["activity"] == WORK) & roster["agent"].isin({worker.id for worker in self.workers})]
        agents = {worker.id: worker.agent for worker in self.workers}
        rows = [
            self.pool_index.get(_pool(agents[agent], _label(skill_set) or agents[agent].skill_set, self.roles), -1)
            for agent, skill_set in zip(work["agent"], work["skill_set"], strict=True)
        ]
        starts = self.horizon.minutes(pd.DatetimeIndex(work["start"]))
        ends = self.horizon.minutes(pd.DatetimeIndex(work["end"]))
        shape = (len(self.pools), self.horizon.slots)
        on_floor = spread(np.asarray(rows, dtype=np.int64), starts, ends, shape, SLOT_MIN)
        return np.hstack([on_floor, self._shifts(roster)]) if self.marks.templates else on_floor

    def _shifts(self, roster: pd.DataFrame) -> np.ndarray:
        """Shifts by pool and mark, (pools, marks)."""
        count = np.zeros((len(self.pools), self.width - self.horizon.slots))
        pool = {worker.id: self.pool_of(worker) for worker in self.workers}
        own = present(roster[roster["agent"].isin(list(pool))], self.workers)
        if own.empty or "template" not in own:
            return count
        table = shifts(own)
        day = day_of(table["work_date"], self.horizon)
        counted = table["template"].isin(self.marks.templates).to_numpy() & (day >= 0) & (day < self.marks.days)
        for agent, on, template in zip(table["agent"][counted], day[counted], table["template"][counted], strict=True):
            count[pool[agent], self.marks.column(int(on), template) - self.horizon.slots] += 1
        return count


def spread(
    rows: np.ndarray, starts: np.ndarray, ends: np.ndarray, shape: tuple[int, int], slot_min: int, weight: float = 1.0
) -> np.ndarray:
    """Sum over spans of the share of each slot they cover; ``rows`` below 0 and minutes outside are left out.

    The slope of the running total changes by 1 at a start and by -1 at an end, so two scattered sums do it all.

    >>> spread(np.array([0]), np.array([10]), np.array([45]), (1, 4), 15).round(2).tolist()
    [[0.33, 1.0, 1.0, 0.0]]
    """
    horizon_min = shape[1] * slot_min
    kept = (rows >= 0) & (ends > 0) & (starts < horizon_min)
    rows, starts, ends = rows[kept], np.maximum(starts[kept], 0), np.minimum(ends[kept], horizon_min)
    steps = np.zeros((shape[0], shape[1] + 2))
    for instants, sign in ((starts, weight), (ends, -weight)):
        slot, into = instants // slot_min, (instants % slot_min) / slot_min
        np.add.at(steps, (rows, slot), sign * (1 - into))
        np.add.at(steps, (rows, slot + 1), sign * into)
    return np.cumsum(steps, axis=1)[:, : shape[1]].round(9)


def team_of(
    centre: Centre,
    horizon: Horizon,
    workers: Iterable[Worker],
    rules: Sequence[Counting],
    rosters: Iterable[pd.DataFrame] = (),
) -> Team:
    """The team of ``workers`` as ``rules`` see it, with the pools that ``rosters`` name besides their own."""
    staff = tuple(workers)
    roles = frozenset(role for rule in rules for role in rule.roles())
    marks = marks_of((name for rule in rules for name in rule.templates()), horizon.slots, horizon.period.days)
    pools = {_pool(worker.agent, worker.agent.skill_set, roles) for worker in staff}
    agents = {worker.id: worker.agent for worker in staff}
    for roster in rosters:
        work = roster[roster["activity"] == WORK]
        named = set(zip(work["agent"], work["skill_set"].map(_label), strict=True))
        pools |= {_pool(agents[agent], label, roles) for agent, label in named if agent in agents and label}
    ordered = tuple(sorted(pools))
    index = {pool: at for at, pool in enumerate(ordered)}
    return Team(horizon, centre.zone, staff, ordered, index, roles, marks)


def _pool(agent: Agent, skill_set: str, roles: frozenset[str]) -> Pool:
    """The pool of an agent at work on ``skill_set``."""
    return Pool(agent.site, skill_set, tuple(sorted({agent.grade, agent.team} & roles)), proficiency(agent, skill_set))


@lru_cache(maxsize=4096)
def _mean(levels: tuple[float, ...]) -> float:
    return round(20 * sum(levels) / len(levels)) / 20 if levels else 1.0


def proficiency(agent: Agent, skill_set: str) -> float:
    """What an agent at work on ``skill_set`` delivers, in agents; at least a twentieth."""
    return max(_mean(tuple(agent.skills.get(queue, 1.0) for queue in skill_set.split("+"))), 0.05)


@lru_cache(maxsize=4096)
def _label(skill_set: object) -> str:
    """A skill set's label in one order of its queues; empty where there is none."""
    return "+".join(sorted(part.strip() for part in skill_set.split("+"))) if isinstance(skill_set, str) else ""
