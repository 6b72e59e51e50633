"""Weeks with something wrong in them: a roster and a report, never an exception."""

from __future__ import annotations

import signal
from datetime import date

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.outcome import NoAnswer, Solved
from scheduling.roster import schedule
from wfm.costing.lines import cost
from wfm.errors import InputError
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import ROSTER, shifts
from wfm.time.week import Period

ONE = [{"id": "li", "name": "Li Wei"}]


def test_nobody_at_all(centre, people, requirement, week):
    policy = centre()
    solved = schedule(requirement(week, (6, 14), 2.0), policy, people(policy, []), week, seconds=1)
    assert solved.roster.empty
    assert solved.terms["understaffing"] == pytest.approx(7 * 8 * 2 * 40)
    assert solved.gap == 0


def test_no_demand(centre, people, week):
    policy = centre()
    solved = schedule(REQUIREMENT.empty(), policy, people(policy, ONE), week, seconds=1)
    assert solved.objective == 0
    assert solved.coverage.empty


def test_nobody_fits(centre, people, requirement, week):
    policy = centre()
    never = [{"agent": "li", "weekday": "monday", "start": "10:00", "end": "12:00"}]
    solved = schedule(requirement(week, (6, 14), 1.0), policy, people(policy, ONE, never), week, seconds=1)
    assert shifts(solved.roster).empty
    (reason,) = solved.unplaceable
    assert (reason.agent, reason.illegal, reason.rules) == ("li", False, ("availability",))
    assert reason.sentence == "Li Wei: no shift of the templates is allowed by availability"


def test_everyone_away(centre, people, requirement, week):
    policy = centre()
    off = [{"agent": "li", "first_day": "2026-11-01", "last_day": "2026-12-31", "kind": "training", "paid": True}]
    staff = people(policy, ONE, time_off=off)
    solved = schedule(requirement(week, (6, 14), 1.0), policy, staff, week, seconds=1)
    assert set(solved.roster["activity"]) == {"training"}
    assert solved.unplaceable[0].rules == ("time_off",)
    assert audit(solved.roster, policy, staff, week).legal


def test_demand_that_cannot_be_met(centre, people, requirement, week):
    policy = centre()
    solved = schedule(requirement(week, (0, 24), 50.0), policy, people(policy, ONE), week, seconds=2)
    assert isinstance(solved, Solved)
    assert len(shifts(solved.roster)) == 5
    assert solved.bound <= solved.objective


def test_locked_days_that_clash_are_reported_and_kept(centre, people, requirement, roster, week):
    policy = centre()
    locked = roster(
        [("li", "2026-11-23 14:00", "2026-11-23 22:00"), ("li", "2026-11-24 06:00", "2026-11-24 14:00")], locked=True
    )
    staff = people(policy, [*ONE, {"id": "xu"}])
    solved = schedule(requirement(week, (6, 14), 1.0), policy, staff, week, seconds=1, locked=locked)
    (reason,) = solved.unplaceable
    assert (reason.agent, reason.illegal, reason.rules) == ("li", True, ("daily_rest",))
    assert "Monday 23 November and Tuesday 24 November" in reason.sentence
    kept = solved.roster[solved.roster["agent"] == "li"]
    assert kept[["start", "end"]].to_numpy().tolist() == locked[["start", "end"]].to_numpy().tolist()
    assert (solved.roster["agent"] == "xu").any()


def test_a_locked_day_stays_and_the_rest_is_planned_around_it(centre, people, requirement, roster, week):
    policy = centre()
    locked = roster([("li", "2026-11-24 14:10", "2026-11-24 21:50")], locked=True)
    solved = schedule(requirement(week, (6, 14), 1.0), policy, people(policy, ONE), week, seconds=1, locked=locked)
    worked = shifts(solved.roster)
    assert len(worked) == 5
    assert solved.unplaceable == ()
    assert audit(solved.roster, policy, people(policy, ONE), week).legal
    assert pd.Timestamp("2026-11-24T13:10Z") in set(worked["start"])


def test_last_weeks_night_shift_covers_monday_morning(centre, people, requirement, roster):
    period = Period(date(2026, 11, 23), 1)
    policy = centre()
    night = roster([("li", "2026-11-22 22:00", "2026-11-23 06:00")])
    need = requirement(period, (0, 6), 1.0)
    assert schedule(need, policy, people(policy, ONE), period, seconds=1).terms["understaffing"] == 240
    assert schedule(need, policy, people(policy, ONE), period, seconds=1, previous=night).terms["understaffing"] == 0


@pytest.mark.parametrize(("monday", "hours"), [("2026-03-23", 167), ("2026-10-19", 169)])
def test_weeks_that_change_clocks(centre, people, requirement, monday, hours):
    week = Period(date.fromisoformat(monday), 7)
    policy = centre(contracts=[{"id": "full", "hours_week": 40, "max_days_week": 5}])
    staff = people(policy, [{"id": f"a{at}"} for at in range(8)])
    need = requirement(week, (0, 24), 1.0)
    assert len(need) == hours * 2
    solved = schedule(need, policy, staff, week, seconds=3)
    assert audit(solved.roster, policy, staff, week).legal
    worked = shifts(solved.roster)
    assert ((worked["end"] - worked["start"]) == pd.Timedelta(hours=8)).all()
    local = worked["start"].dt.tz_convert("Europe/Berlin")
    assert set(local.dt.hour) <= {6, 14, 22}
    # Nobody came on the Sunday before, so the first six hours are short; a night of nine hours lacks one as well.
    assert solved.terms["understaffing"] <= 40 * (6 + 1)


def test_an_interrupt_returns_the_best_so_far(centre, people, requirement, week):
    policy = centre()
    calls = []

    def stop(incumbent, bound, seconds):
        calls.append(incumbent)
        raise KeyboardInterrupt

    staff = people(policy, [{"id": f"a{at}"} for at in range(6)])
    solved = schedule(requirement(week, (6, 22), 2.0), policy, staff, week, seconds=5, progress=stop)
    assert isinstance(solved, Solved)
    assert solved.interrupted
    assert audit(solved.roster, policy, staff, week).legal
    assert solved.objective == pytest.approx(calls[0])


def test_an_interrupt_before_the_first_roster_is_no_answer(centre, people, requirement, week, monkeypatch):
    def stop(search):
        raise KeyboardInterrupt

    monkeypatch.setattr("scheduling.roster.solve", stop)
    policy = centre()
    outcome = schedule(requirement(week, (6, 22), 2.0), policy, people(policy, ONE), week)
    assert isinstance(outcome, NoAnswer)
    assert outcome.interrupted


def test_unknown_names_are_refused(centre, people, requirement, roster, week):
    policy = centre()
    staff = people(policy, ONE)
    with pytest.raises(InputError, match="unknown queue"):
        schedule(requirement(week, (6, 14), 1.0, "vip"), policy, staff, week)
    locked = roster([("nobody", "2026-11-24 06:00", "2026-11-24 14:00")], locked=True)
    with pytest.raises(InputError, match="unknown agent"):
        schedule(requirement(week, (6, 14), 1.0), policy, staff, week, locked=locked)


def test_the_roster_is_in_contract_and_breaks_are_taken(centre, people, requirement, week):
    rests = [{"minutes": 15, "window_h": (1, 2)}, {"kind": "lunch", "minutes": 30, "window_h": (3, 5), "paid": False}]
    policy = centre(shift_templates=[{"id": "day", "start": "08:00-10:00", "lengths_h": [8.5], "breaks": rests}])
    staff = people(policy, [{"id": f"a{at}"} for at in range(3)])
    solved = schedule(requirement(week, (8, 18), 2.0), policy, staff, week, seconds=2)
    pd.testing.assert_frame_equal(ROSTER.check(solved.roster), solved.roster)
    worked = shifts(solved.roster)
    assert set(worked["paid_min"]) == {480.0}
    assert set(worked["work_min"]) == {465.0}
    assert audit(solved.roster, policy, staff, week).legal
    assert np.isclose(sum(solved.terms.values()), solved.objective)


@pytest.mark.parametrize(("first", "days"), [("2026-12-01", 31), ("2026-11-25", 1), ("2026-10-05", 56)])
def test_a_month_a_day_and_eight_weeks(centre, people, requirement, first, days):
    period = Period(date.fromisoformat(first), days)
    policy = centre(queues=[{"id": "general", "opening": {"weekdays": "06:00-22:00"}}])
    staff = people(policy, [{"id": f"a{at}"} for at in range(4)])
    solved = schedule(requirement(period, (6, 22), 1.0), policy, staff, period, seconds=2)
    assert audit(solved.roster, policy, staff, period).legal
    weekly = shifts(solved.roster).groupby(["agent", pd.Grouper(key="work_date", freq="W-SUN")]).size()
    assert weekly.max() <= 5
    assert solved.roster["work_date"].between(*period.dates()[[0, -1]]).all()
    assert 0 <= solved.bound <= solved.objective


def test_a_week_with_a_holiday_and_its_make_up_workday(centre, people, requirement):
    """China's National Day 2026: 1 to 3 October are paid as holidays, days to the 7th are off, Saturday the 10th is
    worked for them (State Council's notice). Agents at 20 an hour, every day of the two weeks staffed."""
    policy = centre(
        calendar={"country": "CN"}, pay={"grades": {"a": "20"}, "holiday_premium": "2", "weekend_premium": "1"}
    )
    golden = Period(date(2026, 9, 28), 14)
    staff = people(policy, [{"id": f"a{at}"} for at in range(4)])
    solved = schedule(requirement(golden, (6, 14), 1.0), policy, staff, golden, seconds=3)
    assert audit(solved.roster, policy, staff, golden).legal
    assert solved.terms["understaffing"] == pytest.approx(0)
    lines = cost(solved.roster, solved.coverage, policy, staff)
    days = {kind: {day.day for day in own["date"]} for kind, own in lines.groupby("pay_class")}
    assert days["holiday"] == {1, 2, 3}
    assert 10 not in days["weekend"]
    assert days["weekend"] >= {4, 11}


def test_a_month_with_everyone_away_or_nobody_there(centre, people, requirement):
    month = Period(date(2026, 12, 1), 31)
    policy = centre()
    off = [{"agent": "li", "first_day": "2026-01-01", "last_day": "2027-12-31", "kind": "leave", "paid": True}]
    away = people(policy, ONE, time_off=off)
    for staff in (away, people(policy, [])):
        solved = schedule(requirement(month, (6, 14), 1.0), policy, staff, month, seconds=1)
        assert shifts(solved.roster).empty
        assert solved.terms["understaffing"] == pytest.approx(31 * 8 * 40)
        assert audit(solved.roster, policy, staff, month).legal


def test_a_centre_without_shift_templates(centre, people, requirement, week):
    policy = centre(shift_templates=[])
    solved = schedule(requirement(week, (6, 14), 1.0), policy, people(policy, ONE), week, seconds=1)
    assert solved.roster.empty
    assert [reason.agent for reason in solved.unplaceable] == ["li"]
    assert solved.gap == 0


def test_an_interrupt_while_the_problem_is_built_is_no_answer(centre, people, requirement, week, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("scheduling.roster.problem_of", stop)
    policy = centre()
    outcome = schedule(requirement(week, (6, 22), 2.0), policy, people(policy, ONE), week)
    assert isinstance(outcome, NoAnswer)
    assert outcome.interrupted


def test_an_interrupt_while_the_result_is_written_loses_nothing(centre, people, requirement, week, monkeypatch):
    from scheduling.roster import roster_table as table

    def impatient(problem, tours):
        signal.raise_signal(signal.SIGINT)
        return table(problem, tours)

    monkeypatch.setattr("scheduling.roster.roster_table", impatient)
    policy = centre()
    outcome = schedule(requirement(week, (6, 22), 2.0), policy, people(policy, ONE), week, seconds=1)
    assert isinstance(outcome, Solved)
    assert outcome.interrupted
    assert not outcome.roster.empty
