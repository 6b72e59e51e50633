"""What the calendar says of a queue's days: the days around closures, short days, make-up days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting.book.calendar import day_features, month_phase
from forecasting.book.daybook import read_daybook
from forecasting.models.level_regression import LevelRegression
from wfm.time.week import Period

WEEKDAYS = {"weekdays": "08:00-18:00", "holiday": "closed"}


def features(centre, first: str, last: str) -> pd.DataFrame:
    days = pd.date_range(first, last, freq="D", unit="us")
    return day_features(days, centre, "q", np.zeros(len(days), bool), len(days)).set_index(days)


def test_the_days_beside_easter_are_the_working_days_beside_it(one_queue) -> None:
    """Good Friday 3 April and Easter Monday 6 April 2026 are public holidays in Germany."""
    around = features(one_queue(WEEKDAYS, calendar={"country": "DE"}), "2026-03-30", "2026-04-10")
    assert around.index[around["before"] != ""].strftime("%m-%d").tolist() == ["04-02"]
    assert around.loc["2026-04-02", "before"] == "Good Friday"
    assert around.index[around["after"]].strftime("%m-%d").tolist() == ["04-07"]


def test_a_planned_closure_and_a_special_day_have_a_day_before(one_queue) -> None:
    own = [
        {"day": "2026-05-20", "name": "inventory", "opening": "closed"},
        {"day": "2026-05-27", "name": "price change"},
    ]
    around = features(one_queue(WEEKDAYS, calendar={"days": own}), "2026-05-18", "2026-05-29")
    assert around.loc[around["before"] != "", "before"].to_dict() == {
        pd.Timestamp("2026-05-19"): "inventory",
        pd.Timestamp("2026-05-26"): "price change",
    }
    assert around.index[around["after"]].tolist() == [pd.Timestamp("2026-05-21")]
    assert around.loc["2026-05-27", "kind"] == "special"


def test_month_phases_cover_every_day_of_ten_years() -> None:
    days = pd.date_range("2020-01-01", "2029-12-31", freq="D")
    phase = month_phase(days)
    assert set(phase) == set(range(9))
    assert (phase[days.is_month_end] == 8).all()
    assert (phase[days.day == 1] == 0).all()


def test_a_short_day_has_its_own_hours_and_the_volume_of_these(one_queue, made_history) -> None:
    eve = {"day": "2020-12-24", "yearly": True, "name": "Christmas Eve", "opening": "09:00-13:00"}
    centre = one_queue(calendar={"days": [eve]})
    past = made_history(date(2025, 9, 1), 112, level=400)
    book, notes = read_daybook(past, centre, "q", Period(date(2025, 12, 22), 7))
    assert notes == []
    short = int((pd.Timestamp("2025-12-24") - book.days[0]).days)
    assert book.open_min[short].sum() == 240
    means = LevelRegression().fit(book).means(book)
    ordinary = means[short - 7, 18:26].sum()  # 09:00 to 13:00 a week before
    assert means[short].sum() == pytest.approx(ordinary, rel=0.12)


def test_a_queue_of_weekdays_works_on_a_make_up_saturday_like_the_friday_it_pays_for(one_queue, made_history) -> None:
    """China 2026: Saturday 14 February is worked for Friday 20 February, Saturday 28 for Monday 23."""
    hours = {
        "mon": "10:00-18:00",
        "fri": "08:00-12:00",
        "tue": "08:00-18:00",
        "wed": "08:00-18:00",
        "thu": "08:00-18:00",
    }
    centre = one_queue({**hours, "holiday": "closed"}, "Asia/Shanghai", calendar={"country": "CN"})
    past = made_history(date(2025, 11, 3), 96, zone="Asia/Shanghai")
    book, _ = read_daybook(past, centre, "q", Period(date(2026, 2, 9), 21))
    open_h = pd.Series(book.open_min.sum(axis=1) / 60, index=book.days)
    assert open_h["2026-02-14"] == 4
    assert open_h["2026-02-28"] == 8
    assert open_h["2026-02-17"] == 0
    assert open_h["2026-02-20"] == 0
    means = LevelRegression().fit(book).means(book).sum(axis=1)
    assert means[book.days == pd.Timestamp("2026-02-28")][0] > 0


def test_make_up_days_may_have_hours_of_their_own(one_queue) -> None:
    from wfm.policy.days import queue_spans

    saturday = pd.DatetimeIndex(["2026-02-14"]).as_unit("us")
    own = one_queue({"weekdays": "08:00-18:00", "makeup": "09:00-17:00"}, "Asia/Shanghai", calendar={"country": "CN"})
    assert queue_spans(saturday, own, "q") == [((540, 1020),)]
    told = [{"day": "2026-02-14", "kind": "makeup", "name": "swap", "works_as": "monday"}]
    like_monday = one_queue({"mon": "10:00-11:00"}, "Asia/Shanghai", calendar={"days": told})
    assert queue_spans(saturday, like_monday, "q") == [((600, 660),)]


def test_a_day_of_some_queues_leaves_the_others_alone(one_queue) -> None:
    from wfm.policy.days import queue_open_minutes

    day = {"day": "2026-05-20", "name": "training", "opening": "closed", "queues": ["q"]}
    starts = pd.date_range("2026-05-19T22:00Z", periods=24, freq="h", unit="us")
    centre = one_queue("00:00-24:00", interval_min=60, calendar={"days": [day]})
    assert queue_open_minutes(starts, centre, "q").sum() == 0
    assert queue_open_minutes(starts - pd.Timedelta(days=1), centre, "q").sum() == 24 * 60
