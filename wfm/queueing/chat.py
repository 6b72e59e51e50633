"""Chat: agents who serve several contacts at once, each the slower the more there are, and contacts who give up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing.delivered import Delivered
from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray, non_negative, positive, reject
from wfm.queueing.waiting_room import TINY_LOAD, WaitingRoom, unserved


def chat(
    rate_per_h: ArrayLike,
    aht_by_level_s: ArrayLike,
    agents: ArrayLike,
    threshold_s: ArrayLike,
    patience_s: ArrayLike,
) -> Delivered:
    """What ``agents`` deliver who serve up to K chats at once; a chat waits when all have K.

    Chats go to the agent who has the fewest, so that with ``m = k N + r`` of them r agents have k + 1 and the others k:
    a birth-death process with death rate ``(N - r) k / AHT_k + r (k + 1) / AHT_(k+1)``, and behind it the waiting room
    of Erlang A. One level alone is Erlang A. Occupancy is the share of time that agents have at least one chat.

    Args:
        rate_per_h: chats offered an hour.
        aht_by_level_s: handle times of a chat at 1, 2, ... K at once along the last axis; the others broadcast.
        agents: whole numbers.
        threshold_s: answer-time threshold in seconds.
        patience_s: mean patience of waiting chats in seconds; infinite where nobody gives up.

    Raises:
        InputError: an argument is negative, NaN or infinite, a time that must not be is 0, or agents are no whole
            number; names row and quantity.

    Source: Luo & Zhang (2013), Staffing and control of instant messaging contact centers, Operations Research 61(2).

    >>> team = chat(120, [300, 360, 450], [6, 7], 20, 120)
    >>> team.p_wait.round(6).tolist(), team.abandonment.round(6).tolist()
    ([0.117798, 0.026225], [0.033954, 0.006428])
    """
    aht = positive("aht_by_level_s", aht_by_level_s)
    levels = aht.shape[-1]
    rest = (
        non_negative("rate_per_h", rate_per_h),
        non_negative("agents", agents),
        non_negative("threshold_s", threshold_s),
        _patience(patience_s),
    )
    shape = np.broadcast_shapes(aht.shape[:-1], *(values.shape for values in rest))
    rate, N, T, patience = (np.broadcast_to(values, shape).ravel() for values in rest)
    reject("agents", N, np.floor(N) != N, "a whole number")
    aht = np.broadcast_to(aht, (*shape, levels)).reshape(-1, levels)
    rate_per_s = rate / SECONDS_PER_HOUR
    idle = rate_per_s * aht[:, 0] <= TINY_LOAD
    measures = unserved(patience, idle)
    measures["abandonment"][np.isinf(patience)] = 0.0
    staffed = ~idle & (N > 0)
    if staffed.any():
        used = _steady_state(*(values[staffed] for values in (rate_per_s, aht, N, T, patience)))
        for name, value in used.items():
            measures[name][staffed] = value
    return Delivered(**{name: value.reshape(shape)[()] for name, value in measures.items()})


def _steady_state(
    rate: FloatArray, aht: FloatArray, N: FloatArray, T: FloatArray, patience: FloatArray
) -> dict[str, FloatArray]:
    levels = aht.shape[1]
    last, busy = _while_room(rate, aht, N.astype(np.int64))
    ending = N * levels / aht[:, -1]
    endless = np.isinf(patience)
    measures = _without_end(rate, ending, T, last)
    if not endless.all():
        some = ~endless
        with np.errstate(divide="ignore"):
            log_last = np.log(last[some])
        room = WaitingRoom.of((ending * patience)[some], (rate * patience)[some], log_last)
        for name, values in room.measures(T[some], patience[some]).items():
            measures[name][some] = values
    p_wait = measures["p_wait"]
    return {**measures, "occupancy": (1.0 - p_wait) * busy / N + p_wait}


def _without_end(rate: FloatArray, ending: FloatArray, T: FloatArray, last: FloatArray) -> dict[str, FloatArray]:
    """The fields of ``Delivered`` but for the occupancy where nobody gives up: the line falls off geometrically."""
    spare = ending - rate
    stable = spare > 0
    odds = np.divide(last * rate, spare, out=np.full(rate.shape, np.inf), where=stable)
    p_wait = 1.0 - 1.0 / (1.0 + odds)
    wait_s = np.divide(p_wait, spare, out=np.full(rate.shape, np.inf), where=stable)
    level = np.where(stable, 1.0 - p_wait * np.exp(-np.maximum(spare, 0.0) * T), 0.0)
    levels = ("service_level", "service_level_answered", "service_level_waited", "service_level_virtual")
    waits = ("asa_s", "wait_all_s", "virtual_wait_s")
    return {
        "p_wait": p_wait,
        **{name: level.copy() for name in levels},
        **{name: wait_s.copy() for name in waits},
        "abandonment": np.zeros(rate.shape),
    }


def _patience(patience_s: ArrayLike) -> FloatArray:
    patience = np.asarray(patience_s, dtype=np.float64)
    positive("patience_s", np.where(np.isposinf(patience), 1.0, patience))
    return patience


def _while_room(rate: FloatArray, aht: FloatArray, N: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """While not all agents have K chats: the chance that exactly one more has room, and the mean busy agents.

    ``b(m) = P(m chats | at most m)`` follows ``b(m) = a b(m-1) / (d(m) + a b(m-1))`` from b(0) = 1, a contacts coming
    and d(m) ending a second: Erlang's recurrence with rates of our own. Rows that have reached their room rest.
    """
    count, levels = aht.shape
    rate_of = np.column_stack([np.zeros(count), np.arange(1, levels + 1) / aht])
    last, busy = np.ones(count), np.zeros(count)
    rows, b, mean = np.arange(count), np.ones(count), np.zeros(count)
    m = 0
    while True:
        done = N[rows] * levels - 1 == m
        last[rows[done]], busy[rows[done]] = b[done], mean[done]
        rows, b, mean = rows[~done], b[~done], mean[~done]
        if rows.size == 0:
            return last, busy
        m += 1
        k, more = np.divmod(m, N[rows])
        ending = (N[rows] - more) * rate_of[rows, k] + more * rate_of[rows, np.minimum(k + 1, levels)]
        coming = rate[rows] * b
        b = coming / (ending + coming)
        mean += (np.minimum(m, N[rows]) - mean) * b
