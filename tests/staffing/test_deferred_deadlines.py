"""Deadlines in working days, working hours, opening backlog and outbound lists: dates and sums worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.errors import InputError, PolicyError
from wfm.policy.centre import Centre
from wfm.policy.deadline import due_times, work_minutes
from wfm.policy.load import policy_of
from wfm.staffing.requirement import staff

MAIL: dict[str, Any] = {"id": "mail", "channel": "email", "interval_min": 60, "opening": "08:00-14:00"}


def centre(queue: dict[str, Any], calendar: dict[str, Any] | None = None, zone: str = "Europe/Berlin") -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "here", "zone": zone}],
            "calendar": calendar or {},
            "queues": [queue],
            "shrinkage": {"unplanned": 0.0},
        }
    )


def forecast(mean: list[float], start: str = "2026-11-23T07:00Z", **columns: Any) -> pd.DataFrame:
    starts = pd.date_range(start, periods=len(mean), freq="60min", unit="us")
    return pd.DataFrame({"queue": "mail", "interval_start": starts, "mean": mean, "aht_s": 3600.0} | columns)


def due(received: list[str], policy: Centre) -> list[str]:
    instants = pd.DatetimeIndex([pd.Timestamp(text, tz=policy.zone) for text in received]).tz_convert("UTC")
    return [f"{at:%m-%d %H:%M}" for at in due_times(instants.as_unit("us"), policy, "mail").tz_convert(policy.zone)]


def test_working_days_around_the_spring_festival_of_2026() -> None:
    # Off from 15 to 23 February; Saturdays 14 and 28 February are worked instead of Fridays 20 and Monday 23.
    policy = centre(
        MAIL | {"deadline_workdays": 3, "opening": {"weekdays": "09:00-18:00"}}, {"country": "CN"}, "Asia/Shanghai"
    )
    # The day of receipt never counts: the 12th is followed by the 13th, the 14th and the 24th.
    assert due(["2026-02-12 10:00"], policy) == ["02-24 18:00"]
    assert due(["2026-02-13 23:30"], policy) == ["02-25 18:00"]
    assert due(["2026-02-17 10:00"], policy) == ["02-26 18:00"]
    assert due(["2026-02-26 08:00"], policy) == ["03-02 18:00"]


def test_a_saturday_that_is_open_is_no_working_day_and_an_own_holiday_neither() -> None:
    own = {"days": [{"day": "2026-11-25", "name": "works outing", "kind": "holiday"}]}
    policy = centre(
        MAIL
        | {"deadline_workdays": 1, "opening": {"weekdays": "08:00-17:00", "sat": "09:00-12:00", "holiday": "closed"}},
        own,
    )
    assert due(["2026-11-27 10:00", "2026-11-24 10:00"], policy) == ["11-30 17:00", "11-26 17:00"]


def test_hours_on_the_clock_count_nights_and_the_lost_hour_of_spring() -> None:
    policy = centre(MAIL | {"deadline_h": 24})
    assert due(["2026-03-28 10:00"], policy) == ["03-29 11:00"]


def test_a_queue_that_never_works_has_no_deadline() -> None:
    policy = centre(MAIL | {"deadline_workdays": 1, "opening": {"sat": "08:00-12:00"}})
    with pytest.raises(InputError, match="queue mail, deadline_workdays 1"):
        due(["2026-11-23 10:00"], policy)


def test_work_hours_are_those_in_which_agents_are_asked_for() -> None:
    policy = centre(MAIL | {"deadline_h": 24, "work_hours": "10:00-12:00"})
    starts = pd.DatetimeIndex(forecast([0.0] * 6)["interval_start"])
    assert work_minutes(starts, policy, "mail").tolist() == [0, 0, 60, 60, 0, 0]
    days = pd.concat([forecast([1.0] * 6, start) for start in ("2026-11-23T07:00Z", "2026-11-24T07:00Z")])
    assert staff(days, policy)["agents"].tolist() == pytest.approx([0, 0, 3, 3, 0, 0] * 2)


def test_working_days_make_a_level_plan() -> None:
    policy = centre(MAIL | {"deadline_workdays": 1})
    days = [forecast([6.0, 0, 0, 0, 0, 0], f"2026-11-{day}T07:00Z") for day in (23, 24, 25, 26, 27)]
    table = staff(pd.concat(days), policy)
    assert table["agents"].tolist() == pytest.approx([1.0] * 30)
    assert table["due_h"].tolist() == pytest.approx([0] * 6 + [0, 0, 0, 0, 0, 6] * 4)


BACKLOG = {"day": "2026-11-23", "waiting": [{"contacts": 12, "received": "2026-11-20"}]}


def test_a_backlog_is_worked_off_by_its_deadline_and_the_end_is_as_it_would_be() -> None:
    # Due by the close of Monday: 12 hours in six, on top of what falls due; each day brings 6, due by the next close.
    waiting = [{"contacts": 12, "due": "2026-11-23"}]
    policy = centre(MAIL | {"deadline_workdays": 1, "backlog": {"day": "2026-11-23", "waiting": waiting}})
    days = [forecast([6.0, 0, 0, 0, 0, 0], f"2026-11-{day}T07:00Z") for day in (23, 24, 25)]
    table = staff(pd.concat(days), policy)
    assert table["agents"].iloc[:6].tolist() == pytest.approx([2.0] * 6)
    assert set(table["basis"]) == {"deferred, backlog"}
    assert table["released_h"].iloc[0] == pytest.approx(18.0)
    plain = staff(pd.concat(days), centre(MAIL | {"deadline_workdays": 1}))
    # 12 + 18 come; what the plan that goes round carries over may be left: a day's six hours.
    assert table["agents"].sum() == pytest.approx(30 - 6)
    assert plain["agents"].sum() == pytest.approx(18)


def test_an_overdue_backlog_is_due_by_the_close_of_the_first_day() -> None:
    old = {"day": "2026-11-23", "waiting": [{"contacts": 12, "received": "2026-11-02"}]}
    policy = centre(MAIL | {"deadline_h": 24, "backlog": old})
    table = staff(forecast([0.0] * 6), policy)
    assert table["agents"].tolist() == pytest.approx([2.0] * 6)
    assert table["due_h"].tolist() == pytest.approx([0, 0, 0, 0, 0, 12])


def test_a_backlog_of_another_day_is_left_out() -> None:
    policy = centre(MAIL | {"deadline_h": 24, "backlog": BACKLOG | {"day": "2026-11-16"}})
    assert set(staff(forecast([6.0] + [0.0] * 5), policy)["basis"]) == {"deferred"}


def test_a_backlog_due_after_later_contacts_leaves_no_room_for_them() -> None:
    # 5 h come at 10 and are due within the hour; 10 h wait and are due at the close: five agents at least at 10.
    late = {"day": "2026-11-23", "waiting": [{"contacts": 10, "due": "2026-11-23T14:00:00"}]}
    policy = centre(MAIL | {"deadline_h": 1, "backlog": late})
    table = staff(forecast([0, 0, 5.0, 0, 0, 0]), policy)
    assert table["agents"].iloc[2] == pytest.approx(5, abs=1e-3)
    assert table["agents"].sum() == pytest.approx(15, abs=1e-3)


def test_an_outbound_list_takes_its_attempts() -> None:
    # Half of the attempts reach somebody, at most two are made: 3/4 reached, 3/2 attempts: .75 x 3600 + .75 x 400 s.
    dialling = {"connect_rate": 0.5, "attempt_s": 400, "max_attempts": 2}
    policy = centre(MAIL | {"channel": "outbound", "deadline_h": 24, "dialling": dialling})
    table = staff(forecast([6.0] * 6), policy)
    assert table["agents"].to_numpy() == pytest.approx(np.full(6, 6 * 3000 / 3600))


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"deadline_h": 4, "deadline_workdays": 1}, "one of the two"),
        ({"deadline_workdays": 0}, "deadline_workdays"),
        ({"backlog": BACKLOG}, "backlog belongs to deferred work"),
        ({"deadline_h": 4, "backlog": {"day": "2026-11-23", "waiting": [{"contacts": 3}]}}, "received or due"),
        ({"deadline_h": 4, "backlog": {"day": "2026-11-23", "waiting": []}}, "waiting"),
        ({"deadline_h": 4, "dialling": {"connect_rate": 0}}, "connect_rate"),
        ({"concurrency": 3, "aht_by_level": [300, 400]}, "aht_by_level needs one handle time"),
    ],
)
def test_keys_that_make_no_sense_are_refused(keys: dict[str, Any], told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        centre(MAIL | keys)
