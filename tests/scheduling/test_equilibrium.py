"""The equilibrium settles where needs come in many steps of a falling price, on top of a floor that meets the first."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from scheduling.problem.problem import problem_of
from scheduling.solver.construct import construct, sweep
from scheduling.solver.search import Search
from scheduling.solver.solve import settle


def test_needs_of_many_steps_still_give_a_bound(centre, people, requirement, week):
    steps = [{"up_to": round(0.1 * at, 1), "price": 2.0 * at} for at in range(1, 10)] + [{"price": 40}]
    policy = centre(
        queues=[{"id": "general"}, {"id": "vip"}],
        shift_templates=[{"id": "day", "start": "06:00-14:00", "step_min": 60, "lengths_h": [4, 8]}],
        prices={"queues": [{"queue": queue, "understaffing": steps} for queue in ("general", "vip")]},
        objective={"wage": 0},
    )
    need = requirement(week, (6, 22), 9.0, "general"), requirement(week, (8, 18), 6.0, "vip")
    skills = ["general", "vip", "general+vip"]
    staff = people(policy, [{"id": f"a{at}", "skills": skills[at % 3]} for at in range(30)])
    problem = problem_of(pd.concat(need, ignore_index=True), policy, staff, week)
    assert len(problem.layers) == 10
    search = Search(problem, 30.0, np.random.default_rng(0), clock=time.process_time)
    team = construct(search)
    search.offer(team)
    sweep(search, team)
    settle(search, 20.0, 60)
    assert 0.9 * search.incumbent < search.bound <= search.incumbent + 1e-6
