"""The level plan against its definition: the busiest window, and what any other plan would need."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from wfm.errors import InputError
from wfm.staffing.level_plan import level_cycle, level_plan

TOLERANCE = 1e-7


@st.composite
def workloads(draw: st.DrawFn) -> tuple[list[float], list[float], list[int]]:
    """Open hours (some slots closed), work, and deadlines in order, each after some open time."""
    slots = draw(st.integers(2, 9))
    open_h = [draw(st.sampled_from([0.0, 0.5, 1.0])) for _ in range(slots)]
    reach = draw(st.integers(1, 5))
    due = [slot + reach for slot in range(slots)]
    work = []
    for slot in range(slots):
        possible = due[slot] > slots or sum(open_h[slot : due[slot]]) > 0
        work.append(float(draw(st.integers(0, 9))) if possible else 0.0)
    return open_h, work, due


def test_published_example() -> None:
    plan = level_plan([1.0] * 6, [8, 8, 0, 0, 0, 0], [4, 5, 6, 7, 8, 9])
    assert plan.max() == pytest.approx(3.2)
    assert plan == pytest.approx([3.2] * 5 + [0])


@given(workloads())
def test_peak_is_the_busiest_window(load: tuple[list[float], list[float], list[int]]) -> None:
    open_h, work, due = load
    busiest = 0.0
    for first in range(len(work)):
        for end in range(first + 1, len(work) + 1):
            inside = sum(work[slot] for slot in range(first, end) if due[slot] <= end)
            if inside:
                busiest = max(busiest, inside / sum(open_h[first:end]))
    assert level_plan(open_h, work, due).max() == pytest.approx(busiest, abs=TOLERANCE)


@given(workloads())
def test_every_deadline_is_met_and_nothing_is_done_before_it_came(
    load: tuple[list[float], list[float], list[int]],
) -> None:
    open_h, work, due = load
    done = np.append(0, np.cumsum(level_plan(open_h, work, due) * open_h))
    for boundary in range(len(work) + 1):
        owed = sum(hours for hours, by in zip(work, due, strict=True) if by <= boundary)
        assert done[boundary] >= owed - TOLERANCE
        assert done[boundary] <= sum(work[:boundary]) + TOLERANCE


@given(workloads())
def test_no_plan_has_a_lower_peak(load: tuple[list[float], list[float], list[int]]) -> None:
    open_h, work, due = load
    slots = len(work)
    so_far = np.tril(np.ones((slots, slots))) * open_h
    owed = [sum(hours for hours, by in zip(work, due, strict=True) if by <= slot + 1) for slot in range(slots)]
    rows = np.block(
        [[-so_far, np.zeros((slots, 1))], [so_far, np.zeros((slots, 1))], [np.eye(slots), -np.ones((slots, 1))]]
    )
    limits = np.concatenate([-np.array(owed), np.cumsum(work), np.zeros(slots)])
    least = linprog(np.append(np.zeros(slots), 1), A_ub=rows, b_ub=limits)
    assert level_plan(open_h, work, due).max() == pytest.approx(least.fun, abs=TOLERANCE)


def test_closed_slots_have_no_agents() -> None:
    assert level_plan([1, 0, 0, 1], [0, 6, 0, 0], [3, 4, 5, 6]).tolist() == [0, 0, 0, 6]


def test_a_deadline_without_open_time_says_so() -> None:
    with pytest.raises(InputError, match="row 1, due"):
        level_plan([1, 0, 0, 1], [0, 6, 0, 0], [2, 3, 4, 5])


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_bad_hours_are_named(bad: float) -> None:
    with pytest.raises(InputError, match="row 1, released_h"):
        level_plan([1, 1], [1, bad], [2, 3])


@given(workloads(), st.integers(0, 12))
def test_a_cycle_is_the_plan_of_many_rounds_seen_from_its_middle(
    load: tuple[list[float], list[float], list[int]], shift: int
) -> None:
    open_h, work, due = load
    work = [hours if sum(open_h[slot:]) else 0.0 for slot, hours in enumerate(work)]
    slots, rounds = len(work), 9
    if not sum(open_h):
        return
    plan = level_cycle(open_h, work, due)
    assert plan @ np.array(open_h) == pytest.approx(sum(work), abs=TOLERANCE)
    done = np.append(0, np.cumsum(np.tile(plan * open_h, rounds)))
    # Some amount carried in makes all rounds feasible: nothing done before it came, nothing late.
    came = np.append(0, np.cumsum(np.tile(work, rounds)))
    all_due = np.concatenate([np.array(due) + number * slots for number in range(-rounds, rounds)])
    all_work = np.tile(work, 2 * rounds)
    owed = np.array([all_work[all_due <= boundary].sum() for boundary in range(slots * rounds + 1)]) - rounds * sum(
        work
    )
    least_ahead, most_ahead = (owed - done).max(), (came - done).min()
    assert least_ahead <= most_ahead + TOLERANCE
    # Turning the wheel turns the plan.
    by = shift % slots
    turned = level_cycle(np.roll(open_h, -by), np.roll(work, -by), np.sort(_turned(due, by, slots)))
    assert turned == pytest.approx(np.roll(plan, -by), abs=1e-6)


@given(workloads())
def test_no_cycle_has_a_lower_peak(load: tuple[list[float], list[float], list[int]]) -> None:
    open_h, work, due = load
    work = [hours if sum(open_h[slot:]) else 0.0 for slot, hours in enumerate(work)]
    slots, rounds = len(work), 4
    if not sum(work):
        return
    # Unknown: the plan of a round, what is carried in, the peak. Known at each boundary of some rounds: what came in
    # since the first, and what had to be done since then, with the deadlines of many rounds before.
    so_far = np.vstack([np.zeros(slots), np.tril(np.ones((slots, slots))) * open_h])
    progress = np.vstack([so_far + number * so_far[-1] for number in range(rounds)])
    boundaries = np.concatenate([np.arange(slots + 1) + number * slots for number in range(rounds)])
    all_due = np.concatenate([np.array(due) + number * slots for number in range(-9, rounds)])
    all_work, before = np.tile(work, 9 + rounds), 9 * sum(work)
    owed = np.array([all_work[all_due <= boundary].sum() for boundary in boundaries]) - before
    came = np.append(0, np.cumsum(np.tile(work, rounds)))[boundaries]
    blank = np.zeros((slots, 1))
    ones, none = np.ones((len(boundaries), 1)), np.zeros((len(boundaries), 1))
    least = linprog(
        np.append(np.zeros(slots + 1), 1),
        A_ub=np.block([[-progress, -ones, none], [progress, ones, none], [np.eye(slots), blank, -blank - 1]]),
        b_ub=np.concatenate([-owed, came, np.zeros(slots)]),
        A_eq=[[*open_h, 0, 0]],
        b_eq=[sum(work)],
        bounds=[(0, None)] * slots + [(None, None), (0, None)],
    )
    assert level_cycle(open_h, work, due).max() == pytest.approx(least.fun, abs=1e-6)


def _turned(due: list[int], by: int, slots: int) -> np.ndarray:
    return np.roll(np.array(due) + slots * (np.arange(slots) < by), -by) - by


@given(workloads())
def test_a_cycle_never_peaks_lower_than_even_progress_nor_higher_than_one_round_alone(
    load: tuple[list[float], list[float], list[int]],
) -> None:
    open_h, work, due = load
    slots = len(work)
    work = [hours if by <= slots else 0.0 for hours, by in zip(work, due, strict=True)]
    if not sum(work):
        return
    peak = level_cycle(open_h, work, due).max()
    assert sum(work) / sum(open_h) - TOLERANCE <= peak <= level_plan(open_h, work, due).max() + TOLERANCE
