"""Why a shift is where it is, and what rules cost: every number beside whole rosters recomputed or solved anew."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.audit import agent_violations
from scheduling.checking.objective import objective_terms
from scheduling.coverage import coverage
from scheduling.explaining.account import Question, account
from scheduling.explaining.explanation import case_of, explanation, of_the_day
from scheduling.explaining.rule_costs import rule_costs
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from wfm.errors import MissingError
from wfm.tables.requirement import REQUIREMENT
from wfm.time.week import Period

MONDAY = Period(date(2026, 11, 23), 1)
LEFT_OUT = {"max_consecutive_days": {"max_consecutive_days": None}}
"""How a rule is switched off that is on by default."""


def total(problem, roster):
    return sum(objective_terms(problem, roster).values())


def test_a_shift_against_the_day_off_and_its_alternatives(centre, people, requirement, roster):
    """Two agents are needed in the morning and one in the afternoon; both come in the morning."""
    policy = centre(prices={"understaffing": 40, "overstaffing": 4}, objective={"wage": 0})
    staff = people(policy, [{"id": "li", "name": "Li Wei"}, {"id": "xu"}])
    need = requirement(MONDAY, (6, 14), 2.0)
    need["agents"] += requirement(MONDAY, (14, 22), 1.0)["agents"]
    both = roster([(name, "2026-11-23 06:00", "2026-11-23 14:00") for name in ("li", "xu")], template="early")
    problem = problem_of(need, policy, staff, MONDAY)
    why = explanation(problem, both, "li", 0)
    assert why.shift == "early 06:00 to 14:00"
    costs = {other.label: other.cost for other in why.alternatives}
    assert costs["late 14:00 to 22:00"] == pytest.approx(0)
    assert costs["off"] == pytest.approx(8 * 40)
    # Idle hours count until midnight, those after it belong to the next period; one night is three points of fairness.
    assert costs["night 22:00 to 06:00"] == pytest.approx(8 * 40 + 2 * 4 + 3)
    assert why.sentences[0] == "Li Wei on Monday 23 November: early 06:00 to 14:00"
    assert "a day off instead would cost 320 points more (understaffing +320)" in why.sentences


@pytest.mark.parametrize("seed", range(4))
def test_alternatives_of_a_day_are_the_best_of_their_template(seed, centre, people, requirement):
    """Every legal shift of the day is put into the roster table in turn, and the whole objective recomputed."""
    rng = np.random.default_rng(seed)
    period = Period(date(2026, 11, 23), 3)
    templates = [
        {"id": "early", "start": "06:00-08:00", "lengths_h": [4, 8]},
        {"id": "late", "start": "12:00-16:00", "step_min": 60, "lengths_h": [6]},
    ]
    wishes = [{"agent": "a0", "weekday": "tuesday", "wish": "late", "weight": 3.0}]
    contract = {"id": "full", "hours_week": 24, "min_hours_week": int(rng.integers(0, 20)), "max_days_week": 3}
    policy = centre(shift_templates=templates, contracts=[contract])
    staff = people(policy, [{"id": f"a{at}"} for at in range(3)], preferences=wishes)
    need = requirement(period, (6, 22), 1.0)
    need["agents"] = rng.uniform(0, 3, len(need)).round(1)
    solved = schedule(need, policy, staff, period, seconds=1, seed=seed)
    problem = problem_of(need, policy, staff, period)
    case, day = case_of(problem, solved.roster, "a0"), 1
    alternatives, _ = of_the_day(case, day)
    told = {other.label.split()[0]: other.cost for other in alternatives}
    when = pd.Timestamp(period.first) + pd.Timedelta(days=day)
    kept = solved.roster[~((solved.roster["agent"] == "a0") & (solved.roster["work_date"] == when))]
    before, best = total(problem, solved.roster), {"off": total(problem, kept)}
    for duty in problem.atlas.menu(case.worker).days[day]:
        own = {**case.duties, day: duty}
        if duty.starts == getattr(case.duties.get(day), "starts", None) and duty.ends == case.duties[day].ends:
            continue
        if any(v.hard for rule in problem.atlas.rules for v in agent_violations(rule, case.worker, own)):
            continue
        row = {
            "agent": "a0", "start": problem.horizon.instants([duty.starts])[0],
            "end": problem.horizon.instants([duty.ends])[0], "work_date": when, "activity": "work",
            "skill_set": "general", "template": duty.template, "paid": True, "locked": False,
        }  # fmt: skip
        added = pd.DataFrame([row]).astype({"start": kept["start"].dtype, "end": kept["end"].dtype})
        cost = total(problem, pd.concat([kept, added.astype({"work_date": kept["work_date"].dtype})]))
        best[duty.template] = min(best.get(duty.template, np.inf), cost)
    present = case.duties[day].template if day in case.duties else "off"
    assert set(told) - {present} == set(best) - {present}
    for label, cost in told.items():
        if label != present:
            assert cost == pytest.approx(best[label] - before, abs=1e-6)
    for other in alternatives:
        assert sum(other.terms.values()) == pytest.approx(other.cost)


def test_a_wish_that_is_not_honoured_and_what_honouring_would_cost(centre, people, requirement, roster):
    policy = centre(prices={"understaffing": 40, "overstaffing": 4, "preference": 2}, objective={"wage": 0})
    wish = [{"agent": "li", "weekday": "monday", "wish": "off", "weight": 1.0}]
    staff = people(policy, [{"id": "li"}], preferences=wish)
    table = roster([("li", "2026-11-23 06:00", "2026-11-23 14:00")], template="early")
    problem = problem_of(requirement(MONDAY, (6, 14), 1.0), policy, staff, MONDAY)
    told = explanation(problem, table, "li", 0).sentences
    assert "a preference is not honoured; a day off would, at 320 points of other terms" in told


def test_leaving_out_a_rule_saves_what_is_said(centre, people, requirement, week):
    """A week solved without the rule is at least as much cheaper; availability bars four of an agent's five days."""
    policy = centre(objective={"wage": 0.05})
    windows = [{"agent": "a0", "weekday": "monday", "start": "00:00", "end": "24:00"}]
    names = [{"id": f"a{at}"} for at in range(3)]
    bound, free = people(policy, names, windows), people(policy, names)
    need = requirement(week, (6, 14), 3.0)
    solved = schedule(need, policy, bound, week, seconds=2)
    costs = {cost.rule: cost for cost in rule_costs(problem_of(need, policy, bound, week), solved.roster, seconds=5)}
    # An hour saves 40 points of need and costs 20 of the currency at 0.05 points each.
    assert costs["availability"].cost == pytest.approx(4 * 8 * (40 - 1))
    assert costs["weekly_days"].cost == 0  # hours would stop a sixth shift anyway
    assert costs["availability"].tried == 3
    without = schedule(need, policy, free, week, seconds=2)
    assert without.objective <= solved.objective - costs["availability"].points + 1e-6
    assert without.objective >= solved.objective - costs["availability"].most - 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_no_roster_without_a_rule_is_cheaper_than_the_bound_says(seed, centre, people, requirement, week):
    """Each rule is switched off in the policy and the week solved anew: it saves no more than what was said at most."""
    rng = np.random.default_rng(seed)
    minimum = [{"queue": "general", "agents": 1, "hours": "06:00-22:00"}]
    ruled = {"daily_rest_h": 11, "max_consecutive_days": 2, "minimum_on_floor": minimum}
    staff = people(centre(), [{"id": f"a{at}"} for at in range(4)])
    need = requirement(week, (6, 22), 1.0)
    need["agents"] = rng.choice([0.0, 1.0, 2.5], 14).repeat(len(need) // 14)
    solved = schedule(need, centre(rules=ruled), staff, week, seconds=1, seed=seed)
    problem = problem_of(need, centre(rules=ruled), staff, week)
    costs = {cost.rule: cost for cost in rule_costs(problem, solved.roster, seconds=60)}
    off = {"consecutive_days": "max_consecutive_days", "floor_minimum": "minimum_on_floor"}
    for rule, key in off.items():
        free = centre(rules={name: value for name, value in ruled.items() if name != key} | LEFT_OUT.get(key, {}))
        without = schedule(need, free, staff, week, seconds=1, seed=seed)
        assert costs[rule].most is not None
        assert solved.objective - costs[rule].most - 1e-6 <= without.objective
        assert costs[rule].points <= costs[rule].most + 1e-6


def test_the_account_is_one_table_for_any_roster(centre, people, requirement, roster, week):
    policy = centre(rules={"daily_rest_h": 11, "minimum_on_floor": [{"queue": "general", "agents": 1}]})
    windows = [{"agent": "xu", "weekday": "monday", "start": "08:00", "end": "10:00"}]
    wishes = [
        {"agent": "li", "weekday": "monday", "wish": "early", "weight": 1.0},
        {"agent": "li", "weekday": "tuesday", "wish": "off", "weight": 2.0},
    ]
    staff = people(policy, [{"id": "li"}, {"id": "xu"}], windows, preferences=wishes)
    need = requirement(week, (6, 14), 1.0)
    edited = roster([("li", "2026-11-23 06:10", "2026-11-23 15:55"), ("li", "2026-11-24 00:00", "2026-11-24 08:00")])
    problem = problem_of(need, policy, staff, week)
    covered = coverage(edited, need, policy, staff)
    table = account(problem, edited, covered, seconds=1)
    assert set(table["about"]) == {"term", "agent", "way out", "shortfall", "wish", "fairness", "rule"}
    assert table.loc[table["about"] == "wish", "sentence"].tolist() == [
        "preferences: 1 of 2 honoured",
        "Agent li: off on Tuesday 24 November not honoured",
    ]
    nights = table[(table["about"] == "fairness") & (table["subject"] == "nights")]["sentence"].iloc[0]
    assert nights.startswith("nights: 1 shared by 1 agent, 1 to 1 each; most beyond a fair share has Agent li")
    terms = table[table["about"] == "term"]["amount"]
    assert terms.sum() == pytest.approx(total(problem, edited))
    asked = account(problem, edited, covered, questions=[Question("li", 0), Question("xu")])
    assert set(asked["about"]) == {"why"}
    assert set(asked["subject"]) == {"li", "xu"}
    with pytest.raises(MissingError, match="unknown agent"):
        account(problem, edited, covered, questions=[Question("nobody")])


@pytest.mark.parametrize("case", ["nobody", "no demand", "no templates", "all away"])
def test_there_is_an_account_of_every_sorry_week(case, centre, people, requirement, week):
    policy = centre(shift_templates=[]) if case == "no templates" else centre()
    off = [{"agent": "li", "first_day": "2026-11-01", "last_day": "2026-12-31", "kind": "leave", "paid": True}]
    staff = people(policy, [] if case == "nobody" else [{"id": "li"}], time_off=off if case == "all away" else None)
    need = REQUIREMENT.empty() if case == "no demand" else requirement(week, (6, 14), 1.0)
    solved = schedule(need, policy, staff, week, seconds=1)
    problem = problem_of(need, policy, staff, week)
    table = account(problem, solved.roster, solved.coverage, seconds=1)
    assert table.loc[table["about"] == "term", "amount"].sum() == pytest.approx(solved.objective)
    assert (table["about"] == "shortfall").any() == (case != "no demand")
    assert (table["about"] == "agent").any() == (case in ("no templates", "all away"))
    if case != "nobody":
        asked = account(problem, solved.roster, solved.coverage, questions=[Question("li", 2)])
        assert asked["sentence"].iloc[0].startswith("Agent li on Wednesday 25 November: ")
