"""Drafts and locked segments: a roster is started from, kept where it is locked, and read back exactly."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.segments import roster_table
from scheduling.solver.draft import tours_of
from wfm.tables.roster import shifts
from wfm.time.week import Period

RESTS = [{"minutes": 15, "window_h": (1, 2)}, {"kind": "lunch", "minutes": 30, "window_h": (3, 5), "paid": False}]
DAY = {"id": "day", "start": "08:00-10:00", "step_min": 30, "lengths_h": [6.5, 8.5], "breaks": RESTS}
NIGHT = {"id": "night", "start": "21:00-23:00", "step_min": 60, "lengths_h": [8.5], "breaks": RESTS}
TEAM = [{"id": f"a{at}"} for at in range(6)]


@pytest.fixture
def policy(centre):
    return centre(shift_templates=[DAY, NIGHT])


@pytest.mark.parametrize(("first", "days"), [("2026-11-23", 7), ("2026-10-19", 14), ("2026-11-25", 1)])
def test_a_roster_comes_back_as_the_tours_it_was_made_from(policy, people, requirement, first, days):
    period = Period(date.fromisoformat(first), days)
    staff, need = people(policy, TEAM), requirement(period, (8, 24), 2.0)
    made = schedule(need, policy, staff, period, seconds=1)
    problem = problem_of(need, policy, staff, period)
    again = roster_table(problem, tours_of(problem, made.roster))
    pd.testing.assert_frame_equal(again, made.roster)
    assert set(made.roster["activity"]) == {"work", "break", "lunch"}


def test_the_search_starts_from_the_draft(policy, people, requirement, week):
    staff, need = people(policy, TEAM), requirement(week, (8, 18), 3.0)
    draft = schedule(need, policy, staff, week, seconds=2).roster
    first = []

    def stop(incumbent, bound, seconds):
        first.append(incumbent)
        raise KeyboardInterrupt

    stopped = schedule(need, policy, staff, week, seconds=5, draft=draft, progress=stop)
    pd.testing.assert_frame_equal(stopped.roster, draft)


def test_of_a_draft_that_is_no_longer_legal_the_rest_is_kept(centre, people, requirement, roster, week):
    policy = centre()
    draft = roster(
        [
            ("li", "2026-11-23 14:00", "2026-11-23 22:00"),
            ("li", "2026-11-24 06:00", "2026-11-24 14:00"),  # eight hours of rest
            ("li", "2026-11-26 06:00", "2026-11-26 14:00"),
            ("li", "2026-11-27 06:10", "2026-11-27 14:00"),  # of no template
        ]
    )
    problem = problem_of(requirement(week, (6, 14), 1.0), policy, people(policy, [{"id": "li"}]), week)
    (tour,) = tours_of(problem, draft).values()
    menu = problem.profiles[0].menu
    days = [menu.duties[at].day for at in tour.duties]
    assert len(days) == 2
    assert 3 in days


def test_someone_who_is_away_by_now_is_taken_out_of_the_draft(policy, people, requirement, week):
    need = requirement(week, (8, 18), 2.0)
    draft = schedule(need, policy, people(policy, TEAM), week, seconds=1).roster
    off = [{"agent": "a0", "first_day": "2026-11-23", "last_day": "2026-11-29", "kind": "sick", "paid": True}]
    staff = people(policy, TEAM, time_off=off)
    made = schedule(need, policy, staff, week, seconds=1, draft=draft)
    assert set(made.roster.loc[made.roster["agent"] == "a0", "activity"]) == {"sick"}
    assert audit(made.roster, policy, staff, week).legal


def test_drafts_of_strangers_and_of_other_weeks_change_nothing(policy, people, requirement, roster, week):
    staff, need = people(policy, TEAM[:2]), requirement(week, (8, 18), 1.0)
    strange = roster(
        [("nobody", "2026-11-24 08:00", "2026-11-24 16:30"), ("a0", "2027-01-04 08:00", "2027-01-04 16:30")]
    )
    assert tours_of(problem_of(need, policy, staff, week), strange) == {}
    made = schedule(need, policy, staff, week, seconds=1, draft=strange)
    assert audit(made.roster, policy, staff, week).legal


def test_only_locked_rows_of_an_edited_roster_stay(policy, people, requirement, week):
    staff, need = people(policy, TEAM), requirement(week, (8, 18), 3.0)
    edited = schedule(need, policy, staff, week, seconds=1).roster
    day = pd.Timestamp("2026-11-25")
    chosen = (edited["agent"] == "a1") & (edited["work_date"] == day)
    if not chosen.any():  # then somebody else works on that Wednesday
        chosen = (edited["work_date"] == day) & (
            edited["agent"] == edited.loc[edited["work_date"] == day, "agent"].iloc[0]
        )
    # Ten minutes later than any template starts, as only a person would write it.
    late = pd.Timedelta(minutes=10)
    edited.loc[chosen, ["start", "end"]] += late
    edited["locked"] = chosen
    more = requirement(week, (12, 24), 4.0)
    made = schedule(more, policy, staff, week, seconds=1, locked=edited)
    kept = made.roster[made.roster["locked"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, edited[chosen].reset_index(drop=True))
    agent = kept["agent"].iloc[0]
    assert len(shifts(made.roster[(made.roster["agent"] == agent) & (made.roster["work_date"] == day)])) == 1
    assert audit(made.roster, policy, staff, week).legal
