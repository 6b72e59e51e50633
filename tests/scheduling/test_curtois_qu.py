"""Instances of Curtois & Qu are read and stated exactly: objective, judge and a search through every roster agree."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("benchmarks.rosters.task", reason="the benchmark is part of the checkout, not of the wheel")

from support.curtois_qu import BEST_BY_HAND, BY_HAND, JUDGES, judged, solved, written

from benchmarks.rosters import curtois_qu
from benchmarks.rosters.curtois_qu_file import Cover, Instance, Request, Shift, Terms, read_instance
from benchmarks.rosters.judge import SHARED
from benchmarks.rosters.task import Task

TWO_SHIFTS = """\
SECTION_HORIZON
9
SECTION_SHIFTS
E,480,
L,720,E
SECTION_STAFF
A,E=9|L=2,3360,2400,4,2,2,1
B,E=2|L=9,3600,1920,3,1,3,0
SECTION_DAYS_OFF
A,4
SECTION_SHIFT_ON_REQUESTS
A,0,L,3
A,8,E,30
B,2,E,2
SECTION_SHIFT_OFF_REQUESTS
B,1,L,4
A,7,E,9
SECTION_COVER
0,E,1,20,3
0,L,1,10,1
1,E,0,20,3
1,L,2,15,1
2,E,1,20,3
2,L,1,10,1
3,E,1,20,3
3,L,0,10,6
4,E,1,20,3
4,L,1,10,1
5,E,1,20,3
5,L,1,10,1
6,E,0,20,3
6,L,1,10,1
7,E,1,20,3
7,L,1,10,1
8,E,0,20,40
8,L,1,10,1
"""

Plan = tuple[str, ...]
"""A shift's name each day, empty for a day off."""


def best_by_trying_all(instance: Instance) -> int:
    """The least penalty over every roster there is: two members of staff, rules checked one by one."""
    (a, plans_a), (b, plans_b) = ((name, [*legal_plans(instance, name)]) for name in instance.staff)
    return min(penalty(instance, {a: one, b: two}) for one in plans_a for two in plans_b)


def legal_plans(instance: Instance, name: str) -> Iterator[Plan]:
    for plan in product(["", *(shift.id for shift in instance.shifts)], repeat=instance.days):
        if is_legal(instance, name, plan):
            yield plan


def is_legal(instance: Instance, name: str, plan: Plan) -> bool:
    terms, last = instance.staff[name], len(plan)
    length = {shift.id: shift.length_min for shift in instance.shifts}
    never = {(shift.id, after) for shift in instance.shifts for after in shift.forbidden_next}
    minutes = sum(length[shift] for shift in plan if shift)
    if not terms.least_min <= minutes <= terms.most_min or any(plan[day] for day in instance.days_off.get(name, ())):
        return False
    if any(pair in never for pair in pairwise(plan)):
        return False
    if any(plan.count(shift) > most for shift, most in terms.most_shifts):
        return False
    day = 0
    for works, days in groupby(plan, key=bool):
        run = len(list(days))
        touches = day == 0 or day + run == last
        day += run
        least = terms.shortest_run if works else terms.shortest_off
        if (works and run > terms.longest_run) or (run < least and not touches):
            return False
    weekends = {day // 7 for day in range(last) if day % 7 >= 5 and plan[day]}
    return len(weekends) <= terms.most_weekends


def plans_of(task: Task, roster: pd.DataFrame, instance: Instance) -> dict[str, Plan]:
    """What the judge would read of a roster, by member of staff."""
    rows = {(str(name), int(day)): str(shift) for name, day, shift in task.rows(roster)}
    return {name: tuple(rows.get((name, day), "") for day in range(instance.days)) for name in instance.staff}


def penalty(instance: Instance, plans: dict[str, Plan]) -> int:
    total = sum(own.weight for own in instance.requests if (plans[own.staff][own.day] == own.shift) != own.wanted)
    for cover in instance.cover:
        gap = sum(plan[cover.day] == cover.shift for plan in plans.values()) - cover.staff
        total += cover.over * gap if gap > 0 else -cover.under * gap
    return total


def test_an_instance_is_read_section_by_section(tmp_path: Path) -> None:
    instance = read_instance(written(tmp_path, TWO_SHIFTS))
    assert instance.days == 9
    assert instance.shifts == (Shift("E", 480, ()), Shift("L", 720, ("E",)))
    assert instance.staff["B"] == Terms((("E", 2), ("L", 9)), 3600, 1920, 3, 1, 3, 0)
    assert instance.days_off == {"A": (4,)}
    assert Request("B", 1, "L", 4, False) in instance.requests
    assert instance.cover[1] == Cover(0, "L", 1, 10, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("hello", "SECTION_HORIZON"), (BY_HAND.replace(",1440,", ","), "fields"), (BY_HAND.replace("7\n", "x\n", 1), "x")],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_instance(written(tmp_path, text))


def test_a_penalty_worked_by_hand(tmp_path: Path) -> None:
    path = written(tmp_path, BY_HAND)
    assert best_by_trying_all(read_instance(path)) == BEST_BY_HAND
    outcome = solved(curtois_qu.task_of(path))
    assert outcome.objective == pytest.approx(BEST_BY_HAND)
    assert outcome.bound == pytest.approx(BEST_BY_HAND, abs=1)
    assert outcome.terms["preferences"] == pytest.approx(12)
    assert outcome.terms["team_rules"] == pytest.approx(301)


def test_sequences_and_runs_as_by_trying_all(tmp_path: Path) -> None:
    path = written(tmp_path, TWO_SHIFTS)
    instance = read_instance(path)
    task = curtois_qu.task_of(path)
    outcome = solved(task)
    plans = plans_of(task, outcome.roster, instance)
    assert all(is_legal(instance, name, plan) for name, plan in plans.items())
    assert outcome.objective == pytest.approx(penalty(instance, plans))
    assert outcome.objective == pytest.approx(best_by_trying_all(instance))


def drawn(seed: int) -> str:
    """An instance of eight days with two members of staff, each of whom has a legal plan or more."""
    draw = np.random.default_rng(seed)
    staff, lines = "AB", ["SECTION_HORIZON", "8", "SECTION_SHIFTS", "E,480,", f"L,{draw.choice([480, 600])},E"]
    lines += ["SECTION_STAFF"]
    for name in staff:
        caps = f"E={draw.integers(0, 5)}|L={draw.integers(2, 9)}"
        longest, shortest, off, weekends = draw.integers([3, 1, 1, 0], [6, 4, 4, 3])
        lines += [f"{name},{caps},{draw.integers(5, 8) * 480},960,{longest},{shortest},{off},{weekends}"]
    lines += ["SECTION_DAYS_OFF", *(f"{name},{draw.integers(8)}" for name in staff)]
    for section in ("ON", "OFF"):
        lines += [f"SECTION_SHIFT_{section}_REQUESTS"]
        for name, days in ((name, draw.choice(8, 2, replace=False)) for name in staff):
            lines += [f"{name},{day},{draw.choice(['E', 'L'])},{draw.integers(1, 30)}" for day in days]
    lines += ["SECTION_COVER"]
    for day, shift in product(range(8), "EL"):
        lines += [f"{day},{shift},{draw.integers(0, 3)},{draw.integers(1, 40)},{draw.integers(1, 40)}"]
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_instance_is_stated_exactly(tmp_path: Path, seed: int) -> None:
    path = written(tmp_path, drawn(seed))
    instance, task = read_instance(path), curtois_qu.task_of(path)
    assert all(any(legal_plans(instance, name)) for name in instance.staff)
    outcome = solved(task, seconds=5)
    found = plans_of(task, outcome.roster, instance)
    assert all(is_legal(instance, name, plan) for name, plan in found.items())
    assert outcome.objective == pytest.approx(penalty(instance, found))
    assert outcome.bound - 1e-6 <= best_by_trying_all(instance) == pytest.approx(outcome.objective)


@JUDGES
@pytest.mark.shared
@pytest.mark.parametrize("text", [BY_HAND, TWO_SHIFTS])
def test_the_judge_counts_the_same(tmp_path: Path, text: str) -> None:
    task = curtois_qu.task_of(written(tmp_path, text))
    outcome = solved(task)
    assert judged(task, outcome.roster, tmp_path) == pytest.approx(outcome.objective)


@JUDGES
@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", ["Instance1", "Instance3"])
def test_public_instances_are_judged_as_they_are_priced(tmp_path: Path, name: str) -> None:
    task = curtois_qu.task_of(SHARED / "instances" / f"{name}.txt")
    outcome = solved(task, seconds=4)
    assert judged(task, outcome.roster, tmp_path) == pytest.approx(outcome.objective)
    assert outcome.bound <= outcome.objective
