"""The blend: the mean of its members, taken apart; and the cleaned mean by hand."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.calibration import clean_book
from forecasting.models.blend import BLEND, Blend, FittedBlend
from forecasting.models.cleaned_mean import CLEANED_MEAN, CleanedMean
from forecasting.models.factor_model import FactorModel
from forecasting.models.level_regression import LevelRegression
from forecasting.models.rate_regression import RateRegression
from forecasting.models.recent_mean import RecentMean
from wfm.time.week import Period

FIRST = date(2026, 1, 5)


@pytest.fixture(name="book")
def _book(one_queue, made_history):
    centre = one_queue(calendar={"country": "DE"})
    return clean_book(made_history(FIRST, 98), centre, "q", Period(FIRST + timedelta(days=98), 14))[0]


def test_the_mean_of_the_members(book) -> None:
    fitted = BLEND.fit(book)
    assert fitted.names == tuple(member.name for member in BLEND.members)
    members = [fit.means(book) for fit in fitted.fits]
    np.testing.assert_allclose(fitted.means(book), sum(members) / 3, rtol=1e-12)


def test_every_member_is_what_it_is_alone(book) -> None:
    fitted = BLEND.fit(book)
    for member, fit in zip(BLEND.members, fitted.fits, strict=True):
        np.testing.assert_allclose(fit.means(book), member.fit(book).means(book), rtol=1e-9)


def test_the_last_factor_names_what_each_member_says(book) -> None:
    fitted = BLEND.fit(book)
    *first, last = fitted.factors(book)
    assert [factor.name for factor in first] == [factor.name for factor in fitted.fits[0].factors(book)]
    assert last.name == "blend of members"
    tomorrow = book.past
    for name, fit in zip(fitted.names, fitted.fits, strict=True):
        assert f"{name} {fit.means(book)[tomorrow].sum():.4g}" in last.rests_on[tomorrow]


def test_the_calendar_is_learnt_once(book, monkeypatch) -> None:
    fits = []
    plain = LevelRegression.fit

    def counted(self, book, like=None):
        fits.append(like)
        return plain(self, book, like)

    monkeypatch.setattr(LevelRegression, "fit", counted)
    fitted = BLEND.fit(book)
    assert fits == [None]
    BLEND.fit(book.at_origin(70, 14), like=fitted)
    assert fits == [None, fitted.fits[0]]


def test_members_without_a_regression_or_a_calendar_blend_too(book) -> None:
    blend = Blend((RecentMean(4, "four"), RateRegression()), daily=())
    fitted = blend.fit(book)
    assert isinstance(fitted, FittedBlend)
    expected = (RecentMean(4, "four").fit(book).means(book) + RateRegression().fit(book).means(book)) / 2
    np.testing.assert_allclose(blend.fit(book, like=fitted).means(book), expected, rtol=1e-9)


def test_one_figure_a_day_has_members_of_its_own(one_queue, made_history) -> None:
    centre = one_queue("00:00-01:00", interval_min=60)
    history = made_history(FIRST, 98, hours=(0, 1), step_min=60, level=900.0)
    book = clean_book(history, centre, "q", Period(FIRST + timedelta(days=98), 14))[0]
    assert FactorModel().name not in BLEND.fit(book).names


def test_the_cleaned_mean_is_the_mean_of_normal_same_weekdays(one_queue, made_history) -> None:
    """On two weeks no calendar is learnt: what is left can be done by hand."""
    history = made_history(FIRST, 13)
    book = clean_book(history, one_queue(), "q", Period(FIRST + timedelta(days=13), 7))[0]
    means = CleanedMean(8, "mean").fit(book).means(book)[book.past :]
    local = history["interval_start"].dt.tz_convert("Europe/Berlin")
    by_hand = history["offered"].groupby([local.dt.day_of_week, local.dt.hour * 60 + local.dt.minute]).mean()
    for row, day in enumerate(book.days[book.past :]):
        found = means[row][book.open_min[book.past + row] > 0]
        np.testing.assert_allclose(found, by_hand[day.day_of_week].to_numpy())


def test_an_outlier_moves_the_plain_mean_and_not_the_cleaned_one(one_queue, made_history) -> None:
    def storm(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(local.tz_localize(None).normalize() == pd.Timestamp("2026-03-31"), 4.0, 1.0)

    def tuesday(model, factor=None) -> float:
        history = made_history(FIRST, 98, level=200.0, factor=factor)
        book = clean_book(history, one_queue(), "q", Period(FIRST + timedelta(days=98), 7))[0]
        return float(model.fit(book).means(book)[book.past + 1].sum())

    plain = RecentMean(8, "mean of 8")
    assert tuesday(plain, storm) > 1.25 * tuesday(plain)
    assert tuesday(CLEANED_MEAN, storm) == pytest.approx(tuesday(CLEANED_MEAN), rel=0.03)


@pytest.mark.shared
def test_the_blend_beats_last_week_and_the_mean_of_four_on_the_bank(bank) -> None:
    errors = {model.name: 0.0 for model in (BLEND, RecentMean(1, "last week"), RecentMean(4, "mean of 4"))}
    last = bank.history["interval_start"].max().tz_convert("America/New_York").date()
    for weeks in (2, 4, 6, 8):
        period = Period(last - timedelta(days=7 * weeks - 1), 14)
        book = clean_book(bank.history, bank.centre, "q", period)[0]
        came = bank.history[bank.history["interval_start"].dt.tz_convert("America/New_York").dt.date >= period.first]
        actual = came.set_index("interval_start")["offered"]
        ahead = book.rows.day >= len(book.days) - 14
        offered = actual.reindex(book.rows.start[ahead]).to_numpy()
        for model in (BLEND, RecentMean(1, "last week"), RecentMean(4, "mean of 4")):
            means = model.fit(book).means(book)[book.rows.day[ahead], book.rows.slot[ahead]]
            errors[model.name] += float(np.nansum(np.abs(means - offered)))
    assert errors["blend"] < 0.92 * errors["mean of 4"]
    assert errors["blend"] < 0.75 * errors["last week"]
