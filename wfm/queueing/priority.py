"""Several classes of contacts before the same agents, the more urgent first: what each class gets.

Whoever is free takes the longest waiting contact of the most urgent class; no contact is interrupted for another
(non-preemptive). All classes have one mean handling time; handling times are exponential.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wfm.queueing.erlang_a import erlang_a
from wfm.queueing.erlang_c import SECONDS_PER_HOUR, erlang_c
from wfm.queueing.inputs import FloatArray, non_negative, positive, reject
from wfm.queueing.priority_wait import waits_longer


@dataclass(frozen=True)
class ByClass:
    """Measures in the steady state; the last axis of (..., classes) is the classes, most urgent first.

    * ``p_wait`` (...): share that finds no agent free, the same for all classes.
    * ``service_level`` (..., classes): served within the class's threshold over offered.
    * ``asa_s`` (..., classes): mean wait of those served; infinite where the class's line grows without end.
    * ``abandonment`` (..., classes): share that gives up.
    * ``occupancy`` (...): share of their time that agents spend handling.

    A class without contacts has service level 1 and nobody waiting.
    """

    p_wait: FloatArray
    service_level: FloatArray
    asa_s: FloatArray
    abandonment: FloatArray
    occupancy: FloatArray


def priority_queue(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    threshold_s: ArrayLike,
    patience_s: ArrayLike | None = None,
) -> ByClass:
    """What ``agents`` deliver to each class when the more urgent go first.

    Without patience: the chance to wait is Erlang C's, the means are Cobham's (1954, Priority assignment in waiting
    line problems, Operations Research 2), the distributions those of ``wfm.queueing.priority_wait``. A class may be
    drowned (served 0, ASA infinite) while more urgent ones are not. With patience, one for all classes: Erlang A and
    the chain of ``wfm.queueing.priority_patience``. Both are exact up to rounding (1e-9 within a percent of
    saturation).

    Args:
        rate_per_h: (..., classes) contacts an hour, most urgent class first.
        aht_s: (...) average handling time in seconds, of all classes.
        agents: (...) on the floor; with patience whole numbers.
        threshold_s: (..., classes) answer-time thresholds in seconds.
        patience_s: (...) mean patience in seconds; None where nobody gives up.

    Raises:
        InputError: an argument is negative, NaN or infinite, or a handling time or patience is 0; names row and
            quantity. There is no class at all.

    >>> queue = priority_queue([40, 160], 180, 14, 20)
    >>> queue.service_level.round(4).tolist(), queue.asa_s.round(3).tolist()
    ([0.9541, 0.8845], [2.612, 9.142])
    """
    rate, threshold = non_negative("rate_per_h", rate_per_h), non_negative("threshold_s", threshold_s)
    reject("rate_per_h", np.asarray(float(rate.ndim)), np.asarray(rate.ndim == 0), "at least one class (an axis)")
    patience = np.asarray(np.inf) if patience_s is None else positive("patience_s", patience_s)
    rate, threshold, *single = np.broadcast_arrays(
        rate, threshold, *(values[..., None] for values in
                           (positive("aht_s", aht_s), non_negative("agents", agents), patience))
    )  # fmt: skip
    shape = rate.shape
    flat = [values.reshape(-1, shape[-1]) for values in (rate, threshold)]
    aht, N, patience = (values[..., 0].ravel() for values in single)
    deliver = _patient if patience_s is None else _impatient
    p_wait, level, asa, gone, busy = deliver(flat[0] * aht[:, np.newaxis] / SECONDS_PER_HOUR, aht, N, flat[1], patience)
    return ByClass(
        p_wait=p_wait.reshape(shape[:-1])[()],
        service_level=level.reshape(shape),
        asa_s=asa.reshape(shape),
        abandonment=gone.reshape(shape),
        occupancy=busy.reshape(shape[:-1])[()],
    )


_Measures = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]


def _patient(load: FloatArray, aht: FloatArray, N: FloatArray, threshold: FloatArray, _: FloatArray) -> _Measures:
    """Loads (n, classes) in Erlangs: with the handling time as the unit of time they are the rates."""
    whole = load.sum(axis=1)
    finished, unit = np.broadcast_to(N[:, None], load.shape), np.broadcast_to(aht[:, None], load.shape)
    up_to = np.cumsum(load, axis=1)
    higher = up_to - load
    p_wait = np.atleast_1d(erlang_c(whole, N))
    waits = np.broadcast_to(p_wait[:, None], load.shape)
    level, asa = np.where(load > 0, 0.0, 1.0), np.where(load > 0, np.inf, 0.0)
    steady = (load > 0) & (up_to < finished)
    m, before, until, unit = finished[steady], higher[steady], up_to[steady], unit[steady]
    level[steady] = 1.0 - waits[steady] * waits_longer(m, before, until, threshold[steady] / unit)
    asa[steady] = waits[steady] * unit * m / ((m - before) * (m - until))
    busy = np.where(whole < N, whole / np.where(N > 0, N, 1.0), np.where(whole > 0, 1.0, 0.0))
    return p_wait, level, asa, np.zeros_like(load), busy


def _impatient(
    load: FloatArray, aht: FloatArray, N: FloatArray, threshold: FloatArray, patience: FloatArray
) -> _Measures:
    from wfm.queueing.priority_patience import fates  # compiled: only where somebody gives up

    whole = erlang_a(load.sum(axis=1) * SECONDS_PER_HOUR / aht, aht, N, 0.0, patience)
    p_wait = np.atleast_1d(whole.p_wait)
    level, asa = np.where(load > 0, 0.0, 1.0), np.where(load > 0, np.inf, 0.0)
    gone = np.where(load > 0, 1.0, 0.0)
    row, kind = np.nonzero((load > 0) & (N > 0)[:, None])
    up_to = np.cumsum(load, axis=1)
    higher, unit = (up_to - load)[row, kind], aht[row]
    met = fates(N[row], higher, up_to[row, kind], unit / patience[row], threshold[row, kind] / unit)
    waits, at_once = p_wait[row], 1.0 - p_wait[row]
    served = at_once + waits * met[:, 1]
    level[row, kind], gone[row, kind] = at_once + waits * met[:, 0], 1.0 - served
    asa[row, kind] = waits * unit * met[:, 2] / served
    return p_wait, level, asa, gone, np.atleast_1d(whole.occupancy)
