"""The smallest number of agents that meets a queue's targets, for every interval at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing.erlang_c import loss_above_load, offered_load
from wfm.queueing.inputs import FloatArray, non_negative, reject

BINDING = ("service_level", "asa", "occupancy", "minimum", "none")
"""What can decide a number of agents, in the order in which ties are told; ``none`` where none are needed."""

# A cap of 85 % at 8.5 Erlangs needs 10 agents: the division may come out a hair above 10.
ROUNDING = 1e-12

NO_NUMBER = "no number of agents meets this target"

# Beyond it a float no longer tells one agent from the next.
MOST_AGENTS = 2.0**50


@dataclass(frozen=True)
class Required:
    """Agents on the floor and the target that decided; both of the broadcast shape of what was asked.

    ``agents`` are whole numbers (int64), ``binding`` one of BINDING.
    """

    agents: NDArray[np.int64]
    binding: NDArray[np.str_]


def required_agents(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    *,
    service_level: ArrayLike = np.nan,
    threshold_s: ArrayLike = np.nan,
    asa_s: ArrayLike = np.nan,
    max_occupancy: ArrayLike = np.nan,
    min_agents: ArrayLike = 0,
) -> Required:
    """Smallest whole number of agents that meets every target under Erlang C; 0 where nothing is offered.

    All arguments broadcast. A target that is NaN is not set. Without any target the agents exceed the load, which
    ``occupancy`` is then said to have decided. ``min_agents`` holds without contacts too.

    From the least number above the load (and the cap) all unfinished
    intervals climb together by the recurrence ``B(N+1) = A B(N) / (N + 1 + A B(N))``, which damps errors; the answer
    is a few times sqrt(A) steps away at most.

    Args:
        rate_per_h: contacts an hour.
        aht_s: average handling time in seconds.
        service_level: least share answered within ``threshold_s``, from 0 to less than 1.
        threshold_s: answer-time threshold in seconds.
        asa_s: largest average speed of answer in seconds.
        max_occupancy: largest share of time spent handling, above 0; 1 and above only asks for stability.
        min_agents: least number of agents.

    Raises:
        InputError: a rate, time or number is negative, NaN or infinite, or a target is one that no number of agents
            meets (service level 1 or more, threshold below 0, ASA of 0, occupancy cap of 0 or less); names row and
            quantity.

    >>> required_agents([200, 0], 180, service_level=0.8, threshold_s=20).agents.tolist()
    [14, 0]
    >>> required_agents(200, 180, service_level=0.8, threshold_s=20, max_occupancy=0.7).binding.tolist()
    'occupancy'
    """
    load, aht = offered_load(rate_per_h, aht_s), non_negative("aht_s", aht_s)
    targets = read_targets(service_level, threshold_s, asa_s, max_occupancy)
    least = non_negative("min_agents", min_agents)
    shape = np.broadcast_shapes(load.shape, aht.shape, least.shape, *(target.shape for target in targets))
    A, aht, least, level, threshold, asa, cap = (
        np.broadcast_to(values, shape).ravel() for values in (load, aht, least, *targets)
    )
    by_cap = np.ceil(A / cap * (1 - ROUNDING))
    reject("agents", by_cap, ~(by_cap < MOST_AGENTS), "a number of agents that can be counted")
    needed = np.zeros((4, A.size), dtype=np.int64)
    needed[0] = _for_service_level(A, aht, level, threshold)
    needed[1] = _for_asa(A, aht, asa)
    needed[2] = np.where(A > 0, np.maximum(np.floor(A) + 1, by_cap), 0)
    needed[3] = np.ceil(least)
    agents = needed.max(axis=0)
    binding = np.where(agents > 0, np.array(BINDING)[needed.argmax(axis=0)], "none")
    return Required(agents.reshape(shape), binding.reshape(shape))


def read_targets(level: ArrayLike, threshold: ArrayLike, asa: ArrayLike, cap: ArrayLike) -> list[FloatArray]:
    """Targets as floats, NaN where one is not set; the cap is 1 there.

    Raises:
        InputError: a target that no number of agents meets, or a level without a threshold; names row and quantity.
    """
    level, threshold, asa, cap = (np.asarray(values, dtype=np.float64) for values in (level, threshold, asa, cap))
    reject("service_level", level, (level < 0) | (level >= 1), "0 or more and less than 1", NO_NUMBER)
    reject("threshold_s", threshold, (threshold < 0) | np.isinf(threshold), "a finite time, 0 or more", NO_NUMBER)
    unpaired = np.broadcast_arrays(level, threshold)
    reject("threshold_s", unpaired[1], np.isnan(unpaired[1]) & ~np.isnan(unpaired[0]),
           "a threshold with the service level")  # fmt: skip
    reject("asa_s", asa, (asa <= 0) | np.isinf(asa), "a finite time above 0", NO_NUMBER)
    reject("max_occupancy", cap, (cap <= 0) | np.isinf(cap), "above 0, at most 1", NO_NUMBER)
    return [level, threshold, asa, np.where(np.isnan(cap), 1.0, np.minimum(cap, 1.0))]


def _for_service_level(A: FloatArray, aht: FloatArray, level: FloatArray, threshold: FloatArray) -> NDArray[np.int64]:
    asked = (A > 0) & ~np.isnan(level)
    return _scattered(asked, _climb(A[asked], _answers_in_time, threshold[asked] / aht[asked], 1.0 - level[asked]))


def _answers_in_time(C: FloatArray, spare: FloatArray, decay: FloatArray, may_miss: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(C * np.exp(-spare * decay) <= may_miss)


def _for_asa(A: FloatArray, aht: FloatArray, asa: FloatArray) -> NDArray[np.int64]:
    asked = (A > 0) & ~np.isnan(asa)
    return _scattered(asked, _climb(A[asked], _answers_soon, asa[asked] / aht[asked]))


def _answers_soon(C: FloatArray, spare: FloatArray, ratio: FloatArray) -> NDArray[np.bool_]:
    return np.asarray(ratio * spare >= C)


def _scattered(asked: NDArray[np.bool_], values: NDArray[np.int64]) -> NDArray[np.int64]:
    out = np.zeros(asked.shape, dtype=np.int64)
    out[asked] = values
    return out


def _climb(A: FloatArray, meets: Callable[..., NDArray[np.bool_]], *targets: FloatArray) -> NDArray[np.int64]:
    """Least N > A at which ``meets(C, N - A, *targets)`` holds; the targets have a row for each load."""
    found = np.zeros(A.shape, dtype=np.int64)
    rows = np.arange(A.size)
    N = np.floor(A) + 1.0
    B = loss_above_load(A)
    while rows.size:
        spare, AB = N - A, A * B
        met = meets(N * B / (spare + AB), spare, *targets)
        found[rows[met]] = N[met]
        going = np.flatnonzero(~met)
        rows, A, N, AB = rows.take(going), A.take(going), N.take(going), AB.take(going)
        targets = tuple(values.take(going) for values in targets)
        N += 1.0
        B = AB / (N + AB)
    return found
