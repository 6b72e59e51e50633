"""What given agents deliver while rates change: a queue followed through its intervals, with every measure of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.compiled import kernel
from wfm.queueing.inputs import FloatArray
from wfm.queueing.transient import advance, served_in_time, settled

BLOCKS = 6
"""Parts of an interval at whose borders the numbers waiting and in handling are looked at (even: Simpson's rule)."""

FULL = 1e-7
"""Chance of the last state above which more states are needed."""

MOST_STATES = 6000


_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Intervals:
    """n intervals of one queue that follow one another; arrays are (n,).

    ``empty_before``: the queue was closed before, so that nobody is there at the start. ``leave_per_s`` is
    1 / mean patience, 0 where nobody gives up.
    """

    rate_per_s: FloatArray
    open_s: FloatArray
    aht_s: FloatArray
    empty_before: NDArray[np.bool_]
    threshold_s: FloatArray
    leave_per_s: float


@dataclass(frozen=True)
class Measured:
    """By interval (n,): contacts that came and those of them served in time; those served at all and the seconds they
    waited; seconds of handling by all agents."""

    came: FloatArray
    answered: FloatArray
    served: FloatArray
    waited_s: FloatArray
    busy_s: FloatArray


def measured_course(intervals: Intervals, agents: NDArray[np.int64], step_s: float) -> Measured:
    """What ``agents`` (n,) deliver in each interval, given all that happened before it.

    The states reach as far as the queue may grow: first to what a fluid of the same rates would fill, then doubled
    until the last has no more than the chance FULL (or there are MOST_STATES, beyond which contacts are turned away).

    Args:
        step_s: longest step of time.
    """
    steps = np.maximum(np.ceil(intervals.open_s / (step_s * BLOCKS)), 1.0).astype(np.int64)
    shape = (intervals.rate_per_s, intervals.open_s, intervals.aht_s, intervals.empty_before, agents)
    most = _fluid_peak(*shape, intervals.leave_per_s)
    states = int(most + 12 * np.sqrt(most)) + 40
    while True:
        states = min(states, MOST_STATES)
        came, answered, served, waited, busy, last = _measure(
            *shape, intervals.threshold_s, intervals.leave_per_s, steps, states
        )
        if last <= FULL or states == MOST_STATES:
            return Measured(came, answered, served, waited, busy)
        states *= 2


@kernel
def _fluid_peak(
    rate_per_s: NDArray[np.float64],
    open_s: NDArray[np.float64],
    aht_s: NDArray[np.float64],
    empty_before: NDArray[np.bool_],
    agents: NDArray[np.int64],
    leave_per_s: float,
) -> float:
    """The most contacts at once, or agents, if contacts flowed instead of coming one by one."""
    inside, peak = 0.0, float(agents.max())
    for at in range(len(agents)):
        if empty_before[at]:
            inside = 0.0
        elif at == 0:
            inside = rate_per_s[at] * aht_s[at]
        parts = 60
        for _ in range(parts):
            served = min(inside, agents[at]) / aht_s[at] + max(inside - agents[at], 0.0) * leave_per_s
            inside = max(inside + (rate_per_s[at] - served) * open_s[at] / parts, 0.0)
            peak = max(peak, inside)
    return peak


@kernel
def _measure(
    rate_per_s: NDArray[np.float64],
    open_s: NDArray[np.float64],
    aht_s: NDArray[np.float64],
    empty_before: NDArray[np.bool_],
    agents: NDArray[np.int64],
    threshold_s: NDArray[np.float64],
    leave_per_s: float,
    steps: NDArray[np.int64],
    states: int,
) -> tuple[_Array, _Array, _Array, _Array, _Array, float]:
    count = len(agents)
    came, answered, busy = np.zeros(count), np.zeros(count), np.zeros(count)
    in_the_end, waited = np.zeros(count), np.zeros(count)
    state = np.zeros(states)
    last = 0.0
    for at in range(count):
        if empty_before[at]:
            state[:] = 0.0
            state[0] = 1.0
        elif at == 0:
            state = settled(rate_per_s[0], agents[0], aht_s[0], leave_per_s, states)
        served = served_in_time(agents[at], states, aht_s[at], threshold_s[at], leave_per_s)
        fate = _fate(agents[at], states, aht_s[at], leave_per_s)
        block_s = open_s[at] / BLOCKS
        rates = np.full(steps[at], rate_per_s[at])
        for block in range(BLOCKS + 1):
            weight = block_s / 3.0 * (1.0 if block in (0, BLOCKS) else 4.0 if block % 2 else 2.0)
            served_at_all, wait, working = _means(state, fate)
            in_the_end[at] += weight * rate_per_s[at] * served_at_all
            waited[at] += weight * rate_per_s[at] * wait
            busy[at] += weight * working
            if block < BLOCKS:
                state, new, in_time = advance(
                    state, rates, agents[at], aht_s[at], leave_per_s, block_s / steps[at], served
                )
                came[at] += new
                answered[at] += in_time
        last = max(last, state[states - 1])
    return came, answered, in_the_end, waited, busy, last


@kernel
def _means(state: _Array, fate: _Array) -> tuple[float, float, float]:
    first = second = third = 0.0
    for n in range(len(state)):
        first += state[n] * fate[0, n]
        second += state[n] * fate[1, n]
        third += state[n] * fate[2, n]
    return first, second, third


@kernel
def _fate(agents: int, states: int, aht_s: float, leave_per_s: float) -> NDArray[np.float64]:
    """By the number of contacts there are (3, states): the chance that one more is served at all, its mean wait where
    it is (0 where not), and the agents at work.

    With j waiting before it the wait passes through j + 1 stages, in each of which an agent finishes or one of those in
    line gives up; the last to be able to give up is the contact itself.
    """
    fate = np.ones((3, states))
    wait = 0.0
    for n in range(states):
        fate[2, n] = min(n, agents)
        if n < agents:
            fate[1, n] = 0.0
            continue
        j = n - agents
        stage = agents / aht_s + (j + 1) * leave_per_s
        wait += 1.0 / stage if stage > 0.0 else 0.0
        fate[0, n] = agents / aht_s / stage if stage > 0.0 else 0.0
        fate[1, n] = fate[0, n] * wait
    return fate
