"""The team as it stands, kept tour by tour, against the cost of everybody present reckoned from nothing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scheduling.problem.problem import problem_of
from scheduling.problem.standing import Standing, team_costs
from scheduling.solver.search import respond
from wfm.time.week import Period


def draw_team(problem, rng):
    """Pools and tours of a problem's agents, each the best at prices that chance has drawn."""
    return [
        (profile.pool, respond(profile, rng.normal(1.0, 3.0, problem.given.shape[1]))[0])
        for profile in problem.profiles
        for _ in profile.agents
    ]


@pytest.fixture(params=["half-hours", "quarters"])
def problem(request, centre, people, requirement):
    """Three queues at two levels of price, skill sets that overlap, a trainee, a floor rule and seats."""
    period = Period(date(2026, 11, 23), 2)
    size = {} if request.param == "half-hours" else {"interval_min": 15}
    policy = centre(
        sites=[{"id": "berlin", "zone": "Europe/Berlin", "seats": 3}],
        queues=[{"id": name, **size} for name in ("general", "vip", "chat")],
        shift_templates=[
            {
                "id": "day",
                "start": "08:00-10:00",
                "step_min": 30,
                "lengths_h": [4, 6],
                "breaks": [{"minutes": 15, "window_h": (1.0, 2.0)}],
            }
        ],
        prices={"queues": [{"queue": "vip", "understaffing": [{"up_to": 0.3, "price": 8}, {"price": 40}]}]},
        rules={"minimum_on_floor": [{"queue": "vip", "agents": 1, "hours": "09:00-12:00"}]},
    )
    skills = ["general", "vip", "chat", "general+vip", "vip+chat", "general+vip+chat:0.6"]
    staff = people(policy, [{"id": f"a{at}", "skills": own} for at, own in enumerate(skills)])
    rng = np.random.default_rng(3)
    need = pd.concat([requirement(period, (8, 15), float(rng.uniform(0.5, 2)), q) for q in ("general", "vip", "chat")])
    problem = problem_of(need, policy, staff, period)
    assert (len(problem.layers), problem.cells.size) == (2, 2 if request.param == "half-hours" else 1)
    return problem


@pytest.mark.parametrize("seed", range(8))
def test_costs_and_savings_are_those_of_everybody_present(seed, problem):
    rng = np.random.default_rng(seed)
    standing = Standing(problem, problem.given.copy())
    here = []
    for step in range(12):
        if here and rng.random() < 0.4:
            standing.add(*here.pop(int(rng.integers(len(here)))), -1)
        else:
            team = draw_team(problem, rng)
            here.append(team[int(rng.integers(len(team)))])
            standing.add(*here[-1])
        before = sum(team_costs(problem, standing.presence).values())
        assert standing.cost() == pytest.approx(before)
        pool, tour = draw_team(problem, rng)[step % len(problem.profiles)]
        wider = standing.presence.copy()
        wider[pool, tour.slots] += 1
        after = sum(team_costs(problem, wider).values())
        assert standing.saved(pool, tour) == pytest.approx(before - after)
        cells = problem.cells
        whole = np.flatnonzero(np.isin(cells.of, cells.of[tour.slots]) & (cells.of >= 0))
        one = int(rng.choice(cells.of[whole]))
        slots = np.flatnonzero(cells.of == one)
        wider = standing.presence.copy()
        wider[pool, slots] += 1
        saved = before - sum(team_costs(problem, wider).values())
        assert standing.worth(pool)[slots].sum() == pytest.approx(saved)
