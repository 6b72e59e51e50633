"""Shortfalls and what stands against each agent, beside a brute force over whole audits."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from scheduling.checking.audit import agent_violations
from scheduling.explaining.obstacles import AT_WORK, AWAY, NOTHING, OTHER_HOURS, obstacle
from scheduling.explaining.shortfall import shortfalls
from scheduling.outcome import Solved
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from wfm.time.week import Period


def shortfalls_of(need, policy, staff, period, table, coverage):
    return shortfalls(problem_of(need, policy, staff, period), table, coverage)


def test_who_could_cover_and_what_stops_each(centre, people, requirement, week):
    policy = centre(rules={"daily_rest_h": 11, "max_consecutive_days": 6})
    staff = people(
        policy,
        [{"id": name} for name in ("a", "b", "c")],
        availability=[{"agent": "b", "weekday": "monday", "start": "14:00", "end": "24:00"}],
        time_off=[{"agent": "c", "first_day": "2026-11-23", "last_day": "2026-11-29", "kind": "sick", "paid": True}],
    )
    monday = Period(date(2026, 11, 23), 1)
    need = requirement(monday, (6, 14), 3.0)
    solved = schedule(need, policy, staff, monday, seconds=1)
    assert isinstance(solved, Solved)
    (short,), total = shortfalls_of(need, policy, staff, monday, solved.roster, solved.coverage)
    assert total == 1
    assert dict(short.obstacles) == {AT_WORK: 1, AWAY: 1, "availability": 1}
    assert (short.agents, short.hours, short.skilled) == (2, 16, 3)
    assert short.sentence.startswith(
        "general: up to 2.0 more agents needed on Monday 23 November 06:00 to 14:00, 16.0 agent-hours: of 3 with the "
        "skill, "
    )


def test_a_queue_that_nobody_knows(centre, people, requirement, week):
    policy = centre(queues=[{"id": "general"}, {"id": "vip"}])
    staff = people(policy, [{"id": "a"}])
    need = requirement(week, (6, 14), 1.0, "vip")
    solved = schedule(need, policy, staff, week, seconds=1)
    found, total = shortfalls_of(need, policy, staff, week, solved.roster, solved.coverage)
    assert total == len(found) == 7
    assert all(short.sentence.endswith("nobody has the skill") for short in found)


def test_a_floor_minimum_that_is_not_met(centre, people, requirement, week):
    rules = {"minimum_on_floor": [{"queue": "general", "agents": 2, "hours": "06:00-14:00"}]}
    policy = centre(rules=rules)
    staff = people(policy, [{"id": "a"}])
    need = requirement(week, (6, 14), 0.0)
    solved = schedule(need, policy, staff, week, seconds=1)
    found, _ = shortfalls_of(need, policy, staff, week, solved.roster, solved.coverage)
    assert {short.rule for short in found} == {"floor_minimum"}
    assert sum(short.hours for short in found) == pytest.approx(7 * 8 * 2 - 5 * 8)


def test_a_shift_that_too_few_are_given(centre, people, requirement, week):
    staffed = [{"template": "night", "agents": 2, "weekdays": ["tuesday"]}]
    policy = centre(rules={"daily_rest_h": 11, "shift_staff": staffed})
    staff = people(
        policy,
        [{"id": "a"}, {"id": "b"}],
        time_off=[{"agent": "b", "first_day": "2026-11-24", "last_day": "2026-11-24", "kind": "leave", "paid": True}],
    )
    need = requirement(week, (6, 14), 0.0)
    solved = schedule(need, policy, staff, week, seconds=1)
    (short,), _ = shortfalls_of(need, policy, staff, week, solved.roster, solved.coverage)
    assert (short.rule, short.subject, short.agents, short.hours) == ("shift_staff", "night", 1, 8)
    assert dict(short.obstacles) == {AT_WORK: 1, AWAY: 1}
    assert short.sentence == (
        "shift staff of night: up to 1 more agent needed on Tuesday 24 November, 8.0 agent-hours: of 2 who count, "
        "1 at work, 1 away"
    )


@pytest.mark.parametrize("seed", range(6))
def test_an_obstacle_is_what_the_audit_would_say(seed, centre, people, requirement):
    """Without an obstacle some shift can be added to an audited roster without a new violation, else none can."""
    rng = np.random.default_rng(seed)
    period = Period(date(2026, 11, 23), 5)
    policy = centre(
        contracts=[{"id": "full", "hours_week": int(rng.integers(16, 40)), "min_hours_week": 0, "max_days_week": 4}],
        rules={"daily_rest_h": 11, "max_consecutive_days": int(rng.integers(1, 4))},
    )
    staff = people(policy, [{"id": f"a{at}"} for at in range(4)])
    problem = problem_of(requirement(period, (0, 24), 1.0), policy, staff, period)
    for worker in problem.team.workers:
        menu = problem.atlas.menu(worker)
        days = rng.permutation(5)[: rng.integers(1, 4)]
        duties = {int(day): menu.days[day][rng.integers(len(menu.days[day]))] for day in days}

        def hard(own, worker=worker):
            found = (v for rule in problem.atlas.rules for v in agent_violations(rule, worker, own))
            return {(violation.rule, violation.day, violation.found) for violation in found if violation.hard}

        for minute in range(0, 5 * 1440, 480):
            covering = [duty for duty in menu.duties if duty.starts <= minute < duty.ends]
            addable = [duty for duty in covering if duty.day not in duties]
            possible = any(hard({**duties, duty.day: duty}) <= hard(duties) for duty in addable)
            if any(duty.starts <= minute < duty.ends for duty in duties.values()):
                continue
            found = obstacle(problem.atlas.rules, worker, duties, covering)
            if not addable:
                assert found in (OTHER_HOURS, "no_template")
            else:
                assert (found == NOTHING) == possible, (duties, minute, found)
