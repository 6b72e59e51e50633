"""The factor model's parts against numpy's SVD, statsmodels' autoregression, and profiles of a known rank."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.ar_model import AutoReg

from forecasting.models import factor_model
from forecasting.models.past_days import PastDays


def past_of(rates: np.ndarray, held: np.ndarray) -> PastDays:
    """Days without noise: as many contacts as expected, so many that a quarter of one is nothing."""
    days = np.arange(len(rates))
    minutes = np.where(held, 1e9, 0.0)
    return PastDays(days, days % 7, np.ones(len(days)), rates * minutes, minutes)


def test_profiles_are_the_leading_singular_vectors() -> None:
    rng = np.random.default_rng(2)
    roots, weights = rng.random((40, 12)) + 1, rng.random(40)
    ours = factor_model._leading(roots, weights)
    peer = np.linalg.svd(roots * np.sqrt(weights)[:, None])[2][:4].T
    np.testing.assert_allclose(np.abs(ours.T @ peer), np.eye(4), atol=1e-9)


def test_holes_in_profiles_of_one_shape_are_filled_exactly() -> None:
    rng = np.random.default_rng(3)
    level, shape = rng.uniform(0.5, 2, 42), rng.uniform(0.5, 2, 10)
    held = rng.random((42, 10)) < 0.8
    held[0], held[:, 0] = True, True
    found = factor_model._filled_roots(past_of(np.outer(level, shape) ** 2, held))
    error = np.abs(found / np.outer(level, shape) - 1)
    assert error[held].max() < 1e-6
    assert error.max() < 0.25
    assert np.median(error[~held]) < 0.1


@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.8])
def test_the_quick_part_carries_like_an_autoregression(correlation) -> None:
    rng = np.random.default_rng(4)
    series = np.zeros((800, 2))
    for at in range(1, 800):
        series[at] = correlation * series[at - 1] + 0.1 * rng.standard_normal(2)
    slow, quick, carry = factor_model._carried(series, np.arange(800))
    smoothed = series[:, 1].copy()
    for at in range(800):
        before = smoothed[at - 1] if at else 0.0
        smoothed[at] = before + factor_model.SHAPE_SMOOTHING * (series[at, 1] - before)
    assert slow[1] == pytest.approx(smoothed[-1])
    assert quick[1] == pytest.approx(series[-1, 1] - smoothed[-1])
    peer = AutoReg(series[:, 1] - smoothed, 1, trend="n").fit().params[0]
    assert carry[1] == pytest.approx(max(peer, 0.0), abs=0.04)


def test_a_lasting_deviation_becomes_the_slow_level() -> None:
    slow, quick, _ = factor_model._carried(np.full((60, 1), 0.2), np.arange(60))
    assert slow[0] == pytest.approx(0.2, abs=1e-3)
    assert quick[0] == pytest.approx(0.0, abs=1e-3)


def test_weekdays_that_differ_by_chance_share_one_shape() -> None:
    rng = np.random.default_rng(5)
    scores = np.column_stack([10 + 0.1 * rng.standard_normal(56), 1 + 0.5 * rng.standard_normal(56)])
    alike = past_of(np.ones((56, 1)), np.ones((56, 1), bool))
    spread = factor_model._weekday_scores(scores, alike)[:, 1].std()
    plain = scores[:, 1].reshape(8, 7).mean(axis=0).std()
    assert spread < 0.6 * plain


def test_weekdays_that_truly_differ_keep_their_shapes() -> None:
    rng = np.random.default_rng(6)
    own = np.array([1.0, -1.0, 2.0, -2.0, 3.0, 0.0, 4.0])
    scores = np.column_stack([np.full(56, 10.0), own[np.arange(56) % 7] + 0.05 * rng.standard_normal(56)])
    found = factor_model._weekday_scores(scores, past_of(np.ones((56, 1)), np.ones((56, 1), bool)))
    np.testing.assert_allclose(found[:, 1], own, atol=0.08)
