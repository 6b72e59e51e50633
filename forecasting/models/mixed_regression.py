"""A linear mixed regression of a daily series: fixed and shrunk effects beside a wandering level."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy.linalg import cho_solve_banded, cholesky_banded
from statsmodels.regression.linear_model import OLS

CORRELATIONS = {"lasting": 0.9995, "slow": 0.985, "quick": 0.7}
"""Correlations from one day to the next of the three parts of the wandering level: years, months, and days."""
LASTING_SHARES = (0.1, 1.0, 10.0)
SLOW_SHARES = (0.1, 0.3, 1.0, 3.0)
QUICK_SHARES = (0.03, 0.3, 1.0)
"""Candidates: variance of each part over that of a day's own noise."""
SPREAD_FACTORS = (0.25, 0.5, 1.0, 2.0)
DRIFT_FACTORS = (0.1, 0.3, 1.0)
"""Candidates: factors on the prior standard deviations of the effects that are SCALED and of those that DRIFT."""
SCALED, DRIFT = 1, 2
LIKELIHOOD_DAYS = 4 * 365
"""The variance parameters are those of so many days at the end."""


@dataclass(frozen=True)
class Tuning:
    """The variance parameters: shares of the parts of the wandering level in units of a day's own noise (a part whose
    share is 0 is left out), factors ``spread`` and ``drift`` on the priors of such effects, and ``noise_sd``, the
    standard deviation of a day's own noise."""

    slow_share: float
    quick_share: float
    spread: float
    noise_sd: float
    lasting_share: float = 0.0
    drift: float = 1.0

    @property
    def parts(self) -> tuple[tuple[float, float], ...]:
        """Share and correlation of each part of the wandering level."""
        shares = {"lasting": self.lasting_share, "slow": self.slow_share, "quick": self.quick_share}
        return tuple((share, CORRELATIONS[part]) for part, share in shares.items() if share > 0)


@dataclass(frozen=True)
class MixedFit:
    """A fit: ``effects`` in the order of the design's columns, and the wandering level.

    ``parts`` (T, M) are its parts on the days from ``first_day``; ``days`` is how many days were fitted.
    """

    effects: np.ndarray
    tuning: Tuning
    first_day: int
    parts: np.ndarray
    days: int

    def wandering_level(self, days: np.ndarray) -> np.ndarray:
        """Best linear prediction of the wandering level on days of the same count as those of the fit."""
        at = np.clip(days - self.first_day, 0, len(self.parts) - 1)
        beyond = np.abs(days - self.first_day - at)[:, None]
        correlation = np.array([correlation for _, correlation in self.tuning.parts])
        return np.asarray((self.parts[at] * correlation**beyond).sum(axis=1))


@dataclass(frozen=True)
class _Errors:
    """The covariance K of wandering level and noise (variance 1) on the observed days, by its inverse.

    With x the M parts on all T days (interleaved), P their precision and H adding them up on observed days,
    K = I + H P^-1 H', so K^-1 = I - H (P + H'H)^-1 H' and det K = det(P + H'H) / det P (Woodbury); P + H'H has M
    subdiagonals, so that everything costs time proportional to T.
    """

    observed: np.ndarray
    factor: np.ndarray
    log_determinant: float

    def states(self, values: np.ndarray) -> np.ndarray:
        """(P + H'H)^-1 H' values, shape (T, M, columns): the wandering level's parts given values less effects."""
        return self._by_column(values).transpose(1, 2, 0)

    def inverse(self, values: np.ndarray) -> np.ndarray:
        """K^-1 values, shape (n, columns)."""
        solved = self._by_column(values)
        level = solved @ np.ones(solved.shape[2])
        return np.asarray(values - level[:, self.observed].T)

    def _by_column(self, values: np.ndarray) -> np.ndarray:
        """The states, shape (columns, T, M): column after column, as LAPACK takes them, nothing is copied."""
        columns = values.reshape(len(values), -1).T
        parts = len(self.factor) - 1
        spread = np.zeros((len(columns), self.factor.shape[1] // parts, parts))
        spread[:, self.observed] = columns[:, :, None]
        rows = spread.reshape(len(columns), -1).T
        solved = cho_solve_banded((self.factor, True), rows, overwrite_b=True, check_finite=False)
        return np.asarray(solved).T.reshape(spread.shape)


def _errors(observed: np.ndarray, parts: tuple[tuple[float, float], ...]) -> _Errors:
    """Errors on the observed days (indices from 0 to T - 1, increasing) for parts of given (share, correlation)."""
    length, count = int(observed[-1]) + 1, len(parts)
    seen = np.zeros(length)
    seen[observed] = 1.0
    bands = np.zeros((count + 1, length, count))
    log_precision = 0.0
    for part, (share, correlation) in enumerate(parts):
        innovation = share * (1 - correlation**2)
        diagonal = np.full(length, (1 + correlation**2) / innovation)
        diagonal[[0, -1]] = (1 / innovation) if length > 1 else 1 / share
        bands[0, :, part] = diagonal
        bands[: count - part, :, part] += seen
        bands[count, :-1, part] = -correlation / innovation
        log_precision -= np.log(share) + (length - 1) * np.log(innovation)
    factor = cholesky_banded(bands.reshape(count + 1, -1), lower=True, check_finite=False)
    return _Errors(observed, factor, float(2 * np.log(factor[0]).sum() - log_precision))


def fit_mixed(
    values: np.ndarray,
    design: np.ndarray,
    days: np.ndarray,
    prior_sd: np.ndarray,
    scaled: np.ndarray,
    tuning: Tuning | None = None,
    telling: np.ndarray | None = None,
) -> MixedFit:
    """Fit ``values = design @ effects + wandering level + noise``.

    The wandering level is the sum of AR(1) parts on calendar days: one of years, near a random walk, that a lasting
    shift moves; one of months; one of days. With the noise it is an ARMA(3,3) error, gaps allowed. Effects have
    independent normal priors with mean 0; an infinite ``prior_sd`` is a fixed effect. Given the variances this is
    Henderson's mixed model, solved as one least-squares regression on whitened rows to which each prior adds a row;
    the variances are those among a few candidates with the highest marginal likelihood, sought one at a time.

    Args:
        values: (n,) the daily series.
        design: (n, p) columns of effects.
        days: (n,) whole day numbers, increasing.
        prior_sd: (p,) in units of ``values``.
        scaled: (p,) SCALED or DRIFT for effects whose prior is to be narrowed or widened together, else 0.
        tuning: variances to keep instead of searching them.
        telling: (n,) mask of the days that the variances are learnt from; None: all of them.

    Source: Robinson (1991), That BLUP is a good thing, Statistical Science 6(1).
    """
    chosen = _likeliest(values, design, days, prior_sd, scaled, telling) if tuning is None else tuning
    errors = _errors(days - days[0], chosen.parts)
    together = np.column_stack([values, design])
    ridge = _ridge(prior_sd, scaled, chosen)
    effects = _least_squares(together.T @ errors.inverse(together), ridge)
    parts = errors.states(values - design @ effects)[:, :, 0]
    return MixedFit(effects, chosen, int(days[0]), parts, len(days))


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
    values: np.ndarray,
    design: np.ndarray,
    days: np.ndarray,
    prior_sd: np.ndarray,
    scaled: np.ndarray,
    telling: np.ndarray | None,
) -> Tuning:
    """The tuning with the highest marginal likelihood, noise variance profiled out: the shares are settled one after
    the other, twice over; the factors on the priors, which cost little to try, are all tried with each."""
    late = (days > days[-1] - LIKELIHOOD_DAYS) & (True if telling is None else telling)
    values, design, days = values[late], design[late], days[late]
    used = np.any(design != 0, axis=0) | np.isinf(prior_sd)
    noise_sd = _rough_noise(values, design, prior_sd)
    together = np.column_stack([values, design[:, used]])
    drifts = DRIFT_FACTORS if (scaled[used] == DRIFT).any() else (1.0,)
    shares = {"lasting_share": LASTING_SHARES, "slow_share": SLOW_SHARES, "quick_share": QUICK_SHARES}

    @cache
    def best_factors(start: Tuning) -> tuple[float, Tuning]:
        errors = _errors(days - days[0], start.parts)
        cross = together.T @ errors.inverse(together)
        tried = [replace(start, spread=spread, drift=drift) for spread in SPREAD_FACTORS for drift in drifts]
        ridges = np.array([_ridge(prior_sd[used], scaled[used], one) for one in tried])
        likelihood = _log_likelihood(cross, errors.log_determinant, ridges, len(values))
        best = int(np.argmax(likelihood))
        return float(likelihood[best]), tried[best]

    at = Tuning(SLOW_SHARES[2], QUICK_SHARES[1], 1.0, noise_sd, LASTING_SHARES[1])
    for name in (*shares, *shares):
        around = [replace(at, **{name: share}) for share in shares[name]]
        at = max(around, key=lambda one: best_factors(one)[0])
    return best_factors(at)[1]


def _log_likelihood(cross: np.ndarray, log_determinant: float, ridges: np.ndarray, count: int) -> np.ndarray:
    """Log marginal likelihood up to a constant of each row of ``ridges``; ``cross`` holds the whitened
    [values, design]' [values, design]."""
    normal = cross[1:, 1:] + np.eye(len(cross) - 1) * (ridges**2)[:, None, :]
    effects = np.linalg.solve(normal, np.broadcast_to(cross[1:, :1], (len(ridges), len(cross) - 1, 1)))[..., 0]
    squares = np.maximum(cross[0, 0] - effects @ cross[1:, 0], 1e-12)
    held = ridges[0] > 0
    curvature = np.linalg.slogdet(normal)[1] - 2 * np.log(ridges[:, held]).sum(axis=1)
    free = count - int((~held).sum())
    return np.asarray(-0.5 * (free * np.log(squares) + log_determinant + curvature))


def _ridge(prior_sd: np.ndarray, scaled: np.ndarray, tuning: Tuning) -> np.ndarray:
    """Weight of each effect's prior beside a day's noise; 0 where the effect is fixed."""
    factor = np.select([scaled == SCALED, scaled == DRIFT], [tuning.spread, tuning.drift], 1.0)
    return np.asarray(tuning.noise_sd / (prior_sd * factor))


def _rough_noise(values: np.ndarray, design: np.ndarray, prior_sd: np.ndarray) -> float:
    """Robust spread of a day's own noise: what plain ridge regression leaves from one day to the next."""
    left = np.diff(values - design @ rough_effects(values, design, prior_sd))
    spread = 1.4826 * float(np.median(np.abs(left))) / np.sqrt(2) if len(left) > 1 else 0.1
    return max(spread, 0.01)


def rough_effects(values: np.ndarray, design: np.ndarray, prior_sd: np.ndarray) -> np.ndarray:
    """Effects (p,) by plain ridge regression, as if days erred independently by 10 per cent."""
    together = np.column_stack([values, design])
    return _least_squares(together.T @ together, 0.1 / prior_sd)
