"""Staffing as pyworkforce computes it: the second engine, and an oracle that shares no code with the first.

The only file that imports pyworkforce. Erlang C is in 0.5.1, the last version for Python 3.11; Erlang A and B are in
0.5.4, which needs Python 3.12. It takes one interval at a time, in minutes. Its Erlang C costs a number of steps that
grows with the square of the load (seconds at 5,000 Erlangs), its Erlang A some 20 ms at 10 Erlangs.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import MissingError
from wfm.queueing.inputs import FloatArray, non_negative, positive

# pyworkforce refuses a threshold of 0; a nanosecond of waiting is none.
LEAST_THRESHOLD_MIN = 1e-9 / 60
ROUNDING = 1e-9

ERLANG_C_PER_S, ERLANG_A_PER_S = 10_000, 50
"""Intervals a second of one core at some 10 Erlangs, to say beforehand how long it will take."""


def has_erlang_a() -> bool:
    """Whether the pyworkforce that is installed knows Erlang A and B."""
    from pyworkforce import queuing

    return hasattr(queuing, "ErlangA")


def pyworkforce_version() -> str:
    """Version of the pyworkforce that is installed."""
    return metadata.version("pyworkforce")


def required_agents_pyworkforce(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    service_level: ArrayLike,
    threshold_s: ArrayLike,
    max_occupancy: ArrayLike = 1.0,
    patience_s: ArrayLike | None = None,
    max_abandonment: ArrayLike = 1.0,
) -> NDArray[np.int64]:
    """Smallest number of agents by pyworkforce's formulas, whole, of the broadcast shape.

    Its limits are handled. It refuses zero contacts, which need 0 agents. Its Erlang C begins at the rounded load plus
    one and rounds its cap up, so that it may end an agent too high; its Erlang A never looks below the load, where
    abandonment often leaves enough. So from its answer the agents go down again for as long as its own measures stay
    within the targets.

    Args:
        rate_per_h: contacts an hour.
        aht_s: average handling time in seconds.
        service_level: least share answered within ``threshold_s`` (with patience: served in time over offered).
        max_occupancy: largest share of time spent handling.
        patience_s: mean patience in seconds, for Erlang A; NaN or None is Erlang C.
        max_abandonment: largest share that gives up; of Erlang A only.

    Raises:
        InputError: a rate or time is negative, NaN or infinite; names row and quantity.
        MissingError: a patience is given, and the pyworkforce installed has no Erlang A.

    >>> required_agents_pyworkforce([200, 0], 180, 0.8, 20).tolist()
    [14, 0]
    """
    patience = np.asarray(np.nan if patience_s is None else patience_s, dtype=np.float64)
    positive("patience_s", patience[~np.isnan(patience)])
    _check_erlang_a(patience)
    columns = np.broadcast_arrays(
        non_negative("rate_per_h", rate_per_h),
        non_negative("aht_s", aht_s),
        non_negative("service_level", service_level),
        non_negative("threshold_s", threshold_s),
        non_negative("max_occupancy", max_occupancy),
        patience,
        non_negative("max_abandonment", max_abandonment),
    )
    rows = zip(*(column.ravel().tolist() for column in columns), strict=True)
    agents = np.fromiter((_one(*row) for row in rows), dtype=np.int64, count=columns[0].size)
    return agents.reshape(columns[0].shape)


def delivered_pyworkforce(
    rate_per_h: float, aht_s: float, agents: ArrayLike, threshold_s: float, patience_s: float | None = None
) -> tuple[FloatArray, FloatArray]:
    """Service level and occupancy of numbers of agents (n,) in one interval, by pyworkforce.

    Its Erlang C refuses what is not above the load: there the service level is 0 and the occupancy 1.

    Raises:
        InputError, MissingError: as ``required_agents_pyworkforce``.

    >>> level, occupancy = delivered_pyworkforce(200, 180, [10, 14], threshold_s=20)
    >>> level.round(8).tolist(), occupancy.round(3).tolist()
    ([0.0, 0.88835002], [1.0, 0.714])
    """
    rate, aht = float(non_negative("rate_per_h", rate_per_h)), float(non_negative("aht_s", aht_s))
    threshold, crew = float(non_negative("threshold_s", threshold_s)), non_negative("agents", agents)
    level, busy = np.zeros(crew.shape), np.ones(crew.shape)
    if rate == 0 or aht == 0:
        return level + 1.0, busy - 1.0
    _check_erlang_a(np.asarray(np.nan if patience_s is None else patience_s, dtype=np.float64))
    queue, least = _queue(rate, aht, threshold, np.nan if patience_s is None else patience_s)
    for at in np.flatnonzero((crew > least) & (crew >= 1)):
        level[at] = queue.service_level(int(crew[at]))
        busy[at] = queue.achieved_occupancy(int(crew[at]))
    return level, busy


def blocking_pyworkforce(rate_per_h: float, aht_s: float, lines: ArrayLike) -> FloatArray:
    """Share of calls that find all ``lines`` (n,) taken when nobody can wait: Erlang B, by pyworkforce 0.5.4.

    Raises:
        InputError: an argument is negative, NaN or infinite.
        MissingError: the pyworkforce installed has no Erlang B.
    """
    _check_erlang_a(np.zeros(1))
    from pyworkforce.queuing import ErlangB

    rate, aht = float(non_negative("rate_per_h", rate_per_h)), float(non_negative("aht_s", aht_s))
    count = non_negative("lines", lines)
    if rate == 0 or aht == 0:
        return np.where(count > 0, 0.0, 1.0)
    group = ErlangB(transactions=rate, aht=aht / 60, interval=60)
    return np.array([group.blocking_probability(int(n)) if n >= 1 else 1.0 for n in np.atleast_1d(count)])


def _check_erlang_a(patience: FloatArray) -> None:
    if np.isnan(patience).all() or has_erlang_a():
        return
    raise MissingError(
        "the installed pyworkforce knows Erlang C only",
        found=f"pyworkforce {pyworkforce_version()}",
        expected="0.5.4 or later for Erlang A and B",
        mend="use Python 3.12 or later and upgrade pyworkforce",
    )


def _queue(rate_per_h: float, aht_s: float, threshold_s: float, patience_s: float) -> tuple[Any, float]:
    """Its queue, and the number of agents that it only looks above."""
    from pyworkforce import queuing

    asked = {
        "transactions": rate_per_h,
        "aht": aht_s / 60,
        "asa": max(threshold_s / 60, LEAST_THRESHOLD_MIN),
        "interval": 60,
    }
    if np.isnan(patience_s):
        queue = queuing.ErlangC(**asked)
        return queue, queue.intensity
    return queuing.ErlangA(**asked, patience=patience_s / 60), 0.0


def _one(
    rate_per_h: float,
    aht_s: float,
    service_level: float,
    threshold_s: float,
    max_occupancy: float,
    patience_s: float,
    max_abandonment: float,
) -> int:
    if rate_per_h == 0 or aht_s == 0:
        return 0
    queue, least = _queue(rate_per_h, aht_s, threshold_s, patience_s)
    more = {} if np.isnan(patience_s) else {"max_abandonment": max_abandonment}
    agents = int(queue.required_positions(service_level, max_occupancy, **more)["raw_positions"])

    def enough(number: int) -> bool:
        return bool(
            queue.service_level(number) >= service_level
            and queue.achieved_occupancy(number) <= max_occupancy * (1 + ROUNDING)
            and (not more or queue.abandonment_probability(number) <= max_abandonment)
        )

    return _down(agents, max(int(np.floor(least)) + 1, 1), enough)


def _down(agents: int, least: int, enough: Callable[[int], bool]) -> int:
    """The least number, not below ``least``, that is enough; ``agents`` are."""
    while agents > least and enough(agents - 1):
        agents -= 1
    return agents
