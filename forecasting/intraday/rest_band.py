"""Bands of the rest of a day: the spread that the process expects, scaled by the errors of the same update before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, ndtri, stdtrit

from wfm.tables.forecast import QUANTILES

PRIOR_DAYS = 10.0
"""Past days that the process's own spread counts for beside the errors of past updates."""
_LEVELS = np.array(list(QUANTILES.values()))
_LEAST = 1e-9


@dataclass(frozen=True)
class RestBand:
    """``scale``: of the process's standard deviations. ``days``: past updates that it rests on."""

    scale: float
    days: int

    def around(self, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
        """Quantiles (n, Q) of counts with these means and variances (n,): gamma, which is right-skewed where low
        and nearly normal where high, its distance from the mean stretched by Student's factor; 0 where the mean is."""
        spread = np.maximum(variance, _LEAST) * self.scale**2
        middle = np.maximum(mean, _LEAST)
        gamma = gammaincinv((middle**2 / spread)[:, None], _LEVELS[None, :]) * (spread / middle)[:, None]
        stretched = middle[:, None] + (gamma - middle[:, None]) * _stretch(self.days + PRIOR_DAYS)
        quantiles = np.maximum.accumulate(np.maximum(stretched, 0.0), axis=1)
        return np.asarray(np.where((mean > _LEAST)[:, None], quantiles, 0.0))


def fit_rest_band(mean: np.ndarray, variance: np.ndarray, came: np.ndarray, days: int) -> RestBand:
    """The scale that past updates call for: means, variances and counts (n,), from ``days`` days."""
    use = variance > _LEAST
    if days == 0 or not use.any():
        return RestBand(1.0, 0)
    squares = float(np.mean((came[use] - mean[use]) ** 2 / variance[use]))
    return RestBand(float(np.sqrt((squares * days + PRIOR_DAYS) / (days + PRIOR_DAYS))), days)


def _stretch(freedom: float) -> np.ndarray:
    """Quantiles of Student's t over those of the normal distribution, 1 at the median."""
    normal = ndtri(_LEVELS)
    ratio = np.divide(stdtrit(freedom, _LEVELS), normal, out=np.ones(len(normal)), where=np.abs(normal) > _LEAST)
    return np.asarray(ratio)
