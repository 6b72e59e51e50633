"""Cleaning against faults of known kind and size, put into generated histories, and against none at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forecasting.book.daybook import Daybook, read_daybook
from forecasting.book.finding import Finding, finding_table
from forecasting.cleaning.cleaning import clean
from forecasting.cleaning.report import told
from forecasting.cleaning.survey import survey
from wfm.errors import MissingError, TableError, WfmError
from wfm.policy.centre import Centre
from wfm.tables.finding import FINDING
from wfm.tables.history import HISTORY
from wfm.time.week import Period

FIRST, DAYS = date(2025, 3, 3), 182
BROKEN = date(2025, 6, 18)
ZONE = "Europe/Berlin"

Made = Callable[..., pd.DataFrame]
Place = Callable[..., Centre]


def wandering(seed: int, days: int = DAYS, sd: float = 0.06) -> Callable[[pd.DatetimeIndex], np.ndarray]:
    """A day level of its own on every day, as real volumes have it beyond chance."""
    level = np.exp(np.random.default_rng(seed).normal(0, sd, days + 1))
    return lambda local: level[(local.tz_localize(None).normalize() - pd.Timestamp(FIRST)).days]


def book_of(past: pd.DataFrame, centre: Centre, days: int = DAYS) -> Daybook:
    return read_daybook(past, centre, "q", Period(FIRST + timedelta(days=days), 7))[0]


def touched(raw: Daybook, cleaned: Daybook) -> np.ndarray:
    """(P,) days of which anything was masked or changed."""
    before, after = raw.offered[: raw.past], cleaned.offered[: raw.past]
    other = (before != after) & ~(np.isnan(before) & np.isnan(after))
    return np.asarray(cleaned.odd[: raw.past] | other.any(axis=1))


def changed(past: pd.DataFrame, day: date, hours: tuple[int, int], new: Callable[[pd.Series], object]) -> pd.DataFrame:
    local = past["interval_start"].dt.tz_convert(ZONE)
    at = (local.dt.date == day) & (local.dt.hour >= hours[0]) & (local.dt.hour < hours[1])
    offered = past["offered"].copy()
    offered[at] = new(offered[at])
    return past.assign(offered=offered)


def on(findings: list[Finding], day: date) -> list[Finding]:
    return [one for one in findings if one.day is not None and one.day <= day <= (one.last_day or one.day)]


@pytest.mark.parametrize(
    "made",
    [
        {"level": 60.0},
        {"level": 2.0},
        {"level": 1.0, "hours": (0, 24), "step_min": 60},
        {"level": 800.0},
        {"level": 60.0, "step_min": 5},
    ],
    ids=["usual", "low", "night and day, low", "high", "5 minutes"],
)
def test_clean_histories_are_hardly_touched(made_history: Made, one_queue: Place, made) -> None:
    hours = made.get("hours", (8, 18))
    centre = one_queue(f"{hours[0]:02d}:00-{hours[1]:02d}:00", interval_min=made.get("step_min", 30))
    flagged = 0
    for seed in range(6):
        raw = book_of(made_history(FIRST, DAYS, seed=seed, factor=wandering(seed), **made), centre)
        flagged += int(touched(raw, clean(raw)[0]).sum())
    assert flagged / (6 * DAYS) < 0.005


FAULTS: dict[str, tuple[tuple[int, int], Callable[[pd.Series], object], str, str]] = {
    "a feed at 0.4 of the usual": ((0, 24), lambda count: (0.4 * count).round(), "outage", "masked"),
    "a day at double volume": ((0, 24), lambda count: (2.0 * count).round() + 1, "storm", "masked"),
    "a day up by two fifths": ((0, 24), lambda count: (1.4 * count).round(), "outlier", "masked"),
    "three silent hours": ((10, 13), lambda _: 0.0, "outage", "masked"),
    "five hours at a quarter": ((9, 14), lambda count: (0.25 * count).round(), "outage", "masked"),
    "two stormy hours": ((12, 14), lambda count: 3.0 * count, "storm", "masked"),
    "a stuck counter": ((10, 15), lambda count: count.iloc[0], "stuck", "masked"),
    "rows counted twice": ((0, 24), lambda count: 2.0 * count, "doubled", "replaced"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_named_and_treated(made_history: Made, one_queue: Place, name) -> None:
    hours, new, kind, treatment = FAULTS[name]
    for seed in range(4):
        good = made_history(FIRST, DAYS, level=120, seed=seed, factor=wandering(seed))
        raw = book_of(changed(good, BROKEN, hours, new), one_queue())
        cleaned, findings = clean(raw)
        (found,) = on(findings, BROKEN)
        assert (found.kind, found.treatment) == (kind, treatment), (seed, str(found))
        day = int((raw.days == pd.Timestamp(BROKEN)).argmax())
        assert touched(raw, cleaned)[day]
        assert touched(raw, cleaned).sum() <= 2


def test_a_doubled_day_is_put_right_to_the_last_contact(made_history: Made, one_queue: Place) -> None:
    good = made_history(FIRST, DAYS, level=120, factor=wandering(3))
    cleaned, _ = clean(book_of(changed(good, BROKEN, (0, 24), lambda count: 2.0 * count), one_queue()))
    np.testing.assert_array_equal(cleaned.offered, book_of(good, one_queue()).offered)


@pytest.mark.parametrize("factor", [1.35, 0.7])
def test_a_level_that_shifts_and_stays_is_told_and_kept(made_history: Made, one_queue: Place, factor) -> None:
    def shifted(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(local.tz_localize(None) >= pd.Timestamp(BROKEN), factor, 1.0) * wandering(5)(local)

    raw = book_of(made_history(FIRST, DAYS, level=120, factor=shifted), one_queue())
    cleaned, findings = clean(raw)
    shifts = [one for one in findings if one.kind == "level_shift"]
    assert [abs((one.day - BROKEN).days) <= 2 for one in shifts] == [True]
    assert shifts[0].contacts / shifts[0].expected == pytest.approx(factor, rel=0.08)
    assert shifts[0].treatment == "kept"
    assert touched(raw, cleaned).sum() <= 1


def test_a_new_level_at_the_very_end_is_not_masked_away(made_history: Made, one_queue: Place) -> None:
    start = pd.Timestamp(FIRST + timedelta(days=DAYS - 5))

    def shifted(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(local.tz_localize(None) >= start, 1.5, 1.0) * wandering(6)(local)

    raw = book_of(made_history(FIRST, DAYS, level=120, factor=shifted), one_queue())
    assert not touched(raw, clean(raw)[0])[-5:].any()


def test_a_drift_over_months_is_neither_shift_nor_outliers(made_history: Made, one_queue: Place) -> None:
    def drifting(local: pd.DatetimeIndex) -> np.ndarray:
        days = (local.tz_localize(None).normalize() - pd.Timestamp(FIRST)).days.to_numpy()
        return np.exp(days / DAYS) * wandering(7)(local)

    raw = book_of(made_history(FIRST, DAYS, level=60, factor=drifting), one_queue())
    assert clean(raw)[1] == []


def test_quiet_nights_are_no_outage(made_history: Made, one_queue: Place) -> None:
    def by_night(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where((local.hour >= 7) & (local.hour < 22), 1.0, 0.01)

    centre = one_queue("00:00-24:00", interval_min=15)
    past = made_history(FIRST, DAYS, hours=(0, 24), step_min=15, level=3, factor=by_night)
    assert (past["offered"] == 0).mean() > 0.6
    assert clean(book_of(past, centre))[1] == []


def test_an_export_that_ends_within_the_day_is_cut_off_there(made_history: Made, one_queue: Place) -> None:
    last = FIRST + timedelta(days=DAYS - 1)
    past = changed(made_history(FIRST, DAYS, level=20), last, (13, 18), lambda _: 0.0)
    cleaned, findings = clean(book_of(past, one_queue()))
    assert [one.kind for one in on(findings, last)] == ["outage"]
    assert np.isnan(cleaned.offered[cleaned.past - 1]).sum() >= 48 - 20 + 10


def test_a_queue_that_always_counts_the_same_is_taken_as_it_is(made_history: Made, one_queue: Place) -> None:
    past = made_history(FIRST, 60).assign(offered=10.0)
    raw = book_of(past, one_queue(), 60)
    cleaned, findings = clean(raw)
    assert not touched(raw, cleaned).any()
    assert {(one.kind, one.treatment) for one in findings} == {("stuck", "kept")}


def test_short_and_holiday_days_are_what_the_calendar_says(made_history: Made, one_queue: Place) -> None:
    calendar = {"country": "DE", "subdivision": "BE"}
    holidays = [date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 1), date(2025, 5, 29), date(2025, 6, 9)]

    def low(local: pd.DatetimeIndex) -> np.ndarray:
        return np.where(np.isin(local.date, holidays), 0.3, 1.0) * wandering(8)(local)

    raw = book_of(made_history(FIRST, DAYS, level=60, factor=low), one_queue(calendar=calendar))
    assert not touched(raw, clean(raw)[0]).any()


def test_the_planner_has_the_last_word(made_history: Made, one_queue: Place) -> None:
    past = changed(made_history(FIRST, DAYS, level=120), BROKEN, (0, 24), lambda count: (0.4 * count).round())
    other = date(2025, 7, 2)
    centre = one_queue(cleaning={"keep": [BROKEN], "mask": [other]})
    raw = book_of(past, centre)
    cleaned, findings = clean(raw, centre.cleaning)
    assert touched(raw, cleaned)[raw.days[: raw.past] == pd.Timestamp(other)].all()
    assert touched(raw, cleaned).sum() == 1
    assert [(one.day, one.treatment) for one in findings] == [(other, "masked")]


def test_a_day_cannot_be_kept_and_masked(one_queue: Place) -> None:
    with pytest.raises(WfmError, match="2025-06-18 is both kept and masked"):
        one_queue(cleaning={"keep": [BROKEN], "mask": [BROKEN]})


def test_negative_counts_are_refused_before_cleaning(made_history: Made) -> None:
    with pytest.raises(TableError, match="out of bounds"):
        HISTORY.check(changed(made_history(FIRST, 7), FIRST, (9, 10), lambda _: -3.0))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.integers(1, 60),
    level=st.sampled_from([0.0, 0.3, 5.0, 300.0]),
    seed=st.integers(0, 10**6),
    lost=st.floats(0, 0.9),
    zone=st.sampled_from([ZONE, "America/Santiago"]),
)
def test_nothing_is_invented_on_any_history(
    made_history: Made, one_queue: Place, days, level, seed, lost, zone
) -> None:
    """Counts stay as they are, become unknown, or are halved with a finding that says so; the rest is order."""
    past = made_history(FIRST, days, hours=(0, 24), zone=zone, level=level, seed=seed)
    kept = np.random.default_rng(seed).random(len(past)) >= lost
    kept[0] = True
    raw = book_of(past[kept], one_queue("00:00-24:00", zone), days)
    cleaned, findings = clean(raw)
    same = (cleaned.offered == raw.offered) | np.isnan(cleaned.offered)
    assert same.all() or any(one.kind == "doubled" for one in findings)
    assert touched(raw, cleaned).sum() == 0 or any(one.treatment in ("masked", "replaced") for one in findings)
    assert len(finding_table(findings)) == len(findings)
    again, _ = clean(book_of(past[kept].sample(frac=1, random_state=1), one_queue("00:00-24:00", zone), days))
    np.testing.assert_array_equal(again.offered, cleaned.offered)


def test_a_survey_is_a_table_of_findings(made_history: Made, one_queue: Place) -> None:
    past = changed(made_history(FIRST, DAYS, level=120), BROKEN, (0, 24), lambda count: (0.4 * count).round())
    table = survey(past, one_queue())
    assert list(table.columns) == FINDING.names
    (row,) = table.to_dict("records")
    assert (row["queue"], row["day"], row["kind"]) == ("q", pd.Timestamp(BROKEN), "outage")
    assert row["found"] / row["expected"] == pytest.approx(0.4, abs=0.03)
    with pytest.raises(MissingError, match="unknown queue"):
        survey(past, one_queue(), ["r"])
    with pytest.raises(MissingError, match="no history"):
        survey(past[:0], one_queue())


def test_many_findings_are_told_in_one_line() -> None:
    many = [Finding("q", FIRST + timedelta(days=7 * n), "found", "treated", "outage", "masked") for n in range(9)]
    assert len(told(many[:8])) == 8
    (line,) = told(many)
    assert line.startswith("q: 9 findings of kind outage")
