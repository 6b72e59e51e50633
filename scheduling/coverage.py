"""Coverage: what a roster gives each queue and interval, a shared agent counted once."""

from __future__ import annotations

from math import gcd

import numpy as np
import pandas as pd

from scheduling.problem.cover import shared_out
from scheduling.problem.demand import demand_of, required_agents
from scheduling.rules.catalogue import team_rules
from scheduling.staff.horizon import Horizon, horizon_of
from scheduling.staff.team import Team, proficiency, spread, team_of
from scheduling.staff.worker import workers_of
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.policy.shift import SLOT_MIN
from wfm.queueing.erlang_a import service_level_a
from wfm.queueing.erlang_c import SECONDS_PER_HOUR, service_level
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import COVERAGE, WORK
from wfm.time.week import Period
from wfm.time.zones import local_day


def coverage(roster: pd.DataFrame, requirement: pd.DataFrame, centre: Centre, people: People) -> pd.DataFrame:
    """The coverage table of any roster: a row for every row of the requirement.

    In every slot agents are shared out so that as much need as possible is met (a maximum flow from skill sets to
    queues); those left over count for their queues in proportion to the need, or evenly where there is none. An
    interval's ``scheduled`` is the mean over its slots; an agent of a proficiency below 1 counts for what he delivers.
    ``service_level`` is that of ``scheduled`` after unplanned shrinkage, by Erlang A where the queue's patience is
    known, else C, at its default handling time; missing for deferred queues and where no load is known.

    Raises:
        TableError: the requirement breaks its contract.
        InputError: a queue that the policy does not know.
    """
    requirement = REQUIREMENT.check(requirement)
    if requirement.empty:
        return COVERAGE.empty()
    period = _period(requirement, centre)
    horizon = horizon_of(period, [centre.zone, *(centre.zone_of(queue.id) for queue in centre.queues)])
    team = team_of(centre, horizon, workers_of(centre, people, horizon), team_rules(centre), [roster])
    step = gcd(SLOT_MIN, *(queue.interval_min for queue in centre.queues))
    scheduled = _scheduled(roster, demand_of(requirement, centre, horizon, step), team, centre, step)
    return COVERAGE.check(_table(requirement, scheduled, horizon, centre, step))


def _period(requirement: pd.DataFrame, centre: Centre) -> Period:
    """The local days that hold every row of the requirement."""
    days = [
        local_day(rows["interval_start"], centre.zone_of(str(queue))) for queue, rows in requirement.groupby("queue")
    ]
    first, last = min(d.min() for d in days), max(d.max() for d in days)
    return Period(first.date(), int((last - first).days) + 1)


def _scheduled(roster: pd.DataFrame, demand: np.ndarray, team: Team, centre: Centre, step: int) -> np.ndarray:
    """Agents by queue and step of ``step`` minutes."""
    sets = sorted({pool.skill_set for pool in team.pools})
    ids = [queue.id for queue in centre.queues]
    serves = np.array([[queue in label.split("+") for queue in ids] for label in sets], dtype=bool)
    presence = _presence(roster, team, sets, demand.shape[1], step)
    if not sets:
        return np.zeros_like(demand)
    shared = shared_out(presence, demand, serves)
    idle = presence - shared.sum(axis=1)
    weight = serves[:, :, None] * (demand[None] + 1e-9)
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-300)
    return np.asarray((shared + idle[:, None] * weight).sum(axis=0))


def _presence(roster: pd.DataFrame, team: Team, sets: list[str], steps: int, step: int) -> np.ndarray:
    work = roster[(roster["activity"] == WORK) & roster["agent"].isin([worker.id for worker in team.workers])]
    agents = {worker.id: worker.agent for worker in team.workers}
    labels = [
        "+".join(sorted(label.split("+"))) if isinstance(label, str) and label else agents[agent].skill_set
        for agent, label in zip(work["agent"], work["skill_set"], strict=True)
    ]
    rows = np.array([sets.index(label) if label in sets else -1 for label in labels], dtype=np.int64)
    starts, ends = (team.horizon.minutes(pd.DatetimeIndex(work[column])) for column in ("start", "end"))
    delivers = np.array([proficiency(agents[agent], label) for agent, label in zip(work["agent"], labels, strict=True)])
    shape, out = (len(sets), steps), np.zeros((len(sets), steps))
    for level in np.unique(delivers):
        own = delivers == level
        out += spread(rows[own], starts[own], ends[own], shape, step, float(level))
    return out


def _table(
    requirement: pd.DataFrame, scheduled: np.ndarray, horizon: Horizon, centre: Centre, step: int
) -> pd.DataFrame:
    row = {queue.id: at for at, queue in enumerate(centre.queues)}
    queues = requirement["queue"].map(row).to_numpy(np.int64)
    width = requirement["queue"].map({queue.id: queue.interval_min for queue in centre.queues}).to_numpy(np.int64)
    total = np.concatenate([np.zeros((len(row), 1)), np.cumsum(scheduled, axis=1)], axis=1)
    first = horizon.minutes(pd.DatetimeIndex(requirement["interval_start"])) // step
    count = width // step
    agents = ((total[queues, first + count] - total[queues, first]) / count).clip(0.0).round(9)
    required = required_agents(requirement)
    return pd.DataFrame(
        {
            "queue": requirement["queue"],
            "interval_start": requirement["interval_start"],
            "required": required,
            "scheduled": agents,
            "gap": agents - required,
            "service_level": _service_level(requirement, agents, centre),
        }
    )


def _service_level(requirement: pd.DataFrame, agents: np.ndarray, centre: Centre) -> np.ndarray:
    queues = [centre.queue(queue) for queue in requirement["queue"]]
    load = requirement["offered_load"].to_numpy(float)
    known = ~np.isnan(load) & ~np.array([queue.deferred for queue in queues])
    on_floor = agents * (1 - centre.shrinkage.unplanned)
    threshold = np.array([queue.target.threshold_s for queue in queues])
    aht = np.array([queue.default_aht_s for queue in queues])
    patience = np.array([queue.staffed_patience_s or np.nan for queue in queues])
    level = np.asarray(service_level(np.where(known, load, 0.0), on_floor, threshold, aht))
    gives_up = known & ~np.isnan(patience)
    rate_per_h = load[gives_up] * SECONDS_PER_HOUR / aht[gives_up]
    level[gives_up] = service_level_a(
        rate_per_h, aht[gives_up], on_floor[gives_up], threshold[gives_up], patience[gives_up]
    )
    return np.where(known, level, np.nan)
