"""Erlang A: a queue whose contacts give up after an exponential patience (M/M/N+M).

Vectorised as Erlang C is. Patience makes every load stable: what agents cannot do is abandoned.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from wfm.queueing.delivered import Delivered
from wfm.queueing.erlang_c import SECONDS_PER_HOUR, erlang_b
from wfm.queueing.inputs import FloatArray, non_negative, positive
from wfm.queueing.patience import served_by
from wfm.queueing.waiting_room import TINY_LOAD, WaitingRoom, unserved


def erlang_a(
    rate_per_h: ArrayLike, aht_s: ArrayLike, agents: ArrayLike, threshold_s: ArrayLike, patience_s: ArrayLike
) -> Delivered:
    """What ``agents`` deliver when contacts give up after ``patience_s`` seconds on average.

    All arguments broadcast. Without contacts the service level is 1; without agents everyone gives up.

    Args:
        rate_per_h: contacts offered an hour.
        aht_s: average handling time in seconds.
        agents: numbers that may be fractional, as the share of an agent that a queue gets.
        threshold_s: answer-time threshold in seconds.
        patience_s: mean patience in seconds.

    Raises:
        InputError: an argument is negative, NaN or infinite, or a patience is 0; names row and quantity.

    Source: Garnett, Mandelbaum & Reiman (2002), M&SOM 4(3); Zeltyn & Mandelbaum (2005), Queueing Systems 51.

    >>> queue = erlang_a(48 * 60, 60, 50, 20, 120)
    >>> round(float(queue.abandonment), 7), round(float(queue.wait_all_s), 5), round(float(queue.p_wait), 6)
    (0.0309122, 3.70947, 0.467774)
    """
    values = _inputs(rate_per_h, aht_s, agents, threshold_s, patience_s)
    shape = values[0].shape
    rate, aht, N, T, patience = (value.ravel() for value in values)
    load = rate / SECONDS_PER_HOUR * aht
    staffed = (load > TINY_LOAD) & (N > 0)
    idle = load <= TINY_LOAD
    measures = unserved(patience, idle)
    if staffed.any():
        used = _steady_state(*(value[staffed] for value in (load, aht, N, T, patience)))
        for name, value in used.items():
            measures[name][staffed] = value
    return Delivered(**{name: value.reshape(shape)[()] for name, value in measures.items()})


def service_level_a(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    threshold_s: ArrayLike,
    patience_s: ArrayLike,
    definition: Literal["offered", "virtual"] = "offered",
) -> FloatArray:
    """Only a service level of ``erlang_a``, at a fifth of its cost: over offered, or of the virtual wait."""
    values = _inputs(rate_per_h, aht_s, agents, threshold_s, patience_s)
    rate, aht, N, T, patience = (value.ravel() for value in values)
    load = rate / SECONDS_PER_HOUR * aht
    level = np.where(load <= TINY_LOAD, 1.0, 0.0)
    staffed = (load > TINY_LOAD) & (N > 0)
    if staffed.any():
        room = _room(*(value[staffed] for value in (load, aht, N, patience)))
        by_then, served = served_by(T[staffed] / patience[staffed], room.c, room.y, room.log_growth)
        level[staffed] = room.at_once + room.p_wait * (served if definition == "offered" else by_then)
    return np.asarray(level.reshape(values[0].shape)[()])


def _steady_state(
    load: FloatArray, aht: FloatArray, N: FloatArray, T: FloatArray, patience: FloatArray
) -> dict[str, FloatArray]:
    measures = _room(load, aht, N, patience).measures(T, patience)
    return {**measures, "occupancy": load / N * (1.0 - measures["abandonment"])}


def _room(load: FloatArray, aht: FloatArray, N: FloatArray, patience: FloatArray) -> WaitingRoom:
    with np.errstate(divide="ignore"):  # so far below the agents that nobody waits: the logarithm of 0 says so
        log_loss = np.log(erlang_b(load, np.maximum(N - 1.0, 0.0)))
    part = N < 1
    if part.any():  # of one agent: the recurrence of Erlang B, backwards
        B = np.asarray(erlang_b(load[part], N[part]))
        log_loss[part] = np.log(N[part] / load[part] * B / (1.0 - B))
    return WaitingRoom.of(N * (patience / aht), load * (patience / aht), log_loss)


def _inputs(*values: ArrayLike) -> list[FloatArray]:
    names = ("rate_per_h", "aht_s", "agents", "threshold_s", "patience_s")
    checks = (non_negative, positive, non_negative, non_negative, positive)
    checked = [check(name, value) for check, name, value in zip(checks, names, values, strict=True)]
    return list(np.broadcast_arrays(*checked))
