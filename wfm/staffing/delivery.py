"""A queue followed through its days: the agents that keep a promise there, and what given agents deliver."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray
from wfm.staffing.steady import Stream, needed
from wfm.staffing.targets import Targets
from wfm.staffing.timeline import Timeline

STEP_S = 60.0
"""Longest step of the numerical solution: with it service levels are within 0.0002 of the exact ones at handling times
from 120 to 1200 seconds."""

STEPS = 6
"""At least so many steps an interval."""

TURNS = 8
CLOSE = 1e-3
"""How often redials and what causes them are brought together, and how close is enough."""

ROUNDING = 1e-6
"""A number of agents this close to a whole one is that."""

STATES_SPREAD = 20.0
"""While agents are sought, there is room for so many square roots of the load beyond it."""


def agents_by_course(
    stream: Stream, timeline: Timeline, level: FloatArray, threshold_s: FloatArray, least: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The least agents (n,), not below ``least`` (n,), whose service level keeps ``level`` in every interval.

    Exact for the time-dependent queue, each interval given how those before it were staffed; the first of a queue that
    was open before is staffed and found as in the steady state. Without contacts, where
    ``level`` is NaN, and while closed, ``least`` is kept. Redials are those that the agents found before would cause;
    where these swing to and fro the most of the agents found are kept.
    """
    attempts = stream.first_calls()
    agents = _agents_for(attempts, timeline, level, threshold_s, least)
    if stream.model != "erlang_x":
        return agents
    for turn in range(TURNS):
        attempts, moved = _redialled(stream, attempts, timeline, threshold_s, agents.astype(float))
        found = _agents_for(attempts, timeline, level, threshold_s, least)
        if moved <= CLOSE and (found == agents).all():
            break
        agents = found if turn < TURNS / 2 else np.maximum(agents, found)
    return agents


def _agents_for(
    stream: Stream, timeline: Timeline, level: FloatArray, threshold_s: FloatArray, least: NDArray[np.int64]
) -> NDArray[np.int64]:
    from wfm.queueing.transient import staffed_course

    at = timeline.rows
    agents = least.copy()
    if at.size == 0:
        return agents
    rate, aht_s = stream.rate_per_h[at] / SECONDS_PER_HOUR, stream.aht_s[at]
    if rate[0] > 0 and not timeline.empty_before[0]:
        first = Targets.of_level(level[at[:1]], threshold_s[at[:1]])
        agents[at[0]] = max(agents[at[0]], needed(stream.at(at[:1]), first).agents[0])
    steps = max(STEPS, int(np.ceil(timeline.open_s.max() / STEP_S)))
    most = float(max((rate * aht_s).max(), least[at].max()))
    agents[at], _, _ = staffed_course(
        np.repeat(rate[:, None], steps, axis=1),
        timeline.open_s / steps,
        np.array(aht_s),
        timeline.empty_before,
        agents[at],
        np.where(rate > 0, level[at], np.nan),
        threshold_s[at],
        stream.leave_per_s,
        int(most + STATES_SPREAD * np.sqrt(most)) + 60,
    )
    return agents


@dataclass(frozen=True)
class Delivery:
    """What agents deliver by interval, each (n,): contacts that came, those served in time, mean wait of those served
    (NaN where none is), share that gives up, and share of the agents' time spent handling."""

    came: FloatArray
    answered: FloatArray
    asa_s: FloatArray
    abandonment: FloatArray
    occupancy: FloatArray

    @property
    def service_level(self) -> FloatArray:
        """Served in time over offered; 1 where nobody came."""
        level = np.divide(self.answered, self.came, out=np.ones_like(self.came), where=self.came > 0)
        return np.clip(level, 0.0, 1.0)


def with_redials(
    stream: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray, start: Stream | None = None
) -> Stream:
    """First calls and the redials that so many ``agents`` (n,) cause, each in the interval in which it gave up.

    The search begins with the attempts ``start``; without redials the stream is what it is.
    """
    if stream.model != "erlang_x":
        return stream
    attempts = stream.first_calls() if start is None else start
    for _ in range(TURNS):
        attempts, moved = _redialled(stream, attempts, timeline, threshold_s, agents)
        if moved <= CLOSE:
            break
    return attempts


def _redialled(
    stream: Stream, attempts: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray
) -> tuple[Stream, float]:
    """The attempts that those before would cause, and how far they moved, relative to the busiest interval."""
    gone = _delivered(attempts, timeline, threshold_s, agents).abandonment
    rate = stream.rate_per_h / (1.0 - stream.redial_share * gone)
    moved = float(np.abs(rate - attempts.rate_per_h).max(initial=0.0) / max(rate.max(initial=0.0), 1e-300))
    return replace(attempts, rate_per_h=rate), moved


def delivery(stream: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray) -> Delivery:
    """What ``agents`` (n,) deliver, exactly, each interval given all before it.

    A number of agents that is not whole stands for one agent more in that part of the interval, and then one fewer.
    With redials what is delivered is delivered to every attempt.
    """
    attempts = with_redials(stream, timeline, threshold_s, agents)
    return _delivered(attempts, timeline, threshold_s, agents)


def _delivered(stream: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray) -> Delivery:
    from wfm.queueing.course import Intervals, measured_course

    at, count = timeline.rows, len(agents)
    if at.size == 0:
        nothing = np.zeros(count)
        return Delivery(nothing, nothing, nothing, nothing, nothing)
    whole = np.floor(agents[at] + ROUNDING)
    part = agents[at] - whole
    of = np.repeat(np.arange(len(at)), np.where(part > ROUNDING, 2, 1))
    first = np.append(True, of[1:] != of[:-1])
    split = part[of] > ROUNDING
    crew = (whole[of] + (split & first)).astype(np.int64)
    open_s = timeline.open_s[of] * np.where(split, np.where(first, part[of], 1.0 - part[of]), 1.0)
    intervals = Intervals(
        stream.rate_per_h[at][of] / SECONDS_PER_HOUR, open_s, stream.aht_s[at][of],
        timeline.empty_before[of] & first, threshold_s[at][of], stream.leave_per_s,
    )  # fmt: skip
    found = measured_course(intervals, crew, STEP_S)
    measures = (found.came, found.answered, found.served, found.waited_s, found.busy_s, crew * open_s)
    came, answered, served, waited, busy, staffed = (
        np.bincount(at[of], values, count).astype(np.float64) for values in measures
    )
    asa_s = np.divide(waited, served, out=np.where(came > 0, np.nan, 0.0), where=served > 0)
    occupancy = np.divide(busy, staffed, out=(came > 0).astype(float), where=staffed > 0)
    gone = np.divide(came - served, came, out=np.zeros(count), where=came > 0)
    gone = np.clip(gone, 0.0, 1.0) if stream.leave_per_s > 0 else np.zeros(count)
    return Delivery(came, answered, asa_s, gone, np.clip(occupancy, 0.0, 1.0))
