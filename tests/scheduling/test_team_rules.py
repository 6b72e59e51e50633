"""Team rules of the floor: without each the bad thing happens; with it the solver prevents it, the audit names it."""

from __future__ import annotations

import numpy as np
import pytest

from scheduling.checking.audit import audit
from scheduling.roster import schedule
from scheduling.rules.catalogue import team_rules
from scheduling.staff.horizon import horizon_of
from scheduling.staff.team import team_of
from scheduling.staff.worker import workers_of
from wfm.errors import PolicyError
from wfm.tables.roster import shifts

EVERY_DAY = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GRADES = {"grades": {"a": "20", "trainee": "15", "mentor": "25", "lead": "30"}}


def only_between(agent, start, end):
    return [{"agent": agent, "weekday": day, "start": start, "end": end} for day in EVERY_DAY]


def test_floor_minimum(centre, people, requirement, week):
    minimum = {"minimum_on_floor": [{"queue": "general", "agents": 1, "hours": "06:00-14:00"}]}
    free, ruled = centre(), centre(rules=minimum)
    staff = people(free, [{"id": "a"}, {"id": "b"}])
    need = requirement(week, (14, 22), 1.0)
    without = schedule(need, free, staff, week, seconds=1)
    found = audit(without.roster, ruled, staff, week).violations
    assert set(found["rule"]) == {"floor_minimum"}
    assert found["sentence"].iloc[0] == (
        "0 agents with skill general on the floor on Monday 23 November at 06:00, at least 1 needed"
    )
    assert without.terms["team_rules"] == 0
    prevented = schedule(need, ruled, staff, week, seconds=2)
    assert prevented.terms["team_rules"] == 0
    assert audit(prevented.roster, ruled, staff, week).violations.empty


def test_seats(centre, people, requirement, week):
    free = centre()
    ruled = centre(sites=[{"id": "berlin", "zone": "Europe/Berlin", "seats": 2}])
    staff = people(free, [{"id": f"a{at}"} for at in range(4)])
    need = requirement(week, (6, 14), 4.0)
    without = schedule(need, free, staff, week, seconds=1)
    found = audit(without.roster, ruled, staff, week).violations
    assert set(found["rule"]) == {"seats"}
    assert found["sentence"].str.contains(r"[34] agents at work at berlin on \w+ 2\d November at 06:00, 2 seats").all()
    prevented = schedule(need, ruled, staff, week, seconds=2)
    assert audit(prevented.roster, ruled, staff, week).violations.empty
    assert shifts(prevented.roster).groupby("work_date").size().max() <= 2


def test_a_shift_lead_is_on_the_floor_while_the_queue_is_open(centre, people, requirement, week):
    """The lead likes late shifts best and nobody asks for him; the rule brings him in when the floor is open."""
    queue = {"id": "general", "opening": {"daily": "06:00-14:00"}}
    free = centre(queues=[queue], pay=GRADES)
    ruled = centre(queues=[queue], pay=GRADES, rules={"shift_leads": [{"role": "lead", "site": "berlin"}]})
    staff = people(free, [{"id": "a"}, {"id": "b"}, {"id": "c", "grade": "lead"}, {"id": "d", "grade": "lead"}])
    need = requirement(week, (6, 14), 0.0)
    without = schedule(need, free, staff, week, seconds=1)
    found = audit(without.roster, ruled, staff, week).violations
    assert len(found) == 7
    assert found["sentence"].iloc[0] == (
        "0 agents of lead at berlin on the floor on Monday 23 November at 06:00, at least 1 needed"
    )
    prevented = schedule(need, ruled, staff, week, seconds=2)
    assert audit(prevented.roster, ruled, staff, week).violations.empty
    assert set(shifts(prevented.roster)["agent"]) == {"c", "d"}


def test_a_lead_looks_after_no_more_than_his_span(centre, people, requirement, week):
    rules = {"max_consecutive_days": 7, "shift_leads": [{"role": "lead", "agents": 0, "span": 2}]}
    free, ruled = centre(pay=GRADES), centre(pay=GRADES, rules=rules)
    staff = people(free, [*({"id": f"a{at}"} for at in range(4)), {"id": "l", "grade": "lead"}])
    need = requirement(week, (6, 14), 5.0)
    without = schedule(need, free, staff, week, seconds=1)
    sentences = list(audit(without.roster, ruled, staff, week).violations["sentence"])
    assert sentences
    assert all("beyond the 2 that each of lead looks after" in sentence for sentence in sentences)
    prevented = schedule(need, ruled, staff, week, seconds=2)
    assert audit(prevented.roster, ruled, staff, week).violations.empty
    by_day = shifts(prevented.roster).assign(lead=lambda table: table["agent"] == "l").groupby("work_date")["lead"]
    assert ((by_day.size() - by_day.sum()) <= 2 * by_day.sum()).all()


def test_no_trainee_without_a_mentor(centre, people, requirement, week):
    """Worked by hand: the only mentor may work from 14:00, so the morning's need of one stays unmet: 7 x 8 h x 40."""
    free = centre(pay=GRADES)
    ruled = centre(pay=GRADES, rules={"mentors": [{"trainees": "trainee", "mentors": "mentor", "trainees_each": 3}]})
    staff = people(
        free, [{"id": "t1", "grade": "trainee"}, {"id": "t2", "grade": "trainee"}, {"id": "m", "grade": "mentor"}],
        only_between("m", "14:00", "24:00"),
    )  # fmt: skip
    need = requirement(week, (6, 14), 1.0)
    without = schedule(need, free, staff, week, seconds=1)
    found = audit(without.roster, ruled, staff, week).violations
    assert set(found["rule"]) == {"mentor"}
    assert found["sentence"].iloc[0] == (
        "1 agent of trainee on the floor on Monday 23 November at 06:00 without one of mentor, "
        "each of whom looks after 3"
    )
    assert found["found"].iloc[0] == -1
    prevented = schedule(need, ruled, staff, week, seconds=30)
    assert audit(prevented.roster, ruled, staff, week).violations.empty
    assert prevented.objective == pytest.approx(7 * 8 * 40)
    assert prevented.bound == pytest.approx(7 * 8 * 40)


@pytest.mark.parametrize(("trainees", "too_many"), [(3, 0), (4, 1), (6, 3)])
def test_one_mentor_takes_so_many_trainees(trainees, too_many, centre, people, roster, week):
    policy = centre(pay=GRADES, rules={"mentors": [{"trainees": "trainee", "mentors": "mentor", "trainees_each": 3}]})
    names = [f"t{at}" for at in range(trainees)]
    staff = people(policy, [*({"id": name, "grade": "trainee"} for name in names), {"id": "m", "grade": "mentor"}])
    day = [(name, "2026-11-24 08:00", "2026-11-24 16:00") for name in (*names, "m")]
    found = audit(roster(day), policy, staff, week).violations.query("rule == 'mentor'")
    assert list(-found["found"]) == [too_many] * (too_many > 0)


def test_a_team_is_a_role_too_and_pools_split_no_further_than_rules_ask(centre, people, week):
    minimum = {"agents": 1, "role": "north", "hours": "08:00-10:00", "weekdays": ["saturday"]}
    policy = centre(pay=GRADES, rules={"minimum_on_floor": [minimum]})
    staff = people(policy, [{"id": "a", "team": "north"}, {"id": "b", "grade": "lead"}, {"id": "c"}])
    team = _team(policy, staff, week)
    assert [pool.roles for pool in team.pools] == [(), ("north",)]
    assert [team.pool_of(worker) for worker in team.workers] == [1, 0, 0]
    rows = [row for rule in team_rules(policy) for row in rule.rows(team)]
    saturday = 5 * 96 + 8 * 4
    assert [row.slot for row in rows] == list(range(saturday, saturday + 8))
    assert all(list(row.pools) == [0, 1] for row in rows)


def test_minima_of_one_queue_at_different_hours_are_told_apart(centre, people, roster, week):
    minima = [
        {"queue": "general", "agents": 2, "hours": "08:00-12:00", "weekdays": ["monday"]},
        {"queue": "general", "agents": 3, "hours": "10:00-14:00", "weekdays": ["monday"]},
    ]
    policy = centre(rules={"minimum_on_floor": minima})
    staff = people(policy, [{"id": "a"}])
    found = audit(roster([("a", "2026-11-23 06:00", "2026-11-23 14:00")]), policy, staff, week).violations
    found = found[found["rule"] == "floor_minimum"]
    assert list(found["limit"]) == [2, 3]
    assert ["at 08:00" in found["sentence"].iloc[0], "at 10:00" in found["sentence"].iloc[1]] == [True, True]


def test_the_price_of_a_rule_is_its_own_or_the_soft_one_or_the_usual(centre, people, week):
    def price(minimum, **changes):
        policy = centre(rules={"minimum_on_floor": [{"queue": "general", "agents": 1, **minimum}], **changes})
        team = _team(policy, people(policy, [{"id": "a"}]), week)
        return {row.price * 4 for rule in team_rules(policy) for row in rule.rows(team)}

    assert price({}) == {400.0}
    assert price({}, soft={"floor_minimum": 60.0}) == {60.0}
    assert price({"price": 8.0}, soft={"floor_minimum": 60.0}) == {8.0}


def test_a_minimum_nobody_can_meet_is_a_report(centre, people, requirement, week):
    policy = centre(rules={"minimum_on_floor": [{"agents": 1, "role": "nobody", "hours": "08:00-09:00"}]})
    staff = people(policy, [{"id": "a"}])
    solved = schedule(requirement(week, (6, 14), 1.0), policy, staff, week, seconds=1)
    assert solved.terms["team_rules"] == pytest.approx(7 * 400)
    assert len(audit(solved.roster, policy, staff, week).violations) == 7


def test_nobody_at_all_is_a_report(centre, people, requirement, week):
    policy = centre(rules={
        "minimum_on_floor": [{"queue": "general", "agents": 1, "hours": "08:00-09:00"}],
        "mentors": [{"trainees": "t", "mentors": "m"}], "shift_leads": [{"role": "lead", "span": 3}],
    })  # fmt: skip
    staff = people(policy, [])
    solved = schedule(requirement(week, (6, 14), 1.0), policy, staff, week, seconds=1)
    assert solved.terms["team_rules"] == pytest.approx(7 * 400 + 168 * 400)


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        ({"minimum_on_floor": [{"queue": "chat", "agents": 1}]}, "names queue chat, which is not defined"),
        ({"shift_leads": [{"role": "lead", "site": "bonn"}]}, "names site bonn, which is not defined"),
        ({"shift_leads": [{"role": "lead", "agents": 0}]}, "asks for nothing"),
        ({"mentors": [{"trainees": "t", "mentors": "t"}]}, "both the trainees and their mentors"),
        ({"shift_staff": [{"template": "noon", "agents": 1}]}, "names shift template noon, which is not defined"),
        ({"shift_staff": [{"template": "late", "agents": 3, "most": 2}]}, "at least 3 and at most 2"),
        ({"shift_staff": [{"template": "late"}]}, "neither agents nor most"),
        (
            {"shift_staff": [{"template": "late", "most": 1, "days": ["2026-11-24"], "weekdays": ["monday"]}]},
            "one of the two",
        ),
    ],
)
def test_policy_that_makes_no_sense_is_refused(rules, complaint, centre):
    with pytest.raises(PolicyError, match=complaint):
        centre(rules=rules)


def _team(policy, staff, week):
    horizon = horizon_of(week, ["Europe/Berlin"])
    return team_of(policy, horizon, workers_of(policy, staff, horizon), team_rules(policy))


def test_rows_of_a_site_follow_the_hours_of_any_of_its_queues(centre, people, week):
    queues = [
        {"id": "general", "opening": {"daily": "08:00-12:00"}, "site": "berlin"},
        {"id": "vip", "opening": {"daily": "11:00-15:00"}},
        {"id": "far", "opening": {"daily": "00:00-24:00"}, "site": "madrid"},
    ]
    sites = [{"id": "berlin", "zone": "Europe/Berlin"}, {"id": "madrid", "zone": "Europe/Madrid"}]
    policy = centre(queues=queues, sites=sites, rules={"minimum_on_floor": [{"site": "berlin", "agents": 1}]})
    team = _team(policy, people(policy, [{"id": "a"}]), week)
    slots = np.array([row.slot for rule in team_rules(policy) for row in rule.rows(team)])
    assert np.unique(slots % 96).tolist() == list(range(8 * 4, 15 * 4))
    assert len(slots) == 7 * 7 * 4
