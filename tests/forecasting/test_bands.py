"""Bands: on errors of a known law the share of actuals inside is the one asked for; low counts are whole numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from forecasting.bands import LOW_COUNT, Band, band_table, bands_of, count_quantiles, fit_band, guessed_band
from forecasting.trials import Tried
from wfm.tables.forecast import QUANTILES

LEVELS = list(QUANTILES.values())
LOW, HIGH, LEAST, MOST = (list(QUANTILES).index(name) for name in ("q10", "q90", "q025", "q975"))


def tried(mean: np.ndarray, actual: np.ndarray, *, origins: int = 16, days: int = 14, special: bool = False) -> Tried:
    """Errors laid evenly on ``origins`` weekly origins and ``days`` days of lead."""
    at = np.arange(len(mean))
    origin = np.datetime64("2026-01-05") + 7 * (at % origins)
    day = origin + (at // origins) % days
    return Tried(origin, day, np.full(len(mean), special), actual, {"m": mean})


def share_inside(band: Band, mean: np.ndarray, actual: np.ndarray, low: int, high: int) -> float:
    made = band.around(mean, np.zeros(len(mean), int), np.zeros(len(mean), bool))
    return float(((actual >= made[:, low]) & (actual <= made[:, high])).mean())


@pytest.mark.parametrize("level_sd", [0.0, 0.08, 0.3])
def test_fresh_counts_of_the_same_law_lie_inside_as_often_as_asked_for(level_sd: float) -> None:
    rng = np.random.default_rng(3)

    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        mean = rng.uniform(20, 400, count)
        return mean, rng.poisson(mean * np.maximum(1 + level_sd * rng.standard_normal(count), 0)).astype(float)

    band = fit_band(tried(*draw(3000)), "m", 2)
    mean, actual = draw(20000)
    assert 0.78 <= share_inside(band, mean, actual, LOW, HIGH) <= 0.83
    assert 0.94 <= share_inside(band, mean, actual, LEAST, MOST) <= 0.97


def test_errors_that_grow_with_the_lead_give_bands_that_do() -> None:
    rng = np.random.default_rng(4)
    mean = np.full(16 * 28 * 4, 200.0)
    past = tried(mean, mean, days=28)
    off = 0.05 + 0.05 * past.lead_week
    actual = rng.poisson(mean * (1 + off * rng.standard_normal(len(mean)))).astype(float)
    spread = fit_band(tried(mean, actual, days=28), "m", 4).relative_spread
    assert (np.diff(spread) > 0).all()
    assert spread[0] < 0.13
    assert spread[-1] > 0.13


def test_poisson_errors_need_no_spread_of_the_level() -> None:
    rng = np.random.default_rng(2)
    mean = rng.uniform(1, 50, 5000)
    assert fit_band(tried(mean, rng.poisson(mean).astype(float)), "m", 2).relative_spread.max() < 0.06


def test_too_few_errors_give_a_wide_normal_band() -> None:
    band = fit_band(tried(np.array([10.0]), np.array([12.0])), "m", 3)
    assert band.guessed
    quantiles = band.around(np.array([100.0]), np.array([9]), np.array([False]))[0]
    assert quantiles[MOST] - 100 == pytest.approx(1.96 * np.sqrt(100 + 20**2), rel=1e-3)
    assert 100 - quantiles[LEAST] == pytest.approx(quantiles[MOST] - 100)


def test_special_days_are_less_certain() -> None:
    band = guessed_band()
    plain, special = band.around(np.full(2, 100.0), np.zeros(2, int), np.array([False, True]))
    assert special[HIGH] > plain[HIGH]
    assert special[LOW] < plain[LOW]


@pytest.mark.parametrize(("mean", "variance"), [(0.3, 0.3), (4.0, 4.0), (0.3, 0.4), (2.0, 5.0), (14.0, 40.0)])
def test_low_counts_have_the_quantiles_of_scipys_laws(mean: float, variance: float) -> None:
    law = stats.poisson(mean)
    if variance > mean:
        law = stats.nbinom(mean**2 / (variance - mean), mean / variance)
    assert count_quantiles(np.array([mean]), np.array([variance]))[0].tolist() == law.ppf(LEVELS).tolist()


@given(
    mean=st.floats(0, 2000),
    spread=st.floats(0, 2),
    lead=st.integers(0, 60),
    special=st.booleans(),
    errors=st.lists(st.floats(-8, 8), min_size=len(LEVELS), max_size=len(LEVELS)),
)
def test_quantiles_ascend_and_are_at_least_zero(mean, spread, lead, special, errors) -> None:
    band = Band(np.sort(errors), np.array([spread, 1.5 * spread]))
    made = band.around(np.array([mean]), np.array([lead]), np.array([special]))[0]
    assert (np.diff(made) >= 0).all()
    assert (made >= 0).all()
    if mean == 0:
        assert not made.any()
    elif mean < LOW_COUNT:
        assert (made % 1 == 0).all()


def test_a_table_and_back() -> None:
    rng = np.random.default_rng(5)
    mean = rng.uniform(20, 60, 400)
    bands = {("day", "q"): fit_band(tried(mean, rng.poisson(mean) * 1.1), "m", 3), ("interval", "q"): guessed_band(3)}
    table = band_table(bands)
    assert len(table) == 6
    back = bands_of(table)
    for key, band in bands.items():
        np.testing.assert_array_equal(back[key].quantiles, band.quantiles)
        np.testing.assert_array_equal(back[key].relative_spread, band.relative_spread)
    pd.testing.assert_frame_equal(band_table(back), table)
