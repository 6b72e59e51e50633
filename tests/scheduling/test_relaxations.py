"""Ways out for agents without a legal period or shift: what is proposed would do, and nothing less would."""

from __future__ import annotations

import pytest

from scheduling.explaining.relaxation import relaxations
from scheduling.problem.problem import problem_of

LI = {"id": "li", "name": "Li Wei"}
SQUEEZED = [("li", "2026-11-23 14:00", "2026-11-23 22:00"), ("li", "2026-11-24 06:00", "2026-11-24 14:00")]


@pytest.fixture
def ways(requirement, week):
    """The relaxations of the only agent who cannot be placed, and the problem."""

    def found(policy, staff, locked=None):
        problem = problem_of(requirement(week, (6, 14), 1.0), policy, staff, week, locked=locked)
        workers = {worker.id: worker for worker in problem.team.workers}
        return [
            way for reason in problem.unplaceable for way in relaxations(problem.atlas, workers[reason.agent], reason)
        ]

    return found


def test_by_how_much_rest_must_give(centre, people, roster, ways):
    policy = centre()
    locked = roster(SQUEEZED, locked=True)
    (way,) = ways(policy, people(policy, [LI]), locked)
    assert way.sentence == "Li Wei: it would do to allow daily rest of 8 h instead of 11 on Tuesday 24 November"
    for rest_h, enough in ((8, True), (8.25, False)):
        bent = centre(rules={"daily_rest_h": rest_h, "max_consecutive_days": 6})
        assert (ways(bent, people(bent, [LI]), locked) == []) == enough


def test_two_rules_that_must_give_together_are_named_together(centre, people, roster, ways):
    """Two fixed shifts are too near one another and too many hours for the week: no single rule is a way out."""
    policy = centre(
        contracts=[{"id": "full", "hours_week": 8, "min_hours_week": 0, "max_days_week": 2}],
        rules={"daily_rest_h": 8.25, "max_consecutive_days": 6},
    )
    found = ways(policy, people(policy, [LI]), roster(SQUEEZED, locked=True))
    first = found[0]
    assert {change.rule for change in first.changes} == {"daily_rest", "weekly_hours"}
    needed = {change.rule: change.needed for change in first.changes}
    assert needed == {"daily_rest": 8.0, "weekly_hours": 16.0}
    bent = centre(
        contracts=[{"id": "full", "hours_week": 16, "min_hours_week": 0, "max_days_week": 2}],
        rules={"daily_rest_h": 8, "max_consecutive_days": 6},
    )
    assert ways(bent, people(bent, [LI]), roster(SQUEEZED, locked=True)) == []


def test_the_least_that_availability_must_give_for_a_shift(centre, people, ways):
    policy = centre()
    windows = [
        {"agent": "li", "weekday": "monday", "start": "08:00", "end": "14:00"},
        {"agent": "li", "weekday": "friday", "start": "15:00", "end": "22:00"},
    ]
    (way,) = ways(policy, people(policy, [LI], windows))
    assert way.sentence == "Li Wei: it would do to allow 1 h against availability on Friday 27 November"
    windows[1]["start"] = "14:00"
    assert ways(policy, people(policy, [LI], windows)) == []


def test_absence_is_not_bent(centre, people, ways):
    policy = centre()
    off = [{"agent": "li", "first_day": "2026-11-01", "last_day": "2026-12-31", "kind": "leave", "paid": True}]
    assert ways(policy, people(policy, [LI], time_off=off)) == []
