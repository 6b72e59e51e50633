"""Confidence intervals over independent replications."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

FloatArray = NDArray[np.float64]


def ratio_interval(
    above: FloatArray, below: FloatArray, confidence: float = 0.95
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """A ratio pooled over replications, with its Student-t interval.

    ``sum(above) / sum(below)`` weighs every contact alike; the mean of the replications' own ratios would weigh a
    quiet replication as much as a busy one. The spread is that of ``above - ratio * below`` over the replications
    (linearisation; Law, Simulation Modeling and Analysis, 2015, section 9.5), which are independent, so that the
    contacts' dependence within one replication does no harm.

    Args:
        above, below: replications x cells.
        confidence: coverage of the interval.

    Returns:
        Ratio, lower and upper bound, one a cell. NaN where ``below`` adds up to 0; bounds NaN for one replication.

    >>> ratio, low, high = ratio_interval(np.array([[8.0], [9.0], [10.0]]), np.array([[10.0], [10.0], [10.0]]))
    >>> [round(float(value[0]), 3) for value in (low, ratio, high)]
    [0.652, 0.9, 1.148]
    """
    replications = above.shape[0]
    total = below.sum(axis=0)
    known = total > 0
    ratio = np.where(known, above.sum(axis=0) / np.where(known, total, 1.0), np.nan)
    if replications < 2:
        return ratio, np.full(ratio.shape, np.nan), np.full(ratio.shape, np.nan)
    residual = above - ratio * below
    mean_below = np.where(known, total / replications, 1.0)
    standard_error = np.sqrt((residual**2).sum(axis=0) / (replications - 1) / replications) / mean_below
    half = stats.t.ppf((1 + confidence) / 2, replications - 1) * standard_error
    return ratio, ratio - half, ratio + half
