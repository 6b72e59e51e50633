"""Probability integral transform: where in its forecast distribution each count fell, and whether that is even."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betainc, pdtr

from wfm.tables.forecast import QUANTILES

LOW_COUNT = 15.0
"""Below this mean a count takes few values, and how many lie inside a band says little of the band."""
ALLOWED = 0.05
"""A distance from even of so much has no consequence for staffing."""
_LEVELS = np.array(list(QUANTILES.values()))
_SPREADS = np.append(0.0, np.geomspace(0.05, 2.5, 24))
_LAW_ROWS = 250


def randomised_pit(before: np.ndarray, up_to: np.ndarray, seed: int) -> np.ndarray:
    """A point drawn between the probability of fewer and the probability of at most what came, (n,).

    Uniform on 0 to 1 when the forecast distributions are true, however few values the counts take.
    Source: Czado, Gneiting & Held, "Predictive model assessment for count data", Biometrics 65 (2009).
    """
    return np.asarray(before + np.random.default_rng(seed).random(len(before)) * (up_to - before))


def pit_of(table: pd.DataFrame, actual: np.ndarray, seed: int) -> np.ndarray:
    """Randomised PIT (n,) of forecast rows; NaN where a row has no mean above 0 or lacks a quantile.

    From a mean of LOW_COUNT on, the distribution function runs straight between the quantiles, and a count is taken
    for the unit around it; beyond the outermost quantile the point is drawn evenly. Below, quantiles are too coarse
    to tell the probability of a count: there it is that of the negative binomial law which agrees best with them.
    """
    quantiles = table[list(QUANTILES)].to_numpy(float)
    mean = table["mean"].to_numpy(float)
    known = np.isfinite(quantiles).all(axis=1) & (mean > 0)
    low, high = np.flatnonzero(known & (mean < LOW_COUNT)), np.flatnonzero(known & (mean >= LOW_COUNT))
    before, up_to = np.full(len(mean), np.nan), np.full(len(mean), np.nan)
    before[high], up_to[high] = _between_quantiles(quantiles[high], actual[high])
    if len(low):
        spread, count = law_spread(mean[low], quantiles[low]), np.floor(actual[low])
        before[low], up_to[low] = count_law(count - 1, mean[low], spread), count_law(count, mean[low], spread)
    return randomised_pit(before, up_to, seed)


def _between_quantiles(quantiles: np.ndarray, came: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities at half a contact below and above; from 0 or to 1 where that is outside the quantiles."""
    before, up_to = _interpolated(quantiles, came - 0.5), _interpolated(quantiles, came + 0.5)
    return np.where(before <= _LEVELS[0], 0.0, before), np.where(up_to >= _LEVELS[-1], 1.0, up_to)


def _interpolated(quantiles: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The level at x (n,) of quantiles (n, Q) that never fall; a step is passed on its upper side."""
    last = len(_LEVELS) - 1
    right = np.clip((quantiles <= x[:, None]).sum(axis=1), 1, last)
    row = np.arange(len(x))
    low, high = quantiles[row, right - 1], quantiles[row, right]
    share = np.divide(x - low, high - low, out=np.ones(len(x)), where=high > low)
    return np.asarray(_LEVELS[right - 1] + np.clip(share, 0.0, 1.0) * (_LEVELS[right] - _LEVELS[right - 1]))


def count_law(count: np.ndarray, mean: np.ndarray, spread: float) -> np.ndarray:
    """Probability of at most ``count``: negative binomial with variance mean + (spread mean)^2, Poisson at spread 0.

    >>> count_law(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 1.0).tolist()
    [0.5, 0.75]
    """
    inside = np.maximum(count, 0)
    if spread == 0:
        probability = pdtr(inside, mean)
    else:
        size = 1 / spread**2
        probability = betainc(size, inside + 1, size / (size + mean))
    return np.asarray(np.where(count < 0, 0.0, probability))


def law_spread(mean: np.ndarray, quantiles: np.ndarray) -> float:
    """The spread at which the law of counts agrees best with quantiles (n, Q) around means (n,).

    A quantile q at level p agrees where at most q comes with probability p or more, and fewer than q with p or less.
    """
    rows = np.linspace(0, len(mean) - 1, min(len(mean), _LAW_ROWS)).astype(int)
    mean, quantiles = np.repeat(mean[rows], len(_LEVELS)), quantiles[rows].ravel()
    level = np.tile(_LEVELS, len(rows))
    off = []
    for spread in _SPREADS:
        too_low = level - count_law(np.ceil(quantiles), mean, spread)
        too_high = count_law(np.floor(quantiles) - 1, mean, spread) - level
        off.append(float(np.maximum(np.maximum(too_low, too_high), 0).sum()))
    best = np.flatnonzero(np.isclose(off, min(off), rtol=0, atol=1e-9))
    return float(_SPREADS[best[len(best) // 2]])


@dataclass(frozen=True)
class Evenness:
    """How evenly PIT values lie: the largest distance of their distribution from the even one, and what it means."""

    distance: float
    words: str


def evenness(pit: np.ndarray, day: np.ndarray) -> Evenness:
    """Whether PIT values are even, so that the bands are true, in words.

    The distance is Kolmogorov's. Up to ALLOWED the bands are ``true``. Up to what chance brings (1.36 over the root of
    the number of values, his 95 % point) it is ``unclear``. Beyond, the words say what is wrong: the forecast ``too
    low`` or ``too high`` if the place of the values is off by more than their spread, else the bands ``too narrow`` or
    ``too wide``. Errors of one day go together: values count for as many as would leave their mean as uncertain.

    Args:
        pit: (n,) values, NaN where there is none.
        day: (n,) the days that they are of.
    """
    known = np.isfinite(pit)
    values, day = pit[known], day[known]
    if not len(values):
        return Evenness(float("nan"), "")
    ordered = np.sort(values)
    step = np.arange(len(values) + 1) / len(values)
    distance = float(max((step[1:] - ordered).max(), (ordered - step[:-1]).max()))
    if distance <= ALLOWED:
        return Evenness(distance, "true")
    if distance <= 1.36 / np.sqrt(independent_values(values, day)):
        return Evenness(distance, "unclear")
    place, width = float(values.mean()) - 0.5, float(values.std()) - 12**-0.5
    if abs(place) > abs(width):
        return Evenness(distance, "too low" if place > 0 else "too high")
    return Evenness(distance, "too narrow" if width > 0 else "too wide")


def independent_values(values: np.ndarray, day: np.ndarray) -> float:
    """How many independent values would have a mean as uncertain as that of values that go together by day.

    >>> independent_values(np.array([0.2, 0.2, 0.8, 0.8]), np.array([1, 1, 2, 2]))
    2.0
    """
    _, group = np.unique(day, return_inverse=True)
    sums = np.bincount(group, values - values.mean())
    of_mean = float((sums**2).sum()) / len(values) ** 2
    return float(np.clip(values.var() / max(of_mean, 1e-12), 1.0, len(values)))
