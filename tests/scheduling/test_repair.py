"""Repair: someone falls ill and somebody steps in; everybody else keeps his shift."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.outcome import NoAnswer
from scheduling.repair import days_off, repair, without_absent
from scheduling.staff.absence import read_absence, with_absences
from wfm.errors import UsageError
from wfm.tables.roster import ROSTER, WORK, shifts
from wfm.time.week import Period

RESTS = [{"minutes": 15, "window_h": (1, 2)}, {"kind": "lunch", "minutes": 30, "window_h": (3, 5), "paid": False}]
DAY = {"id": "day", "start": "08:00", "lengths_h": [8.5], "breaks": RESTS}
LATE = {"id": "late", "start": "13:00", "lengths_h": [8.5], "breaks": RESTS}
TEAM = [{"id": f"a{at}", "name": f"Agent {at}"} for at in range(8)]
MONDAY_SICK = [{"agent": "a0", "first_day": "2026-11-23", "last_day": "2026-11-23", "kind": "sick", "paid": True}]


@pytest.fixture
def policy(centre):
    return centre(
        shift_templates=[DAY, LATE],
        contracts=[{"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 4}],
    )


@pytest.fixture
def four_a_day(roster, policy):
    """a0 to a3 work Monday to Wednesday, a4 to a7 Thursday to Saturday; with breaks."""
    spans = [
        (f"a{at}", f"2026-11-{day} {start}", f"2026-11-{day} {end}")
        for at in range(8)
        for day in (range(23, 26) if at < 4 else range(26, 29))
        for start, end in (("08:00", "09:00"), ("09:15", "11:30"), ("12:00", "16:30"))
    ]
    rests = [
        (f"a{at}", f"2026-11-{day} {start}", f"2026-11-{day} {end}")
        for at in range(8)
        for day in (range(23, 26) if at < 4 else range(26, 29))
        for start, end in (("09:00", "09:15"), ("11:30", "12:00"))
    ]
    both = pd.concat([roster(spans, skill_set="general", template="day"), roster(rests, template="day")])
    rest = both["skill_set"].isna()
    lunch = rest & (both["end"] - both["start"] == pd.Timedelta(minutes=30))
    both["activity"] = both["activity"].mask(rest, "break").mask(lunch, "lunch")
    both["paid"] = ~lunch
    return ROSTER.check(both.drop(columns="locked"))


def test_nothing_is_repaired_where_nothing_is_broken(policy, people, requirement, four_a_day, week):
    staff = people(policy, TEAM)
    need = requirement(Period(week.first, 6), (13, 16), 4.0)
    done = repair(four_a_day, need, policy, staff, week, seconds=2)
    pd.testing.assert_frame_equal(done.solved.roster, four_a_day)
    assert done.changes.empty
    assert done.solved.terms["stability"] == 0


def test_one_falls_ill_and_one_steps_in(policy, people, requirement, four_a_day, week):
    staff, need = people(policy, TEAM, time_off=MONDAY_SICK), requirement(Period(week.first, 6), (13, 16.5), 4.0)
    # Without repair the roster does not even know that she is ill.
    assert not audit(four_a_day, policy, staff, week).legal
    done = repair(four_a_day, need, policy, staff, week, seconds=2)
    table = done.changes
    assert set(table.loc[table["agent"] == "a0", "work_date"]) == {pd.Timestamp("2026-11-23")}
    came_in = table[table["kind"] == "added"]
    assert came_in["work_date"].tolist() == [pd.Timestamp("2026-11-23")]
    assert came_in["agent"].iloc[0] in {"a4", "a5", "a6", "a7"}
    assert audit(done.solved.roster, policy, staff, week).legal
    sick = done.solved.roster[done.solved.roster["activity"] == "sick"]
    assert sick["agent"].tolist() == ["a0"]
    # Three hours and a half are open, at 40 points each.
    assert done.unrepaired["understaffing"] == 140
    assert done.solved.terms["understaffing"] == 0
    assert len(table) == 2


def test_a_small_gap_is_not_worth_calling_anyone_in(policy, people, requirement, four_a_day, week):
    staff, need = people(policy, TEAM, time_off=MONDAY_SICK), requirement(week, (13, 14), 4.0)
    done = repair(four_a_day, need, policy, staff, week, seconds=2)
    assert done.changes[["agent", "kind"]].to_numpy().tolist() == [["a0", "cancelled"]]


def test_what_has_begun_stays_and_nothing_is_added_before_now(policy, people, requirement, four_a_day, week):
    off = [{"agent": "a0", "first_day": "2026-11-23", "last_day": "2026-11-25", "kind": "sick", "paid": True}]
    staff, need = people(policy, TEAM, time_off=off), requirement(week, (8, 16), 4.0)
    now = pd.Timestamp("2026-11-25 07:00", tz="Europe/Berlin")
    done = repair(four_a_day, need, policy, staff, week, freeze_until=now, seconds=2)
    others = done.changes[done.changes["agent"] != "a0"]
    assert not others.empty
    assert (others["work_date"] >= pd.Timestamp("2026-11-25")).all()
    assert not done.solved.roster["locked"].any()


def test_within_the_day_nobody_is_called_in_and_shifts_grow(policy, people, requirement, four_a_day, week):
    staff, need = people(policy, TEAM, time_off=MONDAY_SICK), requirement(week, (8, 18), 4.0)
    done = repair(four_a_day, need, policy, staff, week, within_day=True, overtime_h=1.5, seconds=2)
    assert set(done.changes.loc[done.changes["agent"] != "a0", "kind"]) <= {"moved", "breaks"}
    before, after = (shifts(table).set_index(["agent", "work_date"]) for table in (four_a_day, done.solved.roster))
    before = before.loc[after.index]
    assert (after["start"] <= before["start"]).all()
    assert (after["end"] >= before["end"]).all()
    assert (after["end"] > before["end"]).any()
    assert audit(done.solved.roster, policy, staff, week).legal
    assert done.solved.terms["understaffing"] < done.unrepaired["understaffing"]


def test_breaks_move_only_where_it_pays(policy, people, requirement, four_a_day, week):
    staff = people(policy, TEAM)
    # All four take lunch at half past eleven: with one agent needed then, somebody has to go later.
    need = requirement(week, (11.5, 12), 2.0)
    done = repair(four_a_day, need, policy, staff, week, seconds=2)
    assert set(done.changes["kind"]) == {"breaks"}
    assert done.changes.groupby("work_date").size().max() == 2
    # Nobody works on Sunday, and calling two in for half an hour is not worth it.
    assert done.unrepaired["understaffing"] == 7 * 40
    assert done.solved.terms["understaffing"] == 40


def test_meetings_and_odd_hours_stay(policy, people, requirement, roster, four_a_day, week):
    edited = four_a_day.copy()
    first = (edited["agent"] == "a1") & (edited["work_date"] == pd.Timestamp("2026-11-24"))
    edited.loc[first & (edited["activity"] == WORK), "activity"] = "meeting"
    second = (edited["agent"] == "a2") & (edited["work_date"] == pd.Timestamp("2026-11-24"))
    edited.loc[second, ["start", "end"]] += pd.Timedelta(minutes=7)
    staff, need = people(policy, TEAM, time_off=MONDAY_SICK), requirement(week, (8, 16), 4.0)
    done = repair(edited, need, policy, staff, week, seconds=2)
    for chosen in (first, second):
        key = edited.loc[chosen, ["agent", "work_date"]].iloc[0]
        rows = (done.solved.roster[["agent", "work_date"]] == key).all(axis=1)
        pd.testing.assert_frame_equal(
            done.solved.roster[rows].reset_index(drop=True), edited[chosen].reset_index(drop=True)
        )


def test_someone_whose_shifts_break_a_rule_already_keeps_them(centre, people, requirement, roster, week):
    policy = centre()
    before = roster(
        [
            ("li", "2026-11-23 14:00", "2026-11-23 22:00"),
            ("li", "2026-11-24 06:00", "2026-11-24 14:00"),
            ("li", "2026-11-26 06:00", "2026-11-26 14:00"),
        ],
        template=["late", "early", "early"],
    )
    staff, need = people(policy, [{"id": "li"}, {"id": "xu"}]), requirement(week, (6, 14), 1.0)
    now = pd.Timestamp("2026-11-25", tz="Europe/Berlin")
    done = repair(before, need, policy, staff, week, freeze_until=now, seconds=1)
    kept = shifts(done.solved.roster[done.solved.roster["agent"] == "li"])
    assert kept["start"].tolist() == before["start"].tolist()
    assert [reason.agent for reason in done.solved.unplaceable] == ["li"]


def test_the_bound_holds_and_terms_add_up(policy, people, requirement, four_a_day, week):
    staff, need = people(policy, TEAM, time_off=MONDAY_SICK), requirement(week, (8, 18), 4.0)
    solved = repair(four_a_day, need, policy, staff, week, seconds=2).solved
    assert solved.objective == pytest.approx(sum(solved.terms.values()))
    assert 0 <= solved.bound <= solved.objective + 1e-6


def test_interrupted_before_anything_was_there(policy, people, requirement, four_a_day, week, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("scheduling.repair.problem_of", stop)
    outcome = repair(four_a_day, requirement(week, (8, 16), 4.0), policy, people(policy, TEAM), week)
    assert isinstance(outcome, NoAnswer)


def test_absences_are_read_and_laid_over_those_there(policy, people, week):
    off = [{"agent": "a0", "first_day": "2026-11-25", "last_day": "2026-11-25", "kind": "leave", "paid": True}]
    staff = people(policy, TEAM, time_off=off)
    whole = read_absence("a0", staff, week, week.first)
    table = with_absences(staff.time_off, [whole], "sick", paid=True)
    spans = table[["kind", "first_day", "last_day"]].astype(str).to_numpy().tolist()
    assert spans == [
        ["sick", "2026-11-23", "2026-11-24"],
        ["leave", "2026-11-25", "2026-11-25"],
        ["sick", "2026-11-26", "2026-11-29"],
    ]
    assert with_absences(table, [whole], "sick", paid=True).equals(table)
    assert str(read_absence("a1:2026-11-24", staff, week, week.first).days) == "2026-11-24 to 2026-11-24"
    assert str(read_absence("a1", staff, week, week.last).days) == "2026-11-29 to 2026-11-29"
    for text in ("nobody", "a1:2026-12-24", "a1:soon", "a1:2026-11-25/2026-11-24"):
        with pytest.raises(UsageError):
            read_absence(text, staff, week, week.first)


def test_agents_who_left_are_taken_out(policy, people, four_a_day):
    staff = people(policy, TEAM)
    fewer = replace(staff, agents=staff.agents[1:])
    assert set(without_absent(four_a_day, fewer)["agent"]) == {f"a{at}" for at in range(1, 8)}


def test_who_is_ill_on_a_day_off_keeps_the_other_shifts(centre, people, requirement, four_a_day, week):
    """24 h a week are worked out from Monday to Wednesday: nothing is credited for the Thursday that was off anyway."""
    policy = centre(shift_templates=[DAY, LATE], contracts=[{"id": "full", "hours_week": 24}])
    staff = people(policy, TEAM)
    thursday = [read_absence("a0:2026-11-26", staff, week, week.first)]
    free = days_off(four_a_day, week, ["a0"])
    assert {day.day for _, day in free} == {26, 27, 28, 29}
    need = requirement(week, (8, 16), 4.0)

    def changed(table):
        told = repair(four_a_day, need, policy, replace(staff, time_off=table), week, seconds=5).changes
        return told[["agent", "kind"]].to_numpy().tolist()

    assert changed(with_absences(staff.time_off, thursday, "sick", paid=True, days_off=free)) == []
    assert ["a0", "cancelled"] in changed(with_absences(staff.time_off, thursday, "sick", paid=True))


def test_only_the_days_that_fall_out_are_paid(policy, people, four_a_day, week):
    staff = people(policy, TEAM)
    whole = [read_absence("a0:2026-11-23/2026-12-01", staff, week, week.first)]
    table = with_absences(staff.time_off, whole, "sick", paid=True, days_off=days_off(four_a_day, week, ["a0"]))
    spans = table[["first_day", "last_day", "paid"]].astype(str).to_numpy().tolist()
    assert spans == [
        ["2026-11-23", "2026-11-25", "True"],
        ["2026-11-26", "2026-11-29", "False"],
        ["2026-11-30", "2026-12-01", "True"],  # of the next week nothing is known yet
    ]


def test_absences_take_out_just_their_days(policy, people, four_a_day):
    """Against a look at every segment by itself."""
    spans = [("a0", "24", "25"), ("a1", "01", "30"), ("a5", "27", "27"), ("a7", "29", "30"), ("a0", "20", "22")]
    off = [
        {"agent": agent, "first_day": f"2026-11-{first}", "last_day": f"2026-11-{last}", "kind": "leave", "paid": True}
        for agent, first, last in spans
    ]
    kept = without_absent(four_a_day, people(policy, TEAM, time_off=off))
    days = list(zip(four_a_day["agent"], four_a_day["work_date"].dt.strftime("%d"), strict=True))
    stays = [not any(a == agent and first <= day <= last for a, first, last in spans) for agent, day in days]
    pd.testing.assert_frame_equal(kept, four_a_day[stays].reset_index(drop=True))


def test_a_night_that_reaches_into_an_absence_falls_out_unrepaired_as_well(centre, people, requirement, roster, week):
    """Nobody may be left on a night shift that ends on a day of his absence: coverage without a repair lacks it too."""
    night = {"id": "night", "start": "22:00", "lengths_h": [8]}
    policy = centre(shift_templates=[night], contracts=[{"id": "full", "hours_week": 40, "min_hours_week": 0}])
    off = [{"agent": "a0", "first_day": "2026-11-24", "last_day": "2026-11-24", "kind": "sick", "paid": True}]
    nights = roster([("a0", "2026-11-23 22:00", "2026-11-24 06:00")], skill_set="general", template="night")
    only = people(policy, TEAM[:1], time_off=off)
    found = repair(nights, requirement(Period(week.first, 1), (22, 24), 1.0), policy, only, week, seconds=3)
    assert found.changes["kind"].tolist() == ["cancelled"]
    assert found.unrepaired["understaffing"] == found.solved.terms["understaffing"] > 0
