"""Rosters over half a year: caps kept by multipliers, and stretches of a tour settled anew, against walking the rules.

What is legal is judged by the audit's own walk over the rules, and by counting by hand; optima come from the programme
that keeps the weekends as states, which is another one than is tested.
"""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("benchmarks.rosters.task", reason="the benchmark is part of the checkout, not of the wheel")

from benchmarks.rosters import curtois_qu
from benchmarks.rosters.task import Task
from scheduling.person import cap
from scheduling.person.path import cheapest_path, near_path
from scheduling.person.stretch import Days, Stretch, stretch_of
from scheduling.problem.problem import Problem, problem_of
from scheduling.solver import window as window_module
from scheduling.solver.construct import construct
from scheduling.solver.search import Search, objective
from scheduling.solver.solve import settle_window
from scheduling.solver.window import FIRST_DAYS, Windows, window_of

DAYS, MOST_WEEKENDS, MOST_LATE = 112, 7, 20


def instance(staff: int) -> str:
    """16 weeks: early and late shifts, late never before early, half of the weekends off, few late shifts."""
    terms = f"E={DAYS}|L={MOST_LATE},38400,33600,5,2,2,{MOST_WEEKENDS}"
    rows = [f"{chr(65 + at)},{terms}" for at in range(staff)]
    off = [f"{chr(65 + at)},{10 + 9 * at},{11 + 9 * at}" for at in range(staff)]
    cover = [f"{day},{shift},{staff // 2},100,1" for day in range(DAYS) for shift in "EL"]
    wishes = [f"{chr(65 + at)},{5 + 7 * week},E,{week + at + 1}" for at in range(staff) for week in range(16)]
    parts = [
        "SECTION_HORIZON", str(DAYS), "SECTION_SHIFTS", "E,480,", "L,480,E", "SECTION_STAFF", *rows,
        "SECTION_DAYS_OFF", *off, "SECTION_SHIFT_ON_REQUESTS", *wishes, "SECTION_SHIFT_OFF_REQUESTS", "SECTION_COVER",
        *cover,
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    path = tmp_path_factory.mktemp("long") / "Long.txt"
    path.write_text(instance(3), encoding="utf-8")
    return curtois_qu.task_of(path)


def problem_in(task: Task) -> Problem:
    return problem_of(task.requirement, task.centre, task.people, task.period, shift_demand=task.shift_demand)


@pytest.fixture(scope="module")
def problem(task: Task) -> Problem:
    return problem_in(task)


def worked(problem: Problem, duties: tuple[int, ...]) -> dict[int, str]:
    menu = problem.profiles[0].menu
    return {menu.duties[at].day: menu.duties[at].template for at in duties}


def assert_legal(days: dict[int, str]) -> None:
    """Each rule of the instance, by counting; a run at either end of the period may be short."""
    assert 70 <= len(days) <= 80
    assert sum(shift == "L" for shift in days.values()) <= MOST_LATE
    assert len({day // 7 for day in days if day % 7 >= 5}) <= MOST_WEEKENDS
    assert not any(days.get(day) == "L" and days.get(day + 1) == "E" for day in days)
    edges = [day for day in range(1, DAYS) if (day in days) != (day - 1 in days)]
    for begin, end in pairwise(edges):
        assert (2 <= end - begin <= 5) if begin in days else end - begin >= 2


@pytest.mark.parametrize("seed", range(4))
def test_multipliers_keep_caps_and_bound_the_exact_programme(
    task: Task, problem: Problem, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    profile = problem.profiles[seed % len(problem.profiles)]
    assert {entry.rule.name for entry in profile.programme.caps.values()} == {"weekends", "shift_caps:L"}
    cost = -rng.uniform(0, 100, len(profile.menu.duties))
    near = near_path(profile, cost)
    monkeypatch.setattr(cap, "FEW", DAYS)
    by_states = problem_in(task).profiles[seed % len(problem.profiles)]
    assert {entry.rule.name for entry in by_states.programme.caps.values()} == {"shift_caps:L"}
    exact = cheapest_path(by_states, cost)
    assert near is not None
    assert exact is not None
    assert_legal(worked(problem, near.duties))
    assert near.bound - 1e-6 <= exact.cost <= near.cost + 1e-6
    assert near.cost - exact.cost <= 0.02 * abs(exact.cost)


def test_equal_costs_do_not_move_all_shifts_at_once(
    task: Task, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With every duty worth the same, a price on late shifts alone would swing from all to none."""
    monkeypatch.setattr(cap, "FEW", DAYS)
    by_states = problem_in(task).profiles
    for profile, exact in zip(problem.profiles, by_states, strict=True):
        cost = np.full(len(profile.menu.duties), -1e9)
        path, best = near_path(profile, cost), cheapest_path(exact, cost)
        assert path is not None
        assert best is not None
        assert_legal(worked(problem, path.duties))
        assert len(path.duties) >= len(best.duties) - 1


@pytest.mark.parametrize(("first", "last"), [(0, 28), (33, 54), (84, 112)])
def test_a_stretch_is_legal_with_the_days_around_it_and_costs_what_the_whole_tour_costs(
    problem: Problem, first: int, last: int
) -> None:
    rng = np.random.default_rng(first)
    profile = problem.profiles[0]
    menu = profile.menu
    cost = -rng.uniform(0, 100, len(menu.duties))
    whole = near_path(profile, cost)
    assert whole is not None
    part = stretch_of(profile, whole.duties, Days(first, last), 0)
    begin, end = int(menu.day_at[first]), int(menu.day_at[last])
    kept = near_path(part, cost[begin:end])
    assert kept is not None
    outside = cost[[at for at in whole.duties if not begin <= at < end]].sum()
    assert kept.cost <= whole.cost - outside + 1e-6
    other = near_path(part, rng.uniform(-100, 20, end - begin))
    assert other is not None
    assert isinstance(part.programme, Stretch)
    joined = part.programme.whole(other.duties)
    assert_legal(worked(problem, joined))
    assert [at for at in joined if at < begin] == [at for at in whole.duties if at < begin]
    own = profile.constant + sum(float(profile.duty_toll[at]) for at in joined)
    paid = part.constant + other.paid + sum(float(part.duty_toll[at]) for at in other.duties)
    assert paid == pytest.approx(own)


def test_a_window_changes_the_whole_by_what_it_says(problem: Problem) -> None:
    search = Search(problem, 60.0, np.random.default_rng(0))
    search.offer(construct(search))
    window = window_of(search, search.best, 28, 56)
    assert objective(problem, window.joined(window.tours)) == pytest.approx(search.incumbent)
    part = Search(window.problem, 60.0, np.random.default_rng(1))
    part.offer(window.tours)
    before = part.incumbent
    part.offer(construct(part))
    tours = construct(part)
    change = objective(window.problem, tours) - before
    assert objective(problem, window.joined(tours)) == pytest.approx(search.incumbent + change)
    for tour in window.joined(tours).values():
        assert_legal(worked(problem, tour.duties))


@pytest.mark.parametrize("proven", [True, False])
def test_windows_grow_once_a_pass_leaves_nothing_to_gain(problem: Problem, proven: bool) -> None:
    search = Search(problem, 60.0, np.random.default_rng(0))
    search.offer(construct(search))
    seen: list[int] = []

    def settle(part: Search) -> None:
        seen.append(part.problem.profiles[0].menu.day_at.size - 1)
        if proven or len(seen) % 2:
            part.raise_bound(part.incumbent)
        if len(seen) == 40:
            search.started -= 60.0

    Windows(search, settle).improve(60.0)
    assert seen[:4] == [FIRST_DAYS] * 4
    assert max(seen) == (DAYS if proven else FIRST_DAYS)
    assert search.proven is proven


def test_a_window_over_the_whole_period_bounds_it(
    task: Task, problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the bound of the whole by generation, without windows."""
    monkeypatch.setattr(window_module, "FIRST_DAYS", DAYS)
    search, whole = (Search(problem, 4.0, np.random.default_rng(0), clock=time.process_time) for _ in range(2))
    for each in (search, whole):
        each.offer(construct(each))
    Windows(search, settle_window).improve(4.0)
    settle_window(whole)
    assert search.bound > 0
    assert search.bound <= whole.incumbent + 1e-6
    assert whole.bound <= search.incumbent + 1e-6


def test_windows_improve_and_bound(problem: Problem) -> None:
    search = Search(problem, 6.0, np.random.default_rng(0))
    search.offer(construct(search))
    before = search.incumbent
    windows = Windows(search, settle_window)
    assert windows.days == FIRST_DAYS
    windows.improve(6.0)
    assert search.bound <= search.incumbent <= before
    for tour in search.best.values():
        assert_legal(worked(problem, tour.duties))
