"""What holds for every member of the blend: near a known truth, explained, and unmoved by odd histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting.book.daybook import Daybook
from forecasting.calibration import clean_book
from forecasting.models.blend import BLEND
from forecasting.models.cleaned_mean import CLEANED_MEAN
from forecasting.models.factor_model import FactorModel
from forecasting.models.rate_regression import RateRegression
from forecasting.models.recent_mean import LAST_WEEK, MEAN_OF_4
from wfm.policy.centre import Centre
from wfm.tables.history import HISTORY
from wfm.time.week import Period

MODELS = (BLEND, CLEANED_MEAN, RateRegression(), FactorModel())
BASELINES = (LAST_WEEK, MEAN_OF_4)
FIRST = date(2026, 1, 5)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)


def book_of(history: pd.DataFrame, centre: Centre, days: int, horizon: int = 14) -> Daybook:
    return clean_book(history, centre, "q", Period(FIRST + timedelta(days=days), horizon))[0]


def require_sane(model, book: Daybook) -> np.ndarray:
    fitted = model.fit(book)
    means = fitted.means(book)
    assert means.shape == book.open_min.shape
    assert np.isfinite(means).all()
    assert (means >= 0).all()
    assert (means[book.open_min == 0] == 0).all()
    product = np.prod([factor.by_day for factor in fitted.factors(book)], axis=0)
    np.testing.assert_allclose(product, means.sum(axis=1), rtol=1e-9, atol=1e-9)
    for factor in fitted.factors(book):
        assert len(factor.rests_on) in (1, len(book.days))
    return means


@each_model
def test_near_the_truth_where_it_is_known(model, one_queue, made_history, true_mean) -> None:
    book = book_of(made_history(FIRST, 112, level=240.0), one_queue(), 112)
    means = require_sane(model, book)
    ahead = book.rows.day >= book.past
    truth = true_mean(book.rows.start[ahead].tz_convert("Europe/Berlin"), 240.0) / 2
    found = means[book.rows.day[ahead], book.rows.slot[ahead]]
    assert np.abs(found - truth).sum() / truth.sum() < 0.04
    assert abs(found.sum() / truth.sum() - 1) < 0.02


@each_model
@pytest.mark.parametrize(
    ("opening", "hours", "step_min"),
    [
        ("08:00-18:00", (8, 18), 30),
        ("00:00-24:00", (0, 24), 60),
        ("00:00-24:00", (0, 24), 5),
        ("00:00-24:00", (0, 24), 15),
        ({"daily": "12:00-21:30"}, (12, 22), 30),
        ({"daily": "22:00-06:00"}, (0, 24), 30),
        ({"weekdays": "08:00-18:00"}, (8, 18), 30),
        ("00:00-01:00", (0, 1), 60),
    ],
)
def test_any_hours_and_intervals(model, one_queue, made_history, opening, hours, step_min) -> None:
    history = made_history(FIRST, 35, hours=hours, step_min=step_min, level=40.0)
    require_sane(model, book_of(history, one_queue(opening, interval_min=step_min), 35))


@each_model
@pytest.mark.parametrize("days", [1, 2, 6, 13, 15, 30])
def test_histories_of_a_few_days(model, one_queue, made_history, days) -> None:
    book = book_of(made_history(FIRST, days), one_queue(), days)
    assert require_sane(model, book)[book.past :].sum() > 0


@each_model
@pytest.mark.parametrize("days", [5, 60])
def test_no_contact_ever(model, one_queue, made_history, days) -> None:
    history = made_history(FIRST, days).assign(offered=0.0, handled=0.0, handle_s=0.0)
    assert require_sane(model, book_of(HISTORY.check(history), one_queue(), days)).sum() < 10


@each_model
def test_a_night_queue_with_hardly_a_contact(model, one_queue, made_history) -> None:
    book = book_of(made_history(FIRST, 90, hours=(0, 24), level=0.4), one_queue("00:00-24:00"), 90)
    ahead = require_sane(model, book)[book.past :]
    assert ahead.sum() / 14 == pytest.approx(np.nansum(book.offered) / 90, rel=0.3)


@each_model
def test_a_weekday_never_seen_is_like_the_others(model, one_queue, made_history) -> None:
    history = made_history(FIRST, 70)
    local = history["interval_start"].dt.tz_convert("Europe/Berlin")
    book = book_of(history[local.dt.day_of_week != 2], one_queue(), 70)
    by_day = require_sane(model, book)[book.past :].sum(axis=1)
    assert 0.5 < by_day[2] / by_day[[0, 1, 3, 4]].mean() < 1.5


@each_model
def test_days_known_in_part_count_with_the_rest(model, one_queue, made_history) -> None:
    """Without the afternoons of the last two weeks the forecast stays where it was, afternoons included."""
    history = made_history(FIRST, 84, level=200.0)
    local = history["interval_start"].dt.tz_convert("Europe/Berlin")
    lost = (local >= pd.Timestamp(FIRST + timedelta(days=70), tz="Europe/Berlin")) & (local.dt.hour >= 13)
    whole = require_sane(model, book_of(history, one_queue(), 84))
    part = require_sane(model, book_of(history[~lost], one_queue(), 84))
    np.testing.assert_allclose(part[84:].sum(axis=1), whole[84:].sum(axis=1), rtol=0.05)


@each_model
def test_a_day_off_has_a_day_off_and_leaves_no_trace(model, one_queue, made_history) -> None:
    """Easter at a quarter of its usual volume is neither learnt as a usual week nor forecast as one."""
    easter = pd.DatetimeIndex(["2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25"])

    def quiet(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(local.tz_localize(None).normalize().isin(easter), 0.25, 1.0)

    history = made_history(FIRST, 134, level=200.0, factor=quiet)
    centre = one_queue(calendar={"country": "DE"})
    book = book_of(history, centre, 134)
    by_day = require_sane(model, book)[book.past :].sum(axis=1)
    whit_monday = int((pd.Timestamp("2026-05-25") - book.days[book.past]).days)
    assert by_day[whit_monday] < 0.6 * by_day[whit_monday - 7]
    plain = require_sane(model, book_of(made_history(FIRST, 134, level=200.0), one_queue(), 134))[134:].sum(axis=1)
    assert by_day[whit_monday - 7] == pytest.approx(plain[whit_monday - 7], rel=0.06)


@pytest.mark.parametrize("model", [RateRegression(), FactorModel(), BLEND], ids=lambda model: model.name)
def test_the_level_follows_a_lasting_shift(model, one_queue, made_history, true_mean) -> None:
    def shifted(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(local >= pd.Timestamp(FIRST + timedelta(days=91), tz="Europe/Berlin"), 1.4, 1.0)

    book = book_of(made_history(FIRST, 105, level=120.0, factor=shifted), one_queue(), 105)
    means = require_sane(model, book)
    ahead = book.rows.day >= book.past
    truth = 1.4 * true_mean(book.rows.start[ahead].tz_convert("Europe/Berlin"), 120.0).sum() / 2
    assert means[book.past :].sum() == pytest.approx(truth, rel=0.08)


@each_model
def test_nothing_ahead_is_looked_at_and_refits_keep_their_choices(model, one_queue, made_history) -> None:
    book = book_of(made_history(FIRST, 98), one_queue(), 98)
    then = book.at_origin(70, 14)
    fitted = model.fit(then)
    np.testing.assert_allclose(model.fit(then, like=fitted).means(then), fitted.means(then), rtol=1e-12)
    changed = book.offered.copy()
    changed[70:98] *= 3
    other = replace(book, offered=changed).at_origin(70, 14)
    np.testing.assert_array_equal(model.fit(other).means(other), fitted.means(then))


@pytest.mark.parametrize("model", [*MODELS, *BASELINES], ids=lambda model: model.name)
def test_a_book_of_which_nothing_is_known(model, one_queue, made_history) -> None:
    """Cleaning may take all there was."""
    book = book_of(made_history(FIRST, 40), one_queue(), 40)
    require_sane(model, replace(book, offered=np.full(book.offered.shape, np.nan)))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.integers(1, 80),
    level=st.sampled_from([0.2, 6.0, 3000.0]),
    kept=st.floats(0.05, 1.0),
    silent=st.integers(0, 40),
    seed=st.integers(0, 999),
)
@pytest.mark.slow
@each_model
def test_sane_whatever_is_missing(model, one_queue, made_history, days, level, kept, silent, seed) -> None:
    """Holes anywhere and a run of zeros."""
    past = made_history(FIRST, days, step_min=60, level=level, seed=seed)
    past.loc[past.index[: 10 * silent], "offered"] = 0.0
    past = past[np.random.default_rng(seed).random(len(past)) < kept]
    if not len(past):
        return
    require_sane(model, book_of(HISTORY.check(past.reset_index(drop=True)), one_queue(interval_min=60), days))
