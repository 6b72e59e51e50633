"""A planner's overrides: beside the model's means, added up from intervals, planned with by all that comes after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting.overrides import apply, channel_overrides, without_effect
from wfm.errors import InputError
from wfm.simulation.tables import floor_of
from wfm.staffing.requirement import staff
from wfm.staffing.scenario import read_scenario
from wfm.tables.forecast import FORECAST, FORECAST_CHANNEL_DAY, FORECAST_DAY
from wfm.tables.override import OVERRIDE

DAY = "2026-03-02"


@pytest.fixture
def tables():
    """Two days of half-hours from 08:00 to 18:00 with means 1 to 20, and their days."""
    starts = [pd.Timestamp(f"{day}T08:00", tz="Europe/Berlin") for day in (DAY, "2026-03-03")]
    rows = [start + pd.Timedelta(minutes=30 * slot) for start in starts for slot in range(20)]
    mean = np.tile(np.arange(1.0, 21.0), 2)
    intervals = FORECAST.check(pd.DataFrame({"queue": "q", "interval_start": rows, "mean": mean, "open_min": 30.0}))
    days = FORECAST_DAY.check(pd.DataFrame({"queue": "q", "day": [DAY, "2026-03-03"], "mean": [210.0, 210.0]}))
    return intervals, days


def said(*rows: dict[str, object]) -> pd.DataFrame:
    return OVERRIDE.check(pd.DataFrame([{"queue": "q", "day": DAY, "from_min": 0, **row} for row in rows]))


def test_a_factor_of_a_part_of_the_day_and_the_contacts_of_another(one_queue, tables) -> None:
    orders = said({"from_min": 480, "to_min": 540, "factor": 2}, {"from_min": 1020, "contacts": 78})
    intervals, days = apply(*tables, orders, one_queue())
    pd.testing.assert_series_equal(intervals["mean"], tables[0]["mean"])
    assert intervals["override"].dropna().tolist() == [2.0, 4.0, 38.0, 40.0]
    assert days["override"].tolist()[0] == 210 + 3 + 39
    assert np.isnan(days["override"].iloc[1])
    assert days["mean"].tolist() == [210, 210]


def test_an_interval_that_is_covered_in_part_changes_in_that_part(one_queue, tables) -> None:
    intervals, _ = apply(*tables, said({"from_min": 490, "to_min": 520, "factor": 0}), one_queue())
    np.testing.assert_allclose(intervals["override"].dropna(), [1 / 3, 2 * 2 / 3])


def test_two_stretches_that_meet_within_an_interval_both_count(one_queue, tables) -> None:
    orders = said({"from_min": 480, "to_min": 495, "factor": 3}, {"from_min": 495, "to_min": 510, "factor": 5})
    intervals, _ = apply(*tables, orders, one_queue())
    np.testing.assert_allclose(intervals["override"].dropna(), [4.0])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts=st.floats(0, 1e4), start=st.integers(480, 1000), length=st.integers(1, 80))
def test_contacts_of_a_stretch_are_met_to_the_last(one_queue, tables, contacts, start, length) -> None:
    order = {"from_min": start, "to_min": start + length, "contacts": contacts}
    intervals, days = apply(*tables, said(order), one_queue())
    minute = np.tile(480 + 30 * np.arange(20), 2)[:20]
    inside = np.clip(np.minimum(minute + 30, start + length) - np.maximum(minute, start), 0, None) / 30
    mean = tables[0]["mean"].to_numpy()[:20]
    expected = 210 - (mean * inside).sum() + contacts
    assert days["override"].iloc[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert (intervals["override"].dropna() >= 0).all()


def test_contacts_where_the_model_expects_none_are_spread_evenly(one_queue, tables) -> None:
    intervals, days = tables
    none = intervals.assign(mean=0.0), days.assign(mean=0.0)
    assert apply(*none, said({"contacts": 40}), one_queue())[0]["override"].dropna().tolist() == [2.0] * 20


def test_other_days_queues_and_withdrawn_rows_change_nothing(one_queue, tables) -> None:
    orders = said({"day": "2026-04-01", "factor": 2}, {"queue": "p", "factor": 2}, {"from_min": 600})
    intervals, days = apply(*tables, orders, one_queue())
    assert intervals["override"].isna().all()
    assert days["override"].isna().all()
    FORECAST.check(intervals)
    FORECAST_DAY.check(days)


def test_an_override_of_closed_hours_is_told(one_queue, tables) -> None:
    told = without_effect(tables[0], said({"from_min": 60, "to_min": 120, "factor": 2}), one_queue())
    assert told == ["q, 2026-03-02, 01:00-02:00: the override has no effect, the queue is closed"]
    assert without_effect(tables[0], said({"day": "2026-04-01", "factor": 2}), one_queue()) == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"factor": 2, "contacts": 5}], "factor and contacts"),
        ([{"from_min": 600, "to_min": 600, "factor": 2}], "ends before"),
        ([{"factor": 2}, {"from_min": 600, "factor": 3}], "overlap"),
    ],
)
def test_what_cannot_be_meant_is_refused(one_queue, tables, rows, message) -> None:
    with pytest.raises(InputError, match=message) as refusal:
        apply(*tables, said(*rows), one_queue())
    assert "q, 2026-03-02" in str(refusal.value.where)


def test_channels_add_up_what_their_queues_are_planned_with(one_queue, tables) -> None:
    _, days = apply(*tables, said({"contacts": 300}), one_queue())
    channels = pd.DataFrame({"channel": ["voice", "all"] * 2, "day": [DAY] * 2 + ["2026-03-03"] * 2, "mean": 210.0})
    told = channel_overrides(FORECAST_CHANNEL_DAY.check(channels), days, one_queue())
    assert told.sort_values("day")["override"].tolist()[:2] == [300, 300]
    assert told.sort_values("day")["override"].isna().tolist()[2:] == [True, True]


def test_the_requirement_is_that_of_a_forecast_with_the_overrides_as_means(one_queue, tables) -> None:
    centre = one_queue()
    intervals, _ = apply(*tables, said({"factor": 1.7}), centre)
    as_means = intervals.assign(mean=intervals["override"].fillna(intervals["mean"]), override=np.nan)
    pd.testing.assert_frame_equal(staff(intervals, centre), staff(as_means, centre))
    assert staff(intervals, centre)["offered_load"].sum() > staff(tables[0], centre)["offered_load"].sum()


def test_deferred_work_is_planned_with_the_overrides(one_queue, tables) -> None:
    centre = one_queue(queue={"channel": "email", "deadline_h": 4})
    intervals, _ = apply(*tables, said({"factor": 3}), centre)
    as_means = intervals.assign(mean=intervals["override"].fillna(intervals["mean"]), override=np.nan)
    pd.testing.assert_frame_equal(staff(intervals, centre), staff(as_means, centre))


def test_a_scenario_moves_means_and_overrides_alike(one_queue, tables) -> None:
    intervals, _ = apply(*tables, said({"contacts": 100}), one_queue())
    moved = read_scenario("volume=+10%").forecast(intervals, one_queue())
    np.testing.assert_allclose(moved["override"].dropna(), 1.1 * intervals["override"].dropna())
    np.testing.assert_allclose(moved["mean"], 1.1 * intervals["mean"])


def test_the_simulated_floor_gets_the_overrides(one_queue, tables) -> None:
    from wfm.policy.people import people_of
    from wfm.tables.people import AGENTS
    from wfm.tables.roster import ROSTER

    centre = one_queue(contracts=[{"id": "full", "hours_week": 40}], pay={"grades": {"a": "20"}})
    agent = {"id": "A", "name": "A", "team": "t", "site": "s", "contract": "full", "skills": "q", "grade": "a"}
    people = people_of(centre, AGENTS.check(pd.DataFrame([agent])))
    start = tables[0]["interval_start"].iloc[0]
    shift = {"agent": "A", "start": start, "end": start + pd.Timedelta(hours=8), "work_date": DAY, "activity": "work",
             "paid": True}  # fmt: skip
    intervals, _ = apply(*tables, said({"contacts": 500}), centre)
    floor, _, _ = floor_of(intervals, ROSTER.check(pd.DataFrame([shift])), centre, people)
    assert floor.demand.mean.sum() == pytest.approx(500 + 210)
