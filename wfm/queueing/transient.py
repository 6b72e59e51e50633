"""A queue through a day whose rate and staff change: the chance of every number of contacts, from moment to moment.

Solved numerically, not simulated: the forward equations of the birth-death process M(t)/M/s(t)+M, by a second-order
L-stable Runge-Kutta method (both stages gamma = 1 - 1/sqrt(2)) whose tridiagonal matrix is factored once a rate. All
are compiled kernels. Where agents leave in the middle of contacts, others take these over.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.compiled import kernel

_GAMMA = 1.0 - 1.0 / math.sqrt(2.0)
ENOUGH = 1e-9
"""A service level this little below its target meets it."""


def staffed_course(
    rate_per_s: NDArray[np.float64],
    step_s: NDArray[np.float64],
    aht_s: NDArray[np.float64],
    empty_before: NDArray[np.bool_],
    agents: NDArray[np.int64],
    target: NDArray[np.float64],
    threshold_s: float | NDArray[np.float64],
    leave_per_s: float,
    states: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """One queue through n intervals: the agents it has, contacts that came, and those served in time; each (n,).

    With a ``target`` (n,) the agents of an interval are the least number, not below ``agents``, whose service level
    over the contacts that arrive in it meets the target, given how the intervals before were staffed; NaN keeps
    ``agents``. The search starts where the interval before ended, scaled with the load.

    Args:
        rate_per_s: (n, steps) contacts a second in each step of each interval.
        step_s: (n,) length of those steps.
        empty_before: (n,) the queue was closed before the interval, so that it starts with nobody.
        threshold_s: of each interval, or of all.
        leave_per_s: 1 / mean patience; 0 where nobody gives up.
        states: how many contacts there may be at once; further ones are turned away.
    """
    threshold = np.array(np.broadcast_to(np.asarray(threshold_s, dtype=np.float64), agents.shape))
    return _staffed_course(rate_per_s, step_s, aht_s, empty_before, agents, target, threshold, leave_per_s, states)


@kernel
def _staffed_course(
    rate_per_s: NDArray[np.float64],
    step_s: NDArray[np.float64],
    aht_s: NDArray[np.float64],
    empty_before: NDArray[np.bool_],
    agents: NDArray[np.int64],
    target: NDArray[np.float64],
    threshold_s: NDArray[np.float64],
    leave_per_s: float,
    states: int,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    count = len(agents)
    chosen = agents.copy()
    came, answered = np.zeros(count), np.zeros(count)
    state = np.zeros(states)
    for at in range(count):
        if empty_before[at]:
            state[:] = 0.0
            state[0] = 1.0
        elif at == 0:
            state = settled(rate_per_s[0, 0], agents[0], aht_s[0], leave_per_s, states)
        if not math.isnan(target[at]) and at > 0 and not empty_before[at] and rate_per_s[at - 1, 0] > 0:
            load, before = rate_per_s[at].mean() * aht_s[at], rate_per_s[at - 1].mean() * aht_s[at - 1]
            chosen[at] = max(agents[at], round(chosen[at - 1] + load - before))
        after, came[at], answered[at] = _through(
            state, rate_per_s[at], chosen[at], aht_s[at], leave_per_s, step_s[at], threshold_s[at]
        )
        if not math.isnan(target[at]) and came[at] > 0:
            wanted = (target[at] - ENOUGH) * came[at]
            while answered[at] < wanted and chosen[at] < states - 1:
                chosen[at] += 1
                after, _, answered[at] = _through(
                    state, rate_per_s[at], chosen[at], aht_s[at], leave_per_s, step_s[at], threshold_s[at]
                )
                if answered[at] >= wanted:
                    break
            else:
                while chosen[at] > agents[at]:
                    fewer, _, answered_by_fewer = _through(
                        state, rate_per_s[at], chosen[at] - 1, aht_s[at], leave_per_s, step_s[at], threshold_s[at]
                    )
                    if answered_by_fewer < wanted:
                        break
                    chosen[at] -= 1
                    after, answered[at] = fewer, answered_by_fewer
        state = after
    return chosen, came, answered


@kernel
def settled(rate: float, agents: int, aht_s: float, leave_per_s: float, states: int) -> NDArray[np.float64]:
    """The steady state at a constant rate; where it would grow without end, cut off at the last state."""
    log_weight = np.zeros(states)
    for n in range(1, states):
        ending = min(n, agents) / aht_s + max(n - agents, 0) * leave_per_s
        if rate <= 0.0 or ending <= 0.0:
            log_weight[n:] = -np.inf if rate <= 0.0 else log_weight[n - 1]
            break
        log_weight[n] = log_weight[n - 1] + math.log(rate / ending)
    weight: NDArray[np.float64] = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    return weight


@kernel
def served_in_time(
    agents: int, states: int, aht_s: float, threshold_s: float, leave_per_s: float
) -> NDArray[np.float64]:
    """Chance (states,) that a contact is served within the threshold when it finds 0, 1, ... others.

    With j waiting before it all agents stay busy until its turn. Where nobody gives up the turn comes with departure
    j+1 of a Poisson process. Else those before may leave, and so may it: its wait is a sum of exponentials of the rates
    (c + k) theta, k from 0 to j, and departures are those of a Yule process with immigration, negative binomial; its
    own patience turns c into c + 1, and leaves the share c / (c + j + 1) of those served at all.
    """
    served = np.ones(states)
    if agents == 0:
        return np.zeros(states)
    tail = 1.0
    if leave_per_s == 0.0:
        mean = agents * threshold_s / aht_s
        for j in range(states - agents):
            log_chance = j * math.log(mean) - mean - math.lgamma(j + 1.0) if mean > 0.0 else 0.0
            tail = max(tail - math.exp(log_chance), 0.0)
            served[agents + j] = tail
        return served
    c = agents / (aht_s * leave_per_s)
    log_stay = -threshold_s * leave_per_s
    go = -math.expm1(log_stay)
    log_go = math.log(go) if go > 0.0 else 0.0
    first = math.lgamma(c + 1.0)
    for j in range(states - agents):
        log_ways = math.lgamma(c + 1.0 + j) - first - math.lgamma(j + 1.0)
        tail = max(tail - math.exp(log_ways + (c + 1.0) * log_stay + j * log_go), 0.0) if go > 0.0 else 0.0
        served[agents + j] = tail * c / (c + j + 1.0)
    return served


@kernel
def _through(
    state: NDArray[np.float64],
    rate_per_s: NDArray[np.float64],
    agents: int,
    aht_s: float,
    leave_per_s: float,
    step_s: float,
    threshold_s: float,
) -> tuple[NDArray[np.float64], float, float]:
    served = served_in_time(agents, len(state), aht_s, threshold_s, leave_per_s)
    return advance(state, rate_per_s, agents, aht_s, leave_per_s, step_s, served)


@kernel
def advance(
    state: NDArray[np.float64],
    rate_per_s: NDArray[np.float64],
    agents: int,
    aht_s: float,
    leave_per_s: float,
    step_s: float,
    served: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float, float]:
    """The state after the steps of an interval, contacts that came, and those of them served in time.

    ``rate_per_s`` has a rate for every step; ``state`` (states,) is not changed. A contact that finds the last state
    is turned away, which is for whoever chooses the number of states to make negligible.
    """
    states = len(state)
    now = state.copy()
    death = np.empty(states)
    for n in range(states):
        death[n] = min(n, agents) / aht_s + max(n - agents, 0) * leave_per_s
    first, second, halfway = np.empty(states), np.empty(states), np.empty(states)
    upper, pivot = np.empty(states), np.empty(states)
    weight = _GAMMA * step_s
    came = answered = 0.0
    factored = -1.0
    for at in range(len(rate_per_s)):
        rate = rate_per_s[at]
        if rate != factored:
            for n in range(states):
                leaving = death[n] + (rate if n < states - 1 else 0.0)
                below = -weight * rate if n > 0 else 0.0
                pivot[n] = 1.0 + weight * leaving - (below * upper[n - 1] if n > 0 else 0.0)
                upper[n] = -weight * (death[n + 1] if n < states - 1 else 0.0) / pivot[n]
            factored = rate
        before = 0.0
        for n in range(states):
            before += now[n] * served[n]
        _flow(now, rate, death, first)
        _solve(first, rate, weight, pivot, upper)
        for n in range(states):
            halfway[n] = now[n] + (1.0 - _GAMMA) * step_s * first[n]
        _flow(halfway, rate, death, second)
        _solve(second, rate, weight, pivot, upper)
        after = 0.0
        for n in range(states):
            now[n] += step_s * ((1.0 - _GAMMA) * first[n] + _GAMMA * second[n])
            after += now[n] * served[n]
        came += rate * step_s
        answered += rate * step_s * 0.5 * (before + after)
    return now, came, answered


@kernel
def _flow(state: NDArray[np.float64], rate: float, death: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """The time derivative of the state's probabilities."""
    last = len(state) - 1
    for n in range(last + 1):
        change = -death[n] * state[n] - (rate * state[n] if n < last else 0.0)
        if n > 0:
            change += rate * state[n - 1]
        if n < last:
            change += death[n + 1] * state[n + 1]
        out[n] = change


@kernel
def _solve(
    right: NDArray[np.float64], rate: float, weight: float, pivot: NDArray[np.float64], upper: NDArray[np.float64]
) -> None:
    """Solve the factored tridiagonal system in place."""
    states = len(right)
    right[0] /= pivot[0]
    for n in range(1, states):
        right[n] = (right[n] + weight * rate * right[n - 1]) / pivot[n]
    for n in range(states - 2, -1, -1):
        right[n] -= upper[n] * right[n + 1]
