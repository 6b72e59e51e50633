"""A promise over the day: the published example, and no smaller sum of agents by trying all of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.queueing.day_target import DayAgents, agents_for_the_day
from wfm.queueing.erlang_a import service_level_a
from wfm.queueing.erlang_c import service_level
from wfm.queueing.required import required_agents


def day(load: np.ndarray, target: float = 0.8, least: int = 0, most: int = 12) -> DayAgents:
    floor = np.full(len(load), least)
    return agents_for_the_day(
        load * 20, lambda N, rows: service_level(load[rows], N, 20, 180), target, floor, floor + most
    )


def test_published_example() -> None:
    """20, 100 and 200 calls an hour: 25 agents where every interval keeps 80/20, 23 where the day does."""
    load = np.array([1.0, 5.0, 10.0])
    found = agents_for_the_day(
        load * 20, lambda N, rows: service_level(load[rows], N, 20, 180), 0.8, np.array([2, 6, 11]), np.full(3, 24)
    )
    assert required_agents(load * 20, 180, service_level=0.8, threshold_s=20).agents.sum() == 25
    assert found.agents.tolist() == [2, 7, 14]
    assert found.overall == pytest.approx(0.83046, abs=5e-6)
    assert found.proven


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.05, 4), min_size=1, max_size=3), st.floats(0.05, 0.97), st.booleans())
def test_no_smaller_sum_keeps_the_promise(loads, target, impatient) -> None:
    load, most = np.array(loads), 12

    def levels(N, rows):
        if impatient:
            return service_level_a(load[rows] * 20, 180, N, 20, 60)
        return service_level(load[rows], N, 20, 180)

    found = agents_for_the_day(load * 20, levels, target, np.zeros(len(load), int), np.full(len(load), most))
    every = np.array(list(itertools.product(range(most + 1), repeat=len(load))))
    level = np.array([levels(np.arange(most + 1.0), np.full(most + 1, i)) for i in range(len(load))])
    kept = (level[np.arange(len(load)), every] @ load) / load.sum() >= target
    least = every[kept].sum(axis=1).min()
    assert found.overall >= target - 1e-8
    assert found.bound <= least
    if found.proven:
        assert found.agents.sum() == least


def test_the_worst_interval_can_be_bounded() -> None:
    """Above a floor for each interval the sum lies between that of the day alone and that of each on its own."""
    hour = np.arange(28)
    load = (20 + 12 * np.sin(hour / 28 * np.pi)) / 6
    free = day(load, most=20)
    floor = required_agents(load * 20, 180, service_level=0.6, threshold_s=20).agents
    held = agents_for_the_day(load * 20, lambda N, rows: service_level(load[rows], N, 20, 180), 0.8, floor, floor + 12)
    each = required_agents(load * 20, 180, service_level=0.8, threshold_s=20).agents
    assert held.worst >= 0.6
    assert free.agents.sum() <= held.agents.sum() <= each.sum()
    assert free.agents.sum() < each.sum()


def test_a_day_without_contacts_needs_nobody() -> None:
    found = day(np.zeros(3))
    assert found.agents.tolist() == [0, 0, 0]
    assert found.overall == 1
    assert day(np.zeros(0)).agents.tolist() == []


def test_a_promise_that_nobody_can_keep_is_refused() -> None:
    with pytest.raises(InputError, match="service_level"):
        day(np.ones(2), target=1.0)
