"""Backtest, accuracy and explanation, against what can be had without them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.accuracy import accuracy
from forecasting.evaluation.backtest import OURS, backtest
from forecasting.evaluation.scores import pinball
from forecasting.explain import explain
from forecasting.forecast import forecast
from wfm.errors import MissingError
from wfm.tables.forecast import QUANTILES
from wfm.time.week import Period

FIRST, DAYS = date(2025, 11, 3), 84


@pytest.fixture
def past(made_history) -> pd.DataFrame:
    return made_history(FIRST, DAYS)


def test_baselines_are_those_of_a_pivot_table(past, one_queue) -> None:
    scores = backtest(past, one_queue(), origins=2, horizon_days=7).scores.set_index("method")
    local = past["interval_start"].dt.tz_convert("Europe/Berlin")
    table = past.assign(day=local.dt.date, time=local.dt.time).pivot_table("offered", "day", "time").to_numpy()
    weeks = table.reshape(12, 7, -1)
    actual = weeks[10:]
    last = np.array([weeks[9], weeks[10]])
    mean = np.array([weeks[6:10].mean(axis=0), weeks[7:11].mean(axis=0)])
    for name, peer in (("last week", last), ("mean of 4", mean)):
        assert scores.loc[name, "wmape"] == pytest.approx(np.abs(peer - actual).sum() / actual.sum())
        days = np.abs((peer - actual).sum(axis=2)).sum() / actual.sum()
        assert scores.loc[name, "wmape_day"] == pytest.approx(days)
        assert scores.loc[name, "bias"] == pytest.approx((peer - actual).sum() / actual.sum())
    naive = [np.abs(np.diff(weeks[:end], axis=0)).mean() for end in (10, 11)]
    mase = [np.abs(mean[at] - actual[at]).mean() / naive[at] for at in (0, 1)]
    assert scores.loc["mean of 4", "mase"] == pytest.approx(np.mean(mase))


def test_ours_stands_beside_the_baselines_and_beats_them_where_nothing_but_noise_moves(past, one_queue) -> None:
    made = backtest(past, one_queue(), origins=3, horizon_days=7)
    assert made.scores["method"].tolist() == [OURS, "last week", "mean of 4"]
    assert made.scores["origins"].tolist() == [3, 3, 3]
    assert made.scores["wmape"].idxmin() == 0
    assert set(made.intervals["method"]) == {OURS, "last week", "mean of 4"}
    assert made.intervals["actual"].notna().all()


def test_a_backtest_needs_history_beyond_the_horizon(past, one_queue) -> None:
    with pytest.raises(MissingError, match="too short"):
        backtest(past, one_queue(), origins=2, horizon_days=90)
    with pytest.raises(MissingError, match="no history"):
        backtest(past, one_queue(), origins=2, horizon_days=7, queues=[])


def test_accuracy_of_a_stored_forecast_is_that_of_the_backtest(past, one_queue) -> None:
    local = past["interval_start"].dt.tz_convert("Europe/Berlin").dt.date
    first = FIRST + timedelta(days=DAYS - 14)
    made = forecast(past[local < first].reset_index(drop=True), one_queue(), Period(first, 14))
    scores = accuracy(made.intervals, made.days, past, one_queue())
    assert scores["lead_week"].tolist() == [1, 2]
    assert scores["days"].tolist() == [7, 7]
    peer = backtest(past, one_queue(), origins=1, horizon_days=14).scores.iloc[0]
    assert scores["wmape"].to_numpy() @ [0.5, 0.5] == pytest.approx(peer["wmape"], rel=0.05)
    assert scores["in_80"].mean() == pytest.approx(peer["in_80"], abs=0.01)


def test_accuracy_says_when_nothing_has_come(past, one_queue) -> None:
    made = forecast(past, one_queue(), Period(FIRST + timedelta(days=DAYS), 7))
    with pytest.raises(MissingError, match="has come yet"):
        accuracy(made.intervals, made.days, past, one_queue())


@pytest.mark.parametrize("days", [6, DAYS])
def test_an_explanation_multiplies_to_the_forecast(past, one_queue, days) -> None:
    day = FIRST + timedelta(days=days)
    event = {"name": "sale", "kind": "sale", "first_day": day, "last_day": day, "lift": 1.4}
    centre = one_queue(events=[event])
    parts = explain(past, centre, "q", day)
    mean = forecast(past, centre, Period(day, 1)).days["mean"].iloc[0]
    assert parts["value"].prod() == pytest.approx(mean, rel=1e-9)
    assert parts["product"].iloc[-1] == pytest.approx(mean, rel=1e-9)
    assert parts.set_index("factor").loc["event", "value"] == pytest.approx(1.4)
    assert parts["rests_on"].str.len().gt(0).all()


def test_a_closed_day_has_nothing_to_explain(past, one_queue) -> None:
    with pytest.raises(MissingError, match="closed"):
        explain(past, one_queue({"weekdays": "08:00-18:00"}), "q", date(2026, 1, 31))


def test_pinball_of_true_quantiles_is_that_of_the_normal_law() -> None:
    """The mean quantile loss of a standard normal at p is its density at the quantile: phi(z_p)."""
    from scipy.stats import norm

    actual = 1000 + 10 * np.random.default_rng(4).standard_normal(200_000)
    table = pd.DataFrame({name: [1000 + 10 * norm.ppf(p)] for name, p in QUANTILES.items()})
    expected = np.mean([norm.pdf(norm.ppf(p)) for p in np.arange(0.1, 0.95, 0.1)]) * 10 / 1000
    repeated = table.loc[np.zeros(len(actual), int)]
    assert pinball(repeated, actual) == pytest.approx(expected, rel=0.01)
