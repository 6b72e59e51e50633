"""The smallest number of agents with which every class of contacts meets its own target, most urgent served first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray, non_negative, positive, reject
from wfm.queueing.priority import ByClass, priority_queue
from wfm.queueing.required import MOST_AGENTS, NO_NUMBER, ROUNDING, read_targets
from wfm.queueing.search import least_agents

BY_CLASS = ("service_level", "asa", "abandonment")
OF_ALL = ("occupancy", "minimum")


@dataclass(frozen=True)
class RequiredByClass:
    """``agents`` (...) on the floor, the target that decided (``binding``), and the position of the ``decisive`` class:
    -1 where it is the occupancy of all, the minimum, or nothing."""

    agents: NDArray[np.int64]
    binding: NDArray[np.str_]
    decisive: NDArray[np.int64]


@dataclass(frozen=True)
class _Promise:
    """Queues (n,) of classes (n, k) and what is promised to them; NaN where nothing is."""

    rate: FloatArray
    aht: FloatArray
    patience: FloatArray | None
    level: FloatArray
    threshold: FloatArray
    asa: FloatArray
    abandonment: FloatArray
    cap: FloatArray
    least: FloatArray

    @property
    def load(self) -> FloatArray:
        return np.asarray(self.rate.sum(axis=1) * self.aht / SECONDS_PER_HOUR)

    def missing(self, N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        """Agents missing (m, targets), as ``least_agents`` estimates them; in the order of BY_CLASS, then OF_ALL."""
        patience = None if self.patience is None else self.patience[rows]
        got = priority_queue(self.rate[rows], self.aht[rows], N, np.nan_to_num(self.threshold[rows]), patience)
        load, contacts = self.load[rows], self.rate[rows] > 0
        root = np.sqrt(load)[:, None]
        promises = [
            (self._level(got, rows, root), self.level[rows]),
            (self._asa(got, rows, root), self.asa[rows]),
            ((got.abandonment - self.abandonment[rows]) * load[:, None], self.abandonment[rows]),
        ]
        by_class = [np.where(contacts & ~np.isnan(target), missing, -1.0) for missing, target in promises]
        of_all = [self._busy(got, rows, N), self.least[rows] - N]
        return np.asarray(np.concatenate([*by_class, np.stack(of_all, axis=1)], axis=1))

    def _level(self, got: ByClass, rows: NDArray[np.intp], root: FloatArray) -> FloatArray:
        # Normal quantiles of the level are nearly linear in N, one for each root of the load.
        wanted, found = self.level[rows], got.service_level
        estimate = (ndtri(wanted) - ndtri(np.clip(found, 1e-300, 1 - 1e-16))) * root
        return np.asarray(np.where(found >= wanted, np.minimum(estimate, 0.0), np.maximum(estimate, 1.0)))

    def _asa(self, got: ByClass, rows: NDArray[np.intp], root: FloatArray) -> FloatArray:
        ratio = np.log(np.clip(got.asa_s / self.asa[rows], 1e-9, 1e9))
        return np.asarray(np.where(got.asa_s <= self.asa[rows], -1.0, np.maximum(ratio * 0.3 * root, 1.0)))

    def _busy(self, got: ByClass, rows: NDArray[np.intp], N: FloatArray) -> FloatArray:
        """Up to the cap; without patience stability besides, for otherwise some class is never answered."""
        load = self.load[rows]
        if self.patience is None:
            least = np.where(load > 0, np.maximum(np.floor(load) + 1, load / self.cap[rows] * (1 - ROUNDING)), 0.0)
            return np.asarray(least - N)
        by_cap = np.where(N > 0, N * got.occupancy / self.cap[rows] * (1 - ROUNDING) - N, np.where(load > 0, 1.0, 0.0))
        return np.asarray(np.where(self.cap[rows] < 1, by_cap, -1.0))


def required_agents_priority(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    *,
    patience_s: ArrayLike | None = None,
    service_level: ArrayLike = np.nan,
    threshold_s: ArrayLike = np.nan,
    asa_s: ArrayLike = np.nan,
    max_abandonment: ArrayLike = np.nan,
    max_occupancy: ArrayLike = np.nan,
    min_agents: ArrayLike = 0,
) -> RequiredByClass:
    """Smallest whole number of agents with which every class meets its own targets; 0 where nothing is offered.

    Classes, models and exactness as ``wfm.queueing.priority.priority_queue`` has them. Without patience the agents
    exceed the load of all classes together, promised or not. A class without contacts asks for nothing.

    Args:
        rate_per_h: (..., classes) contacts an hour, most urgent class first.
        aht_s: (...) average handling time in seconds, of all classes.
        patience_s: (...) mean patience in seconds; None where nobody gives up.
        service_level, threshold_s, asa_s, max_abandonment: (..., classes); NaN where nothing is promised.
        max_occupancy, min_agents: (...) of all classes together.

    Raises:
        InputError: a rate, time or number is negative, NaN or infinite, or no number of agents meets a target; names
            row and quantity. An abandonment is promised though nobody gives up.

    >>> required_agents_priority([40, 160], 180, service_level=[0.95, 0.8], threshold_s=20).agents.tolist()
    14
    """
    most = np.asarray(max_abandonment, dtype=np.float64)
    reject("max_abandonment", most, (most <= 0) | (most > 1), "above 0, at most 1", NO_NUMBER)
    if patience_s is None:
        reject("max_abandonment", most, ~np.isnan(most), "no such promise where nobody gives up", "give patience_s")
    level, threshold, asa, _ = read_targets(service_level, threshold_s, asa_s, np.nan)
    cap = read_targets(np.nan, np.nan, np.nan, max_occupancy)[3]
    of_all = (
        positive("aht_s", aht_s),
        np.asarray(1.0) if patience_s is None else positive("patience_s", patience_s),
        cap,
        np.ceil(non_negative("min_agents", min_agents)),
    )
    by_class = (non_negative("rate_per_h", rate_per_h), level, threshold, asa, most)
    arrays = np.broadcast_arrays(*by_class, *(values[..., None] for values in of_all))
    shape = arrays[0].shape
    rate, level, threshold, asa, most = (values.reshape(-1, shape[-1]) for values in arrays[:5])
    aht, patience, cap, least = (values[..., 0].ravel() for values in arrays[5:])
    promise = _Promise(rate, aht, None if patience_s is None else patience, level, threshold, asa, most, cap, least)
    load = promise.load
    reject("agents", load / cap, ~(load / cap < MOST_AGENTS), "a number of agents that can be counted")
    agents = least_agents(lambda N, rows: promise.missing(N, rows).max(axis=1), load + 0.5 * np.sqrt(load))
    binding, decisive = _decided(promise, agents)
    single = shape[:-1]
    return RequiredByClass(agents.reshape(single)[()], binding.reshape(single)[()], decisive.reshape(single)[()])


def _decided(promise: _Promise, agents: NDArray[np.int64]) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """The target that one agent less would miss by most."""
    classes = promise.rate.shape[1]
    names = np.array([*np.repeat(BY_CLASS, classes), *OF_ALL, "none"])
    at = np.full(agents.shape, len(names) - 1)
    rows = np.flatnonzero(agents > 0)
    at[rows] = promise.missing(agents[rows].astype(np.float64) - 1.0, rows).argmax(axis=1)
    return names[at], np.where(at < len(BY_CLASS) * classes, at % classes, -1)
