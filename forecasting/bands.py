"""Bands from a model's own past errors, standardised by the level and the week of lead; whole counts where few come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri, stdtrit

from forecasting.trials import Tried
from wfm.tables.calibration import FORECAST_BAND
from wfm.tables.forecast import QUANTILES

LEAST_ERRORS = 20
"""With fewer past errors there is no band but a guessed one."""
GUESSED_SPREAD = 0.2
"""Relative spread of a level where no past forecast could be tried."""
LOW_COUNT = 15.0
"""Below this mean quantiles are those of whole counts."""
SPECIAL_SPREAD = 1.5
"""A special day's level is this much less certain: on public series their errors are 1.3 to 2.5 times the others'."""
LEAD_WEIGHT = 30.0
"""The spread of one week of lead counts for half once it rests on so many origins; else that of all weeks counts."""
TAIL_WEIGHT = 20.0
"""The errors' own quantiles count for half once they rest on so many origins; else a normal law of their width."""
FREEDOM = 3.0
"""Degrees of freedom that one origin brings: errors of one origin share the error of its level."""

_LEVELS = np.array(list(QUANTILES.values()))
_NORMAL = ndtri(_LEVELS)
_Q10, _Q90 = list(QUANTILES).index("q10"), list(QUANTILES).index("q90")


@dataclass(frozen=True)
class Band:
    """Quantiles of standardised errors (Q,), and the relative spread of the level by week of lead (W,).

    The standard deviation of a count with mean m is sqrt(m + (relative_spread m)^2): Poisson, and a level that is not
    known exactly and is known the less the further ahead.
    """

    quantiles: np.ndarray
    relative_spread: np.ndarray

    @property
    def guessed(self) -> bool:
        """Whether no past errors stand behind it."""
        return bool(np.array_equal(self.quantiles, _NORMAL) and (self.relative_spread == GUESSED_SPREAD).all())

    def around(self, means: np.ndarray, lead_week: np.ndarray, special: np.ndarray) -> np.ndarray:
        """Quantiles (n, Q) around means (n,), ascending and at least 0; 0 where the mean is 0.

        ``special`` (n,) are days whose level is less certain. Means under LOW_COUNT get the quantiles of the negative
        binomial law of the same mean and variance: whole counts.
        """
        spread = self.relative_spread[np.clip(lead_week, 0, len(self.relative_spread) - 1)]
        spread = np.where(special, SPECIAL_SPREAD * spread, spread)
        variance = means + (spread * means) ** 2
        quantiles = np.maximum(means[:, None] + np.sqrt(variance)[:, None] * self.quantiles, 0.0)
        low = (means > 0) & (means < LOW_COUNT)
        quantiles[low] = count_quantiles(means[low], variance[low])
        return np.asarray(quantiles)


def guessed_band(weeks: int = 1) -> Band:
    """The band where too few past forecasts could be tried: normal, with a guessed spread of the level."""
    return Band(_NORMAL, np.full(weeks, GUESSED_SPREAD))


def count_quantiles(means: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Quantiles (n, Q) of negative binomial counts: the least whole numbers that the levels' shares do not exceed.

    ``variance`` is at least the mean; where they are equal the law is Poisson's.

    >>> count_quantiles(np.array([0.3]), np.array([0.3]))[0].tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0]
    """
    if len(means) == 0:
        return np.zeros((0, len(_LEVELS)))
    means = np.maximum(means, 1e-9)  # below it every quantile is 0, and smaller numbers do not divide
    chance = means / np.maximum(variance, means * (1 + 1e-6))  # of one success
    size = means * chance / (1 - chance)
    reach = int(np.ceil((means + 10 * np.sqrt(variance)).max())) + 10
    count = np.arange(1, reach + 1)
    ratios = (count - 1 + size[:, None]) / count * (1 - chance[:, None])
    probability = np.exp(size * np.log(chance))[:, None] * np.cumprod(np.column_stack([np.ones(len(means)), ratios]), 1)
    below = np.cumsum(probability, axis=1)
    return np.column_stack([(below < level).sum(axis=1) for level in _LEVELS]).astype(float)


def fit_band(tried: Tried, method: str, weeks: int) -> Band:
    """The band of a method from its past errors, for ``weeks`` weeks of lead.

    Past errors are divided by the standard deviation of their mean and week of lead. What is left has quantiles that
    lie between its own and those of a normal law of its width, nearer to its own the more origins there are, and is
    stretched by Student's factor, since few origins know little of the width.
    """
    use = tried.means[method] > 0
    mean, actual = tried.means[method][use], tried.actual[use]
    if len(mean) < LEAST_ERRORS:
        return guessed_band(weeks)
    lead, origin, special = tried.lead_week[use], tried.origin[use], tried.special[use]
    weight = np.where(special, SPECIAL_SPREAD, 1.0)
    spread = _spread_by_lead(mean, actual, lead, origin, weight, weeks)
    standard = (actual - mean) / np.sqrt(mean + (spread[np.minimum(lead, weeks - 1)] * weight * mean) ** 2)
    ample = mean >= LOW_COUNT / 3  # quantiles of single contacts are steps, not a width
    if ample.sum() < LEAST_ERRORS:
        return Band(_NORMAL, spread)
    return Band(_tamed_quantiles(standard[ample], len(np.unique(origin))), spread)


def _spread_by_lead(
    mean: np.ndarray, actual: np.ndarray, lead: np.ndarray, origin: np.ndarray, weight: np.ndarray, weeks: int
) -> np.ndarray:
    """Relative spread (weeks,) of the level by moments: what squared errors hold beyond Poisson noise."""
    excess = (actual - mean) ** 2 - mean
    squares = (weight * mean) ** 2
    overall = excess.sum() / squares.sum()
    by_week = np.full(weeks, max(overall, 0.0))
    for week in range(min(weeks, int(lead.max()) + 1)):
        own = lead == week
        if own.any():
            origins = len(np.unique(origin[own]))
            moment = excess[own].sum() / squares[own].sum()
            by_week[week] = max((origins * moment + LEAD_WEIGHT * overall) / (origins + LEAD_WEIGHT), 0.0)
    return np.asarray(np.sqrt(np.maximum.accumulate(by_week)))


def _tamed_quantiles(standard: np.ndarray, origins: int) -> np.ndarray:
    own = np.quantile(standard, _LEVELS)
    width = (own[_Q90] - own[_Q10]) / (_NORMAL[_Q90] - _NORMAL[_Q10])
    share = origins / (origins + TAIL_WEIGHT)
    return np.asarray((share * own + (1 - share) * width * _NORMAL) * _student_stretch(FREEDOM * origins))


def _student_stretch(freedom: float) -> np.ndarray:
    """Quantiles of Student's t over those of the normal distribution, 1 at the median."""
    ratio = np.divide(stdtrit(freedom, _LEVELS), _NORMAL, out=np.ones(len(_NORMAL)), where=np.abs(_NORMAL) > 1e-9)
    return np.asarray(ratio)


def band_table(bands: Mapping[tuple[str, str], Band]) -> pd.DataFrame:
    """Bands by scope and unit as a table FORECAST_BAND."""
    parts = [
        pd.DataFrame(
            {
                "scope": scope,
                "unit": unit,
                "lead_week": np.arange(len(band.relative_spread)),
                "relative_spread": band.relative_spread,
                **dict(zip(QUANTILES, band.quantiles, strict=True)),
            }
        )
        for (scope, unit), band in bands.items()
    ]
    return FORECAST_BAND.check(pd.concat(parts, ignore_index=True)) if parts else FORECAST_BAND.empty()


def bands_of(table: pd.DataFrame) -> dict[tuple[str, str], Band]:
    """Bands by scope and unit from a table FORECAST_BAND."""
    return {
        (str(scope), str(unit)): Band(
            own[list(QUANTILES)].to_numpy(float)[0], own.sort_values("lead_week")["relative_spread"].to_numpy(float)
        )
        for (scope, unit), own in table.groupby(["scope", "unit"], sort=True)
    }
