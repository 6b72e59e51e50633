"""Choosing a team among tours already met: no combination of them that a search through all finds is cheaper."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from scheduling.problem.problem import problem_of
from scheduling.solver.construct import construct
from scheduling.solver.generate import generate
from scheduling.solver.integer import IntegerProgram
from scheduling.solver.master import Master
from scheduling.solver.pool import Pool
from scheduling.solver.search import Search, objective
from scheduling.solver.selection import Selection


@pytest.fixture
def searched(centre, people, requirement, week):
    """A search whose team is the first that came to hand, and the tours that generation met."""
    policy = centre(
        queues=[{"id": "general"}],
        shift_templates=[{"id": "day", "start": "06:00-14:00", "step_min": 120, "lengths_h": [6, 8]}],
        objective={"wage": 0},
    )
    staff = people(policy, [{"id": f"a{at}", "skills": "general"} for at in range(3)])
    problem = problem_of(requirement(week, (7, 17), 2.0, "general"), policy, staff, week)
    search = Search(problem, 60.0, np.random.default_rng(0))
    search.offer(construct(search, lean=0.0))
    master = Master(problem)
    for agent, tour in search.best.items():
        master.add(next(at for at, p in enumerate(problem.profiles) if agent in p.agents), tour)
    made = generate(master, lambda: 20.0)
    assert made.prices is not None
    search.raise_bound(made.bound)
    pool = Pool(problem, made.prices)
    pool.take(master)
    return search, pool


def test_no_combination_of_the_tours_met_is_cheaper(searched):
    search, pool = searched
    problem = search.problem
    met = {agent: [*pool.cheapest(12)[pool.place(agent)], tour] for agent, tour in search.best.items()}
    best = min(objective(problem, dict(zip(met, tours, strict=True))) for tours in product(*met.values()))
    assert search.incumbent > best
    Selection(search, pool).improve(60.0)
    assert search.bound <= search.incumbent <= best + 1e-6
    assert sorted(search.best) == sorted(met)


def test_it_waits_until_there_is_something_new_to_choose(searched, monkeypatch):
    search, pool = searched
    selection = Selection(search, pool)
    selection.improve(60.0)
    monkeypatch.setattr(IntegerProgram, "solve", lambda *_, **__: pytest.fail("nothing is new"))
    selection.improve(60.0)


def test_a_full_pool_forgets_the_dear_half(searched, monkeypatch):
    search, pool = searched
    monkeypatch.setattr("scheduling.solver.pool.MOST_TOURS", 10)
    dearest = max(pool.excess(place, tour) for place, tours in pool.cheapest(99).items() for tour in tours)
    pool.take(Master(search.problem))
    kept = [pool.excess(place, tour) for place, tours in pool.cheapest(99).items() for tour in tours]
    assert kept
    assert max(kept) < dearest
