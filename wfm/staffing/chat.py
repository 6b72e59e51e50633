"""Agents for chat: several contacts at once, each the slower the more there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from wfm.policy.centre import Queue
from wfm.queueing.chat import chat
from wfm.queueing.delivered import Delivered
from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray, non_negative, positive, reject
from wfm.queueing.required import NO_NUMBER, Required, read_targets
from wfm.queueing.required_a import BINDING_A
from wfm.queueing.search import least_agents

_Missing = Callable[[Delivered, NDArray[np.intp]], FloatArray]
"""Agents still missing in some rows, from what their agents deliver."""


def aht_by_level(rows: pd.DataFrame, queue: Queue, by_level: pd.DataFrame | None = None) -> FloatArray | None:
    """Handle times (n, K) in seconds at 1, 2, ... K chats at once, K the queue's concurrency; None where unknown.

    From the forecast's own by level where it has them, each interval with the nearest level's where one lacks; else
    the policy's ``aht_by_level``, scaled so that the level K has what the forecast says of all contacts: agents at work
    have their hands full.

    Args:
        rows: the queue's forecast with handling times (n,).
        by_level: a HANDLE_TIME_BY_LEVEL table, of any queues.
    """
    if queue.concurrency == 1:
        return None
    if by_level is not None:
        own = by_level[(by_level["queue"] == queue.id) & (by_level["aht_s"] > 0)]
        wide = own.pivot_table(index="interval_start", columns="level", values="aht_s")
        levels = wide.reindex(index=pd.DatetimeIndex(rows["interval_start"]), columns=range(1, queue.concurrency + 1))
        filled = levels.ffill(axis=1).bfill(axis=1)
        if not filled.isna().to_numpy().any():
            return filled.to_numpy(float)
    if not queue.aht_by_level:
        return None
    shape = np.array(queue.aht_by_level) / queue.aht_by_level[-1]
    told = rows["aht_assumed"].to_numpy(bool)
    full = np.where(told, queue.aht_by_level[-1], rows["aht_s"].to_numpy(float))
    return full[:, None] * shape


def chat_agents(
    rate_per_h: ArrayLike,
    aht_by_level_s: ArrayLike,
    patience_s: ArrayLike | None = None,
    *,
    service_level: ArrayLike = np.nan,
    threshold_s: ArrayLike = np.nan,
    asa_s: ArrayLike = np.nan,
    max_abandonment: ArrayLike = np.nan,
    max_occupancy: ArrayLike = np.nan,
    min_agents: ArrayLike = 0,
) -> Required:
    """Smallest whole number of chat agents that meets every target; 0 where nothing is offered.

    As ``wfm.queueing.required_a.required_agents_a``, by ``wfm.queueing.chat``. The cap on occupancy is on the share of
    time that agents have at least one chat.

    Args:
        rate_per_h: chats an hour (n,).
        aht_by_level_s: handle times of a chat at 1, 2, ... K at once along the last axis: (n, K) or (K,).
        patience_s: mean patience in seconds; None where nobody is thought to give up.

    Raises:
        InputError: a quantity is negative, NaN or infinite, or a target that no number of agents meets; names row and
            quantity.

    >>> chat_agents([120, 0], [300, 360, 450], 120, service_level=0.95, threshold_s=20).agents.tolist()
    [7, 0]
    """
    aht = positive("aht_by_level_s", aht_by_level_s)
    most = np.asarray(max_abandonment, dtype=np.float64)
    reject("max_abandonment", most, (most <= 0) | (most > 1), "above 0, at most 1", NO_NUMBER)
    coming = non_negative("rate_per_h", rate_per_h)
    patience = np.asarray(np.inf if patience_s is None else patience_s, dtype=np.float64)
    targets = read_targets(service_level, threshold_s, asa_s, max_occupancy)
    arrays = np.broadcast_arrays(
        coming, patience, *targets, most, non_negative("min_agents", min_agents),
        np.zeros(aht.shape[:-1]),
    )  # fmt: skip
    shape = arrays[0].shape
    rate, patience, level, threshold, asa, cap, most, least = (values.ravel() for values in arrays[:-1])
    chats = _Chats(rate, np.broadcast_to(aht, (*shape, aht.shape[-1])).reshape(-1, aht.shape[-1]), patience, threshold)
    needed = np.zeros((5, rate.size), dtype=np.int64)
    asked = (
        (level, _of_level(level, chats.load)),
        (asa, _of_asa(asa, chats.load)),
        (most, lambda team, rows: (team.abandonment - most[rows]) * chats.load[rows]),
        (np.where(cap < 1, cap, np.nan), lambda team, rows: chats.load[rows] * (team.occupancy / cap[rows] - 1.0)),
    )
    for at, (target, missing) in enumerate(asked):
        needed[at] = chats.least(np.isnan(target), missing)
    needed[4] = np.ceil(least)
    agents = needed.max(axis=0)
    binding = np.where(agents > 0, np.array(BINDING_A)[needed.argmax(axis=0)], "none")
    return Required(agents.reshape(shape), binding.reshape(shape))


class _Chats(NamedTuple):
    """Chats an hour (n,), handle times (n, K), patience and threshold in seconds (n,)."""

    rate: FloatArray
    aht: FloatArray
    patience: FloatArray
    threshold: FloatArray

    @property
    def load(self) -> FloatArray:
        """Agents busy all the time with K chats each who would handle what comes."""
        return np.asarray(self.rate * self.aht[:, -1] / self.aht.shape[1] / SECONDS_PER_HOUR)

    def least(self, unasked: NDArray[np.bool_], missing: _Missing) -> NDArray[np.int64]:
        """The least agents by one target, 0 where it is not asked for."""
        out = np.zeros(self.rate.size, dtype=np.int64)
        asked = np.flatnonzero(~unasked & (self.rate > 0))

        def shortfall(N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
            at = asked[rows]
            threshold = np.nan_to_num(self.threshold[at])
            found = chat(self.rate[at], self.aht[at], N, threshold, self.patience[at])
            short = missing(found, at)
            # Nobody there keeps no promise, whatever a mean over nobody says.
            return np.where(N > 0, short, np.maximum(short, 1.0))

        out[asked] = least_agents(shortfall, self.load[asked] + 0.5 * np.sqrt(self.load[asked]))
        return out


def _of_level(level: FloatArray, load: FloatArray) -> _Missing:
    def missing(team: Delivered, rows: NDArray[np.intp]) -> FloatArray:
        found = team.service_level
        # Normal quantiles of the level are nearly linear in N, one for each root of the load.
        estimate = (ndtri(level[rows]) - ndtri(np.clip(found, 1e-300, 1 - 1e-16))) * np.sqrt(load[rows])
        return np.asarray(np.where(found >= level[rows], np.minimum(estimate, 0.0), np.maximum(estimate, 1.0)))

    return missing


def _of_asa(asa: FloatArray, load: FloatArray) -> _Missing:
    def missing(team: Delivered, rows: NDArray[np.intp]) -> FloatArray:
        ratio = np.log(np.clip(team.asa_s / asa[rows], 1e-9, 1e9))
        return np.where(team.asa_s <= asa[rows], -1.0, np.maximum(ratio * 0.3 * np.sqrt(load[rows]), 1.0))

    return missing
