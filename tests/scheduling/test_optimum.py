"""Tiny teams against brute force: bound <= optimum <= objective, and the objective's terms add up from the table."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.audit import audit
from scheduling.checking.objective import objective_terms, soft_bounds
from scheduling.person.tour import tour_of
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.segments import roster_table
from scheduling.solver import solve as solver
from scheduling.solver.search import objective, respond
from scheduling.staff.given import worked
from wfm.time.week import Period

STEPS = [
    {"queue": "vip", "understaffing": 90, "overstaffing": [{"up_to": 0.5, "price": 1}, {"price": 3}]},
    {"queue": "general", "hours": "08:00-12:00", "understaffing": [{"up_to": 0.4, "price": 10}, {"price": 60}]},
]


def tiny(rng, centre, people, requirement, skills="general+vip", steps=()):
    """Two agents of different skills, two days, four duties a day, two queues, a floor minimum and a seat limit."""
    period = Period(date(2026, 11, 23), 2)
    policy = centre(
        sites=[{"id": "berlin", "zone": "Europe/Berlin", "seats": 1}],
        queues=[{"id": "general"}, {"id": "vip"}],
        shift_templates=[{"id": "day", "start": "08:00-12:00", "step_min": 240, "lengths_h": [4, 6]}],
        contracts=[{"id": "full", "hours_week": 10, "min_hours_week": 6, "max_days_week": 2}],
        rules={"daily_rest_h": 17, "minimum_on_floor": [{"queue": "vip", "agents": 1, "hours": "09:00-11:00"}]},
        prices={"floor_minimum": 15, "seats": 15, "preference": 3, "queues": list(steps)},
    )
    wish = [{"agent": "b", "weekday": "monday", "wish": "late"}]
    staff = people(policy, [{"id": "a"}, {"id": "b", "skills": skills}], preferences=wish)
    need = pd.concat(
        [
            requirement(period, (8, 18), float(rng.uniform(0, 2)), "general"),
            requirement(period, (int(rng.integers(8, 12)), 16), float(rng.uniform(0, 1.5)), "vip"),
        ]
    )
    return need, policy, staff, period


@pytest.fixture(scope="module")
def legal():
    """Legal tours by skills and agents; demand and its prices change neither them nor what they cost alone."""
    return {}


@pytest.mark.parametrize(
    ("skills", "rows"), [("general+vip", solver.MOST_ROWS), ("general+vip", 0), ("vip", 0), ("general", 700)]
)
@pytest.mark.parametrize("steps", [[], STEPS])
@pytest.mark.parametrize("seed", range(3))
def test_bound_optimum_objective(seed, steps, skills, rows, centre, people, requirement, monkeypatch, legal):
    monkeypatch.setattr(solver, "MOST_ROWS", rows)
    need, policy, staff, period = tiny(np.random.default_rng(seed), centre, people, requirement, skills, steps)
    solved = schedule(need, policy, staff, period, seconds=1, seed=seed, clock=time.process_time)
    problem = problem_of(need, policy, staff, period)
    tours = []
    for profile in problem.profiles:
        key = (skills, profile.agents)
        if key not in legal:
            legal[key] = legal_tours(problem, profile, policy, staff, period)
        tours.append(legal[key])
    pairs = list(product(*tours))
    values = [objective(problem, _team(problem, pair)) for pair in pairs]
    optimum, best = min(values), pairs[int(np.argmin(values))]
    assert sum(objective_terms(problem, roster_table(problem, _team(problem, best))).values()) == pytest.approx(optimum)
    assert solved.bound <= optimum + 1e-6
    assert optimum <= solved.objective + 1e-6
    # Without the master two agents who would have to swap may be stuck where prices make steps.
    assert solved.objective == pytest.approx(optimum, rel=0.25 if steps and not rows else 0.02)


def legal_tours(problem, profile, policy, staff, period):
    """Every choice of duties that the audit passes, with what it costs alone by the witness."""
    found = []
    for choice in product(*(range(-1, len(day)) for day in profile.menu.days)):
        at = tuple(int(profile.menu.day_at[day] + number) for day, number in enumerate(choice) if number >= 0)
        tour = tour_of(profile, at, np.zeros(problem.horizon.slots), 0.0)
        table = roster_table(problem, {profile.agents[0]: tour})
        if audit(table, policy, staff, period).legal:
            duties = worked(table, problem.team.workers, problem.horizon)
            workers = [problem.team.workers[profile.agents[0]]]
            found.append(replace(tour, own_cost=tour.own_cost + soft_bounds(problem.atlas.rules, workers, duties)))
    return found


def _team(problem, pair):
    return {profile.agents[0]: tour for profile, tour in zip(problem.profiles, pair, strict=True)}


@pytest.mark.parametrize("steps", [[], STEPS])
def test_the_witness_agrees_with_the_solver(steps, centre, people, requirement):
    need, policy, staff, period = tiny(np.random.default_rng(9), centre, people, requirement, steps=steps)
    problem = problem_of(need, policy, staff, period)
    rng = np.random.default_rng(1)
    for _ in range(20):
        price = rng.normal(0, 1, problem.horizon.slots)
        tours = {profile.agents[0]: respond(profile, price)[0] for profile in problem.profiles}
        terms = objective_terms(problem, roster_table(problem, tours))
        assert sum(terms.values()) == pytest.approx(objective(problem, tours))


def test_the_same_seed_gives_the_same_roster(centre, people, requirement, week):
    policy = centre()
    staff = people(policy, [{"id": f"a{at}"} for at in range(4)])
    need = requirement(week, (6, 14), 2.0)
    first, second = (schedule(need, policy, staff, week, seconds=20, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(first.roster, second.roster)
    assert first.gap == 0
    assert first.seconds < 15
