"""What last weeks leave behind: a roster judged after them is judged as if it were the second half of one."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.checking.audit import audit
from scheduling.staff.carried import carried_by_agent
from scheduling.staff.horizon import horizon_of
from wfm.time.week import Period

ZONE = "Europe/Berlin"
CARRYING = {
    "daily_rest_h": 11,
    "max_consecutive_days": 5,
    "max_consecutive_nights": 2,
    "min_consecutive_days": 2,
    "min_days_off": 2,
    "free_weekends": {"free": 1, "of": 3},
    "forbidden": [{"after": "night", "never": ["early"], "days_off": 1}, {"after": "late", "never": ["early"]}],
    "start_within_min": 300,
}
JUDGED = {
    "daily_rest", "consecutive_days", "consecutive_nights", "least_days_on", "least_days_off", "free_weekends",
    "succession", "start_consistency", "start_spread", "weekly_rest", "rolling_rest", "weekly_days",
}  # fmt: skip
EXCUSED = {"free_weekends", "weekly_rest", "weekly_days"}
"""In the week that the border cuts these may be lost before it: the second roster is not blamed for that."""
START = {"early": "06:00", "late": "14:00", "night": "22:00"}


def shifts_of(roster, days, first):
    """A roster of li's shifts as ``days`` name them, and of wu, who works every day, so that all days are known."""
    rows, templates = [], []
    for at, template in enumerate(days):
        for agent, own in (("li", template), ("wu", "early")):
            if own != "off":
                begin = pd.Timestamp(f"{first + timedelta(days=at)} {START[own]}")
                rows.append((agent, str(begin), str(begin + pd.Timedelta(hours=8))))
                templates.append(own)
    return roster(rows, template=templates)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.sampled_from(["off", "early", "late", "night"]), min_size=28, max_size=28),
    first_weekday=st.integers(0, 6),
    weekly=st.sampled_from([{"hours": 35}, {"hours": 35, "days": 7}, {"hours": 20}]),
)
def test_two_rosters_are_judged_like_one(centre, people, roster, days, first_weekday, weekly):
    first = date(2026, 11, 2) + timedelta(days=first_weekday)
    middle = first + timedelta(days=14)
    contract = {"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 5, "start_spread_min": 300}
    soft = {"start_spread": 1.0}
    ruled = centre(rules={**CARRYING, "weekly_rest": weekly, "soft": soft}, contracts=[contract])
    staff = people(ruled, [{"id": "li"}, {"id": "wu"}])
    table = shifts_of(roster, days, first)
    early = table["work_date"] < pd.Timestamp(middle)

    next_week = pd.Timestamp(middle + timedelta(days=-first_weekday % 7))

    def late(found):
        rows = found[(found["agent"] == "li") & found["rule"].isin(JUDGED) & (found["when"] >= pd.Timestamp(middle))]
        rows = rows[~rows["rule"].isin(EXCUSED) | (rows["when"] >= next_week)]
        return sorted(zip(rows["rule"], rows["when"], rows["sentence"], strict=True))

    whole = audit(table, ruled, staff, Period(first, 28))
    second = audit(table[~early], ruled, staff, Period(middle, 14), previous=table[early])
    assert late(second.violations) == late(whole.violations)


def test_what_is_carried_in_by_hand(roster):
    """Li: late on Thursday and Saturday, night on Sunday before Monday 23 November; leave on Friday."""
    shifts = [
        ("li", "2026-11-19 14:00", "2026-11-19 22:00"),
        ("li", "2026-11-21 14:00", "2026-11-21 22:00"),
        ("li", "2026-11-22 22:00", "2026-11-23 06:00"),
    ]
    leave = roster([("li", "2026-11-20 08:00", "2026-11-20 16:00")], activity="leave")
    before = pd.concat([roster(shifts, template=["late", "late", "night"]), leave], ignore_index=True)
    horizon = horizon_of(Period(date(2026, 11, 23), 7), [ZONE])
    carried = carried_by_agent(before, horizon, {"li": ZONE, "wu": ZONE})
    li = carried["li"]
    assert [(past.day, past.template, past.wall_start, past.paid_min) for past in li.past] == [
        (-4, "late", 840, 480),
        (-2, "late", 840, 480),
        (-1, "night", 1320, 480),
    ]
    assert (li.last_end, li.run_days, li.known_days, li.away) == (360, 2, 4, frozenset({-3}))
    assert (li.week_min, li.week_days) == (0, 0)
    assert carried["wu"].past == ()
    assert carried["wu"].known_days == 4


def test_the_week_that_the_period_cuts(roster):
    shifts = [("li", f"2026-11-{day} 06:00", f"2026-11-{day} 14:00") for day in (22, 23, 24)]
    horizon = horizon_of(Period(date(2026, 11, 25), 7), [ZONE])
    li = carried_by_agent(roster(shifts), horizon, {"li": ZONE})["li"]
    assert (li.week_min, li.week_days, li.run_days) == (960, 2, 3)


def test_nothing_is_carried_from_nothing():
    horizon = horizon_of(Period(date(2026, 11, 25), 7), [ZONE])
    assert carried_by_agent(None, horizon, {"li": ZONE}) == {}


@pytest.mark.parametrize("worked_days", [5, 6])
def test_a_week_that_was_lost_before_the_period_makes_nobody_unplaceable(centre, people, roster, worked_days):
    """From Monday to Friday or Saturday, then a period that begins on Sunday: what is over cannot be mended."""
    ruled = centre(
        rules={"weekly_rest": {"hours": 35}, "max_consecutive_days": 9, "free_weekends": {"free": 2, "of": 2}},
        contracts=[{"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 4}],
    )
    staff = people(ruled, [{"id": "li"}])
    before = shifts_of(roster, ["early"] * (worked_days - 1) + ["night"], date(2026, 11, 23 + 6 - worked_days))
    nothing = before.iloc[:0]
    found = audit(nothing, ruled, staff, Period(date(2026, 11, 29), 7), previous=before)
    assert found.legal
