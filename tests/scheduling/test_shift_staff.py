"""Shifts counted by template and day: what presence says, what the audit says, what the solver makes of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.checking.objective import objective_terms
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.rules.catalogue import team_rules
from scheduling.staff.horizon import horizon_of
from scheduling.staff.marks import marks_of
from scheduling.staff.team import team_of
from scheduling.staff.worker import workers_of
from wfm.errors import InputError, TableError
from wfm.policy.shift_demand import with_shift_demand
from wfm.tables.roster import shifts
from wfm.tables.shift_demand import SHIFT_DEMAND
from wfm.time.week import Period


def demand_table(rows):
    return pd.DataFrame(rows, columns=["day", "template", "agents", "price_under", "price_over"]).assign(
        day=lambda table: pd.to_datetime(table["day"])
    )


def team_for(policy, staff, period):
    horizon = horizon_of(period, ["Europe/Berlin"])
    return team_of(policy, horizon, workers_of(policy, staff, horizon), team_rules(policy))


def test_marks_are_columns_behind_the_slots():
    marks = marks_of(["night", "early", "night"], slots=100, days=3)
    columns = [marks.column(day, name) for day in range(3) for name in ("early", "night")]
    assert columns == [100, 101, 102, 103, 104, 105]
    assert marks.width == 106
    assert [marks.of(column) for column in columns[:3]] == [(0, "early"), (0, "night"), (1, "early")]
    assert marks.column(0, "late") == -1
    assert marks_of([], slots=100, days=3).width == 100
    with pytest.raises(IndexError):
        marks.column(3, "night")


def test_presence_counts_shifts_on_their_work_date(centre, people, roster, week):
    """A night shift that ends on Tuesday is Monday's; yesterday's and a shift without a template are nobody's."""
    policy = centre(rules={"shift_staff": [{"template": "night", "agents": 1}]})
    staff = people(policy, [{"id": "a"}, {"id": "b"}, {"id": "c", "skills": "general"}])
    team = team_for(policy, staff, week)
    nights = [("a", 22), ("a", 23), ("b", 23), ("b", 29)]
    spans = [(agent, f"2026-11-{day} 22:00", f"2026-11-{day + 1} 06:00") for agent, day in nights]
    table = pd.concat([
        roster(spans, template="night"),
        roster([("c", "2026-11-23 22:00", "2026-11-24 06:00")]),
        roster([("c", "2026-11-25 06:00", "2026-11-25 14:00")], template="early"),
    ])  # fmt: skip
    presence = team.presence(table)
    assert presence.shape == (1, team.horizon.slots + 7)
    assert presence[0, team.horizon.slots :].tolist() == [2, 0, 0, 0, 0, 0, 1]


def test_breaks_do_not_make_two_shifts_of_one(centre, people, roster, week):
    policy = centre(rules={"shift_staff": [{"template": "early", "agents": 1}]})
    team = team_for(policy, people(policy, [{"id": "a"}]), week)
    halves = [("a", "2026-11-23 06:00", "2026-11-23 10:00"), ("a", "2026-11-23 10:30", "2026-11-23 14:00")]
    table = pd.concat([
        roster(halves, template="early"),
        roster([("a", "2026-11-23 10:00", "2026-11-23 10:30")], activity="break", template="early"),
    ])  # fmt: skip
    assert team.presence(table)[0, team.horizon.slots] == 1


def test_the_audit_names_each_day_and_side(centre, people, roster, week):
    policy = centre(
        rules={"shift_staff": [{"template": "early", "agents": 1, "most": 1, "weekdays": ["monday", "tuesday"]}]}
    )
    staff = people(policy, [{"id": "a"}, {"id": "b"}])
    monday = [(agent, "2026-11-23 06:00", "2026-11-23 14:00") for agent in "ab"]
    checked = audit(roster(monday, template="early"), policy, staff, week)
    assert list(checked.violations["sentence"]) == [
        "2 agents on shift early on Monday 23 November, at most 1",
        "0 agents on shift early on Tuesday 24 November, at least 1 needed",
    ]
    assert list(checked.violations["when"].dt.date) == [date(2026, 11, 23), date(2026, 11, 24)]
    own = checked.honoured.set_index("rule").loc["shift_staff"]
    assert (own["checked"], own["ok"]) == (4, 2)


def test_two_days_of_the_same_shortage_are_two_violations(centre, people, roster, week):
    policy = centre(rules={"shift_staff": [{"template": "early", "agents": 1}]})
    found = audit(roster([("a", "2026-11-23 14:00", "2026-11-23 22:00")], template="late"), policy,
                  people(policy, [{"id": "a"}]), week).violations  # fmt: skip
    assert len(found) == 7


def test_solver_fills_the_shifts_that_no_interval_asks_for(centre, people, requirement, week):
    rules = {"shift_staff": [{"template": "night", "agents": 1, "weekdays": ["monday", "friday"]}]}
    free, ruled = centre(), centre(rules=rules)
    staff = people(free, [{"id": "a"}, {"id": "b"}])
    need = requirement(week, (6, 14), 1.0)
    without = schedule(need, free, staff, week, seconds=1)
    assert len(audit(without.roster, ruled, staff, week).violations) == 2
    prevented = schedule(need, ruled, staff, week, seconds=3)
    assert audit(prevented.roster, ruled, staff, week).violations.empty
    worked = shifts(prevented.roster)
    assert set(worked.loc[worked["template"] == "night", "work_date"].dt.day_name()) == {"Monday", "Friday"}


def test_weights_of_a_shift_demand_are_exact(centre, people, requirement):
    """By hand: three agents of one shift each, two days; demand 2 early (100 / 1) and 3 late (10 / 1) a day.

    Every agent works one day of the two. Early first: two on one day's early, one on the other's: one early short
    (100), no late at all: 6 short (60). So 160, and nothing less: an agent on late saves 10 and loses 100.
    """
    period = Period(date(2026, 11, 23), 2)
    policy = centre(
        contracts=[{"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 1}],
        prices={"overstaffing": 0, "outside_opening": 0},
    )
    staff = people(policy, [{"id": name} for name in "abc"])
    table = demand_table([
        (f"2026-11-{day}", template, agents, under, 1)
        for day in (23, 24)
        for template, agents, under in (("early", 2, 100), ("late", 3, 10))
    ])  # fmt: skip
    need = requirement(period, (6, 22), 0.0)
    solved = schedule(need, policy, staff, period, seconds=30, shift_demand=table)
    assert solved.terms["team_rules"] == pytest.approx(160)
    assert solved.objective == pytest.approx(160)
    assert solved.bound == pytest.approx(160)
    found = audit(solved.roster, policy, staff, period, shift_demand=table).violations
    early = found[found["sentence"].str.contains("shift early")]
    assert list(early["found"]) == [1]
    assert len(found) == 3


def test_too_many_cost_what_the_table_says(centre, people, requirement, roster, week):
    policy = centre(prices={"overstaffing": 0, "outside_opening": 0})
    staff = people(policy, [{"id": name} for name in "abcd"])
    table = demand_table([("2026-11-23", "early", 1, 100, 7), ("2026-11-24", "early", 2, 100, 7)])
    problem = problem_of(requirement(week, (6, 14), 0.0), policy, staff, week, shift_demand=table)
    given = pd.concat([
        roster([(name, "2026-11-23 06:00", "2026-11-23 14:00") for name in "abcd"], template="early", locked=True),
        roster([("a", "2026-11-24 06:00", "2026-11-24 14:00")], template="early", locked=True),
    ])  # fmt: skip
    assert objective_terms(problem, given)["team_rules"] == pytest.approx(3 * 7 + 100)


def test_a_shift_demand_is_checked(centre, week):
    policy = centre()
    with pytest.raises(InputError, match=r"unknown shift template.*\n?.*noon"):
        with_shift_demand(policy, demand_table([("2026-11-23", "noon", 1, 100, 1)]))
    with pytest.raises(TableError, match="agents"):
        with_shift_demand(policy, demand_table([("2026-11-23", "late", -1, 100, 1)]))
    twice = demand_table([("2026-11-23", "late", 1, 100, 1)] * 2)
    with pytest.raises(TableError):
        with_shift_demand(policy, twice)
    assert with_shift_demand(policy, None) is policy


def test_days_outside_of_the_period_are_somebody_elses(centre, people, week):
    policy = with_shift_demand(
        centre(), SHIFT_DEMAND.check(demand_table([("2026-11-22", "late", 1, 9, 1), ("2026-11-29", "late", 1, 9, 1)]))
    )
    team = team_for(policy, people(policy, [{"id": "a"}]), week)
    rows = [row for rule in team_rules(policy) for row in rule.rows(team)]
    assert {row.slot for row in rows} == {team.horizon.slots + 6}
    assert sorted((row.at_least, row.price) for row in rows) == [(False, 1.0), (True, 9.0)]


def test_a_locked_shift_is_counted_once(centre, people, requirement, roster, week):
    policy = centre(rules={"shift_staff": [{"template": "early", "agents": 1, "most": 1}]})
    staff = people(policy, [{"id": "a"}, {"id": "b"}])
    kept = roster([("a", "2026-11-23 06:00", "2026-11-23 14:00")], template="early", locked=True)
    need = requirement(week, (6, 14), 1.0)
    solved = schedule(need, policy, staff, week, seconds=3, locked=kept)
    assert audit(solved.roster, policy, staff, week).violations.empty
    early = shifts(solved.roster).query("template == 'early'").groupby("work_date").size()
    assert np.array_equal(early.to_numpy(), np.ones(7))
