"""The least whole number of agents, for every interval at once, at which something that grows with agents is enough."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.inputs import FloatArray

Shortfall = Callable[[FloatArray, NDArray[np.intp]], FloatArray]
"""How many agents are still missing at N agents in some rows: an estimate whose sign alone is exact (0: enough)."""

ESTIMATES = 6
"""Steps that trust the estimate; after them the bracket is halved, which ends for certain."""


def least_agents(shortfall: Shortfall, start: FloatArray) -> NDArray[np.int64]:
    """The least N, 0 or more, at which ``shortfall(N, rows)`` is not above 0, for each row.

    Each row jumps by its own estimate, at least one agent, until it is bracketed by a number that is enough and one
    that is not; rows that are settled drop out. ``shortfall`` must not grow with N, and 0 must be reached.

    Args:
        shortfall: called with N (m,) and the rows (m,) they belong to.
        start: (n,) first guesses.

    >>> needed = np.array([3.0, 700.0, 0.0])
    >>> least_agents(lambda N, rows: needed[rows] - N, np.array([10.0, 0.0, 5.0])).tolist()
    [3, 700, 0]
    """
    N = np.maximum(np.ceil(start), 0.0)
    low, high = np.full(N.shape, -1.0), np.full(N.shape, np.inf)
    rows = np.arange(N.size)
    turn, stride = 0, 1.0
    while rows.size:
        missing = shortfall(N[rows], rows)
        enough = missing <= 0
        high[rows[enough]], low[rows[~enough]] = N[rows[enough]], N[rows[~enough]]
        turn += 1
        stride *= 2.0 if turn > ESTIMATES else 1.0
        N[rows] = _next(N[rows], low[rows], high[rows], missing, halve=turn > ESTIMATES, stride=stride)
        rows = rows[high[rows] - low[rows] > 1]
    return high.astype(np.int64)


def _next(
    N: FloatArray, low: FloatArray, high: FloatArray, missing: FloatArray, *, halve: bool, stride: float
) -> FloatArray:
    """The next N to look at, strictly between ``low`` and ``high`` where there is room."""
    jump = N + np.where(missing > 0, np.maximum(np.ceil(missing), stride), np.minimum(np.ceil(missing), -stride))
    bracketed = np.isfinite(high)
    if halve:
        jump = np.where(bracketed & (low >= 0), np.floor((low + np.where(bracketed, high, low)) / 2), jump)
    return np.clip(jump, low + 1, np.where(bracketed, high - 1, np.inf))
