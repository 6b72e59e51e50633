"""Drivers, deflection and redials: history is brought to one demand, the forecast to that of each day ahead."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting.book.daybook import read_daybook
from forecasting.book.demand import redial_factor
from forecasting.models.level_regression import LevelRegression
from forecasting.models.recent_mean import MEAN_OF_4
from wfm.errors import InputError, MissingError, PolicyError
from wfm.policy.centre import Queue
from wfm.tables.driver import DRIVER
from wfm.tables.history import HISTORY
from wfm.time.week import Period

MONDAY = date(2026, 3, 2)
PERIOD = Period(MONDAY, 14)
FIRST = MONDAY - timedelta(days=140)
DAYS = pd.date_range(FIRST, PERIOD.last, freq="D")


def values(name: str, figures: np.ndarray, days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    return DRIVER.check(pd.DataFrame({"driver": name, "day": days, "value": figures}))


def by_day(figures: np.ndarray, power: float):
    table = pd.Series((figures / figures.mean()) ** power, index=DAYS)
    return lambda local: table.reindex(local.tz_localize(None).normalize()).to_numpy()


@pytest.mark.parametrize("model", [LevelRegression(), MEAN_OF_4])
def test_volume_follows_a_proportional_driver_in_every_model(one_queue, made_history, model) -> None:
    subscribers = np.where(pd.Timestamp(MONDAY) <= DAYS, 150.0, 100.0)
    past = made_history(FIRST, 140, level=400)
    driven = one_queue(drivers=[{"name": "subscribers", "how": "proportional"}])
    means = []
    for centre, drivers in ((one_queue(), None), (driven, values("subscribers", subscribers))):
        book, notes = read_daybook(past, centre, "q", PERIOD, drivers=drivers)
        assert notes == []
        means.append(model.fit(book).means(book)[-14:].sum())
    assert means[1] / means[0] == pytest.approx(1.5, rel=1e-6)


@pytest.mark.parametrize("elasticity", [0.0, 0.6, 1.2])
def test_an_elasticity_is_learnt_from_history(one_queue, made_history, elasticity) -> None:
    figures = 1000 * np.exp(0.4 * np.random.default_rng(5).standard_normal(len(DAYS)))
    figures[-14:] = np.repeat([500.0, 2000.0], 7)
    past = made_history(FIRST, 140, level=400, factor=by_day(figures, elasticity))
    centre = one_queue(drivers=[{"name": "letters", "elasticity": 0.5, "elasticity_sd": 0.5}])
    book, _ = read_daybook(past, centre, "q", PERIOD, drivers=values("letters", figures))
    fitted = LevelRegression().fit(book)
    weeks = fitted.means(book)[-14:].sum(axis=1).reshape(2, 7).sum(axis=1)
    assert np.log(weeks[1] / weeks[0]) / np.log(4) == pytest.approx(elasticity, abs=0.06)
    factors = {factor.name: factor for factor in fitted.factors(book)}
    assert "letters" in factors["driver"].rests_on[0]
    product = np.prod([factor.by_day for factor in factors.values()], axis=0)
    np.testing.assert_allclose(product, fitted.means(book).sum(axis=1))


def test_letters_act_on_the_days_after_and_some_days_have_none(one_queue, made_history) -> None:
    sent = np.zeros(len(DAYS))
    sent[::14] = 5000.0
    acting = np.convolve(sent, [0.0, 0.5, 0.5])[: len(sent)]
    factor = pd.Series(np.where(acting > 0, 1.4, 1.0), index=DAYS)
    past = made_history(
        FIRST, 140, level=400, factor=lambda local: factor.reindex(local.tz_localize(None).normalize()).to_numpy()
    )
    letters = {"name": "letters", "spread": [0.0, 1.0, 1.0], "missing": "zero", "elasticity": 0.2}
    known = values("letters", sent[sent > 0], DAYS[sent > 0])
    book, notes = read_daybook(past, one_queue(drivers=[letters]), "q", PERIOD, drivers=known)
    assert notes == []
    means = LevelRegression().fit(book).means(book).sum(axis=1)
    plain, _ = read_daybook(made_history(FIRST, 140, level=400), one_queue(), "q", PERIOD)
    ratio = means[-14:] / LevelRegression().fit(plain).means(plain).sum(axis=1)[-14:]
    np.testing.assert_allclose(ratio[[1, 2]], 1.4, rtol=0.06)
    np.testing.assert_allclose(ratio[4:], 1.0, rtol=0.06)


def test_missing_values_are_carried_on_and_told_or_refused(one_queue, made_history) -> None:
    past = made_history(FIRST, 140)
    short = values("s", np.linspace(100, 140, 130), DAYS[:130])

    def read(missing: str):
        centre = one_queue(drivers=[{"name": "s", "how": "proportional", "missing": missing}])
        return read_daybook(past, centre, "q", PERIOD, drivers=short)

    book, notes = read("carry")
    assert "no value on 24 days" in notes[0].found
    assert "140" in notes[0].treated
    assert book.features["demand"].iloc[-1] == book.features["demand"].iloc[129]
    with pytest.raises(InputError, match="lacks values") as refusal:
        read("refuse")
    assert DAYS[130].date().isoformat() in str(refusal.value)


def test_a_driver_without_values_is_refused_and_one_nobody_looked_for_is_told(one_queue, made_history) -> None:
    past, centre = made_history(FIRST, 140), one_queue(drivers=[{"name": "s"}])
    with pytest.raises(MissingError, match="wfm import drivers"):
        read_daybook(past, centre, "q", PERIOD, drivers=DRIVER.empty())
    _, notes = read_daybook(past, centre, "q", PERIOD)
    assert "no values of drivers" in notes[0].found


@pytest.mark.parametrize("model", [LevelRegression(), MEAN_OF_4])
def test_what_a_bot_takes_is_taken_from_the_forecast_and_put_back_into_history(one_queue, made_history, model) -> None:
    begins = MONDAY - timedelta(days=10)

    def reaching(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(local >= pd.Timestamp(begins, tz=local.tz), 0.8, 1.0)

    past = made_history(FIRST, 140, level=400, factor=reaching)
    steps = [{"since": begins, "share": 0.2}, {"since": MONDAY + timedelta(days=7), "share": 0.6}]
    book, _ = read_daybook(past, one_queue(queue={"deflection": steps}), "q", PERIOD)
    plain, _ = read_daybook(made_history(FIRST, 140, level=400), one_queue(), "q", PERIOD)
    weeks, untouched = (model.fit(one).means(one)[-14:].sum(axis=1).reshape(2, 7).sum(axis=1) for one in (book, plain))
    np.testing.assert_allclose(weeks / untouched, [0.8, 0.4], rtol=0.03)


def test_steps_of_deflection_are_in_order(one_queue) -> None:
    steps = [{"since": "2026-02-01", "share": 0.2}, {"since": "2026-01-01", "share": 0.3}]
    with pytest.raises(PolicyError, match="order of their days"):
        one_queue(queue={"deflection": steps})


@settings(max_examples=40, deadline=None)
@given(
    first_attempts=st.floats(50, 5000),
    redial=st.floats(0.05, 0.95),
    gone=st.floats(0.0, 0.6),
    planned=st.floats(0.0, 0.3),
)
def test_redials_leave_the_first_attempts(first_attempts, redial, gone, planned) -> None:
    """A line where a share of callers abandons and a share of these calls again until it gives up or is served: what is
    offered is the geometric series of the attempts."""
    offered = first_attempts * sum((redial * gone) ** turn for turn in range(200))
    queue = Queue(id="q", redial_share=redial, planned_abandonment=planned)
    cells = np.full((5, 4), offered)
    factor, _ = redial_factor(cells, cells * gone, np.full((5, 4), np.nan), 4, queue)
    np.testing.assert_allclose((cells / factor)[:4], first_attempts, rtol=1e-6)
    ahead = first_attempts * sum((redial * planned) ** turn for turn in range(200))
    np.testing.assert_allclose(first_attempts * factor[4], ahead, rtol=1e-6)


def test_repeats_that_were_counted_bound_the_redials() -> None:
    queue = Queue(id="q", redial_share=0.9, planned_abandonment=0.0)
    cells = np.full((2, 1), 1000.0)
    factor, _ = redial_factor(cells, cells * 0.5, np.array([[100.0], [np.nan]]), 2, queue)
    np.testing.assert_allclose(cells[0] / factor[0], 900.0)
    np.testing.assert_allclose(cells[1] / factor[1], 550.0)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bad_share=st.sampled_from([0.2, 0.4, 0.5]))
def test_a_bad_fortnight_of_abandonment_does_not_raise_the_forecast(one_queue, made_history, bad_share) -> None:
    def redials(local: pd.DatetimeIndex) -> np.ndarray:
        bad = local >= pd.Timestamp(MONDAY - timedelta(days=14), tz=local.tz)
        return np.where(bad, 1 / (1 - 0.6 * bad_share), 1 / (1 - 0.6 * 0.03))

    past = made_history(FIRST, 140, level=400, factor=redials)
    bad = past["interval_start"] >= pd.Timestamp(MONDAY - timedelta(days=14), tz="Europe/Berlin")
    past["abandoned"] = (past["offered"] * np.where(bad, bad_share, 0.03)).round()
    past = HISTORY.check(past.assign(handled=past["offered"] - past["abandoned"]))
    honest = one_queue(queue={"redial_share": 0.6, "planned_abandonment": 0.03})
    book, notes = read_daybook(past, honest, "q", PERIOD)
    calm, _ = read_daybook(made_history(FIRST, 140, level=400), one_queue(), "q", PERIOD)
    ahead, truth = (LevelRegression().fit(one).means(one)[-14:].sum() for one in (book, calm))
    assert ahead / truth == pytest.approx(1 / (1 - 0.6 * 0.03), rel=0.02)
    assert "as planned" in notes[0].treated
