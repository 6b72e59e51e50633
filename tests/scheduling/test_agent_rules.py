"""Each agent rule: without it the bad thing happens, with it the solver prevents it and the audit names it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.roster import schedule
from wfm.tables.roster import shifts
from wfm.time.week import Period

ONE = [{"id": "li", "name": "Li Wei"}]


def solve(requirement, centre, people, period, **options):
    return schedule(requirement, centre, people, period, seconds=1.0, **options)


def rules_broken(roster, centre, people, period, **options):
    table = audit(roster, centre, people, period, **options).violations
    return set(table.loc[table["hard"], "rule"])


def test_daily_rest_keeps_a_late_shift_from_an_early_one(centre, people, requirement):
    period = Period(date(2026, 11, 23), 2)
    need = requirement(period, (6, 22), 1.0)
    first, second = need["interval_start"].dt.day == 23, need["interval_start"].dt.day == 24
    hour = need["interval_start"].dt.tz_convert("Europe/Berlin").dt.hour
    need = need.assign(agents=((first & (hour >= 14) & (hour < 22)) | (second & (hour >= 6) & (hour < 14))) * 1.0)
    free, ruled = centre(rules={"daily_rest_h": None}), centre(rules={"daily_rest_h": 11})
    staff = people(free, ONE)
    without = solve(need, free, staff, period)
    worked = shifts(without.roster)
    rest_h = (worked["start"].iloc[1] - worked["end"].iloc[0]).total_seconds() / 3600
    assert without.terms["understaffing"] == 0
    assert rest_h == 8
    assert rules_broken(without.roster, ruled, staff, period) == {"daily_rest"}
    sentence = audit(without.roster, ruled, staff, period).violations["sentence"].iloc[0]
    assert sentence == "Li Wei: 8 h rest before the shift on Tuesday 24 November, at least 11 h needed"
    prevented = solve(need, ruled, staff, period)
    assert rules_broken(prevented.roster, ruled, staff, period) == set()
    assert prevented.terms["understaffing"] > 0


def test_daily_rest_holds_across_the_border_of_the_week(centre, people, requirement, roster):
    period = Period(date(2026, 11, 23), 1)
    policy = centre()
    staff = people(policy, ONE)
    need = requirement(period, (6, 14), 1.0)
    before = roster([("li", "2026-11-22 22:00", "2026-11-23 00:00")])
    assert solve(need, policy, staff, period).terms["understaffing"] == 0
    rested = solve(need, policy, staff, period, previous=before)
    assert shifts(rested.roster).empty or shifts(rested.roster)["start"].min() >= pd.Timestamp("2026-11-23T10:00Z")
    early = roster([("li", "2026-11-23 06:00", "2026-11-23 14:00")])
    assert rules_broken(early, policy, staff, period) == set()
    assert rules_broken(early, policy, staff, period, previous=before) == {"daily_rest"}


@pytest.mark.parametrize(
    ("rule", "loose", "strict", "most"),
    [
        ("weekly_days", {"max_days_week": 7}, {"max_days_week": 3}, 3),
        ("weekly_hours", {"max_days_week": 7, "max_hours_week": 56}, {"max_days_week": 7, "max_hours_week": 32}, 4),
    ],
)
def test_weekly_limits_of_the_contract(centre, people, requirement, week, rule, loose, strict, most):
    base = {"id": "full", "hours_week": 24, "min_hours_week": 0}
    rules = {"daily_rest_h": 11, "max_consecutive_days": None}
    easy = centre(contracts=[{**base, "max_hours_week": 56, **loose}], rules=rules)
    tight = centre(contracts=[{**base, "max_hours_week": 56, **strict}], rules=rules)
    need, staff = requirement(week, (6, 14), 1.0), people(easy, ONE)
    without = solve(need, easy, staff, week)
    assert len(shifts(without.roster)) == 7
    assert rules_broken(without.roster, tight, staff, week) == {rule}
    prevented = solve(need, tight, staff, week)
    assert len(shifts(prevented.roster)) == most
    assert rules_broken(prevented.roster, tight, staff, week) == set()


def test_minimum_hours_are_paid_for_and_soft(centre, people, requirement, week):
    need = requirement(week, (6, 14), 0.0)
    lazy = centre()
    eager = centre(contracts=[{"id": "full", "hours_week": 40, "min_hours_week": 24}])
    staff = people(lazy, ONE)
    assert shifts(solve(need, lazy, staff, week).roster).empty
    worked = solve(need, eager, staff, week)
    assert len(shifts(worked.roster)) == 3
    assert worked.terms["below_minimum_hours"] == 0
    nothing = audit(worked.roster.iloc[:0], eager, staff, week).violations
    assert nothing[["rule", "hard", "found", "limit"]].to_numpy().tolist() == [["weekly_hours", False, 0.0, 24.0]]


def test_paid_leave_credits_a_fifth_a_day_up_to_the_week(centre, people, requirement, week):
    full = {"id": "full", "hours_week": 40, "min_hours_week": 40, "max_days_week": 7}
    policy = centre(contracts=[full])
    need = requirement(week, (6, 14), 1.0)
    three = [{"agent": "li", "first_day": "2026-11-23", "last_day": "2026-11-25", "kind": "leave", "paid": True}]
    staff = people(policy, ONE, time_off=three)
    solved = solve(need, policy, staff, week)
    assert len(shifts(solved.roster)) == 2
    assert solved.terms["below_minimum_hours"] == 0
    leave = solved.roster[solved.roster["activity"] == "leave"]
    assert (leave["end"] - leave["start"]).sum() == pd.Timedelta(hours=24)
    whole = people(policy, ONE, time_off=[{**three[0], "last_day": "2026-11-29"}])
    away = solve(need, policy, whole, week)
    leave = away.roster[away.roster["activity"] == "leave"]
    assert away.terms["below_minimum_hours"] == 0
    assert (leave["end"] - leave["start"])[leave["paid"]].sum() == pd.Timedelta(hours=40)


def test_consecutive_days_count_last_week(centre, people, requirement, roster, week):
    contract = [{"id": "full", "hours_week": 56, "max_hours_week": 56, "min_hours_week": 0, "max_days_week": 7}]
    free = centre(contracts=contract, rules={"max_consecutive_days": None})
    ruled = centre(contracts=contract, rules={"max_consecutive_days": 4})
    need, staff = requirement(week, (6, 14), 1.0), people(free, ONE)
    before = roster([("li", f"2026-11-{day} 06:00", f"2026-11-{day} 14:00") for day in (20, 21, 22)])
    without = solve(need, free, staff, week)
    assert len(shifts(without.roster)) == 7
    assert rules_broken(without.roster, ruled, staff, week) == {"consecutive_days"}
    prevented = solve(need, ruled, staff, week, previous=before)
    worked = (shifts(prevented.roster)["work_date"].dt.day - 23).tolist()
    assert not {0, 1} <= set(worked)
    assert rules_broken(prevented.roster, ruled, staff, week, previous=before) == set()


def test_daily_hours(centre, people, requirement):
    period = Period(date(2026, 11, 23), 1)
    templates = [{"id": "day", "start": "08:00", "lengths_h": [6, 10]}]
    free, ruled = (centre(shift_templates=templates, rules={"max_day_h": most}) for most in (None, 8))
    need, staff = requirement(period, (8, 18), 1.0), people(free, ONE)
    without = solve(need, free, staff, period)
    assert shifts(without.roster)["paid_min"].tolist() == [600]
    assert rules_broken(without.roster, ruled, staff, period) == {"daily_hours"}
    assert shifts(solve(need, ruled, staff, period).roster)["paid_min"].tolist() == [360]


def test_availability_joins_windows_over_midnight(centre, people, requirement):
    period = Period(date(2026, 11, 23), 2)
    policy, need = centre(), requirement(period, (22, 24), 1.0)
    free = people(policy, ONE)
    days = ("monday", "tuesday", "wednesday")
    until = people(
        policy, ONE, availability=[{"agent": "li", "weekday": d, "start": "06:00", "end": "24:00"} for d in days]
    )
    round_the_clock = people(
        policy, ONE, availability=[{"agent": "li", "weekday": d, "start": "00:00", "end": "24:00"} for d in days]
    )
    without = solve(need, policy, free, period)
    assert len(shifts(without.roster)) == 2
    assert rules_broken(without.roster, policy, until, period) == {"availability"}
    assert len(shifts(solve(need, policy, round_the_clock, period).roster)) == 2
    assert rules_broken(without.roster, policy, round_the_clock, period) == set()
    assert rules_broken(solve(need, policy, until, period).roster, policy, until, period) == set()


def test_time_off_and_employment(centre, people, requirement, week):
    policy, need = centre(), requirement(week, (6, 14), 1.0)
    free = people(policy, ONE)
    sick = [{"agent": "li", "first_day": "2026-11-24", "last_day": "2026-11-25", "kind": "sick", "paid": True}]
    ill = people(policy, [{**ONE[0], "since": "2026-11-24", "until": "2026-11-27"}], time_off=sick)
    without = solve(need, policy, free, week)
    assert "time_off" in rules_broken(without.roster, policy, ill, week)
    worked = solve(need, policy, ill, week)
    assert set(shifts(worked.roster)["work_date"].dt.day) <= {26, 27}
    assert (worked.roster["activity"] == "sick").sum() == 2


def test_a_night_shift_does_not_reach_into_leave(centre, people, requirement, roster):
    period = Period(date(2026, 11, 23), 1)
    policy = centre()
    tomorrow = [{"agent": "li", "first_day": "2026-11-24", "last_day": "2026-11-24", "kind": "leave", "paid": True}]
    night = roster([("li", "2026-11-23 22:00", "2026-11-24 06:00")])
    assert rules_broken(night, policy, people(policy, ONE), period) == set()
    assert rules_broken(night, policy, people(policy, ONE, time_off=tomorrow), period) == {"time_off"}
