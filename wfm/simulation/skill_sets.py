"""What a crew of several skill sets delivers in a steady state, simulated, and the smallest that keeps its promise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.errors import UsageError
from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.simulation.contacts import draw_contacts
from wfm.simulation.floor import Demand, FloatArray, Floor, Presence, Queues
from wfm.simulation.service import SERVED, serve
from wfm.staffing.crew import Crew, crew_of
from wfm.staffing.pool import SkillSet
from wfm.staffing.pooling import Bounds
from wfm.staffing.traffic import Traffic

WARM_UP = 0.05
"""Share of the run that is left out at its start, when the floor is empty, and at its end, when lines are cut off."""
MOVES = 4
"""Shifts of an agent from the queue with most to spare, before a number of agents counts as too few."""


@dataclass(frozen=True)
class CrewResult:
    """Of k queues: service level (served in time over offered), ASA of those served in seconds, share given up."""

    service_level: FloatArray
    asa_s: FloatArray
    abandonment: FloatArray


@dataclass(frozen=True)
class GainKept:
    """How much of what pooling can save the real skill sets save: ``share`` (0 none, 1 all), from s simulated slots.

    ``agents`` (s,) with the real skill sets, between ``pooled`` and ``separate``; ``slot`` (s,) which slots they were.
    """

    share: float
    slot: NDArray[np.intp]
    separate: NDArray[np.int64]
    agents: NDArray[np.int64]
    pooled: NDArray[np.int64]


def simulate_crew(traffic: Traffic, crew: Crew, *, contacts: int = 100_000, seed: int = 0) -> CrewResult:
    """Run one slot's traffic before a crew until some ``contacts`` have come; the same seed, the same contacts.

    Routing is that of ``wfm.simulation.service``: the agent idle longest among those with the skill, and for an agent
    the most urgent queue, then the longest waiting. Handling times are exponential. A queue without contacts has
    service level 1.

    Args:
        traffic: of one slot; only that is read.

    Raises:
        UsageError: no contacts come.
    """
    rate, aht = traffic.rate_per_h[0], traffic.aht_s[0]
    if not rate.sum() > 0 or contacts < 1:
        raise UsageError("nothing to simulate", found=f"{rate.sum():g} contacts an hour", expected="more than 0")
    horizon_s = contacts / rate.sum() * SECONDS_PER_HOUR
    floor = Floor(_demand(rate, aht, horizon_s), _queues(traffic), _presence(crew, horizon_s), horizon_s)
    drawn = draw_contacts(floor, np.random.default_rng(seed))
    service = serve(floor, drawn)
    counted = (drawn.arrived_s > WARM_UP * horizon_s) & (drawn.arrived_s < (1 - WARM_UP) * horizon_s)
    queue, waited = drawn.queue[counted], service.waited_s[counted]
    served = service.outcome[counted] == SERVED
    in_time = served & (waited <= np.nan_to_num(traffic.targets.threshold_s[0])[queue])
    came, answered, good, wait = (
        np.bincount(queue, weight, minlength=len(rate))
        for weight in (np.ones(len(queue)), served, in_time, served * waited)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.where(came > 0, good / came, 1.0)
        return CrewResult(
            level, np.where(answered > 0, wait / answered, 0.0), np.where(came > 0, 1 - answered / came, 0.0)
        )


def least_crew(
    traffic: Traffic, share: Mapping[SkillSet, float], found: Bounds, *, contacts: int = 100_000, seed: int = 0
) -> int:
    """The fewest agents of one slot, by bisection, with which every queue meets its service level, ASA and abandonment.

    The crew is ``crew_of`` the skill sets' shares, its agents of a single queue shifted to where most is missing. The
    answer lies between the bounds of the slot: all agents together are the least, and with as many as separate teams
    have, everybody could also sit apart. Without agents of several skills it is the latter, unsimulated.

    Args:
        traffic, found: of one slot.
        share: share of the workforce by the queues served.
    """
    low, high = int(found.pooled[0]), int(found.separate[0])
    needs = found.by_queue[0].astype(np.float64)
    if not any(len(skills) > 1 and part > 0 for skills, part in share.items()):
        return high
    while low < high:
        middle = (low + high) // 2
        crew = crew_of(middle, traffic.queues, needs, share)
        if _can_keep(traffic, crew, contacts=contacts, seed=seed):
            high = middle
        else:
            low = middle + 1
    return high


def gain_kept(
    traffic: Traffic,
    share: Mapping[SkillSet, float],
    found: Bounds,
    *,
    slots: int = 8,
    contacts: int = 100_000,
    seed: int = 0,
) -> GainKept:
    """What share of the gain of pooling some skill sets keep: between 0, nobody serves two queues, and 1.

    Simulated at ``slots`` slots that stand for equal parts of the whole gain, from the least to the greatest load; in
    a slot whose gain is one agent the answer is all or nothing, but not on average.

    Args:
        share: share of the workforce by the queues served.
        found: the bounds of the traffic.
    """
    gain = found.separate - found.pooled
    chosen = np.zeros(0, dtype=np.intp)
    if gain.any():
        by_load = np.argsort(traffic.load.sum(axis=1), kind="stable")
        reached = np.cumsum(gain[by_load]) / gain.sum()
        chosen = np.unique(by_load[np.searchsorted(reached, (np.arange(slots) + 0.5) / slots)])
    fewest = [
        least_crew(traffic.at(one), share, found.at(one), contacts=contacts, seed=seed) for one in chosen[:, np.newaxis]
    ]
    agents = np.array(fewest, dtype=np.int64)
    separate, pooled = found.separate[chosen], found.pooled[chosen]
    kept = float((separate - agents).sum() / (separate - pooled).sum()) if len(chosen) else 0.0
    return GainKept(kept, chosen, separate, agents, pooled)


def _can_keep(traffic: Traffic, crew: Crew, *, contacts: int, seed: int) -> bool:
    """Whether the crew keeps every promise, as it is or after agents of a single queue went where most is missing."""
    worst = -np.inf
    for _ in range(MOVES + 1):
        spare = _spare(traffic, simulate_crew(traffic, crew, contacts=contacts, seed=seed))
        if spare.min() >= 0:
            return True
        givers = np.where(crew.single > 0, spare, -np.inf)
        taker, giver = int(spare.argmin()), int(givers.argmax())
        if spare[taker] <= worst or givers[giver] <= 0:
            return False
        worst = spare[taker]
        crew = crew.moved(giver, taker)
    return False


def _spare(traffic: Traffic, result: CrewResult) -> FloatArray:
    """By how much (k,) each queue exceeds its promises; below 0 where it breaks one, infinite where it has none."""
    asked = traffic.rate_per_h[0] > 0
    targets = traffic.targets.at(np.array([0]))
    spare = [
        result.service_level - targets.service_level[0],
        1 - result.asa_s / targets.asa_s[0],
        targets.max_abandonment[0] - result.abandonment,
    ]
    return np.where(asked, np.nan_to_num(spare, nan=np.inf).min(axis=0), np.inf)


def _demand(rate: FloatArray, aht: FloatArray, horizon_s: float) -> Demand:
    k = len(rate)
    return Demand(
        queue=np.arange(k),
        start_s=np.zeros(k),
        end_s=np.full(k, horizon_s),
        mean=rate * horizon_s / SECONDS_PER_HOUR,
        aht_s=np.array(aht),
        day=np.zeros(k, dtype=np.int64),
        gone_s=np.full(k, np.inf),
    )


def _queues(traffic: Traffic) -> Queues:
    patience = traffic.patience_s if traffic.gives_up else np.full_like(traffic.patience_s, np.inf)
    return Queues(
        names=traffic.queues,
        threshold_s=np.nan_to_num(traffic.targets.threshold_s[0]),
        priority=traffic.priority,
        patience_s=patience,
        deadline_s=np.full(len(traffic.queues), np.nan),
        handle_time="exponential",
    )


def _presence(crew: Crew, horizon_s: float) -> Presence:
    everyone = Presence.constant(int(crew.count.sum()), horizon_s)
    speed = np.repeat(crew.serves, crew.count, axis=0).astype(np.float64)
    return Presence(everyone.names, everyone.agent, everyone.start_s, everyone.end_s, speed, everyone.shift)
