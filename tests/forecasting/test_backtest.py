"""Backtest, accuracy and explanation, against what can be had without them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.evaluation.accuracy import Stored, accuracy
from forecasting.evaluation.backtest import BASELINES, OURS, backtest
from forecasting.evaluation.by import By, ByOfStored
from forecasting.explain import explain
from forecasting.forecast import forecast
from wfm.errors import MissingError
from wfm.tables.forecast import FORECAST, FORECAST_CHANNEL_DAY, FORECAST_DAY
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
    methods = [OURS, *(model.name for model in BASELINES)]
    assert made.scores["method"].tolist() == methods
    assert set(made.scores["origins"]) == {3}
    assert made.scores.set_index("method").loc[[OURS, "last week", "mean of 4"], "wmape"].idxmin() == OURS
    assert list(dict.fromkeys(made.intervals["method"])) == methods
    assert made.intervals["actual"].notna().all()


def test_a_backtest_looks_at_nothing_from_its_last_origin_on(past, one_queue) -> None:
    """What comes after the last origin changes the scores, never a forecast."""
    later = past["interval_start"] >= pd.Timestamp(FIRST + timedelta(days=DAYS - 7), tz="Europe/Berlin")
    changed = past.assign(offered=past["offered"].where(~later, 3 * past["offered"] + 5))
    one, other = (backtest(table, one_queue(), origins=1, horizon_days=7) for table in (past, changed))
    pd.testing.assert_frame_equal(one.intervals[["method", "mean", "q10"]], other.intervals[["method", "mean", "q10"]])
    assert other.scores["wmape"].min() > 0.5


def test_ours_is_the_forecast_of_that_morning(past, one_queue) -> None:
    first = FIRST + timedelta(days=DAYS - 14)
    made = backtest(past, one_queue(), origins=1, horizon_days=14)
    local = past["interval_start"].dt.tz_convert("Europe/Berlin").dt.date
    peer = forecast(past[local < first].reset_index(drop=True), one_queue(), Period(first, 14))
    ours = made.intervals[made.intervals["method"] == OURS]
    assert ours["model"].unique().tolist() == peer.intervals["model"].unique().tolist()
    np.testing.assert_allclose(ours[["mean", "q025", "q90"]], peer.intervals[["mean", "q025", "q90"]], rtol=1e-6)


@pytest.mark.parametrize("by", [by for by in By if by is not By.queue])
def test_parts_weigh_up_to_the_whole(past, one_queue, by) -> None:
    made = backtest(past, one_queue(), origins=2, horizon_days=14)
    parts, whole = made.by(by, all_methods=True), made.scores.set_index("method")
    volume = made.intervals.groupby("method")["actual"].sum()
    keyed = made.intervals.rename(columns={"time": "interval", "kind": "day-kind", "lead_day": "lead-day"})
    key = "lead_week" if by is By.lead else by.value
    of_part = keyed.groupby(["method", key], observed=True)["actual"].sum()
    for method, own in parts.groupby("method", observed=True):
        share = of_part[method].to_numpy() / volume[method]
        assert own["intervals"].sum() == whole.loc[method, "intervals"]
        assert own["wmape"].to_numpy() @ share == pytest.approx(whole.loc[method, "wmape"])
        assert own["bias"].to_numpy() @ share == pytest.approx(whole.loc[method, "bias"])
        open_share = own["intervals"].to_numpy() / own["intervals"].sum()
        assert own["agents_under"].to_numpy() @ open_share == pytest.approx(whole.loc[method, "agents_under"])


def test_weekdays_and_times_come_in_the_order_of_the_week_and_the_clock(past, one_queue) -> None:
    made = backtest(past, one_queue(), origins=1, horizon_days=14)
    assert made.by(By.weekday)["weekday"].tolist()[:2] == ["monday", "tuesday"]
    assert made.by(By.interval)["time"].tolist()[:3] == ["08:00", "08:30", "09:00"]
    assert "wmape_day" not in made.by(By.interval)
    assert made.by(By.lead_day)["lead_day"].tolist() == list(range(1, 15))
    assert made.by(By.weekday)["method"].unique().tolist() == [OURS]


def test_a_backtest_needs_history_beyond_the_horizon(past, one_queue) -> None:
    with pytest.raises(MissingError, match="too short"):
        backtest(past, one_queue(), origins=2, horizon_days=90)
    with pytest.raises(MissingError, match="no history"):
        backtest(past, one_queue(), origins=2, horizon_days=7, queues=[])


@pytest.fixture
def stored(past, one_queue) -> Stored:
    first = FIRST + timedelta(days=DAYS - 14)
    local = past["interval_start"].dt.tz_convert("Europe/Berlin").dt.date
    made = forecast(past[local < first].reset_index(drop=True), one_queue(), Period(first, 14))
    return Stored(7, FORECAST.check(made.intervals), FORECAST_DAY.check(made.days), FORECAST_CHANNEL_DAY.empty())


def test_accuracy_of_a_stored_forecast_is_that_of_the_backtest(past, one_queue, stored) -> None:
    scores = accuracy([stored], past, one_queue()).by(ByOfStored.lead)
    assert scores["lead_week"].tolist() == [1, 2]
    assert scores["days"].tolist() == [7, 7]
    assert scores["run"].tolist() == [7, 7]
    peer = backtest(past, one_queue(), origins=1, horizon_days=14).by(By.lead)
    for score in ("wmape", "wmape_day", "bias", "pinball", "in_80", "agents_over"):
        assert scores[score].to_numpy() == pytest.approx(peer[score].to_numpy())


def test_an_override_stands_beside_the_model_on_the_same_rows(past, one_queue, stored) -> None:
    came = stored.intervals.merge(past[["interval_start", "offered"]], on="interval_start")["offered"]
    known = stored.intervals.index < 20
    overridden = stored.intervals.assign(override=came.where(known))
    made = accuracy([Stored(7, overridden, stored.days, stored.channel_days)], past, one_queue())
    scores = made.by(ByOfStored.override).set_index(["method", "overridden"])
    assert scores.loc[("planned", "yes"), "wmape"] == 0  # the planner said what came
    assert scores.loc[("planned", "yes"), "understaffed"] == 0
    assert scores.loc[("model", "yes"), "wmape"] > 0
    assert scores.loc[("planned", "no"), "wmape"] == scores.loc[("model", "no"), "wmape"]
    days = made.days[made.days["method"] == "planned"].sort_values("day")
    assert days["mean"].iloc[0] == came[known].sum()
    assert days["mean"].iloc[1:].to_numpy() == pytest.approx(stored.days["mean"].iloc[1:].to_numpy())
    assert made.by_queue(one_queue()).set_index("method").loc["planned", "in_80"] != 1.0  # a plan has no bands


def test_without_overrides_there_is_no_plan_beside_the_model(past, one_queue, stored) -> None:
    assert accuracy([stored], past, one_queue()).by_queue(one_queue())["method"].tolist() == ["model"]


def test_accuracy_of_a_period_looks_at_its_days_only(past, one_queue, stored) -> None:
    second_week = Period(FIRST + timedelta(days=DAYS - 7), 7)
    made = accuracy([stored], past, one_queue(), second_week)
    assert made.by(ByOfStored.lead)["lead_week"].tolist() == [2]
    assert made.days["day"].min().date() == second_week.first


def test_days_of_channels_are_scored_where_all_their_queues_have_come(past, one_queue, stored) -> None:
    channel_days = stored.days.drop(columns=["queue", "kind", "model"]).assign(channel="voice")
    one = Stored(7, stored.intervals, stored.days, FORECAST_CHANNEL_DAY.check(channel_days))
    lost = past.assign(offered=past["offered"].where(past.index != len(past) - 1))
    whole, partial = (accuracy([one], table, one_queue()).by_channel() for table in (past, lost))
    by_queue = accuracy([one], past, one_queue()).by_queue(one_queue())
    assert whole["days"].tolist() == [14]
    assert whole["wmape_day"].tolist() == by_queue["wmape_day"].tolist()
    assert partial["days"].tolist() == [13]


def test_accuracy_says_when_nothing_has_come(past, one_queue) -> None:
    made = forecast(past, one_queue(), Period(FIRST + timedelta(days=DAYS), 7))
    tables = FORECAST.check(made.intervals), FORECAST_DAY.check(made.days), FORECAST_CHANNEL_DAY.empty()
    with pytest.raises(MissingError, match="has come yet"):
        accuracy([Stored(1, *tables)], past, one_queue())


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
