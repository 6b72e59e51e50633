"""Cleaning: what was broken on purpose is found, named, and does not move the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting.book.daybook import read_daybook
from forecasting.book.finding import Finding
from forecasting.cleaning.cleaning import clean
from forecasting.models.level_regression import LevelRegression
from wfm.policy.centre import Centre
from wfm.time.week import Period

FIRST, DAYS = date(2025, 11, 3), 119
PERIOD = Period(FIRST + timedelta(days=DAYS), 7)
BROKEN = date(2026, 2, 11)


@dataclass(frozen=True)
class Forecast:
    """Day means (7,) of the week after a cleaned history, and what was found in it."""

    days: np.ndarray
    notes: list[Finding]


def forecast(past: pd.DataFrame, centre: Centre, period: Period) -> Forecast:
    book, findings = clean(read_daybook(past, centre, "q", period)[0])
    means = LevelRegression().fit(book).means(book)
    return Forecast(means[-period.days :].sum(axis=1), findings)


@pytest.fixture
def past(made_history) -> pd.DataFrame:
    return made_history(FIRST, DAYS, level=400)


def local_days(past: pd.DataFrame) -> pd.Series:
    return past["interval_start"].dt.tz_convert("Europe/Berlin").dt.date


def about(made: Forecast, day: date) -> str:
    return " | ".join(str(note) for note in made.notes if note.day == day)


def assert_close(made: Forecast, good: Forecast, tolerance: float) -> None:
    np.testing.assert_allclose(made.days, good.days, rtol=tolerance)


def test_an_outage_is_unknown_not_zero(past, one_queue) -> None:
    good = forecast(past, one_queue(), PERIOD)
    hour = past["interval_start"].dt.tz_convert("Europe/Berlin").dt.hour
    broken = past.assign(offered=past["offered"].mask((local_days(past) == BROKEN) & hour.between(10, 13), 0.0))
    made = forecast(broken, one_queue(), PERIOD)
    assert "no contact in 4.0 open hours" in about(made, BROKEN)
    assert_close(made, good, 0.01)


@pytest.mark.parametrize(("factor", "sign"), [(3.0, "+"), (0.3, "-")])
def test_an_outlier_is_left_out(past, one_queue, factor, sign) -> None:
    good = forecast(past, one_queue(), PERIOD)
    day = local_days(past) == BROKEN
    made = forecast(
        past.assign(offered=past["offered"].mask(day, (past["offered"] * factor).round())), one_queue(), PERIOD
    )
    assert f"volume {sign}" in about(made, BROKEN)
    assert_close(made, good, 0.01)


def test_a_new_level_is_no_row_of_outliers(past, one_queue) -> None:
    good = forecast(past, one_queue(), PERIOD)
    shifted = (local_days(past) >= BROKEN).to_numpy()
    made = forecast(past.assign(offered=past["offered"].mask(shifted, past["offered"] * 2)), one_queue(), PERIOD)
    assert not any("left out of the fit" in note.treated for note in made.notes)
    assert ((made.days / good.days > 1.6) & (made.days / good.days < 2.1)).all()


def test_missing_and_partial_days_are_reported_and_do_no_harm(past, one_queue) -> None:
    good = forecast(past, one_queue(), PERIOD)
    hour = past["interval_start"].dt.tz_convert("Europe/Berlin").dt.hour
    absent, partial = local_days(past) == BROKEN, (local_days(past) == date(2026, 2, 17)) & (hour < 13)
    holed = past[~absent & ~partial].reset_index(drop=True)
    made = forecast(holed, one_queue(), PERIOD)
    assert "no data on an open day" in about(made, BROKEN)
    assert "50 % of the open minutes have no data" in about(made, date(2026, 2, 17))
    assert_close(made, good, 0.02)


def test_days_of_one_kind_in_a_row_are_one_finding(past, one_queue) -> None:
    hour = past["interval_start"].dt.tz_convert("Europe/Berlin").dt.hour
    made = forecast(past[hour < 16].reset_index(drop=True), one_queue(), PERIOD)
    partial = [note for note in made.notes if note.kind == "partial_day"]
    assert [(note.day, note.last_day) for note in partial] == [(FIRST, FIRST + timedelta(days=DAYS - 1))]
