"""Odd hours and steps: noon and night queues, closing after midnight, clock changes, coarse and daily history."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.book.daybook import read_daybook
from forecasting.book.grid import row_lengths
from forecasting.models.level_regression import LevelRegression
from wfm.tables.history import HISTORY
from wfm.time.week import Period

BERLIN = "Europe/Berlin"
MONDAY = date(2026, 3, 2)


def hourly(past: pd.DataFrame, freq: str = "h") -> pd.DataFrame:
    """History added up to hours, or to local days (``D``)."""
    local = past["interval_start"].dt.tz_convert(BERLIN)
    start = local.dt.normalize() if freq == "D" else past["interval_start"].dt.floor("h")
    sums = past.groupby(start.dt.tz_convert("UTC"))[["offered", "handled", "handle_s"]].sum().reset_index()
    return HISTORY.check(sums.rename(columns={sums.columns[0]: "interval_start"}).assign(queue="q"))


@pytest.mark.parametrize("interval_min", [5, 15, 30, 60])
@pytest.mark.parametrize(
    ("opening", "hours"), [("12:00-20:00", (12, 20)), ("00:00-24:00", (0, 24)), ({"weekdays": "07:00-09:00"}, (7, 9))]
)
def test_queues_of_any_hours_and_steps_find_their_level(one_queue, made_history, interval_min, opening, hours) -> None:
    past = made_history(MONDAY - timedelta(days=70), 70, hours=hours, step_min=interval_min, level=200)
    if isinstance(opening, dict):
        past = past[past["interval_start"].dt.tz_convert(BERLIN).dt.day_of_week < 5].reset_index(drop=True)
    book, notes = read_daybook(past, one_queue(opening, interval_min=interval_min), "q", Period(MONDAY, 7))
    assert notes == []
    means = LevelRegression().fit(book).means(book)
    ahead, before = means[-7:].sum(), np.nansum(book.offered[-14:-7])
    assert ahead == pytest.approx(before, rel=0.1)
    assert (means[book.open_min == 0] == 0).all()


def test_a_queue_that_closes_after_midnight_keeps_its_late_hours(one_queue, made_history) -> None:
    centre = one_queue({"weekdays": "18:00-02:00"})
    starts = pd.date_range("2026-01-05T17:00Z", "2026-03-01T23:30Z", freq="30min")
    local = starts.tz_convert(BERLIN)
    open_days = (local - pd.Timedelta(hours=3)).day_of_week < 5
    starts = starts[((local.hour >= 18) | (local.hour < 2)) & open_days]
    past = HISTORY.check(pd.DataFrame({"queue": "q", "interval_start": starts, "offered": 4.0}))
    book, notes = read_daybook(past, centre, "q", Period(MONDAY, 7))
    assert notes == []
    assert np.nansum(book.offered) == past["offered"].sum()
    saturday = int((pd.Timestamp("2026-01-10") - book.days[0]).days)
    assert book.open_min[saturday].sum() == 120
    week = LevelRegression().fit(book).means(book)[-7:].sum()
    assert week == pytest.approx(5 * 16 * 4, rel=0.03)


def test_a_night_queue_of_mostly_zeros_is_forecast_at_its_mean(one_queue) -> None:
    starts = pd.date_range("2025-12-01T21:00Z", "2026-03-01T22:30Z", freq="30min")
    hour = starts.tz_convert(BERLIN).hour
    starts = starts[(hour >= 22) | (hour < 6)]
    came = np.random.default_rng(3).poisson(0.15, len(starts)).astype(float)
    past = HISTORY.check(pd.DataFrame({"queue": "q", "interval_start": starts, "offered": came}))
    book, _ = read_daybook(past, one_queue("22:00-06:00"), "q", Period(MONDAY, 14))
    means = LevelRegression().fit(book).means(book)[-14:]
    assert means.sum() == pytest.approx(14 * 16 * 0.15, rel=0.25)


def test_hourly_history_is_spread_over_half_hours_and_loses_nothing(one_queue, made_history) -> None:
    past = made_history(MONDAY - timedelta(days=42), 42, level=200)
    book, notes = read_daybook(hourly(past), one_queue(), "q", Period(MONDAY, 7))
    assert np.nansum(book.offered) == pytest.approx(past["offered"].sum())
    assert np.nansum(book.handle_s) == pytest.approx(past["handle_s"].sum())
    assert [note for note in notes if "cover 60 minutes" in note.found]
    assert np.isfinite(book.offered[: book.past][book.open_min[: book.past] > 0]).all()


def test_history_that_turns_from_hours_into_half_hours_is_read_week_by_week(one_queue, made_history) -> None:
    past = made_history(MONDAY - timedelta(days=42), 42, level=200)
    middle = pd.Timestamp(MONDAY - timedelta(days=21), tz=BERLIN)
    mixed = pd.concat([hourly(past[past["interval_start"] < middle]), past[past["interval_start"] >= middle]])
    book, _ = read_daybook(HISTORY.check(mixed), one_queue(), "q", Period(MONDAY, 7))
    fine, _ = read_daybook(past, one_queue(), "q", Period(MONDAY, 7))
    np.testing.assert_allclose(book.totals[: book.past], fine.totals[: fine.past])
    np.testing.assert_allclose(book.offered[21:42], fine.offered[21:42])


@pytest.mark.parametrize("last", [date(2026, 3, 30), date(2025, 10, 27)])
def test_daily_history_is_spread_over_days_that_change_clocks_too(one_queue, made_history, last) -> None:
    past = made_history(last - timedelta(days=42), 42, hours=(0, 24), level=200)
    book, notes = read_daybook(hourly(past, "D"), one_queue("00:00-24:00"), "q", Period(last, 7))
    fine, _ = read_daybook(past, one_queue("00:00-24:00"), "q", Period(last, 7))
    np.testing.assert_allclose(book.totals[: book.past], fine.totals[: fine.past])
    assert [note for note in notes if "a whole day" in note.found]
    means = LevelRegression().fit(book).means(book)[-7:]
    assert means.sum() == pytest.approx(np.nansum(book.offered[-14:-7]), rel=0.1)


def test_daily_history_takes_the_profile_of_the_queue_it_is_like(made_history) -> None:
    from wfm.policy.load import policy_of

    like = {"id": "p", "interval_min": 30, "opening": "08:00-18:00"}
    own = {"id": "q", "interval_min": 30, "opening": "08:00-18:00", "like": "p", "like_share": 0.5}
    centre = policy_of({"centre": {"name": "t"}, "sites": [{"id": "s", "zone": BERLIN}], "queues": [like, own]})
    past = made_history(MONDAY - timedelta(days=84), 84, level=400)
    both = pd.concat([past.assign(queue="p"), hourly(past, "D")])
    book, notes = read_daybook(HISTORY.check(both), centre, "q", Period(MONDAY, 7))
    fine, _ = read_daybook(past, centre, "q", Period(MONDAY, 7))
    assert [note for note in notes if "profile of the queue it is like" in note.treated]
    shares = [np.nansum(one.offered, axis=0) / np.nansum(one.offered) for one in (book, fine)]
    np.testing.assert_allclose(shares[0], shares[1], atol=1e-3)
    assert book.lent_days == 0


def test_rows_that_are_sparse_because_nothing_came_are_not_taken_for_coarse() -> None:
    starts = pd.date_range("2026-01-05", periods=21 * 48, freq="30min", tz="UTC")
    kept = starts[np.random.default_rng(0).random(len(starts)) < 0.15]
    assert set(row_lengths(kept, 30, "UTC")) == {30.0}


def test_finer_rows_and_rows_of_a_week_that_is_cut_short() -> None:
    quarter = pd.date_range("2026-01-05", periods=200, freq="15min", tz="UTC")
    assert set(row_lengths(quarter, 30, "UTC")) == {30.0}
    days = pd.date_range("2026-01-05", periods=16, freq="D", tz="UTC")
    assert set(row_lengths(days, 30, "UTC")) == {1440.0}
    assert row_lengths(days[:0], 30, "UTC").tolist() == []
