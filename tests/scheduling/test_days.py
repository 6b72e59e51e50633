"""A day settled for everybody at once: against brute force, the audit, and the witness of the objective."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from scheduling.checking.audit import audit
from scheduling.checking.objective import objective_terms, soft_bounds
from scheduling.person.alternatives import alternatives, duty_on, exchanged
from scheduling.person.tour import tour_of
from scheduling.problem.problem import problem_of
from scheduling.segments import roster_table
from scheduling.solver import days as days_module
from scheduling.solver.construct import construct
from scheduling.solver.days import Days
from scheduling.solver.integer import IntegerProgram
from scheduling.solver.ruin import Ruin
from scheduling.solver.search import Search, objective
from scheduling.staff.given import worked
from wfm.time.week import Period

RESTS = [
    {"minutes": 15, "window_h": (1.0, 1.75)},
    {"kind": "lunch", "minutes": 30, "window_h": (2.0, 3.0), "step_min": 30, "paid": False},
]


def small(centre, people, requirement, days=1, seats=None, seed=0):
    """Three agents of two skill sets; shifts of four hours with a break and lunch, starting at eight or nine."""
    rng = np.random.default_rng(seed)
    period = Period(date(2026, 11, 23), days)
    policy = centre(
        sites=[{"id": "berlin", "zone": "Europe/Berlin", **({"seats": seats} if seats else {})}],
        queues=[{"id": "general"}, {"id": "vip"}],
        shift_templates=[
            {"id": "day", "start": "08:00-09:00", "step_min": 60, "lengths_h": [4], "breaks": RESTS},
            {"id": "long", "start": "08:00", "lengths_h": [6]},
        ],
        contracts=[{"id": "full", "hours_week": 14, "min_hours_week": 9, "max_days_week": 2}],
        rules={"daily_rest_h": 19},
    )
    wish = [{"agent": "c", "weekday": "monday", "wish": "off"}]
    staff = people(policy, [{"id": "a"}, {"id": "b", "skills": "general+vip"}, {"id": "c"}], preferences=wish)
    need = pd.concat(
        [
            requirement(period, (8, 12), float(rng.uniform(0.5, 2.5)), "general"),
            requirement(period, (float(rng.integers(9, 11)), 13), float(rng.uniform(0, 1.5)), "vip"),
        ]
    )
    return need, policy, staff, period


def search_of(problem, seconds=60.0):
    search = Search(problem, seconds, np.random.default_rng(0))
    search.offer(construct(search))
    return search


def placements(profile):
    """Every shift of a one-day menu with every placement of its breaks, and the day off."""
    yield (), ()
    for at, duty in enumerate(profile.menu.duties):
        for breaks in product(*(range(rest.first, rest.last + 1, rest.step) for rest in duty.breaks)):
            yield (at,), breaks


@pytest.mark.parametrize("seats", [None, 1])
@pytest.mark.parametrize("seed", range(3))
def test_a_day_is_settled_as_cheaply_as_can_be(seed, seats, centre, people, requirement, monkeypatch):
    monkeypatch.setattr(days_module, "LEFT_OPEN", 0.0)
    monkeypatch.setattr(days_module, "NEAR", np.inf)
    problem = problem_of(*small(centre, people, requirement, seats=seats, seed=seed))
    search = search_of(problem)
    owners = {agent: profile for profile in problem.profiles for agent in profile.agents}
    options = []
    for agent, profile in owners.items():
        begun, own = search.best[agent], []
        costs = alternatives(profile, begun, 0)
        for duty, breaks in placements(profile):
            at = duty[0] if duty else -1
            cost = float(costs[at + 1] - costs[duty_on(profile.menu, begun, 0) + 1]) + begun.own_cost
            if np.isfinite(cost):
                own.append(exchanged(profile.menu, begun, 0, at, breaks, cost))
        options.append(own)
    best = min(objective(problem, dict(zip(owners, team, strict=True))) for team in product(*options))
    Days(search).improve(60.0)
    assert search.incumbent == pytest.approx(best)


def test_alternatives_are_what_the_audit_allows_and_cost_what_it_counts(centre, people, requirement):
    need, policy, staff, period = small(centre, people, requirement, days=3)
    problem = problem_of(need, policy, staff, period)
    search = search_of(problem)
    seen = set()
    for agent, profile in search.profile_of.items():
        for day in range(3):
            tour, menu = search.best[agent], profile.menu
            costs = alternatives(profile, tour, day)
            kept = tuple(at for at in tour.duties if at != duty_on(menu, tour, day))
            begin = int(menu.day_at[day])
            told = [_judged(problem, profile, agent, kept, policy, staff, period)]
            teams = [tuple(sorted((*kept, at))) for at in range(begin, int(menu.day_at[day + 1]))]
            told += [_judged(problem, profile, agent, duties, policy, staff, period) for duties in teams]
            assert np.isfinite(costs).tolist() == np.isfinite(told).tolist()
            finite = np.isfinite(costs)
            np.testing.assert_allclose(
                costs[finite] - costs[finite][0], np.array(told)[finite] - np.array(told)[finite][0]
            )
            seen |= set(finite.tolist())
    assert seen == {True, False}


def _judged(problem, profile, agent, duties, policy, staff, period):
    """What these duties cost by the witness; infinite where the audit forbids them."""
    tour = tour_of(profile, duties, np.zeros(problem.horizon.slots), 0.0)
    table = roster_table(problem, {agent: tour})
    if not audit(table, policy, staff, period).legal:
        return np.inf
    workers = [problem.team.workers[agent]]
    held = worked(table, problem.team.workers, problem.horizon)
    return tour.own_cost + soft_bounds(problem.atlas.rules, workers, held)


@pytest.mark.parametrize("seats", [None, 2])
def test_days_leave_a_team_legal_and_never_dearer(seats, centre, people, requirement):
    need, policy, staff, period = small(centre, people, requirement, days=3, seats=seats, seed=5)
    problem = problem_of(need, policy, staff, period)
    search = search_of(problem, seconds=20.0)
    before = search.incumbent
    Days(search, Ruin(search)).improve(6.0)
    roster = roster_table(problem, search.best)
    assert search.incumbent <= before
    assert audit(roster, policy, staff, period).legal
    assert sum(objective_terms(problem, roster).values()) == pytest.approx(search.incumbent)


@pytest.mark.parametrize("slow", [days_module.SLOW, 0.0])
def test_agents_kept_from_changing_only_move_their_breaks(slow, centre, people, requirement, monkeypatch):
    """On a machine that is slow as well: fewer choices are then given, never more."""
    monkeypatch.setattr(days_module, "SLOW", slow)
    problem = problem_of(*small(centre, people, requirement, seed=1))
    search = search_of(problem)
    shifts = {agent: tour.duties for agent, tour in search.best.items()}
    Days(search, choices=0.0).improve(2.0)
    assert {agent: tour.duties for agent, tour in search.best.items()} == shifts


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_integer_programmes_end_where_scipys_do(seed):
    rng = np.random.default_rng(seed)
    rows, columns = int(rng.integers(1, 5)), int(rng.integers(1, 7))
    matrix = rng.integers(-3, 6, (rows, columns)).astype(float)
    cost, high = rng.integers(-5, 6, columns).astype(float), rng.integers(1, 6, columns).astype(float)
    whole = rng.random(columns) < 0.7
    limit = rng.integers(1, 15, rows).astype(float)
    programme = IntegerProgram(constant=3.0)
    for most in limit:
        programme.add_row(-np.inf, most)
    for at in range(columns):
        programme.add_column(cost[at], range(rows), matrix[:, at], high[at], whole=bool(whole[at]))
    found = programme.solve(10.0, 0.0, np.ones(columns, dtype=bool), np.zeros(columns))
    known = milp(cost, integrality=whole, bounds=Bounds(0, high), constraints=LinearConstraint(matrix, -np.inf, limit))
    relaxed = programme.relaxed(10.0)
    assert found is not None
    assert relaxed is not None
    assert found[0] == pytest.approx(known.fun + 3.0, abs=1e-5)
    assert relaxed[0] <= found[0] + 1e-5
    assert cost @ found[1] + 3.0 == pytest.approx(found[0], abs=1e-5)
