"""The smallest number of agents that meets a queue's targets when contacts give up: it may lie below the load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from wfm.queueing.erlang_a import erlang_a, service_level_a
from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray, non_negative, positive, reject
from wfm.queueing.required import NO_NUMBER, ROUNDING, Required, read_targets
from wfm.queueing.search import least_agents

Definition = Literal["offered", "virtual"]
"""Which service level is promised: served in time over offered, or P(virtual wait in time)."""

BINDING_A = ("service_level", "asa", "abandonment", "occupancy", "minimum", "none")
"""What can decide a number of agents, in the order in which ties are told; ``none`` where none are needed."""


@dataclass(frozen=True)
class _Queues:
    """Queues with load: contacts an hour, seconds, and the load in Erlangs; each (n,)."""

    rate: FloatArray
    aht: FloatArray
    patience: FloatArray

    @property
    def load(self) -> FloatArray:
        return self.rate * self.aht / SECONDS_PER_HOUR

    def of(self, rows: NDArray[np.intp]) -> tuple[FloatArray, FloatArray, FloatArray]:
        return self.rate[rows], self.aht[rows], self.patience[rows]


def required_agents_a(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    patience_s: ArrayLike,
    *,
    service_level: ArrayLike = np.nan,
    threshold_s: ArrayLike = np.nan,
    definition: Definition = "offered",
    asa_s: ArrayLike = np.nan,
    max_abandonment: ArrayLike = np.nan,
    max_occupancy: ArrayLike = np.nan,
    min_agents: ArrayLike = 0,
) -> Required:
    """Smallest whole number of agents that meets every target under Erlang A; 0 where nothing is offered.

    As ``wfm.queueing.required.required_agents``, but no stability is asked for, and beside it: ``definition`` of the
    service level, ``max_abandonment`` (share of offered), and an ASA that is of those served.

    Raises:
        InputError: as there; or a patience that is not above 0, or an abandonment target not above 0 and at most 1.

    >>> int(required_agents_a(1200, 300, 120, service_level=0.8, threshold_s=20).agents)
    98
    """
    most = np.asarray(max_abandonment, dtype=np.float64)
    reject("max_abandonment", most, (most <= 0) | (most > 1), "above 0, at most 1", NO_NUMBER)
    queue = (non_negative("rate_per_h", rate_per_h), positive("aht_s", aht_s), positive("patience_s", patience_s))
    targets = read_targets(service_level, threshold_s, asa_s, max_occupancy)
    arrays = np.broadcast_arrays(*queue, *targets, most, non_negative("min_agents", min_agents))
    shape = arrays[0].shape
    rate, aht, patience, level, threshold, asa, cap, most, least = (values.ravel() for values in arrays)
    queues = _Queues(rate, aht, patience)
    needed = np.zeros((5, rate.size), dtype=np.int64)
    for at, (target, shortfall) in enumerate(
        (
            (level, _of_level(level, threshold, definition)),
            (asa, _of_asa(asa)),
            (most, _of_abandonment(most)),
            (np.where(cap < 1, cap, np.nan), _of_occupancy(cap)),
        )
    ):
        asked = np.flatnonzero((queues.load > 0) & ~np.isnan(target))
        needed[at, asked] = _least(queues, shortfall, asked)
    needed[4] = np.ceil(least)
    agents = needed.max(axis=0)
    binding = np.where(agents > 0, np.array(BINDING_A)[needed.argmax(axis=0)], "none")
    return Required(agents.reshape(shape), binding.reshape(shape))


_Missing = Callable[[_Queues, FloatArray, NDArray[np.intp]], FloatArray]


def _least(queues: _Queues, missing: _Missing, asked: NDArray[np.intp]) -> NDArray[np.int64]:
    load = queues.load[asked]
    return least_agents(lambda N, rows: missing(queues, N, asked[rows]), load + 0.5 * np.sqrt(load))


def _of_level(level: FloatArray, threshold: FloatArray, definition: Definition) -> _Missing:
    def missing(queues: _Queues, N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        rate, aht, patience = queues.of(rows)
        found = service_level_a(rate, aht, N, threshold[rows], patience, definition)
        # Normal quantiles of the level are nearly linear in N, one for each root of the load.
        estimate = (ndtri(level[rows]) - ndtri(np.clip(found, 1e-300, 1 - 1e-16))) * np.sqrt(queues.load[rows])
        return np.asarray(np.where(found >= level[rows], np.minimum(estimate, 0.0), np.maximum(estimate, 1.0)))

    return missing


def _of_asa(asa: FloatArray) -> _Missing:
    def missing(queues: _Queues, N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        rate, aht, patience = queues.of(rows)
        wait = erlang_a(rate, aht, N, 0.0, patience).asa_s
        ratio = np.log(np.clip(wait / asa[rows], 1e-9, 1e9))
        return np.where(wait <= asa[rows], -1.0, np.maximum(ratio * 0.3 * np.sqrt(queues.load[rows]), 1.0))

    return missing


def _of_abandonment(most: FloatArray) -> _Missing:
    def missing(queues: _Queues, N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        rate, aht, patience = queues.of(rows)
        return np.asarray((erlang_a(rate, aht, N, 0.0, patience).abandonment - most[rows]) * queues.load[rows])

    return missing


def _of_occupancy(cap: FloatArray) -> _Missing:
    def missing(queues: _Queues, N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        rate, aht, patience = queues.of(rows)
        busy = N * erlang_a(rate, aht, N, 0.0, patience).occupancy
        return np.where(N > 0, busy / cap[rows] * (1 - ROUNDING) - N, 1.0)

    return missing
