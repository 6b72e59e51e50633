"""Events: spans, hours, billing dates, first days, aftermath; a given lift holds, a learnt one comes from the past."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecasting.book.daybook import Daybook, read_daybook
from forecasting.book.given_lift import lifts_against_the_past
from forecasting.models.level_regression import LevelRegression
from wfm.errors import PolicyError
from wfm.time.week import Period
from wfm.time.zones import local_day

MONDAY = date(2026, 3, 2)
PERIOD = Period(MONDAY, 7)


def moved(days: dict[date, float]) -> Callable[[pd.DatetimeIndex], np.ndarray]:
    """A factor on the volume of each local day."""
    table = pd.Series({pd.Timestamp(day): factor for day, factor in days.items()})

    def factor(local: pd.DatetimeIndex) -> np.ndarray:
        return table.reindex(local.tz_localize(None).normalize()).fillna(1.0).to_numpy()

    return factor


def book_of(past: pd.DataFrame, centre: Any, period: Period = PERIOD) -> Daybook:
    return read_daybook(past, centre, "q", period)[0]


def day_means(book: Daybook) -> np.ndarray:
    return LevelRegression().fit(book).means(book)[-7:].sum(axis=1)


def test_first_days_and_the_days_after_are_learnt_apart(one_queue, made_history) -> None:
    starts = [date(2025, 11, 3), date(2025, 12, 1), date(2026, 1, 12), date(2026, 2, 9)]
    factors = {}
    for start in starts:
        factors |= dict(zip((start + timedelta(days=day) for day in range(5)), (1.8, 1.3, 1.3, 1.2, 0.9), strict=True))
    past = made_history(MONDAY - timedelta(days=154), 154, level=400, factor=moved(factors))

    def campaign(start: date) -> dict[str, Any]:
        last = start + timedelta(days=2)
        return {"name": str(start), "kind": "mail", "first_day": start, "last_day": last, "aftermath_days": 2}

    seen = [campaign(start) for start in starts]
    calm = day_means(book_of(past, one_queue(events=seen)))
    ahead = day_means(book_of(past, one_queue(events=[*seen, campaign(MONDAY)])))
    np.testing.assert_allclose((ahead / calm)[:3], [1.8, 1.3, 1.3], rtol=0.08)
    np.testing.assert_allclose((ahead / calm)[3:5], 1.05, rtol=0.08)
    np.testing.assert_allclose((ahead / calm)[5:], 1.0, rtol=1e-9)


def test_a_given_lift_by_day_and_its_aftermath(one_queue, made_history) -> None:
    past = made_history(MONDAY - timedelta(days=70), 70, level=400)
    event = {"name": "tariff", "kind": "tariff", "first_day": MONDAY, "last_day": MONDAY + timedelta(days=2),
             "lift": [1.5, 1.2], "aftermath_days": 2, "aftermath_lift": 0.9}  # fmt: skip
    ratio = day_means(book_of(past, one_queue(events=[event]))) / day_means(book_of(past, one_queue()))
    np.testing.assert_allclose(ratio, [1.5, 1.2, 1.2, 0.9, 0.9, 1.0, 1.0], rtol=1e-9)


def test_the_aftermath_falls_on_open_days(one_queue, made_history) -> None:
    past = made_history(MONDAY - timedelta(days=70), 70, level=400)
    friday = MONDAY - timedelta(days=3)
    event = {"name": "out", "kind": "outage", "first_day": friday, "last_day": friday, "lift": 1.0,
             "aftermath_days": 1, "aftermath_lift": 1.4}  # fmt: skip
    hours = {"weekdays": "08:00-18:00"}
    ratio = (
        day_means(book_of(past, one_queue(hours, events=[event])))[:5] / day_means(book_of(past, one_queue(hours)))[:5]
    )
    np.testing.assert_allclose(ratio, [1.4, 1, 1, 1, 1], rtol=1e-9)


def test_a_billing_date_recurs_and_is_learnt(one_queue, made_history) -> None:
    bill = {"name": "bills", "kind": "bill", "days_of_month": [4], "days": 1}
    months = [date(2025, month, 4) for month in (9, 10, 11, 12)] + [date(2026, 1, 4), date(2026, 2, 4)]
    past = made_history(date(2025, 8, 25), 189, level=400, factor=moved(dict.fromkeys(months, 1.6)))
    billed = book_of(past, one_queue(events=[bill]))
    assert billed.days[billed.during("bill")].strftime("%m-%d").tolist() == [
        "09-04", "10-04", "11-04", "12-04", "01-04", "02-04", "03-04",
    ]  # fmt: skip
    fourth = day_means(billed)
    assert fourth[2] / fourth[1] == pytest.approx(1.6, rel=0.12)  # Wednesday the 4th over Tuesday; 1.0 to 1.1 else


def test_hours_of_an_outage_ahead_take_its_given_lift(one_queue, made_history) -> None:
    past = made_history(MONDAY - timedelta(days=70), 70, level=400)
    event = {"name": "upgrade", "kind": "outage", "first_day": MONDAY, "last_day": MONDAY,
             "start": "10:00", "end": "12:15", "lift": 0.2}  # fmt: skip
    struck, plain = (LevelRegression().fit(book).means(book)[-7] for book in
                     (book_of(past, one_queue(events=[event])), book_of(past, one_queue())))  # fmt: skip
    ratio = np.divide(struck, plain, out=np.ones(48), where=plain > 0)
    expected = np.ones(48)
    expected[20:24], expected[24] = 0.2, 0.6  # half of 12:00 to 12:30 lies within
    np.testing.assert_allclose(ratio, expected, rtol=1e-9)


def test_hours_of_past_outages_teach_their_lift_and_nothing_of_the_usual_volume(one_queue, made_history) -> None:
    def outage(day: date) -> dict[str, Any]:
        return {
            "name": f"o{day}",
            "kind": "outage",
            "first_day": day,
            "last_day": day,
            "start": "10:00",
            "end": "14:00",
        }

    days = [date(2026, 1, 13), date(2026, 2, 4)]

    def factor(local: pd.DatetimeIndex) -> np.ndarray:
        struck = (
            local.tz_localize(None).normalize().isin(pd.DatetimeIndex(days)) & (local.hour >= 10) & (local.hour < 14)
        )
        return np.where(struck, 0.3, 1.0)

    past = made_history(MONDAY - timedelta(days=84), 84, level=400, factor=factor)
    centre = one_queue(events=[*map(outage, days), outage(MONDAY)])
    book, notes = read_daybook(past, centre, "q", PERIOD)
    assert len(notes) == 1
    assert "learnt" in notes[0].treated
    at = int((pd.Timestamp(days[0]) - book.days[0]).days)
    assert np.isnan(book.offered[at, 20:28]).all()
    assert np.isfinite(book.offered[at, 16:20]).all()
    means = LevelRegression().fit(book).means(book)[-7]
    calm = LevelRegression().fit(book_of(past, one_queue())).means(book_of(past, one_queue()))[-7]
    assert means[20:28].sum() / calm[20:28].sum() == pytest.approx(0.3, rel=0.15)


def test_hours_of_an_unseen_kind_say_so(one_queue, made_history) -> None:
    event = {"name": "x", "kind": "drill", "first_day": MONDAY, "last_day": MONDAY, "start": "10:00", "end": "11:00"}
    _, notes = read_daybook(made_history(MONDAY - timedelta(days=30), 30), one_queue(events=[event]), "q", PERIOD)
    assert any("no past hours of kind drill" in note.found for note in notes)


def test_an_outage_over_midnight_and_a_clock_change(one_queue, made_history) -> None:
    """From 22:00 on Saturday 28 March 2026 to 04:00 on Sunday: five hours, since the clock skips one."""
    sunday = date(2026, 3, 29)
    past = made_history(sunday - timedelta(days=50), 49, hours=(0, 24))
    event = {"name": "x", "kind": "o", "first_day": sunday - timedelta(days=1), "last_day": sunday,
             "start": "22:00", "end": "04:00", "lift": 0.0}  # fmt: skip
    struck, plain = (
        book_of(past, one_queue("00:00-24:00", events=events), Period(sunday, 1)) for events in ([event], [])
    )
    assert plain.open_min.sum() - struck.open_min.sum() == 5 * 60
    assert local_day(struck.rows.start[-1:], "Europe/Berlin")[0] == pd.Timestamp(sunday)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "needs first_day and last_day"),
        ({"first_day": date(2026, 3, 2)}, "needs first_day and last_day"),
        ({"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 1)}, "ends before it begins"),
        (
            {"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 2), "start": "12:00", "end": "11:00"},
            "ends before",
        ),
        ({"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 2), "days": 3}, "belong to days_of_month"),
        ({"days_of_month": [32]}, "day of the month"),
        ({"days_of_month": [1], "start": "10:00"}, "belong to first_day"),
        ({"days_of_month": [1], "aftermath_lift": 1.1}, "needs aftermath_days"),
        ({"days_of_month": [1], "lift": -1}, "events"),
        ({"days_of_month": [1], "lift": []}, "events"),
        ({"days_of_month": [1], "queues": ["nobody"]}, "nobody"),
    ],
)
def test_an_event_that_cannot_be_is_refused(one_queue, event, message) -> None:
    with pytest.raises(PolicyError, match=message):
        one_queue(events=[{"name": "x", "kind": "y", **event}])


def test_a_given_lift_holds_and_the_past_is_told(one_queue, made_history) -> None:
    days = [date(2026, 1, 20), date(2026, 2, 10)]
    past = made_history(MONDAY - timedelta(days=98), 98, level=400, factor=moved(dict.fromkeys(days, 1.6)))

    def event(day: date, lift: float | None) -> dict[str, Any]:
        return {"name": f"mail of {day}", "kind": "mail", "first_day": day, "last_day": day, "lift": lift}

    for lift, told in ((1.2, 1), (1.6, 0)):
        centre = one_queue(events=[*(event(day, None) for day in days), event(MONDAY, lift)])
        book = book_of(past, centre)
        found = lifts_against_the_past(book, centre)
        assert len(found) == told
        ratio = day_means(book) / day_means(book_of(past, one_queue(events=[event(day, None) for day in days])))
        assert ratio[0] == pytest.approx(lift, rel=1e-9)
    centre = one_queue(events=[*(event(day, None) for day in days), event(MONDAY, 1.2)])
    sentence = str(lifts_against_the_past(book_of(past, centre), centre)[0])
    assert "given a lift of 1.20" in sentence
    assert float(sentence.split(" had ")[1].split(";")[0]) == pytest.approx(1.6, rel=0.05)
