"""The team: agents in pools of one site and skill set, and how many of each pool are on the floor in every slot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scheduling.horizon import Horizon
from scheduling.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.shift import SLOT_MIN
from wfm.tables.roster import WORK


@dataclass(frozen=True, order=True)
class Pool:
    """Agents of one site who serve the same queues: to the team's needs they are one another's like."""

    site: str
    skill_set: str

    @property
    def queues(self) -> frozenset[str]:
        """The queues served."""
        return frozenset(self.skill_set.split("+")) if self.skill_set else frozenset()


@dataclass(frozen=True)
class Team:
    """Everyone over a horizon. ``pools`` are sorted; ``zone`` is the zone of the centre's reports."""

    horizon: Horizon
    zone: str
    workers: tuple[Worker, ...]
    pools: tuple[Pool, ...]
    pool_index: Mapping[Pool, int] = field(repr=False)

    def pool_of(self, worker: Worker) -> int:
        """Position of a worker's pool."""
        return self.pool_index[Pool(worker.agent.site, worker.agent.skill_set)]

    def headcount(self, site: str) -> int:
        """Agents of a site."""
        return sum(worker.agent.site == site for worker in self.workers)

    def in_period(self, zone: str) -> np.ndarray:
        """Which slots belong to the period's local days in ``zone``."""
        borders = self.horizon.midnights(zone) // SLOT_MIN
        slots = np.arange(self.horizon.slots)
        return np.asarray((slots >= borders[0]) & (slots < borders[-1]))

    def slot_name(self, slot: int) -> str:
        """``on Tuesday 24 November at 14:15``, on the clock of the centre."""
        local = self.horizon.instants([slot * SLOT_MIN])[0].tz_convert(self.zone)
        return f"on {local:%A} {local.day} {local:%B} at {local:%H:%M}"

    def presence(self, roster: pd.DataFrame) -> np.ndarray:
        """Agents on the floor by pool and slot, from the work segments of a roster; a part of a slot is a fraction.

        A segment's own ``skill_set`` says what it serves; where it has none, the agent's skills do. Work of pools that
        are none of the team's is left out.
        """
        work = roster[(roster["activity"] == WORK) & roster["agent"].isin({worker.id for worker in self.workers})]
        agents = {worker.id: worker.agent for worker in self.workers}
        rows = [
            self.pool_index.get(Pool(agents[agent].site, _label(skill_set) or agents[agent].skill_set), -1)
            for agent, skill_set in zip(work["agent"], work["skill_set"], strict=True)
        ]
        starts = self.horizon.minutes(pd.DatetimeIndex(work["start"]))
        ends = self.horizon.minutes(pd.DatetimeIndex(work["end"]))
        return spread(np.asarray(rows, dtype=np.int64), starts, ends, (len(self.pools), self.horizon.slots), SLOT_MIN)


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


def team_of(centre: Centre, horizon: Horizon, workers: Iterable[Worker], rosters: Iterable[pd.DataFrame] = ()) -> Team:
    """The team of ``workers``, with the pools that ``rosters`` name besides their own."""
    staff = tuple(workers)
    pools = {Pool(worker.agent.site, worker.agent.skill_set) for worker in staff}
    site = {worker.id: worker.agent.site for worker in staff}
    for roster in rosters:
        work = roster[roster["activity"] == WORK]
        named = set(zip(work["agent"], work["skill_set"].map(_label), strict=True))
        pools |= {Pool(site[agent], label) for agent, label in named if agent in site and label}
    ordered = tuple(sorted(pools))
    return Team(horizon, centre.zone, staff, ordered, {pool: at for at, pool in enumerate(ordered)})


def _label(skill_set: object) -> str:
    """A skill set's label in one order of its queues; empty where there is none."""
    return "+".join(sorted(part.strip() for part in skill_set.split("+"))) if isinstance(skill_set, str) else ""
