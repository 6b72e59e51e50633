"""The forecast as a whole: contracts, additivity, bands, special days, events, cold starts."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting.explain import explain
from forecasting.forecast import forecast
from wfm.errors import MissingError
from wfm.tables.forecast import FORECAST, FORECAST_DAY, QUANTILES
from wfm.time.week import Period

MONDAY = date(2026, 3, 2)
BERLIN = "Europe/Berlin"


def weeks_before(days: int) -> date:
    return MONDAY - timedelta(days=days)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.integers(3, 90),
    level=st.sampled_from([0.3, 5.0, 400.0]),
    interval_min=st.sampled_from([5, 10, 30, 60]),
    horizon=st.integers(1, 20),
    seed=st.integers(0, 999),
)
def test_what_always_holds(one_queue, made_history, days, level, interval_min, horizon, seed) -> None:
    past = made_history(weeks_before(days), days, step_min=interval_min, level=level, seed=seed)
    if not past["offered"].sum():
        return
    made = forecast(past, one_queue("08:00-17:05", interval_min=interval_min), Period(MONDAY, horizon))
    pd.testing.assert_frame_equal(FORECAST.check(made.intervals), made.intervals)
    pd.testing.assert_frame_equal(FORECAST_DAY.check(made.days), made.days)
    per_day = made.intervals.groupby(made.intervals["interval_start"].dt.tz_convert(BERLIN).dt.date)["mean"].sum()
    np.testing.assert_allclose(made.days["mean"], per_day, rtol=1e-12)
    assert len(made.days) == horizon
    for table in (made.intervals, made.days):
        quantiles = table[list(QUANTILES)].to_numpy()
        assert np.isfinite(table["mean"]).all()
        assert (quantiles >= 0).all()
        assert (np.diff(quantiles, axis=1) >= 0).all()
    assert set(made.intervals["open_min"]) == {float(interval_min), 5.0}


def test_it_finds_a_known_truth(one_queue, made_history, true_mean) -> None:
    made = forecast(made_history(weeks_before(140), 140, level=400), one_queue(), Period(MONDAY, 14))
    local = pd.DatetimeIndex(made.intervals["interval_start"]).tz_convert(BERLIN)
    truth = true_mean(local, 400) / 2
    assert np.abs(made.intervals["mean"] - truth).sum() / truth.sum() < 0.03
    assert made.notes == ()


def test_a_part_open_interval_gets_the_contacts_of_its_open_minutes(one_queue, made_history) -> None:
    past = made_history(weeks_before(70), 70, level=400)
    last = past["interval_start"].dt.tz_convert(BERLIN).dt.strftime("%H:%M") == "17:30"
    past.loc[last, ["offered", "handled"]] = past.loc[last, "offered"] // 6
    made = forecast(past, one_queue("08:00-17:35"), Period(MONDAY, 7)).intervals
    ends = made[made["open_min"] == 5]
    before = made.shift(1).loc[ends.index]
    assert len(ends) == 7
    assert (ends["mean"] / before["mean"]).between(0.1, 0.2).all()


def test_nothing_of_the_period_or_after_it_is_looked_at(one_queue, made_history) -> None:
    whole = made_history(weeks_before(60), 80)
    local = whole["interval_start"].dt.tz_convert(BERLIN)
    changed = whole.assign(offered=whole["offered"].where(local < pd.Timestamp(MONDAY, tz=BERLIN), 9999))
    period = Period(MONDAY, 14)
    made, other = forecast(whole, one_queue(), period), forecast(changed, one_queue(), period)
    pd.testing.assert_frame_equal(made.intervals, other.intervals)
    pd.testing.assert_frame_equal(made.days, other.days)


def test_processes_and_seeds_change_nothing(one_queue, made_history) -> None:
    past, period = made_history(weeks_before(60), 60), Period(MONDAY, 7)
    made = forecast(past, one_queue(), period)
    pd.testing.assert_frame_equal(made.intervals, forecast(past, one_queue(), period, jobs=2, seed=5).intervals)


@pytest.mark.parametrize(("day", "half_hours"), [(date(2026, 3, 29), 46), (date(2025, 10, 26), 50)])
def test_days_that_change_clocks(one_queue, made_history, day, half_hours) -> None:
    past = made_history(day - timedelta(days=70), 70, hours=(0, 24), level=400)
    made = forecast(past, one_queue("00:00-24:00"), Period(day, 1))
    assert len(made.intervals) == half_hours
    week_before = past.set_index("interval_start")["offered"].tail(7 * 48).head(48).sum()
    assert 0.9 < made.days["mean"].iloc[0] / (week_before * half_hours / 48) < 1.1


def test_a_holiday_is_learnt_and_closed_holidays_are_absent(one_queue, made_history) -> None:
    def feasts(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(local.strftime("%m-%d").isin(["12-25", "12-26", "01-01", "10-03"]), 0.3, 1.0)

    past = made_history(date(2025, 9, 1), 215, level=400, factor=feasts)
    open_holidays = one_queue(calendar={"country": "DE"})
    period = Period(date(2026, 4, 3), 1)  # Good Friday, never seen before: kinds of days are what is known of it
    learnt = forecast(past, open_holidays, period).days
    plain = forecast(past, one_queue(), period).days
    assert learnt["kind"].tolist() == ["holiday"]
    assert learnt["mean"].iloc[0] < 0.7 * plain["mean"].iloc[0]
    closed = one_queue({"daily": "08:00-18:00", "holiday": "closed"}, calendar={"country": "DE"})
    assert forecast(past, closed, period).days.empty


def test_a_make_up_saturday_is_a_workday_and_the_feast_it_pays_for_is_not(one_queue, made_history) -> None:
    """In China the State Council moved workdays to these weekend days; 17 February 2026 is the new year's feast."""
    makeup = ["2025-09-28", "2025-10-11", "2026-01-04"]

    def worked(local: pd.DatetimeIndex) -> np.ndarray:
        day = local.strftime("%Y-%m-%d")
        return np.where(day.isin(makeup), 2.2, np.where((day >= "2025-10-01") & (day <= "2025-10-08"), 0.5, 1.0))

    zone = "Asia/Shanghai"
    centre = one_queue(zone=zone, calendar={"country": "CN"})
    past = made_history(date(2025, 8, 4), 190, level=400, zone=zone, factor=worked)
    days = forecast(past, centre, Period(date(2026, 2, 9), 14)).days.set_index("day")
    assert days.loc["2026-02-14", "kind"] == "makeup"
    assert days.loc["2026-02-17", "kind"] == "holiday"
    workday = days.loc["2026-02-11", "mean"]
    assert days.loc["2026-02-14", "mean"] > 0.8 * workday
    assert days.loc["2026-02-17", "mean"] < 0.8 * workday
    told = [explain(past, centre, "q", date(2026, 2, day)).set_index("factor")["rests_on"] for day in (11, 14, 17)]
    grounds = [grounds["weekday"] for grounds in told]
    assert grounds == ["Wednesday", "Saturday, taken for a workday", "Tuesday, taken for a weekend day"]


def test_a_given_lift_multiplies_and_a_learnt_one_comes_from_past_events(one_queue, made_history) -> None:
    def campaign(name: str, day: date, lift: float | None = None) -> dict[str, object]:
        return {"name": name, "kind": "campaign", "first_day": day, "last_day": day + timedelta(days=4), "lift": lift}

    past_days = [date(2025, 12, 8), date(2026, 1, 19)]

    def busy(local: pd.DatetimeIndex) -> np.ndarray:
        stamp = local.tz_localize(None).normalize()
        during = np.zeros(len(local), bool)
        for day in past_days:
            during |= np.asarray((stamp >= pd.Timestamp(day)) & (stamp < pd.Timestamp(day + timedelta(days=5))))
        return np.where(during, 1.5, 1.0)

    past, period = made_history(weeks_before(140), 140, level=400, factor=busy), Period(MONDAY, 7)
    seen = [campaign(f"past {day}", day) for day in past_days]
    calm = forecast(past, one_queue(events=seen), period).days["mean"]
    learnt = forecast(past, one_queue(events=[*seen, campaign("next", MONDAY)]), period).days["mean"]
    np.testing.assert_allclose((learnt / calm)[:5], 1.5, rtol=0.08)
    np.testing.assert_allclose((learnt / calm)[5:], 1.0, rtol=1e-9)
    given_lift = forecast(past, one_queue(events=[*seen, campaign("next", MONDAY, 2.0)]), period).days["mean"]
    np.testing.assert_allclose((given_lift / calm)[:5], 2.0, rtol=1e-9)


def test_an_event_of_an_unseen_kind_is_said(one_queue, made_history) -> None:
    event = {"name": "move", "kind": "outage", "first_day": MONDAY, "last_day": MONDAY}
    made = forecast(made_history(weeks_before(40), 40), one_queue(events=[event]), Period(MONDAY, 7))
    assert any("no past event of kind outage" in note.found for note in made.notes)


def test_a_cold_start_forecasts_and_says_so(one_queue, made_history) -> None:
    made = forecast(made_history(weeks_before(5), 5), one_queue(), Period(MONDAY, 7))
    assert (made.intervals["mean"] > 0).all()
    assert made.days["model"].unique().tolist() == ["mean of what there is"]
    assert any("usable data on 5 days" in note.found for note in made.notes)
    assert any("guessed" in note.treated for note in made.notes)


def test_no_history_and_unknown_queues_are_refused(one_queue, made_history) -> None:
    past = made_history(weeks_before(5), 5)
    with pytest.raises(MissingError, match="no history of queue q"):
        forecast(past, one_queue(), Period(weeks_before(30), 7))
    with pytest.raises(MissingError, match="unknown queue"):
        forecast(past, one_queue(), Period(MONDAY, 7), queues=["nobody"])


def test_all_zero_history_forecasts_nearly_nothing(one_queue, made_history) -> None:
    past = made_history(weeks_before(40), 40).assign(offered=0.0, handled=0.0, handle_s=0.0)
    made = forecast(past, one_queue(), Period(MONDAY, 7))
    assert made.days["mean"].between(0, 0.01).all()


def test_handle_times(one_queue, made_history) -> None:
    past = made_history(weeks_before(60), 60, level=400)
    morning = past["interval_start"].dt.tz_convert(BERLIN).dt.hour < 10
    past["handle_s"] = past["offered"] * np.where(morning, 300.0, 200.0)
    made = forecast(past, one_queue(), Period(MONDAY, 7)).intervals
    early = made["interval_start"].dt.tz_convert(BERLIN).dt.hour < 10
    assert made.loc[early, "aht_s"].between(270, 300 + 1e-6).all()
    assert made.loc[~early, "aht_s"].between(200 - 1e-6, 215).all()
    assert not made["aht_assumed"].any()


def test_a_handle_time_without_data_is_marked_as_assumed(one_queue, made_history) -> None:
    past = made_history(weeks_before(60), 60).assign(handled=np.nan, handle_s=np.nan)
    made = forecast(past, one_queue(queue={"default_aht_s": 333}), Period(MONDAY, 7))
    assert made.intervals["aht_s"].eq(333).all()
    assert made.intervals["aht_assumed"].all()
    assert any("333 s" in note.treated for note in made.notes)
