"""Several streams of deferred work and idle time: against the tight string, and against a plain check of deadlines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.staffing.blend_plan import IdleTime, Stream, least_extra
from wfm.staffing.deferred_work import DeferredWork
from wfm.staffing.level_plan import level_cycle, level_plan

SLOTS = 12
START = np.arange(SLOTS, dtype=float)


def work_of(released_h: list[float], reach: int, open_h: list[float] | None = None) -> DeferredWork:
    return DeferredWork(
        start_h=START,
        end_h=START + 1,
        open_h=np.ones(SLOTS) if open_h is None else np.array(open_h),
        released_h=np.array(released_h, dtype=float),
        due_time_h=START + reach,
        due=np.arange(SLOTS) + reach,
        waiting_h=np.zeros(0),
        waiting_due=np.zeros(0, dtype=np.int64),
        begins_anew=False,
    )


hours = st.lists(st.integers(0, 9).map(float), min_size=SLOTS, max_size=SLOTS)
openings = st.lists(st.sampled_from([0.0, 1.0]), min_size=SLOTS, max_size=SLOTS)


@given(hours, st.integers(1, 15), openings)
@settings(max_examples=30, deadline=None)
def test_one_stream_is_the_tight_string(released: list[float], reach: int, open_h: list[float]) -> None:
    due = np.arange(SLOTS) + reach
    try:
        plan = level_cycle(open_h, released, due)
    except InputError:
        return
    if not sum(open_h):
        return
    found = least_extra([Stream.cyclic(work_of(released, reach, open_h))], START, START + 1)
    assert found.agents.max() == pytest.approx(plan.max(), abs=1e-4)
    assert found.agents == pytest.approx(plan, abs=max(plan.max(), 1) / 12)
    assert found.done_h.sum() == pytest.approx(sum(released))


@given(hours, hours, st.integers(1, 4), st.integers(5, 9), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_two_streams_and_idle_time_keep_every_deadline(
    urgent: list[float], patient: list[float], soon: int, late: int, seed: int
) -> None:
    idle = np.random.default_rng(seed).integers(0, 6, SLOTS).astype(float)
    knots = np.arange(0.0, 41.0)
    streams = [Stream.once(work_of(urgent, soon), 0.0), Stream.once(work_of(patient, late), 0.0)]
    found = least_extra(streams, START, START + 1, IdleTime(knots, idle[:, None] + knots))
    assert (found.done_h.sum(axis=0) <= idle + found.agents + 1e-6).all()
    for released, reach, done in ((urgent, soon, found.done_h[0]), (patient, late, found.done_h[1])):
        so_far = np.cumsum(done)
        assert (so_far <= np.cumsum(released) + 1e-6).all()
        for slot in range(SLOTS):
            assert so_far[slot] >= sum(released[: max(slot + 2 - reach, 0)]) - 1e-6
        assert so_far[-1] == pytest.approx(sum(released), abs=1e-6)
    assert found.agents.max(initial=0) == pytest.approx(_least_peak(urgent, patient, soon, late, idle), abs=1e-4)


def _least_peak(urgent: list[float], patient: list[float], soon: int, late: int, idle: np.ndarray) -> float:
    """The busiest window by definition: what is released and due inside, less the idle time inside, an hour."""
    peak = 0.0
    for first in range(SLOTS):
        for end in range(first + 1, SLOTS + 1):
            inside = 0.0
            for released, reach in ((urgent, soon), (patient, late)):
                inside += sum(released[slot] for slot in range(first, end) if min(slot + reach, SLOTS) <= end)
            peak = max(peak, (inside - idle[first:end].sum()) / (end - first))
    return peak


def test_enough_idle_time_needs_nobody() -> None:
    idle = IdleTime(np.array([0.0, 5.0]), np.tile([3.0, 8.0], (SLOTS, 1)))
    found = least_extra([Stream.cyclic(work_of([2.0] * SLOTS, 4))], START, START + 1, idle)
    assert found.agents == pytest.approx(np.zeros(SLOTS), abs=1e-6)


def test_an_extra_agent_who_unlocks_idle_time_is_used_for_it() -> None:
    # The first extra agent of each slot is worth three: four hours of work need 4/3 agents' hours, not four.
    idle = IdleTime(np.array([0.0, 1.0, 10.0]), np.tile([0.0, 3.0, 12.0], (SLOTS, 1)))
    found = least_extra([Stream.once(work_of([4.0] + [0.0] * 11, 4), 0.0)], START, START + 1, idle)
    assert found.agents.sum() == pytest.approx(4 / 3, abs=1e-4)


def test_a_late_backlog_is_no_room_for_what_comes_later() -> None:
    # 10 h wait, due at the end; 5 h come in slot 5 and are due at its end: both cumulated, 5 by then would do.
    coming = [0.0] * 5 + [5.0] + [0.0] * 6
    work = work_of(coming, 1)
    found = least_extra([Stream.once(work, 0.0), Stream.waiting(work, 10.0, SLOTS)], START, START + 1)
    assert found.done_h[0, 5] == pytest.approx(5.0)
    assert found.agents.max() == pytest.approx(5.0, abs=1e-4)


def test_no_plan_is_told() -> None:
    work = work_of([1.0] + [0.0] * 11, 2, [0.0, 0.0] + [1.0] * 10)
    with pytest.raises(InputError, match="keeps its deadlines"):
        least_extra([Stream.once(work, 0.0)], START, START + 1)


def test_backlog_in_front_and_what_is_left_at_the_end() -> None:
    # Six hours wait and are due in three slots; one an hour comes in; at most two may be left.
    plan = level_plan([0.0] + [1.0] * 6, [6.0] + [1.0] * 6, [4, 6, 7, 8, 9, 10, 11], left_over_h=2.0)
    assert plan[0] == 0
    assert np.cumsum(plan)[3] >= 6 - 1e-9
    assert plan.sum() == pytest.approx(10.0)
