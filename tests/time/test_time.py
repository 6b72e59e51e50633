"""Days, weeks, grids, opening hours, calendars: against facts of the calendar, not against the code's own sums."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.errors import InputError, UsageError
from wfm.time.grid import interval_grid
from wfm.time.holidays import day_kinds, known_until
from wfm.time.opening import OpeningHours, open_minutes, read_span
from wfm.time.week import read_week, week_of
from wfm.time.zones import at_wall_time, local_day, zone_named


@pytest.mark.parametrize(
    ("day", "zone", "quarters"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 92),
        (date(2026, 10, 25), "Europe/Berlin", 100),
        (date(2026, 3, 8), "America/New_York", 92),
        (date(2026, 11, 1), "America/New_York", 100),
        (date(2026, 3, 27), "Asia/Jerusalem", 92),
        (date(2026, 6, 1), "Asia/Shanghai", 96),
        # Lord Howe Island moves by half an hour.
        (date(2026, 10, 4), "Australia/Lord_Howe", 94),
    ],
)
def test_a_day_that_changes_clocks_has_fewer_or_more_quarters(day: date, zone: str, quarters: int) -> None:
    grid = interval_grid(day, 1, zone, 15)
    assert len(grid) == quarters
    assert set(local_day(grid, zone)) == {pd.Timestamp(day)}


@given(
    st.dates(date(2000, 1, 1), date(2035, 12, 31)),
    st.sampled_from(["Europe/Berlin", "Asia/Shanghai", "America/New_York"]),
)
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    two = interval_grid(day, 2, zone, 30)
    assert np.all(np.diff(two.asi8) == 30 * 60_000_000)
    assert len(two) == len(interval_grid(day, 1, zone, 30)) + len(
        interval_grid((pd.Timestamp(day) + pd.Timedelta(days=1)).date(), 1, zone, 30)
    )


def test_a_wall_time_that_the_clock_shows_twice_is_the_earlier() -> None:
    instant = at_wall_time(pd.DatetimeIndex(["2026-10-25"]), 150, "Europe/Berlin")[0]
    assert instant == pd.Timestamp("2026-10-25T00:30Z")


@pytest.mark.parametrize(
    ("text", "starts", "first", "days"),
    [
        ("2026-11-29", "monday", date(2026, 11, 23), 7),
        ("2026-11-29", "sunday", date(2026, 11, 29), 7),
        ("2026-W48", "monday", date(2026, 11, 23), 7),
        ("2026W48", "sunday", date(2026, 11, 22), 7),
        ("2024-02", "monday", date(2024, 2, 1), 29),
        ("2026-11-25/2026-11-25", "monday", date(2026, 11, 25), 1),
        ("2026-11-23/2026-12-20", "monday", date(2026, 11, 23), 28),
        ("2026-11-23/P8W", "monday", date(2026, 11, 23), 56),
        ("2026-11-25/P10D", "monday", date(2026, 11, 25), 10),
        ("2026-W48/2026-W49", "sunday", date(2026, 11, 22), 14),
        ("2026-11/2026-12", "monday", date(2026, 11, 1), 61),
    ],
)
def test_planning_periods(text: str, starts: str, first: date, days: int) -> None:
    period = read_week(text, starts)
    assert (period.first, period.days) == (first, days)


@pytest.mark.parametrize("text", ["", "next week", "2026-13", "2026-W60", "2026-11-31", "11/29/2026"])
def test_a_period_that_cannot_be_read_says_what_is_expected(text: str) -> None:
    with pytest.raises(UsageError, match="2026-W48"):
        read_week(text)


@pytest.mark.parametrize(
    "text", ["2026-11-25/2026-11-24", "2026-11-25/", "/2026-11-25", "2026-11-25/P0D", "2026-11-31/P2D", "a/b/c"]
)
def test_an_interval_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_week(text)


@given(st.dates(date(2000, 1, 1), date(2035, 12, 31)), st.sampled_from(["monday", "saturday", "sunday"]))
def test_every_day_is_in_its_week(day: date, starts: str) -> None:
    week = week_of(day, starts)
    assert week.first <= day <= week.last
    assert week.first.strftime("%A").lower() == starts


def test_opening_past_midnight_reaches_into_the_next_day() -> None:
    hours = OpeningHours(week=((), (), (), (), ((1080, 1560),), (), ()))  # Friday 18:00 to 02:00
    starts = pd.date_range("2026-11-27T00:00Z", periods=52, freq="h")
    opened = open_minutes(starts, 60, hours, "UTC")
    assert opened.sum() == 8 * 60
    assert starts[opened > 0][[0, -1]].strftime("%a %H").tolist() == ["Fri 18", "Sat 01"]


def test_opening_on_the_nights_the_clock_changes() -> None:
    hours = OpeningHours(week=(((0, 360),),) * 7)  # 00:00 to 06:00
    spring = open_minutes(interval_grid(date(2026, 3, 29), 1, "Europe/Berlin", 30), 30, hours, "Europe/Berlin")
    autumn = open_minutes(interval_grid(date(2026, 10, 25), 1, "Europe/Berlin", 30), 30, hours, "Europe/Berlin")
    assert (spring.sum(), autumn.sum()) == (5 * 60, 7 * 60)


def test_holiday_hours_replace_the_weekday() -> None:
    hours = OpeningHours(week=(((480, 1020),),) * 7, holiday=((600, 720),))
    starts = interval_grid(date(2026, 12, 24), 3, "Europe/Berlin", 60)
    opened = open_minutes(starts, 60, hours, "Europe/Berlin", pd.DatetimeIndex(["2026-12-25"]))
    by_day = pd.Series(opened).groupby(local_day(starts, "Europe/Berlin")).sum()
    assert by_day.tolist() == [540, 120, 540]


@given(st.integers(0, 1380), st.integers(15, 1440), st.sampled_from([5, 15, 30, 60]))
def test_open_minutes_of_intervals_add_up_to_the_day(start: int, length: int, interval_min: int) -> None:
    hours = OpeningHours(week=((), ((start, start + length),), (), (), (), (), ()))
    starts = interval_grid(date(2026, 11, 23), 4, "UTC", interval_min)
    opened = open_minutes(starts, interval_min, hours, "UTC")
    assert opened.sum() == pytest.approx(length)
    assert opened.min() >= 0
    assert opened.max() <= interval_min


@pytest.mark.parametrize("text", ["8-17", "08:00", "08:00-25:00", "08:60-09:00", "a-b"])
def test_a_span_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_span(text)


def test_chinese_day_kinds_of_2026() -> None:
    """State Council notice of November 2025: 13 statutory days; make-up workdays on weekends."""
    year = day_kinds(pd.date_range("2026-01-01", "2026-12-31", unit="us"), "CN").set_index("day")["kind"]
    assert (year == "holiday").sum() == 13
    makeup = year.index[year == "makeup"].strftime("%m-%d").tolist()
    assert makeup == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert year["2026-10-05":"2026-10-07"].tolist() == ["rest"] * 3
    # 248 workdays a year by the notice of 2025 is 365 - 104 weekends - 13 holidays.
    assert year.isin(["workday", "makeup"]).sum() == 248
    assert known_until("CN") == 2026


def test_weekends_and_own_days() -> None:
    israel = day_kinds(pd.date_range("1999-02-05", periods=3, unit="us"), "IL", weekend=(4, 5))
    assert israel["kind"].tolist() == ["weekend", "weekend", "workday"]
    own = day_kinds(pd.date_range("2026-11-23", periods=2, unit="us"), own=[(date(2026, 11, 24), "special", "Launch")])
    assert own["kind"].tolist() == ["workday", "special"]
    assert own["name"].tolist() == ["", "Launch"]


def test_unknown_country_and_zone_are_refused() -> None:
    with pytest.raises(InputError, match="country"):
        day_kinds(pd.date_range("2026-01-01", periods=2, unit="us"), "XX")
    with pytest.raises(InputError, match="Mars"):
        zone_named("Mars/Olympus")
