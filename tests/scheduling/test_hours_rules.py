"""Rules about hours: without each the bad thing happens, with it the solver prevents it and the audit names it."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.person.atlas import Atlas
from scheduling.person.counter import counter_of
from scheduling.roster import schedule
from scheduling.rules.catalogue import agent_rules
from scheduling.staff.horizon import horizon_of
from scheduling.staff.worker import workers_of
from wfm.errors import PolicyError
from wfm.tables.roster import ROSTER, shifts
from wfm.time.week import Period

ONE = [{"id": "li", "name": "Li Wei"}]
WIDE = {"id": "full", "hours_week": 40, "min_hours_week": 0, "max_hours_week": 70, "max_days_week": 7}
LOOSE = {"daily_rest_h": 11, "max_consecutive_days": 99}
DAY = [{"id": "day", "start": "08:00", "lengths_h": [8]}]
LONG = [{"id": "day", "start": "08:00", "lengths_h": [6, 10, 12]}]


def solve(requirement, centre, people, period, **options):
    return schedule(requirement, centre, people, period, seconds=1.0, **options)


def told(roster, centre, people, period, rule, **options):
    found = audit(roster, centre, people, period, **options).violations
    return found[found["rule"] == rule]


def days_of(roster, first, hours, agent="li"):
    """A shift from eight on, of so many hours, on each day from ``first`` on; 0 is a day off."""
    days = [(first + timedelta(days=at), length) for at, length in enumerate(hours)]
    rows = [(agent, f"{day} 08:00", f"{day} {8 + length:02}:00") for day, length in days if length]
    return roster(rows) if rows else ROSTER.empty()


def test_daily_hours_of_a_contract_and_with_overtime(centre, people, requirement, week):
    monday = Period(week.first, 1)
    free = centre(shift_templates=LONG, contracts=[WIDE])
    need, staff = requirement(monday, (8, 20), 1.0), people(free, ONE)
    assert shifts(solve(need, free, staff, monday).roster)["paid_min"].tolist() == [720]
    short = centre(shift_templates=LONG, contracts=[{**WIDE, "max_hours_day": 6}])
    assert shifts(solve(need, short, staff, monday).roster)["paid_min"].tolist() == [360]
    over = centre(shift_templates=LONG, contracts=[WIDE], rules={"max_day_h": 8, "max_day_overtime_h": 10})
    solved = solve(need, over, staff, monday)
    assert shifts(solved.roster)["paid_min"].tolist() == [600]
    found = told(solved.roster, over, staff, monday, "daily_hours")
    assert found["hard"].tolist() == [False]
    assert found["sentence"].tolist() == ["Li Wei: 10 paid hours on Monday 23 November, 2 h of it overtime"]
    dear = centre(
        shift_templates=LONG, contracts=[WIDE],
        rules={"max_day_h": 8, "max_day_overtime_h": 10, "soft": {"daily_hours": 1000}},
    )  # fmt: skip
    assert shifts(solve(need, dear, staff, monday).roster)["paid_min"].tolist() == [360]


def test_shift_lengths_of_a_contract(centre, people, requirement, week):
    monday = Period(week.first, 1)
    free, ruled = (centre(shift_templates=LONG, contracts=[{**WIDE, **own}]) for own in ({}, {"lengths_h": [6.0, 9.0]}))
    need, staff = requirement(monday, (8, 18), 1.0), people(free, ONE)
    without = solve(need, free, staff, monday)
    assert shifts(without.roster)["paid_min"].tolist() == [600]
    found = told(without.roster, ruled, staff, monday, "shift_length")
    sentence = "Li Wei: the shift on Monday 23 November is 1 h off the lengths agreed, 6 or 9 h"
    assert found["sentence"].tolist() == [sentence]
    assert shifts(solve(need, ruled, staff, monday).roster)["paid_min"].tolist() == [360]


@pytest.mark.parametrize(
    ("rules", "days"), [({}, 7), ({"max_week_h": 60}, 6), ({"max_overtime_week_h": 8}, 4), ({"max_week_h": 45}, 4)]
)
def test_a_single_week_has_its_cap_and_that_of_its_overtime(rules, days, centre, people, requirement, week):
    ten = [{"id": "day", "start": "08:00", "lengths_h": [10]}]
    policy = centre(shift_templates=ten, contracts=[WIDE], rules={**LOOSE, **rules})
    staff = people(policy, ONE)
    solved = solve(requirement(week, (8, 18), 1.0), policy, staff, week)
    assert len(shifts(solved.roster)) == days
    assert audit(solved.roster, policy, staff, week).legal


def test_overtime_beyond_the_week_is_told_with_its_hours(centre, people, roster, week):
    policy = centre(contracts=[WIDE], rules={**LOOSE, "max_overtime_week_h": 8})
    worked = days_of(roster, week.first, [8] * 7)
    found = told(worked, policy, people(policy, ONE), week, "weekly_hours")
    assert found["sentence"].tolist() == [
        "Li Wei: 56 paid hours in the week to Sunday 29 November, 16 h of it overtime, at most 48 allowed"
    ]


def test_a_hard_minimum_is_kept_where_a_soft_one_is_paid_for(centre, people, requirement, week):
    nobody = requirement(week, (8, 16), 0.0)
    prices = {"below_minimum_hours": 0.0}
    soft = centre(shift_templates=DAY, contracts=[{**WIDE, "min_hours_week": 24}], prices=prices)
    hard = centre(shift_templates=DAY, contracts=[{**WIDE, "min_hours_week": 24, "min_hours": "hard"}], prices=prices)
    staff = people(soft, ONE)
    idle = solve(nobody, soft, staff, week)
    assert shifts(idle.roster).empty
    found = told(idle.roster, hard, staff, week, "weekly_hours")
    assert found[["hard", "found", "limit"]].to_numpy().tolist() == [[True, 0.0, 24.0]]
    assert shifts(solve(nobody, hard, staff, week).roster)["paid_min"].sum() == 24 * 60
    away = [{"agent": "li", "first_day": "2026-11-23", "last_day": "2026-11-29", "kind": "leave", "paid": False}]
    absent = people(hard, ONE, time_off=away)
    solved = solve(nobody, hard, absent, week)
    assert not any(reason.illegal for reason in solved.unplaceable)
    assert audit(solved.roster, hard, absent, week).legal


def test_a_week_begun_before_the_period_goes_on(centre, people, requirement, roster):
    """A month from a Wednesday on: of a 40-hour week 16 are worked, 8 credited, so that 16 remain."""
    rest = Period(date(2026, 11, 25), 5)
    policy = centre(shift_templates=DAY, contracts=[{**WIDE, "max_hours_week": 40, "min_hours_week": 40}])
    staff = people(policy, ONE)
    monday = days_of(roster, date(2026, 11, 16), [8, 0, 0, 0, 0, 0, 0, 8])
    leave = roster([("li", "2026-11-24 09:00", "2026-11-24 17:00")], activity="leave")
    before = pd.concat([monday, leave], ignore_index=True)
    nobody = requirement(rest, (8, 16), 0.0)
    solved = solve(nobody, policy, staff, rest, previous=before)
    assert shifts(solved.roster)["paid_min"].sum() == 24 * 60
    assert solved.terms["below_minimum_hours"] == 0
    everyone = requirement(rest, (8, 16), 1.0)
    assert shifts(solve(everyone, policy, staff, rest, previous=before).roster)["paid_min"].sum() == 24 * 60
    fresh = solve(nobody, policy, staff, rest)
    assert fresh.terms["below_minimum_hours"] == 0
    assert shifts(fresh.roster)["paid_min"].sum() == 32 * 60


def test_a_week_that_was_over_before_the_period_leaves_days_off_legal(centre, people, requirement, roster):
    rest = Period(date(2026, 11, 28), 2)
    policy = centre(shift_templates=DAY, contracts=[{**WIDE, "max_hours_week": 40}])
    staff = people(policy, ONE)
    before = days_of(roster, date(2026, 11, 23), [12] * 5)
    solved = solve(requirement(rest, (8, 16), 1.0), policy, staff, rest, previous=before)
    assert not any(reason.illegal for reason in solved.unplaceable)
    assert shifts(solved.roster).empty
    worked = days_of(roster, date(2026, 11, 28), [8])
    found = told(worked, policy, staff, rest, "weekly_hours", previous=before)
    assert found[["found", "limit"]].to_numpy().tolist() == [[68.0, 60.0]]


def test_period_hours_are_between_their_bounds(centre, people, requirement):
    fortnight = Period(date(2026, 11, 23), 14)
    free = centre(shift_templates=DAY, contracts=[WIDE], rules=LOOSE)
    bounded = {**WIDE, "min_hours": "hard", "min_hours_period": 48, "max_hours_period": 64}
    ruled = centre(shift_templates=DAY, contracts=[bounded], rules=LOOSE)
    staff = people(free, ONE)
    much, none = (requirement(fortnight, (8, 16), agents) for agents in (1.0, 0.0))
    without = solve(much, free, staff, fortnight)
    assert len(shifts(without.roster)) == 14
    found = told(without.roster, ruled, staff, fortnight, "period_hours")
    assert found["sentence"].tolist() == [
        "Li Wei: 112 paid hours from Monday 23 November to Sunday 6 December, at most 64 allowed"
    ]
    assert len(shifts(solve(much, ruled, staff, fortnight).roster)) == 8
    assert shifts(solve(none, free, staff, fortnight).roster).empty
    assert len(shifts(solve(none, ruled, staff, fortnight).roster)) == 6
    leave = [{"agent": "li", "first_day": "2026-11-23", "last_day": "2026-11-25", "kind": "leave", "paid": True}]
    credited = solve(none, ruled, people(ruled, ONE, time_off=leave), fortnight)
    assert len(shifts(credited.roster)) == 3


@pytest.mark.parametrize(
    ("days_week", "away", "credit_h"),
    [(5, 1, 8), (5, 7, 40), (4, 1, 10), (4, 7, 40), (3, 2, 26.67), (3, 7, 40)],
)
def test_a_day_of_leave_credits_one_of_the_contracts_days(days_week, away, credit_h, centre, people, week, roster):
    policy = centre(contracts=[{**WIDE, "days_week": days_week, "min_hours_week": 40}])
    last = week.first + timedelta(days=away - 1)
    leave = [{"agent": "li", "first_day": str(week.first), "last_day": str(last), "kind": "leave", "paid": True}]
    found = told(ROSTER.empty(), policy, people(policy, ONE, time_off=leave), week, "weekly_hours")
    if credit_h == 40:
        assert found.empty
    else:
        assert found["found"].tolist() == pytest.approx([credit_h], abs=0.01)


AVERAGE = {**LOOSE, "average_hours": {"hours": 48, "weeks": 17}}


def weeks_before(roster, first, weeks):
    """So many hours, on five days each, in the weeks before ``first``, earliest first."""
    hours = [day for total in weeks for day in (*[total // 5] * 5, 0, 0)]
    return days_of(roster, first - timedelta(weeks=len(weeks)), hours)


def test_an_average_warns_by_what_was_worked_and_limits_no_single_week(centre, people, requirement, roster, week):
    """Sixteen weeks of 45 h and one of 70 h: (720 + 70) / 17 = 46.47; of 50 h: (800 + 70) / 17 = 51.18."""
    ten = [{"id": "day", "start": "08:00", "lengths_h": [10]}]
    policy = centre(shift_templates=ten, contracts=[WIDE], rules=AVERAGE)
    staff, need = people(policy, ONE), requirement(week, (8, 18), 1.0)
    for hours, warned in ((45, []), (50, [51.18])):
        before = weeks_before(roster, week.first, [hours] * 16)
        solved = solve(need, policy, staff, week, previous=before)
        assert shifts(solved.roster)["paid_min"].sum() == 70 * 60
        found = told(solved.roster, policy, staff, week, "average_hours", previous=before)
        assert found["found"].round(2).tolist() == warned
        assert not found["hard"].any()
    assert found["sentence"].tolist() == [
        "Li Wei: 51.18 h a week on average from 3 August 2026 to Sunday 29 November, at most 48 h"
    ]


def test_weeks_that_no_roster_tells_of_count_by_contract(centre, people, roster, week):
    """Fifteen weeks at 40 h, one told at 60, one of 70: 730 / 17; employed for three weeks: (40 + 60 + 70) / 3."""
    policy = centre(contracts=[WIDE], rules={**AVERAGE, "average_hours": {"hours": 42, "weeks": 17}})
    before = weeks_before(roster, week.first, [60]).iloc[:5]
    worked = days_of(roster, week.first, [10] * 7)
    (found,) = told(worked, policy, people(policy, ONE), week, "average_hours", previous=before).to_dict("records")
    assert found["found"] == pytest.approx(730 / 17)
    assert found["sentence"].endswith("; of the 112 days before the roster, 105 by contract")
    new = people(policy, [{**ONE[0], "since": "2026-11-09"}])
    (found,) = told(worked, policy, new, week, "average_hours", previous=before).to_dict("records")
    assert found["found"] == pytest.approx(170 / 3)
    out = centre(contracts=[{**WIDE, "average_opt_out": True}], rules=policy.rules.model_dump())
    assert told(worked, out, new, week, "average_hours", previous=before).empty


def test_a_calendar_average_ends_with_its_month(centre, people, roster):
    """November 2026 from Monday the 2nd: 28 days of 30 at 8 h on weekdays; at the end of the month 21 days of 9 h."""
    rules = {**LOOSE, "average_hours": {"hours": 40, "calendar": "month"}}
    policy = centre(contracts=[WIDE], rules=rules)
    staff, november = people(policy, ONE), Period(date(2026, 11, 1), 30)
    weekday = [0 if (date(2026, 11, 1) + timedelta(days=at)).weekday() > 4 else 1 for at in range(30)]
    for hours, average in ((8, None), (9, 21 * 9 / (30 / 7))):
        worked = days_of(roster, november.first, [hours * own for own in weekday])
        found = told(worked, policy, staff, november, "average_hours")
        assert found["found"].tolist() == ([] if average is None else pytest.approx([average]))
    over = Period(date(2026, 11, 23), 14)
    worked = days_of(roster, over.first, [10] * 8)
    found = told(worked, policy, staff, over, "average_hours")
    assert found["when"].dt.day.tolist() == [30]
    assert found["found"].tolist() == pytest.approx([(80 + 22 / 7 * 40) / (30 / 7)])


def test_an_average_with_a_price_holds_back(centre, people, requirement, roster, week):
    ten = [{"id": "day", "start": "08:00", "lengths_h": [10]}]
    policy = centre(shift_templates=ten, contracts=[WIDE], rules={**AVERAGE, "soft": {"average_hours": 100_000}})
    before = weeks_before(roster, week.first, [50] * 15 + [20])
    staff = people(policy, ONE)
    solved = solve(requirement(week, (8, 18), 1.0), policy, staff, week, previous=before)
    # 17 weeks of 48 h are 816; 770 are worked, so four shifts of ten remain.
    assert shifts(solved.roster)["paid_min"].sum() == 40 * 60
    assert told(solved.roster, policy, staff, week, "average_hours", previous=before).empty


def test_overtime_of_a_month_is_capped_with_what_the_month_has_had(centre, people, requirement, roster):
    """Beyond 40 h a week, weeks of 50 h have 10 h each: three in November make 30, and 6 of 36 are left."""
    last = Period(date(2026, 11, 23), 7)
    two = [{"id": "day", "start": "08:00", "lengths_h": [8, 10]}]
    base = {**WIDE, "max_hours_week": 52}
    free, ruled = (
        centre(shift_templates=two, contracts=[base], rules={**LOOSE, **own})
        for own in ({}, {"max_overtime_month_h": 36})
    )
    before = weeks_before(roster, last.first, [50] * 3)
    need, staff = requirement(last, (8, 18), 1.0), people(free, ONE)
    without = solve(need, free, staff, last, previous=before)
    assert shifts(without.roster)["paid_min"].sum() > 46 * 60
    assert told(without.roster, free, staff, last, "overtime", previous=before).empty
    (found,) = told(without.roster, ruled, staff, last, "overtime", previous=before).to_dict("records")
    assert found["found"] == shifts(without.roster)["paid_min"].sum() / 60 - 40 + 30
    assert "h of overtime in November up to Sunday 29 November, at most 36 allowed" in found["sentence"]
    solved = solve(need, ruled, staff, last, previous=before)
    assert shifts(solved.roster)["paid_min"].sum() == 46 * 60
    assert audit(solved.roster, ruled, staff, last, previous=before).legal


def test_overtime_over_the_end_of_a_month_is_split_as_worked(centre, people, roster):
    """30 November is a Monday: of a week of seven 8-hour days the 16 h beyond 40 lie in December."""
    policy = centre(contracts=[WIDE], rules={**LOOSE, "max_overtime_month_h": 10})
    week = Period(date(2026, 11, 30), 7)
    worked = days_of(roster, week.first, [8] * 7)
    found = told(worked, policy, people(policy, ONE), week, "overtime")
    assert found[["found", "limit"]].to_numpy().tolist() == [[16.0, 10.0]]
    assert found["when"].dt.date.tolist() == [date(2026, 12, 6)]
    early = Period(date(2026, 10, 26), 7)  # to Sunday 1 November: 8 h of the 16 are Saturday's, in October
    found = told(days_of(roster, early.first, [8] * 7), policy, people(policy, ONE), early, "overtime")
    assert found.empty


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rules": {"average_hours": {"hours": 48}}}, "average_hours needs weeks or calendar"),
        ({"rules": {"average_hours": {"hours": 48, "weeks": 4}}}, "greater than or equal to 9"),
        ({"rules": {"max_day_overtime_h": 10}}, "at least max_day_h, which it needs"),
        ({"rules": {"breaks": [{"over_h": 6, "minutes": 15, "part_min": 30}]}}, "parts of 30 minutes are longer"),
        ({"contracts": [{**WIDE, "min_hours_period": 90, "max_hours_period": 80}]}, "minimum hours 90 a period exceed"),
        ({"contracts": [{**WIDE, "lengths_h": []}]}, "at least 1"),
        ({"contracts": [{**WIDE, "days_week": 8}]}, "less than or equal to 7"),
    ],
)
def test_what_makes_no_sense_is_refused(change, complaint, centre):
    with pytest.raises(PolicyError, match=complaint):
        centre(**change)


def test_odd_credits_leave_hours_a_plain_sum(centre, people):
    """A day of 38.5 h credits 7.7 h, which no binary fraction is; the programme counts minutes all the same."""
    contract = {**WIDE, "hours_week": 38.5, "min_hours_week": 30, "min_hours_period": 60}
    policy = centre(contracts=[contract], rules=AVERAGE | {"soft": {"average_hours": 1}})
    leave = [{"agent": "li", "first_day": "2026-11-03", "last_day": "2026-11-03", "kind": "leave", "paid": True}]
    horizon = horizon_of(Period(date(2026, 11, 2), 14), ["Europe/Berlin"])
    (worker,) = workers_of(policy, people(policy, ONE, time_off=leave), horizon)
    atlas = Atlas(policy, horizon, agent_rules(policy), {})
    counting = {rule.name: rule for rule in atlas.rules if getattr(rule, "counts", False)}
    assert {"weekly_hours", "period_hours", "average_hours"} <= set(counting)
    for rule in counting.values():
        counter = counter_of(rule, worker, atlas.menu(worker), [rule.start(worker)])
        assert counter is not None
        assert counter.start[rule.start(worker)] == 0
