"""Team rules of every kind at once, against all rosters of a tiny team: bound <= optimum <= objective, terms exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.checking.audit import agent_violations
from scheduling.checking.objective import objective_terms, soft_bounds
from scheduling.person.tour import tour_of
from scheduling.problem.problem import problem_of
from scheduling.problem.rows import rows_of
from scheduling.roster import schedule
from scheduling.rules.rule import TeamRow
from scheduling.segments import roster_table
from scheduling.solver import solve as solver
from scheduling.solver.search import objective
from scheduling.staff.given import worked
from wfm.tables.roster import shifts
from wfm.time.week import Period

PERIOD = Period(date(2026, 11, 23), 2)
PRICES = {
    "floor_minimum": 11,
    "seats": 13,
    "shift_lead": 17,
    "mentor": 7,
    "shift_staff_under": 31,
    "shift_staff_over": 5,
}


def tiny(rng, centre, people, requirement):
    """A trainee, his mentor and a lead; two days of two duties; a row of every team rule, on prices that compete."""
    policy = centre(
        sites=[{"id": "berlin", "zone": "Europe/Berlin", "seats": 2}],
        shift_templates=[
            {"id": "long", "start": "08:00", "lengths_h": [6]},
            {"id": "short", "start": "12:00", "lengths_h": [4]},
        ],
        contracts=[{"id": "full", "hours_week": 10, "min_hours_week": 4, "max_days_week": 2}],
        rules={
            "minimum_on_floor": [{"agents": 2, "hours": "09:00-11:00"}],
            "shift_leads": [{"role": "lead", "hours": "10:00-16:00", "span": 1}],
            "mentors": [{"trainees": "trainee", "mentors": "mentor", "hours": "08:00-16:00"}],
            "shift_staff": [
                {"template": "long", "agents": 1, "most": 1},
                {"template": "short", "agents": float(rng.integers(1, 4)), "role": "trainee", "weekdays": ["tuesday"]},
            ],
        },
        prices=PRICES,
        pay={"grades": {"trainee": "1", "mentor": "1", "lead": "1"}},
    )
    grades = ("trainee", "mentor", "lead")
    staff = people(policy, [{"id": grade[0], "grade": grade} for grade in grades])
    return requirement(PERIOD, (8, int(rng.integers(12, 17))), float(rng.uniform(0.5, 2.5))), policy, staff


def legal_tours(problem, profile):
    """Every choice of duties that breaks no hard rule, with what it costs alone by the witness."""
    found = []
    worker = problem.team.workers[profile.agents[0]]
    for choice in product(*(range(-1, len(day)) for day in profile.menu.days)):
        at = tuple(int(profile.menu.day_at[day] + number) for day, number in enumerate(choice) if number >= 0)
        tour = tour_of(profile, at, np.zeros(problem.team.width), 0.0)
        duties = worked(roster_table(problem, {profile.agents[0]: tour}), [worker], problem.horizon)
        broken = [v for rule in problem.atlas.rules for v in agent_violations(rule, worker, duties.get(worker.id, {}))]
        if not any(violation.hard for violation in broken):
            own = soft_bounds(problem.atlas.rules, [worker], duties)
            found.append(replace(tour, own_cost=tour.own_cost + own))
    return found


def by_hand(roster):
    """Points of the team rules of a roster, counted on the table in hours and shifts without rows, pools or marks."""
    table = shifts(roster).merge(pd.DataFrame({"agent": ["t", "m", "l"], "grade": ["trainee", "mentor", "lead"]}))
    begins, ends = (table[name].dt.tz_convert("Europe/Berlin").dt.tz_localize(None) for name in ("start", "end"))
    hour = pd.Timedelta(hours=1)
    total, short = 0.0, 0
    for day in pd.date_range("2026-11-23", periods=2):
        for at in np.arange(6, 20, 0.25):
            on_floor = table["grade"][(begins <= day + at * hour) & (ends > day + at * hour)].tolist()
            leads, others = on_floor.count("lead"), len(on_floor) - on_floor.count("lead")
            alone = max(0, on_floor.count("trainee") - on_floor.count("mentor"))
            points = PRICES["seats"] * max(0, len(on_floor) - 2)
            points += PRICES["floor_minimum"] * max(0, 2 - len(on_floor)) * (9 <= at < 11)
            points += PRICES["shift_lead"] * (max(0, 1 - leads) + max(0, others - leads)) * (10 <= at < 16)
            total += (points + PRICES["mentor"] * alone * (8 <= at < 16)) / 4
        today = table[table["work_date"] == day]
        long = int((today["template"] == "long").sum())
        total += PRICES["shift_staff_under"] * max(0, 1 - long)
        total += PRICES["shift_staff_over"] * max(0, long - 1)
        if day.day_name() == "Tuesday":
            short = int(((today["template"] == "short") & (today["grade"] == "trainee")).sum())
    return total, short


@pytest.mark.parametrize("rows", [solver.MOST_ROWS, 0])
@pytest.mark.parametrize("seed", range(3))
def test_bound_optimum_objective(seed, rows, centre, people, requirement, monkeypatch):
    monkeypatch.setattr(solver, "MOST_ROWS", rows)
    need, policy, staff = tiny(np.random.default_rng(seed), centre, people, requirement)
    solved = schedule(need, policy, staff, PERIOD, seconds=1, seed=seed)
    problem = problem_of(need, policy, staff, PERIOD)
    assert len(problem.team.pools) == 3
    teams = [
        {profile.agents[0]: tour for profile, tour in zip(problem.profiles, pair, strict=True)}
        for pair in product(*(legal_tours(problem, profile) for profile in problem.profiles))
    ]
    values = [objective(problem, team) for team in teams]
    optimum = min(values)
    assert solved.bound <= optimum + 1e-6
    assert optimum <= solved.objective + 1e-6
    assert solved.objective == pytest.approx(optimum, rel=0.02)
    asked = policy.rules.shift_staff[1].agents
    for at in [int(np.argmin(values)), *np.random.default_rng(seed).choice(len(teams), 3)]:
        table = roster_table(problem, teams[at])
        terms = objective_terms(problem, table)
        assert sum(terms.values()) == pytest.approx(values[at])
        points, short = by_hand(table)
        assert terms["team_rules"] == pytest.approx(points + PRICES["shift_staff_under"] * max(0, asked - short))


rows_strategy = st.lists(
    st.tuples(
        st.integers(0, 5), st.lists(st.sampled_from([0.0, 1.0, 3.0, -1.0, 0.5]), min_size=3, max_size=3),
        st.booleans(), st.floats(-3, 3), st.floats(0, 9),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(rows_strategy, st.integers(0, 1000))
def test_rows_as_arrays_count_and_cost_like_rows_one_by_one(drawn, seed):
    listed = [TeamRow("q", slot, np.array(pools), least, limit, price) for slot, pools, least, limit, price in drawn]
    presence = np.random.default_rng(seed).integers(0, 4, (3, 6)).astype(float)
    rows = rows_of(listed, 3)
    counts = [sum(weight * presence[pool, row.slot] for pool, weight in enumerate(row.pools)) for row in listed]
    np.testing.assert_allclose(rows.counts(presence), counts)
    costs = [row.price * row.excess(count) for row, count in zip(listed, counts, strict=True)]
    np.testing.assert_allclose(rows.costs(rows.counts(presence)), costs)
    np.testing.assert_array_equal(rows.weights[rows.kind], np.array([row.pools for row in listed]).reshape(-1, 3))
