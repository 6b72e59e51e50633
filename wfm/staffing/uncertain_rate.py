"""How uncertain a forecast's rate is: the spread of its counts, less what chance alone makes of a known rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from wfm.queueing.inputs import FloatArray
from wfm.tables.forecast import QUANTILES

FEW = 15.0
"""Below this mean the quantiles are whole counts, too coarse for one interval's own spread."""


def rate_cv(forecast: pd.DataFrame) -> FloatArray:
    """Coefficient of variation of the rate in each row (n,) of one queue's forecast; 0 where no quantiles are.

    A count whose rate varies has the variance ``mean + (cv mean)^2``: Poisson chance, and the rate's own. The count's
    standard deviation is the slope of the forecast's quantiles over those of the normal law. Rows with fewer than FEW
    contacts, whose quantiles are whole numbers, take the queue's common coefficient: what all its rows have of
    variance beyond Poisson, over the sum of their squared means.

    >>> rows = pd.DataFrame({"mean": [400.0], "q10": [400 - 1.2816 * 44.72], "q90": [400 + 1.2816 * 44.72]})
    >>> rate_cv(rows).round(3).tolist()
    [0.1]
    """
    mean = forecast["mean"].to_numpy(float)
    levels = {name: level for name, level in QUANTILES.items() if name in forecast and forecast[name].notna().any()}
    if len(levels) < 2:
        return np.zeros(len(mean))
    quantiles, score = forecast[list(levels)].to_numpy(float), ndtri(list(levels.values()))
    score = score - score.mean()
    deviation = quantiles @ score / (score @ score)
    told = np.isfinite(deviation) & (mean > 0)
    excess = np.where(told, deviation**2 - mean, 0.0)
    square = np.where(told, mean**2, 0.0)
    common = max(excess.sum(), 0.0) / max(square.sum(), 1e-300)
    own = np.maximum(excess, 0.0) / np.where(told, square, 1.0)
    return np.asarray(np.sqrt(np.where(told, np.where(mean < FEW, common, own), 0.0)))
