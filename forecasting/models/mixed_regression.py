"""A linear mixed regression of a daily series: fixed and shrunk effects beside a wandering level."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded
from statsmodels.regression.linear_model import OLS

SLOW_CORRELATION = 0.985
QUICK_CORRELATION = 0.7
"""Correlations from one day to the next of the two parts of the wandering level: months, and days."""
SLOW_SHARES = (0.1, 0.3, 1.0, 3.0)
QUICK_SHARES = (0.03, 0.3, 1.0)
"""Candidates: variance of each part over that of a day's own noise."""
SPREAD_FACTORS = (0.25, 0.5, 1.0, 2.0)
"""Candidates: factor on the prior standard deviations of the effects that are to be scaled."""
LIKELIHOOD_DAYS = 366


@dataclass(frozen=True)
class Tuning:
    """The variance parameters: shares of the two parts of the wandering level in units of a day's own noise, factor
    ``spread`` on the priors of the scaled effects, and ``noise_sd``, the standard deviation of a day's own noise."""

    slow_share: float
    quick_share: float
    spread: float
    noise_sd: float


@dataclass(frozen=True)
class MixedFit:
    """A fit: ``effects`` in the order of the design's columns, and the wandering level.

    ``slow`` and ``quick`` (T,) are its parts on the days from ``first_day``; ``days`` is how many days were fitted.
    """

    effects: np.ndarray
    tuning: Tuning
    first_day: int
    slow: np.ndarray
    quick: np.ndarray
    days: int

    def wandering_level(self, days: np.ndarray) -> np.ndarray:
        """Best linear prediction of the wandering level on days of the same count as those of the fit."""
        at = np.clip(days - self.first_day, 0, len(self.slow) - 1)
        beyond = np.abs(days - self.first_day - at)
        return np.asarray(self.slow[at] * SLOW_CORRELATION**beyond + self.quick[at] * QUICK_CORRELATION**beyond)


@dataclass(frozen=True)
class _Errors:
    """The covariance K of wandering level and noise (variance 1) on the observed days, by its inverse.

    With x the two parts on all T days (interleaved), P their precision and H adding both up on observed days,
    K = I + H P^-1 H', so K^-1 = I - H (P + H'H)^-1 H' and det K = det(P + H'H) / det P (Woodbury); P + H'H has two
    subdiagonals, so that everything costs time proportional to T.
    """

    observed: np.ndarray
    factor: np.ndarray
    log_determinant: float

    def states(self, values: np.ndarray) -> np.ndarray:
        """(P + H'H)^-1 H' values, shape (T, 2, columns): the wandering level's parts given values less effects."""
        columns = values.reshape(len(values), -1)
        spread = np.zeros((self.factor.shape[1] // 2, 2, columns.shape[1]))
        spread[self.observed] = columns[:, None, :]
        solved = cho_solve_banded((self.factor, True), spread.reshape(-1, columns.shape[1]), check_finite=False)
        return np.asarray(solved).reshape(spread.shape)

    def inverse(self, values: np.ndarray) -> np.ndarray:
        """K^-1 values, shape (n, columns)."""
        return np.asarray(values - self.states(values)[self.observed].sum(axis=1))


def _errors(observed: np.ndarray, slow: float, quick: float) -> _Errors:
    """Errors on the observed days (indices from 0 to T - 1, increasing) for the given shares."""
    length = int(observed[-1]) + 1
    seen = np.zeros(length)
    seen[observed] = 1.0
    bands = np.zeros((3, length, 2))
    bands[1, :, 0] = seen
    log_precision = 0.0
    for part, (share, correlation) in enumerate(((slow, SLOW_CORRELATION), (quick, QUICK_CORRELATION))):
        innovation = share * (1 - correlation**2)
        diagonal = np.full(length, (1 + correlation**2) / innovation)
        diagonal[[0, -1]] = (1 / innovation) if length > 1 else 1 / share
        bands[0, :, part] = diagonal + seen
        bands[2, :-1, part] = -correlation / innovation
        log_precision -= np.log(share) + (length - 1) * np.log(innovation)
    factor = cholesky_banded(bands.reshape(3, -1), lower=True, check_finite=False)
    return _Errors(observed, factor, float(2 * np.log(factor[0]).sum() - log_precision))


def fit_mixed(
    values: np.ndarray,
    design: np.ndarray,
    days: np.ndarray,
    prior_sd: np.ndarray,
    scaled: np.ndarray,
    tuning: Tuning | None = None,
) -> MixedFit:
    """Fit ``values = design @ effects + wandering level + noise``.

    The wandering level is the sum of two AR(1) on calendar days, one of months and one of days, so that with the noise
    it is an ARMA(2,2) error with gaps allowed. Effects have independent normal priors with mean 0; an infinite
    ``prior_sd`` is a fixed effect. Given the variances this is Henderson's mixed model, solved as one least-squares
    regression on whitened rows to which each prior adds a row; the variances are those of a small grid with the
    highest marginal likelihood.

    Args:
        values: (n,) the daily series.
        design: (n, p) columns of effects.
        days: (n,) whole day numbers, increasing.
        prior_sd: (p,) in units of ``values``.
        scaled: (p,) Boolean: effects whose prior the grid may narrow.
        tuning: variances to keep instead of searching them.

    Source: Robinson (1991), That BLUP is a good thing, Statistical Science 6(1).
    """
    chosen = _likeliest(values, design, days, prior_sd, scaled) if tuning is None else tuning
    errors = _errors(days - days[0], chosen.slow_share, chosen.quick_share)
    together = np.column_stack([values, design])
    ridge = _ridge(prior_sd, scaled, chosen)
    effects = _least_squares(together.T @ errors.inverse(together), ridge)
    level = errors.states(values - design @ effects)[:, :, 0]
    return MixedFit(effects, chosen, int(days[0]), level[:, 0], level[:, 1], len(days))


def _least_squares(cross: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """Effects from the whitened cross products of [values, design], a row of prior added for each shrunk effect.

    The square root of the cross products stands for the whitened rows: least squares sees no difference.
    """
    scale, axes = np.linalg.eigh(cross)
    rows = np.sqrt(np.maximum(scale, 0.0))[:, None] * axes.T
    held = ridge > 0
    target = np.concatenate([rows[:, 0], np.zeros(int(held.sum()))])
    return np.asarray(OLS(target, np.vstack([rows[:, 1:], np.diag(ridge)[held]])).fit(method="qr").params, float)


def _likeliest(
    values: np.ndarray, design: np.ndarray, days: np.ndarray, prior_sd: np.ndarray, scaled: np.ndarray
) -> Tuning:
    """The tuning of the grid with the highest marginal likelihood over the last year, noise variance profiled out."""
    values, design, days = values[-LIKELIHOOD_DAYS:], design[-LIKELIHOOD_DAYS:], days[-LIKELIHOOD_DAYS:]
    noise_sd = _rough_noise(values, design, prior_sd)
    together = np.column_stack([values, design])
    best, best_likelihood = Tuning(SLOW_SHARES[0], QUICK_SHARES[0], 1.0, noise_sd), -np.inf
    for slow, quick in product(SLOW_SHARES, QUICK_SHARES):
        errors = _errors(days - days[0], slow, quick)
        cross = together.T @ errors.inverse(together)
        for spread in SPREAD_FACTORS:
            tried = Tuning(slow, quick, spread, noise_sd)
            likelihood = _log_likelihood(cross, errors.log_determinant, _ridge(prior_sd, scaled, tried), len(values))
            if likelihood > best_likelihood:
                best, best_likelihood = tried, likelihood
    return best


def _log_likelihood(cross: np.ndarray, log_determinant: float, ridge: np.ndarray, count: int) -> float:
    """Log marginal likelihood up to a constant; ``cross`` holds the whitened [values, design]' [values, design]."""
    normal = cross[1:, 1:] + np.diag(ridge**2)
    effects = np.linalg.solve(normal, cross[1:, 0])
    squares = max(float(cross[0, 0] - cross[1:, 0] @ effects), 1e-12)
    curvature = float(np.linalg.slogdet(normal)[1]) - 2 * float(np.log(ridge[ridge > 0]).sum())
    free = count - int((ridge == 0).sum())
    return -0.5 * (free * float(np.log(squares)) + log_determinant + curvature)


def _ridge(prior_sd: np.ndarray, scaled: np.ndarray, tuning: Tuning) -> np.ndarray:
    """Weight of each effect's prior beside a day's noise; 0 where the effect is fixed."""
    return np.asarray(tuning.noise_sd / np.where(scaled, prior_sd * tuning.spread, prior_sd))


def _rough_noise(values: np.ndarray, design: np.ndarray, prior_sd: np.ndarray) -> float:
    """Robust spread of a day's own noise: what plain ridge regression leaves from one day to the next."""
    together = np.column_stack([values, design])
    effects = _least_squares(together.T @ together, 0.1 / prior_sd)
    left = np.diff(values - design @ effects)
    spread = 1.4826 * float(np.median(np.abs(left))) / np.sqrt(2) if len(left) > 1 else 0.1
    return max(spread, 0.01)
