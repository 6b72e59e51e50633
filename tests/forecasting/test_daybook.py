"""The open grid of a queue and its history on it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.book.daybook import read_daybook
from wfm.errors import MissingError
from wfm.time.week import Period


@pytest.mark.parametrize(("first", "half_hours"), [(date(2026, 3, 29), 46), (date(2026, 10, 25), 50)])
def test_a_day_that_changes_clocks_has_its_own_number_of_intervals(one_queue, made_history, first, half_hours) -> None:
    past = made_history(first - pd.Timedelta(days=10), 10, hours=(0, 24))
    book, _ = read_daybook(past, one_queue("00:00-24:00"), "q", Period(first, 1))
    assert (book.rows.day == 10).sum() == half_hours
    assert book.open_min[10].sum() == half_hours * 30


def test_both_hours_of_the_long_night_are_kept(one_queue, made_history) -> None:
    long_night = date(2026, 10, 25)
    past = made_history(long_night - pd.Timedelta(days=3), 5, hours=(0, 24))
    book, _ = read_daybook(past, one_queue("00:00-24:00"), "q", Period(date(2026, 10, 27), 1))
    assert book.totals[:5].sum() == past["offered"].sum()
    assert book.open_min[3].max() == 60


def test_an_interval_open_in_part_says_so(one_queue, made_history) -> None:
    past = made_history(date(2026, 1, 5), 7)
    book, _ = read_daybook(past, one_queue("08:00-17:05"), "q", Period(date(2026, 1, 12), 1))
    assert book.rows.open_min[book.rows.day == 7][-1] == 5


def test_closed_days_have_no_intervals_and_missing_days_are_unknown(one_queue, made_history) -> None:
    centre = one_queue({"weekdays": "08:00-18:00", "holiday": "closed"}, calendar={"country": "DE"})
    past = made_history(date(2025, 12, 22), 14)
    local = past["interval_start"].dt.tz_convert("Europe/Berlin")
    past = past[local.dt.day_of_week < 5]
    past = past[past["interval_start"].dt.day != 30]
    book, _ = read_daybook(past.reset_index(drop=True), centre, "q", Period(date(2026, 1, 5), 1))
    christmas, absent = 3, 8
    assert not book.open_min[christmas].any()
    assert book.open_min[absent].any()
    assert np.isnan(book.totals[absent])


def test_finer_history_is_added_up(one_queue, made_history) -> None:
    past = made_history(date(2026, 1, 5), 7, step_min=15)
    book, _ = read_daybook(past, one_queue(), "q", Period(date(2026, 1, 12), 1))
    assert np.nansum(book.offered) == past["offered"].sum()


def test_history_outside_opening_hours_is_dropped_with_a_note(one_queue, made_history) -> None:
    past = made_history(date(2026, 1, 5), 7)
    book, notes = read_daybook(past, one_queue("09:00-18:00"), "q", Period(date(2026, 1, 12), 1))
    early = past["interval_start"].dt.tz_convert("Europe/Berlin").dt.hour == 8
    assert np.nansum(book.offered) == past.loc[~early, "offered"].sum()
    assert f"{int(past.loc[early, 'offered'].sum())} contacts" in notes[0].found


@pytest.mark.parametrize(("opening", "message"), [("20:00-22:00", "opening hours"), ("08:00-18:00", "before 2025-12")])
def test_without_any_usable_history_it_says_so(one_queue, made_history, opening, message) -> None:
    day = date(2026, 1, 12) if opening.startswith("20") else date(2025, 12, 1)
    with pytest.raises(MissingError, match=message):
        read_daybook(made_history(date(2026, 1, 5), 7), one_queue(opening), "q", Period(day, 1))
