"""Generation and dive: what a round may still save, when another is not worth it, and rules that stand aside."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("benchmarks.rosters.task", reason="the benchmark is part of the checkout, not of the wheel")

from benchmarks.rosters import curtois_qu
from scheduling.problem.problem import Problem, problem_of
from scheduling.solver import generate as generating
from scheduling.solver.construct import construct
from scheduling.solver.dive import dive
from scheduling.solver.generate import Ending, add_improving, gain, generate, price_out
from scheduling.solver.master import Master
from scheduling.solver.search import Search, objective
from scheduling.solver.solve import seed

STAFF, DAYS = 6, 21


def instance(most_late: int) -> str:
    """Three weeks of early and late shifts: few late ones for each of six people, wishes of different weights."""
    rng = np.random.default_rng(5)
    names = [chr(65 + at) for at in range(STAFF)]
    rows = [f"{name},E={DAYS}|L={most_late},6720,4800,5,2,2,2" for name in names]
    cover = [f"{day},{shift},{2 if shift == 'E' else 1},100,1" for day in range(DAYS) for shift in "EL"]
    wishes = [
        f"{name},{day},{rng.choice(['E', 'L'])},{rng.integers(1, 4)}" for name in names for day in range(0, 21, 3)
    ]
    parts = [
        "SECTION_HORIZON", str(DAYS), "SECTION_SHIFTS", "E,480,", "L,480,E", "SECTION_STAFF", *rows,
        "SECTION_DAYS_OFF", *[f"{name},{at + 6}" for at, name in enumerate(names)], "SECTION_SHIFT_ON_REQUESTS",
        *wishes, "SECTION_SHIFT_OFF_REQUESTS", "SECTION_COVER", *cover,
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


@pytest.fixture
def search(tmp_path) -> Search:
    return search_of(tmp_path, most_late=5)


def search_of(folder, most_late: int) -> Search:
    path = folder / "Small.txt"
    path.write_text(instance(most_late), encoding="utf-8")
    task = curtois_qu.task_of(path)
    problem = problem_of(task.requirement, task.centre, task.people, task.period, shift_demand=task.shift_demand)
    search = Search(problem, 60.0, np.random.default_rng(0))
    search.offer(construct(search))
    return search


def begun(search: Search) -> Master:
    master = Master(search.problem)
    seed(search, master)
    return master


def settled(master: Master, problem: Problem, free: np.ndarray) -> float:
    """The master's optimum once no tour of those who wait improves it, by its own prices alone."""
    while True:
        solution = master.solve(60.0)
        assert solution is not None
        if add_improving(master, solution, [price_out(problem, solution.prices, free).tours]) == 0:
            return solution.objective


@pytest.mark.parametrize("fixed", [0, 2, 4])
def test_no_round_saves_more_than_its_gain(search, fixed):
    """Also once some have their tours, which no longer count: only those who wait can save anything."""
    problem, master = search.problem, begun(search)
    for at in range(fixed):
        master.fix(at, search.best[problem.profiles[at].agents[0]], 0)
    free = np.array([0.0] * fixed + [1.0] * (STAFF - fixed))
    solution = master.solve(60.0)
    answer = price_out(problem, solution.prices, free)
    assert set(answer.tours) == set(range(fixed, STAFF))
    most = gain(master, solution, answer.tours, free)
    least = settled(master, problem, free)
    assert 0 < solution.objective - least <= most + 1e-6


def test_generation_ends_where_the_bound_rounded_up_can_rise_no_more(search, monkeypatch):
    rounds = []
    monkeypatch.setattr(generating, "price_out", lambda *given: rounds.append(1) or price_out(*given))
    assert search.grain == 1.0
    exact = generate(begun(search), lambda: 60.0, end=Ending(close=0.0))
    exact_rounds = len(rounds)
    rounds.clear()
    rounded = generate(begun(search), lambda: 60.0, end=Ending(close=0.0, grain=search.grain))
    assert np.ceil(rounded.bound - 1e-6) == np.ceil(exact.bound - 1e-6)
    assert len(rounds) < exact_rounds


def test_rules_stand_aside_again_once_the_bound_has_been_made_exact(tmp_path, monkeypatch):
    """A late cap of two binds, so that its multiplier alone leaves bound and master apart."""
    search = search_of(tmp_path, most_late=2)
    programmes = {profile.programme for profile in search.problem.profiles}
    aside = {programme: programme.aside for programme in programmes}
    joined = []
    tighter = generating._tighter
    monkeypatch.setattr(generating, "_tighter", lambda *given: joined.append(1) or tighter(*given))
    made = generate(begun(search), lambda: 60.0, end=Ending(close=0.0))
    assert joined
    assert made.bound == pytest.approx(made.solution.objective, rel=1e-6)
    assert {programme: programme.aside for programme in programmes} == aside


def test_a_dive_gives_everybody_a_tour_near_the_bound(search):
    master = begun(search)
    made = generate(master, lambda: 60.0)
    tours = dive(master, made.solution, lambda: 60.0)
    assert sorted(tours) == sorted(search.best)
    assert made.bound <= objective(search.problem, tours) + 1e-6
    assert objective(search.problem, tours) <= search.incumbent
