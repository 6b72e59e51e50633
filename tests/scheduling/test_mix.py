"""The skill mix against brute force: every number of every kind on every shift, cover by the cuts of a flow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from math import ceil

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.mix.candidates import candidates_of
from scheduling.mix.kind import kinds_of_people, kinds_of_table, with_present
from scheduling.mix.mix import best_mix
from scheduling.mix.report import Mix
from scheduling.outcome import NoAnswer
from scheduling.solver import hiring
from scheduling.solver.construct import construct
from scheduling.solver.generate import bound_at
from scheduling.solver.search import Search, respond
from wfm.errors import InputError, PolicyError, TableError
from wfm.policy.people import Agent, People
from wfm.tables.requirement import REQUIREMENT
from wfm.time.week import Period

DAY = Period(date(2026, 11, 23), 1)
RATE, SHIFT_H, SHORT = 20.0, 4, 60.0
"""Currency an hour, hours a shift, and currency an hour of an agent short: a point is worth one."""
STARTS = (8, 12)
SKILLS = ("left", "right", "left+right")


def policy(centre, **changes):
    return centre(
        **{
            "queues": [{"id": "left"}, {"id": "right"}],
            "shift_templates": [{"id": "half", "start": "08:00-12:00", "step_min": 240, "lengths_h": [SHIFT_H]}],
            "contracts": [{"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 5}],
            "prices": {"understaffing": SHORT},
            "objective": {"wage": 1},
            **changes,
        }
    )


def table(*rows, **columns):
    """Kinds of (name, skills, further columns)."""
    common = {"contract": "full", "site": "berlin", "grade": "a", **columns}
    return pd.DataFrame([{"kind": name, "skills": skills, **common, **more} for name, skills, more in rows])


def needs(requirement, left, right):
    """Agents needed by queue in the morning and in the afternoon."""
    parts = [
        requirement(DAY, (start, start + SHIFT_H), agents, queue)
        for queue, both in (("left", left), ("right", right))
        for start, agents in zip(STARTS, both, strict=True)
    ]
    return REQUIREMENT.check(pd.concat(parts).groupby(["queue", "interval_start"], as_index=False)["agents"].sum())


def brute_force(left, right, premium, most):
    """The least cost of a day, and the numbers of each kind that have it: all numbers of each kind on each shift.

    A kind's agents cost their hours and, with both skills, ``premium`` a day. Cover is the greatest flow, which is the
    least cut: what is short is the most that any set of queues lacks.
    """
    least, best = np.inf, None
    for numbers in product(range(most + 1), repeat=len(SKILLS) * len(STARTS)):
        own = np.array(numbers).reshape(len(SKILLS), len(STARTS))
        cost = RATE * SHIFT_H * own.sum() + premium * own[2].sum()
        for at in range(len(STARTS)):
            a, b, both = own[:, at]
            lack = max(left[at] - a - both, right[at] - b - both, left[at] + right[at] - a - b - both, 0.0)
            lack = max(lack, max(left[at] - a - both, 0.0), max(right[at] - b - both, 0.0))
            cost += SHORT * SHIFT_H * lack
        if cost < least - 1e-9:
            least, best = cost, own.sum(axis=1)
    return least, best


def made(found: Mix | NoAnswer) -> Mix:
    assert isinstance(found, Mix)
    return found


def numbers(found: Mix) -> dict[str, int]:
    return dict(zip(found.kinds["kind"], found.kinds["best"], strict=True))


def three(premium):
    """One kind for each queue and one for both, the latter with a price of its own a day."""
    return table(("l", "left", {}), ("r", "right", {}), ("both", "left+right", {"head_week": 7.0 * premium}))


@pytest.mark.parametrize(("premium", "pooled"), [(0.0, True), (10.0, True), (90.0, False)])
def test_two_halves_are_pooled_while_the_premium_is_small(premium, pooled, centre, requirement):
    """Each queue needs half an agent at all times: one agent of both, or one of each.

    A shift costs 80. By hand: two of both skills cover all for 160 + 2 premium; one skill each takes four shifts for
    320; doing without costs 60 x 4 x 0.5 = 120 a queue and shift.
    """
    left = right = (0.5, 0.5)
    optimum, best = brute_force(left, right, premium, 2)
    assert (best[2] > 0) == pooled
    own = policy(centre)
    kinds = kinds_of_table(three(premium), own)
    found = made(best_mix(kinds, needs(requirement, left, right), own, DAY, seconds=2))
    assert found.cost / 7 == pytest.approx(optimum)
    assert found.cost / 7 == pytest.approx(min(160 + 2 * premium, 320))
    assert found.bound <= found.cost + 1e-6
    assert (numbers(found).get("both", 0) > 0) == pooled


@pytest.mark.parametrize("rows", [hiring.MOST_ROWS, 0])
@pytest.mark.parametrize("seed", range(4))
def test_bound_optimum_cost(seed, rows, centre, requirement, monkeypatch):
    monkeypatch.setattr(hiring, "MOST_ROWS", rows)
    rng = np.random.default_rng(seed)
    left, right = (tuple(rng.choice([0.0, 0.4, 0.7, 1.0, 1.3], 2)) for _ in range(2))
    premium = float(rng.choice([0, 15, 40, 70]))
    optimum, _ = brute_force(left, right, premium, 2)
    own = policy(centre)
    kinds = kinds_of_table(three(premium), own)
    found = made(best_mix(kinds, needs(requirement, left, right), own, DAY, seconds=3, seed=seed))
    assert found.bound / 7 <= optimum + 1e-6
    assert found.cost / 7 >= optimum - 1e-6
    assert found.cost / 7 == pytest.approx(optimum)


@pytest.mark.parametrize(("agents", "skills"), [(3.0, "general"), (2.2, "general"), (2.0, "general:0.5")])
def test_one_kind_alone_is_the_least_head_count(agents, skills, centre, requirement, week):
    """A week of 8 hours a day: five shifts an agent, so heads by day of work; tried one by one."""
    own = centre(
        objective={"wage": 1},
        prices={"understaffing": 400},
        hiring={"head_week": 100},
        contracts=[{"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 5}],
    )
    kinds = kinds_of_table(table(("only", skills, {})), own)
    found = made(best_mix(kinds, requirement(week, (6, 14), agents), own, week, seconds=3))
    level = kinds[0].skills["general"]
    costs = {}
    for heads in range(12):
        shifts = min(5 * heads, 7 * heads)
        best = np.inf
        for daily in range(ceil(agents / level) + 1):
            # So many on every day, and one more on as many days as shifts are left for it.
            if 7 * daily <= shifts:
                for extra in range(min(7, shifts - 7 * daily) + 1):
                    lack = sum(max(agents - level * (daily + (day < extra)), 0.0) * 8 for day in range(7))
                    best = min(best, 100 * heads + 20 * 8 * (7 * daily + extra) + 400 * lack)
        costs[heads] = best
    assert found.cost == pytest.approx(min(costs.values()))
    assert numbers(found)["only"] == min(costs, key=costs.__getitem__)
    assert found.bound <= found.cost


def test_the_account_adds_up_and_the_roster_is_legal(centre, requirement):
    own = policy(centre, hiring={"head_week": 21, "skill_week": {"left": 7}, "further_skill_week": 14})
    kinds = kinds_of_table(table(("l", "left", {}), ("both", "left+right", {"cost_week": 1200.0})), own)
    assert {kind.id: (kind.head_week, kind.rate) for kind in kinds} == {"l": (28, 20), "both": (42, 30)}
    found = made(best_mix(kinds, needs(requirement, (2, 1), (1, 1.4)), own, DAY, seconds=2))
    costs = found.costs.set_index("item")["best"]
    rows = found.kinds.set_index("kind")
    assert costs["total"] == pytest.approx(costs.drop("total").sum()) == pytest.approx(found.cost)
    assert rows.loc["total", "cost_week"] == pytest.approx(costs.get("wages", 0) + costs["heads"])
    for name, rate, head in (("l", 20, 28), ("both", 30, 42)):
        assert rows.loc[name, "cost_week"] == pytest.approx(
            rate * rows.loc[name, "hours"] + head * rows.loc[name, "best"]
        )
    short = found.queues["short_h"].sum()
    assert costs.get("understaffing", 0.0) == pytest.approx(7 * SHORT * short)
    assert (found.queues["required_h"] - found.queues["met_h"]).sum() == pytest.approx(short)
    staff = People(
        tuple(
            Agent(f"{kind.id} {number}", kind.id, "", kind.site, kind.contract, kind.skills, "a")
            for kind in kinds
            for number in range(1, 9)
        )
    )
    assert audit(found.roster, own, staff, DAY).legal


def test_today_is_rostered_alike_and_the_best_is_never_dearer(centre, people, requirement):
    own = policy(centre)
    staff = people(own, [{"id": f"l{at}", "skills": "left"} for at in range(4)])
    kinds = with_present(kinds_of_table(three(5.0), own), kinds_of_people(own, staff, DAY, by_grade=True))
    found = made(best_mix(kinds, needs(requirement, (1, 1), (1, 1)), own, DAY, seconds=3))
    now = dict(zip(found.kinds["kind"], found.kinds["now"], strict=True))
    assert now["l"] == now["total"] == 4
    # Four agents of the left queue: two work, who also cost nothing idle; the right queue has nobody.
    assert found.present_cost / 7 == pytest.approx(2 * RATE * SHIFT_H + 2 * SHORT * SHIFT_H)
    assert found.present_bound <= found.present_cost + 1e-6
    assert found.cost / 7 == pytest.approx(4 * RATE * SHIFT_H)
    assert found.kinds["difference"].iloc[-1] == found.kinds["best"].iloc[-1] - 4


def test_nobody_is_employed_where_nothing_is_needed(centre, requirement):
    own = policy(centre)
    found = made(best_mix(kinds_of_table(three(5.0), own), needs(requirement, (0, 0), (0, 0)), own, DAY, seconds=1))
    assert found.kinds["best"].tolist() == [0]
    assert (found.cost, found.bound, found.gap) == (0, 0, 0)


def test_what_cannot_be_is_said(centre, requirement):
    own = policy(
        centre,
        contracts=[
            {"id": "full", "hours_week": 40, "min_hours_week": 0},
            {"id": "none", "hours_week": 40, "min_hours_week": 0, "templates": []},
        ],
    )
    kinds = kinds_of_table(
        table(("few", "left", {"most": 1}), ("idle", "left", {"contract": "none"}), ("kept", "left", {"fewest": 2})),
        own,
    )
    found = made(best_mix(kinds[:2], needs(requirement, (2, 2), (1, 0)), own, DAY, seconds=1))
    told = "\n".join(found.notes)
    assert "few: 1, all that may be employed" in told
    assert "idle: no shift" in told
    assert "right: no kind serves it, so all of its 4.0 agent-hours are short" in told
    assert numbers(found)["total"] == 1
    kept = made(best_mix(kinds[2:], needs(requirement, (0, 0), (0, 0)), own, DAY, seconds=1))
    assert numbers(kept)["kept"] == 2


def test_a_requirement_that_no_kind_can_serve(centre, requirement):
    own = policy(centre)
    kinds = kinds_of_table(table(("l", "left", {})), own)
    found = made(best_mix(kinds, needs(requirement, (0, 0), (2, 1)), own, DAY, seconds=1))
    assert numbers(found) == {"total": 0}
    assert found.cost == found.bound == pytest.approx(7 * SHORT * 3 * SHIFT_H)
    assert "right: no kind serves it" in found.notes[0]


def test_a_bound_lifted_is_a_bound_and_no_worse(centre, requirement):
    """Prices of every size: what is lifted is the Lagrangian value of its own prices, below the brute-force optimum."""
    left, right, rng = (1.0, 0.4), (0.7, 1.3), np.random.default_rng(5)
    optimum, _ = brute_force(left, right, 15.0, 2)
    own = policy(centre)
    candidates = candidates_of(kinds_of_table(three(15.0), own), needs(requirement, left, right), own, DAY)
    problem = candidates.choice()
    master = hiring.Master(problem)
    for at, profile in enumerate(problem.profiles):
        master.add(at, respond(profile, np.full(problem.team.width, 30.0))[0])
    solution = master.solve(5)
    assert solution is not None
    for _ in range(10):
        worth = solution.prices.worth * rng.uniform(0, 2, solution.prices.worth.shape)
        prices = hiring.clipped(problem, worth, solution.prices.rows)
        value = bound_at(problem, prices)
        better, raised = hiring.lifted(problem, prices, value)
        assert value - 1e-9 <= raised <= optimum + 1e-6
        assert bound_at(problem, better) == pytest.approx(raised)


def test_who_is_optional_stays_away_at_no_cost_unless_he_is_worth_it(centre, requirement):
    own = policy(centre, hiring={"head_week": 70})
    candidates = candidates_of(
        kinds_of_table(table(("l", "left", {})), own), needs(requirement, (1, 1), (0, 0)), own, DAY
    )
    profile = candidates.choice().profiles[0]
    away, cost = respond(profile, np.zeros(candidates.problem.team.width))
    assert (away.duties, len(away.slots), away.own_cost, cost) == ((), 0, 0.0, 0.0)
    there, cost = respond(profile, np.full(candidates.problem.team.width, 10.0))
    assert len(there.duties) == 1
    assert there.own_cost == pytest.approx(RATE * SHIFT_H + 10)
    assert cost == pytest.approx(RATE * SHIFT_H + 10 - 10 * SHIFT_H * 4)
    bound, cost = respond(replace(profile, optional=False), np.zeros(candidates.problem.team.width))
    assert bound.duties == ()
    assert cost == pytest.approx(10)


def test_a_point_is_worth_what_the_policy_says(centre, requirement):
    need = needs(requirement, (1, 0), (0, 0))
    for objective, point in (({"wage": 0.05}, 20), ({}, RATE), ({"wage": 0}, RATE), ({"weights": {"wages": 0}}, RATE)):
        own = policy(centre, objective=objective)
        assert candidates_of(kinds_of_table(three(0), own), need, own, DAY).priced.point == pytest.approx(point)
    own = policy(centre, objective={"wage": 1, "order": [["coverage"], ["cost"]]})
    assert candidates_of(kinds_of_table(three(0), own), need, own, DAY).priced.point == pytest.approx(100)


def test_kinds_of_todays_agents(centre, people, week):
    own = centre(
        pay={"grades": {"a": "20", "b": "26"}}, rules={"shift_leads": [{"role": "boss", "agents": 1, "span": 9}]}
    )
    staff = people(
        own,
        [
            {"id": "1"},
            {"id": "2", "grade": "b"},
            {"id": "3", "skills": "general:0.8"},
            {"id": "4", "team": "boss", "grade": "b"},
            {"id": "5", "until": pd.Timestamp("2026-11-01")},
        ],
    )
    found = kinds_of_people(own, staff, week)
    assert [(kind.now, kind.role, kind.rate) for kind in found] == [(2, "", 22.0), (1, "", 22.0), (1, "boss", 26.0)]
    assert len({kind.id for kind in found}) == 3
    assert [kind.grade for kind in kinds_of_people(own, staff, week, by_grade=True)] == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    ("columns", "complaint", "place"),
    [
        ({"site": "mars"}, "unknown site", "kind x, column site"),
        ({"contract": "mini"}, "unknown contract", "kind x, column contract"),
        ({"grade": "z"}, "unknown grade", "kind x, column grade"),
        ({"skills": "left+up"}, "unknown queue", "kind x, column skills"),
        ({"skills": "left:2"}, "cannot read a skill", "kind x, column skills"),
        ({"fewest": 3, "most": 2}, "fewest is above most", "kind x"),
        ({"most": -1}, "out of bounds", "column most"),
        ({"most": 1.5}, "a count is fractional", "column most"),
        ({"cost_week": "much"}, "not a number", "column cost_week"),
        ({"wage": 3}, "unknown column", "column wage"),
    ],
)
def test_tables_that_are_none(columns, complaint, place, centre):
    row = {"kind": "x", "skills": "left", "contract": "full", "site": "berlin", "grade": "a", **columns}
    with pytest.raises((InputError, TableError), match=complaint) as refused:
        kinds_of_table(pd.DataFrame([row]), policy(centre), "kinds.csv")
    assert f"kinds.csv, {place}" in str(refused.value) or place in str(refused.value)


def test_the_hiring_section_knows_its_queues(centre):
    with pytest.raises(PolicyError, match="names queue up"):
        policy(centre, hiring={"skill_week": {"up": 3}})
    with pytest.raises(PolicyError, match="head_week"):
        policy(centre, hiring={"head_week": -1})


def test_interrupted_before_anything_is_no_answer(centre, requirement, monkeypatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    own = policy(centre)
    monkeypatch.setattr("scheduling.mix.mix.candidates_of", stop)
    found = best_mix(kinds_of_table(three(0), own), needs(requirement, (1, 0), (0, 0)), own, DAY, seconds=1)
    assert isinstance(found, NoAnswer)
    assert found.interrupted


def test_interrupted_in_the_search_keeps_the_best(centre, requirement, monkeypatch):
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    own = policy(centre)
    monkeypatch.setattr("scheduling.mix.mix.relax", stop)
    found = made(best_mix(kinds_of_table(three(0), own), needs(requirement, (1, 1), (1, 1)), own, DAY, seconds=2))
    assert found.interrupted
    assert found.bound == 0
    assert found.cost > 0


def test_interrupted_while_today_is_rostered_keeps_that(centre, people, requirement, monkeypatch):
    def stop(search: Search) -> None:
        search.offer(construct(search))
        raise KeyboardInterrupt

    own = policy(centre)
    staff = people(own, [{"id": f"l{at}", "skills": "left"} for at in range(2)])
    monkeypatch.setattr("scheduling.mix.mix.solve", stop)
    kinds = kinds_of_people(own, staff, DAY)
    found = made(best_mix(kinds, needs(requirement, (1, 1), (0, 0)), own, DAY, seconds=2))
    assert found.interrupted
    assert numbers(found)["total"] == 2
    assert found.cost == pytest.approx(found.present_cost) == pytest.approx(7 * 2 * RATE * SHIFT_H)


def test_todays_agents_count_once_and_those_of_no_kind_stand_apart(centre, people):
    own = policy(centre)
    staff = people(own, [{"id": "1", "skills": "left"}, {"id": "2", "skills": "left"}, {"id": "3", "skills": "right"}])
    told = kinds_of_table(table(("a", "left", {}), ("b", "left", {"cost_week": 900.0}), ("c", "left+right", {})), own)
    found = with_present(told, kinds_of_people(own, staff, DAY, by_grade=True))
    assert [(kind.now, kind.most) for kind in found] == [(2, None), (0, None), (0, None), (1, 0)]
