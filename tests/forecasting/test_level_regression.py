"""The level regression: lasting shifts, drifting weekdays, holidays learnt over years; real data with breaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.book.daybook import Daybook, read_daybook
from forecasting.cleaning.cleaning import clean
from forecasting.models.level_regression import LevelRegression
from forecasting.models.recent_mean import RecentMean
from wfm.policy.centre import Centre
from wfm.tables.history import HISTORY
from wfm.time.week import Period

Centres = Callable[..., Centre]
FIRST = pd.Timestamp("2021-01-04")
WEEK = np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.5, 0.4])


def daily_book(centre: Centre, totals: np.ndarray, horizon: int, first: pd.Timestamp = FIRST) -> Daybook:
    """A cleaned book of a queue that is open one hour a day."""
    days = pd.date_range(first, periods=len(totals), freq="D")
    starts = (days.tz_localize("Europe/Berlin") + pd.Timedelta(hours=12)).tz_convert("UTC")
    frame = pd.DataFrame({"queue": "q", "interval_start": starts, "offered": totals.astype(float)})
    ahead = (first + pd.Timedelta(days=len(totals))).date()
    return clean(read_daybook(HISTORY.check(frame), centre, "q", Period(ahead, horizon))[0])[0]


@pytest.fixture
def centre(one_queue: Centres) -> Centre:
    return one_queue("12:00-13:00", interval_min=60)


def poisson(mean: np.ndarray, seed: int) -> np.ndarray:
    """Counts about a mean that has a day's own error of some four per cent."""
    rng = np.random.default_rng(seed)
    return rng.poisson(mean * np.exp(0.04 * rng.standard_normal(len(mean))))


@pytest.mark.parametrize("factor", [2 / 3, 4 / 3])
@pytest.mark.parametrize("years", [0.5, 2.7])
def test_ten_days_after_a_lasting_shift_the_level_is_the_new_one(centre: Centre, factor: float, years: float) -> None:
    past, errors = int(365 * years), []
    for seed in range(3):
        moved = np.where(np.arange(past) >= past - 10, factor, 1.0)
        mean = 1000 * WEEK[np.arange(past) % 7] * moved
        book = daily_book(centre, poisson(mean, seed), 28)
        truth = 1000 * WEEK[np.arange(past, past + 28) % 7] * factor
        errors.append(LevelRegression().fit(book).means(book).sum(axis=1)[past:].sum() / truth.sum() - 1)
    assert np.abs(np.mean(errors)) < 0.08  # the shift itself is a third


def test_months_after_a_shift_the_old_level_is_forgotten(centre: Centre) -> None:
    past = 1000
    mean = 1000 * WEEK[np.arange(past) % 7] * np.where(np.arange(past) >= past - 90, 1.5, 1.0)
    book = daily_book(centre, poisson(mean, 1), 56)
    truth = 1500 * WEEK[np.arange(past, past + 56) % 7]
    made = LevelRegression().fit(book).means(book).sum(axis=1)[past:]
    assert abs(made.sum() / truth.sum() - 1) < 0.04


def test_a_weekend_that_grows_beside_the_week_is_followed(centre: Centre) -> None:
    past = 900
    share = np.where(np.arange(past + 14) % 7 >= 5, np.linspace(0.4, 1.0, past + 14), 1.0)
    mean = 1000 * share
    book = daily_book(centre, poisson(mean[:past], 2), 14)
    made = LevelRegression().fit(book).means(book).sum(axis=1)[past:]
    weekend = np.arange(past, past + 14) % 7 >= 5
    assert abs(made[weekend].sum() / mean[past:][weekend].sum() - 1) < 0.06


def test_a_holiday_is_learnt_over_years_and_the_season_with_it(one_queue: Centres) -> None:
    centre = one_queue("12:00-13:00", interval_min=60, calendar={"country": "DE"})
    days = pd.date_range(FIRST, "2025-01-14", freq="D")
    unity = (days.month == 10) & (days.day == 3)
    season = 1 + 0.25 * np.sin(2 * np.pi * days.day_of_year.to_numpy() / 365.25)
    mean = 1000 * WEEK[days.day_of_week] * season * np.where(unity, 0.3 / WEEK[days.day_of_week], 1.0)
    past = int((days < pd.Timestamp("2024-09-23")).sum())
    book = daily_book(centre, poisson(mean[:past], 4), 28)
    made = LevelRegression().fit(book).means(book).sum(axis=1)[past:]
    truth = mean[past : past + 28]
    assert abs(made[10] / truth[10] - 1) < 0.25  # 3 October, seen three times
    ordinary = np.arange(28) != 10
    assert np.abs(made - truth)[ordinary].sum() / truth[ordinary].sum() < 0.06


def test_a_phase_of_the_month_seen_once_moves_little(centre: Centre) -> None:
    days = pd.date_range(FIRST, periods=420)
    early = np.where(days.day <= 4, 1.3, 1.0)
    lift = {}
    for count in (45, 420):
        totals = np.round(2000 * WEEK[days.day_of_week] * early)[:count]
        book = daily_book(centre, totals, horizon=35)
        phases = next(one for one in LevelRegression().fit(book).factors(book) if one.name == "month phase").by_day
        of_month = np.asarray(book.days.day)
        lift[count] = phases[of_month <= 4].mean() / phases[(of_month >= 10) & (of_month <= 20)].mean()
    assert lift[45] < 1.12
    assert lift[420] > 1.2


def test_a_fit_says_the_same_of_a_day_in_a_longer_book(centre: Centre) -> None:
    """Ages of a weekday's drift are counted from the fit's own past, not from that of the book it is asked about."""
    totals = poisson(1000 * WEEK[np.arange(500) % 7], 5)
    whole = daily_book(centre, totals, 14)
    then = whole.at_origin(400, 14)
    fitted = LevelRegression().fit(then)
    np.testing.assert_allclose(fitted.means(whole)[:414], fitted.means(then), rtol=1e-9)


@pytest.mark.shared
@pytest.mark.slow
def test_after_the_breaks_of_a_city_line_it_errs_far_less_than_recent_means(shared: Path, one_queue: Centres) -> None:
    """Fortnights from a week after lasting moves of the level: spring 2011, autumn 2012, autumn 2013, spring 2015."""
    raw = pd.read_csv(shared / "data" / "vancouver311_daily_2009_2016.csv.gz", parse_dates=["timestamp"])
    daily = raw.set_index("timestamp")["volume"].asfreq("D")
    calendar = {"country": "CA", "subdivision": "BC"}
    centre = one_queue("12:00-13:00", interval_min=60, calendar=calendar)
    errors = {"ours": 0.0, "mean of 4": 0.0}
    for origin in (date(2011, 4, 4), date(2012, 10, 15), date(2013, 10, 14), date(2015, 5, 18)):
        past = daily[daily.index < pd.Timestamp(origin)]
        book = daily_book(centre, past.to_numpy(), 14, daily.index[0])
        came = daily[pd.Timestamp(origin) : pd.Timestamp(origin) + pd.Timedelta(days=13)].to_numpy()
        for name, model in (("ours", LevelRegression()), ("mean of 4", RecentMean(4, "mean of 4"))):
            errors[name] += float(np.abs(model.fit(book).means(book).sum(axis=1)[-14:] - came).sum() / came.sum())
    assert errors["ours"] < 0.8 * errors["mean of 4"]
