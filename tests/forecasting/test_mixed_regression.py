"""The banded mixed regression against statsmodels' dense GLS and the dense formulas of kriging."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from statsmodels.regression.linear_model import GLS

from forecasting.models import mixed_regression as regression
from forecasting.models.mixed_regression import Tuning, fit_mixed

TUNING = Tuning(slow_share=0.7, quick_share=0.4, spread=1.0, noise_sd=0.1, lasting_share=2.0)


def dense(days: np.ndarray, others: np.ndarray) -> np.ndarray:
    apart = np.abs(days[:, None] - others[None, :])
    return covariance_of(TUNING, apart)


def covariance_of(tuning: Tuning, apart: np.ndarray) -> np.ndarray:
    """Of the wandering level, in units of a day's own noise."""
    shares = {"lasting": tuning.lasting_share, "slow": tuning.slow_share, "quick": tuning.quick_share}
    return sum(share * regression.CORRELATIONS[part] ** apart for part, share in shares.items())


@pytest.fixture
def series() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    days = np.flatnonzero(rng.random(90) < 0.8) + 40
    design = np.column_stack([np.ones(len(days)), days % 7 == 0, rng.standard_normal(len(days))]).astype(float)
    values = design @ [2.0, 0.5, -0.3] + 0.1 * rng.standard_normal(len(days)).cumsum()
    return values, design, days


def test_fixed_effects_are_those_of_dense_gls(series) -> None:
    values, design, days = series
    fit = fit_mixed(values, design, days, np.full(3, np.inf), np.zeros(3, int), TUNING)
    peer = GLS(values, design, sigma=dense(days, days) + np.eye(len(days))).fit()
    np.testing.assert_allclose(fit.effects, peer.params, rtol=1e-8)


def test_wandering_level_is_the_kriging_prediction_inside_gaps_and_beyond(series) -> None:
    values, design, days = series
    fit = fit_mixed(values, design, days, np.full(3, np.inf), np.zeros(3, int), TUNING)
    wanted = np.arange(35, 160)
    covariance = dense(days, days) + np.eye(len(days))
    expected = dense(wanted, days) @ np.linalg.solve(covariance, values - design @ fit.effects)
    np.testing.assert_allclose(fit.wandering_level(wanted), expected, atol=1e-10)


def test_shrunk_effects_are_the_posterior_mean_of_the_normal_prior(series) -> None:
    values, design, days = series
    prior = np.array([np.inf, 0.2, 0.05])
    fit = fit_mixed(values, design, days, prior, np.zeros(3, int), TUNING)
    inverse = np.linalg.inv(TUNING.noise_sd**2 * (dense(days, days) + np.eye(len(days))))
    precision = design.T @ inverse @ design + np.diag(1 / prior**2)
    np.testing.assert_allclose(fit.effects, np.linalg.solve(precision, design.T @ inverse @ values), rtol=1e-8)


def test_the_search_ranks_tunings_by_their_density() -> None:
    """With all effects held to known priors the likelihood, noise variance profiled out, is a normal density's."""
    rng = np.random.default_rng(5)
    days = np.arange(80)
    design = np.column_stack([np.ones(80), (days % 7 == 0).astype(float)])
    prior, noise_sd = np.array([2.0, 0.5]), 0.1
    values = 1.0 + 0.15 * np.convolve(rng.standard_normal(99), np.ones(20) / 4, "valid") + 0.1 * rng.standard_normal(80)
    ours, peers = [], []
    for slow, quick, lasting in ((0.1, 0.03, 0.0), (1.0, 0.3, 1.0), (3.0, 1.0, 10.0)):
        tuning = Tuning(slow, quick, 1.0, noise_sd, lasting)
        errors = regression._errors(days, tuning.parts)
        together = np.column_stack([values, design])
        ridge = regression._ridge(prior, np.zeros(2, int), tuning)
        cross = together.T @ errors.inverse(together)
        ours.append(regression._log_likelihood(cross, errors.log_determinant, ridge[None], 80)[0])
        shape = np.eye(80) + covariance_of(tuning, np.abs(days[:, None] - days[None, :]))
        shape += design @ np.diag((prior / noise_sd) ** 2) @ design.T
        variance = values @ np.linalg.solve(shape, values) / 80
        peers.append(multivariate_normal(np.zeros(80), variance * shape).logpdf(values))
    np.testing.assert_allclose(np.diff(ours), np.diff(peers), rtol=1e-6)


def test_variances_are_learnt_from_the_telling_days_only(series) -> None:
    values, design, days = series
    prior, plain = np.array([np.inf, 0.2, 0.05]), np.zeros(3, int)
    telling = days % 9 != 0
    odd = np.where(telling, values, values + 5.0 * (-1.0) ** days)
    first, second = (fit_mixed(one, design, days, prior, plain, telling=telling) for one in (values, odd))
    assert first.tuning == second.tuning
    assert first.tuning != fit_mixed(odd, design, days, prior, plain).tuning
    assert first.days == len(days)
