"""Staffing for a rate that is not known exactly: service level over its distribution, or the rate's own quantile."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.queueing.erlang_a import service_level_a
from wfm.queueing.erlang_c import SECONDS_PER_HOUR, service_level
from wfm.queueing.inputs import FloatArray, non_negative, positive
from wfm.queueing.required import read_targets
from wfm.queueing.search import least_agents

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(128)
CHANCES = (_NODES + 1.0) / 2.0
"""Chances at which the rate's distribution is looked at, with their weights (adding up to 1)."""
WEIGHTS = _WEIGHTS / 2.0
LEAST_CV = 1e-3


def rate_quantile(mean_per_h: ArrayLike, cv: ArrayLike, chance: ArrayLike) -> FloatArray:
    """Quantiles of a gamma distributed rate with coefficient of variation ``cv``; the mean itself where that is 0.

    >>> round(float(rate_quantile(1200, 0.1, 0.8)), 1)
    1299.7
    """
    mean, spread, p = np.broadcast_arrays(non_negative("mean_per_h", mean_per_h), non_negative("cv", cv), chance)
    shape = 1.0 / np.maximum(spread, LEAST_CV) ** 2
    return np.where(spread < LEAST_CV, mean, mean * special.gammaincinv(shape, p) / shape)


def expected_service_level(
    rate_per_h: ArrayLike,
    cv: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    threshold_s: ArrayLike,
    patience_s: ArrayLike | None = None,
) -> FloatArray:
    """Share of contacts served in time when the rate varies: ``E[rate SL(rate)] / E[rate]``.

    Busy intervals have more contacts and serve them worse, so it lies below the service level at the mean rate.

    Args:
        rate_per_h: mean contacts an hour.
        cv: coefficient of variation of the rate, gamma distributed.
        patience_s: mean patience, None for Erlang C.

    Source: Jongbloed & Koole (2001), Applied Stochastic Models in Business and Industry 17; Whitt (2006).

    >>> round(float(expected_service_level(1200, 0.1, 300, 108, 20)), 4)
    0.5956
    """
    arrays = (
        non_negative("rate_per_h", rate_per_h),
        non_negative("cv", cv),
        positive("aht_s", aht_s),
        non_negative("agents", agents),
        non_negative("threshold_s", threshold_s),
    )
    rate, spread, aht, N, T = (values[..., None] for values in np.broadcast_arrays(*arrays))
    rates = rate_quantile(rate, spread, CHANCES)
    if patience_s is None:
        level = service_level(rates * aht / SECONDS_PER_HOUR, N, T, aht)
    else:
        level = service_level_a(rates, aht, N, T, np.asarray(patience_s, float)[..., None])
    weight = rates * WEIGHTS
    came = weight.sum(axis=-1)
    served = (weight * level).sum(axis=-1)
    return np.asarray(np.divide(served, came, out=np.ones_like(came), where=came > 0)[()])


def required_agents_uncertain(
    rate_per_h: ArrayLike,
    cv: ArrayLike,
    aht_s: ArrayLike,
    *,
    service_level: ArrayLike,
    threshold_s: ArrayLike,
    patience_s: ArrayLike | None = None,
) -> NDArray[np.int64]:
    """Smallest number of agents whose ``expected_service_level`` meets the target; 0 where nothing is offered.

    Raises:
        InputError: as there, or a target that no number of agents meets.

    >>> int(required_agents_uncertain(1200, 0.1, 300, service_level=0.8, threshold_s=20))
    115
    """
    level, threshold, _, _ = read_targets(service_level, threshold_s, np.nan, np.nan)
    patience = np.asarray(np.inf if patience_s is None else patience_s, dtype=np.float64)
    queue = (non_negative("rate_per_h", rate_per_h), non_negative("cv", cv), positive("aht_s", aht_s))
    arrays = np.broadcast_arrays(*queue, level, threshold, patience)
    rate, spread, aht, level, threshold, patience = (values.ravel() for values in arrays)
    asked = np.flatnonzero(rate > 0)
    load = (rate * aht / SECONDS_PER_HOUR)[asked]

    def missing(N: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        at = asked[rows]
        found = expected_service_level(
            rate[at], spread[at], aht[at], N, threshold[at], None if patience_s is None else patience[at]
        )
        reach = np.sqrt(load[rows] + (spread[at] * load[rows]) ** 2)
        short = (special.ndtri(level[at]) - special.ndtri(np.clip(found, 1e-300, 1 - 1e-16))) * reach
        return np.asarray(np.where(found >= level[at], np.minimum(short, 0.0), np.maximum(short, 1.0)))

    agents = np.zeros(rate.size, dtype=np.int64)
    agents[asked] = least_agents(missing, load + 0.5 * np.sqrt(load))
    return agents.reshape(arrays[0].shape)
