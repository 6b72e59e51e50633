"""Bands: on volumes of a known law the share of actuals inside is the one asked for."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from forecasting.bands import Band, Errors, fit_band
from forecasting.evaluation.backtest import OURS, backtest
from wfm.tables.forecast import QUANTILES


@pytest.mark.parametrize("day_sd", [0.0, 0.08])
def test_coverage_of_intervals_and_days(one_queue, made_history, day_sd) -> None:
    rng = np.random.default_rng(11)
    moods = np.exp(day_sd * rng.standard_normal(400))

    def mood(local) -> np.ndarray:
        return moods[(local.tz_localize(None).normalize() - np.datetime64("2025-01-06")).days]

    past = made_history(date(2025, 1, 6), 364, level=80, factor=mood)
    scores = backtest(past, one_queue(), origins=20, horizon_days=14).scores.set_index("method").loc[OURS]
    assert 0.74 <= scores["in_80"] <= 0.88
    assert 0.92 <= scores["in_95"] <= 0.99
    assert 0.70 <= scores["day_in_80"] <= 0.92
    assert 0.89 <= scores["day_in_95"] <= 1


def test_too_few_errors_give_a_wide_normal_band() -> None:
    band = fit_band(Errors(np.array([10.0]), np.array([12.0]), np.array([0]), 1))
    low, high = band.around(np.array([100.0]), np.array([3]))[0][[0, -1]]
    assert high - 100 == pytest.approx(1.96 * np.sqrt(100 + 20**2), rel=1e-3)
    assert 100 - low == pytest.approx(high - 100)


def test_a_mean_of_zero_has_a_band_of_zero() -> None:
    band = Band(np.linspace(-2, 2, len(QUANTILES))[None, :], 0.1)
    assert not band.around(np.zeros(3), np.zeros(3, int)).any()


def test_poisson_errors_need_no_spread_of_the_level() -> None:
    rng = np.random.default_rng(2)
    mean = rng.uniform(1, 50, 5000)
    errors = Errors(mean, rng.poisson(mean).astype(float), np.zeros(5000, int), 8)
    assert fit_band(errors).relative_spread < 0.05
