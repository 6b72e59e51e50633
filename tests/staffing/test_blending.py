"""Deferred work between calls: against a simulation of its own, and a chain solved by its balance equations."""

from __future__ import annotations

import heapq
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.queueing.blending import blended


def simulated(
    rate_per_h: float, aht_s: float, agents: int, deferred_aht_s: float, keep_free: int, threshold_s: float, calls: int
) -> tuple[float, float, float]:
    """Service level, mean wait and mean agents on deferred work, which always lies ready and is never interrupted."""
    rng = random.Random(1)
    between_s = 3600 / rate_per_h
    coming, ends, line, busy, done = rng.expovariate(1 / between_s), [], [], 0, 0.0
    waits: list[float] = []
    now = 0.0
    while len(waits) < calls:
        while busy < agents - keep_free and not line:
            takes = rng.expovariate(1 / deferred_aht_s)
            done += takes
            busy += 1
            heapq.heappush(ends, now + takes)
        if ends and ends[0] < coming:
            now = heapq.heappop(ends)
            busy -= 1
        else:
            now = coming
            coming += rng.expovariate(1 / between_s)
            line.append(now)
        if line and busy < agents:
            waits.append(now - line.pop(0))
            busy += 1
            heapq.heappush(ends, now + rng.expovariate(1 / aht_s))
    found = np.array(waits)
    return float((found <= threshold_s).mean()), float(found.mean()), done / now


@pytest.mark.parametrize(
    ("agents", "rate_per_h", "aht_s"), [(14, 200, 180), (16, 200, 180), (20, 200, 180), (6, 40, 300)]
)
def test_equally_long_work_is_exact(agents: int, rate_per_h: float, aht_s: float) -> None:
    team = blended(rate_per_h, aht_s, agents, aht_s, service_level=0.8, threshold_s=20)
    level, wait_s, deferred = simulated(rate_per_h, aht_s, agents, aht_s, int(team.keep_free), 20, 60_000)
    assert float(team.service_level) == pytest.approx(level, abs=0.012)
    assert float(team.asa_s) == pytest.approx(wait_s, rel=0.1)
    assert float(team.deferred_agents) == pytest.approx(deferred, abs=0.08)


@pytest.mark.parametrize(
    ("agents", "rate_per_h", "aht_s", "deferred_aht_s"),
    [(16, 200, 180, 420), (20, 200, 180, 420), (24, 200, 180, 900), (110, 1200, 300, 600), (24, 200, 300, 120)],
)
def test_work_of_another_length_keeps_the_promise(
    agents: int, rate_per_h: float, aht_s: float, deferred_aht_s: float
) -> None:
    team = blended(rate_per_h, aht_s, agents, deferred_aht_s, service_level=0.8, threshold_s=20)
    level, _, deferred = simulated(rate_per_h, aht_s, agents, deferred_aht_s, int(team.keep_free), 20, 150_000)
    assert float(team.deferred_agents) > 1
    assert level >= 0.8
    assert float(team.deferred_agents) == pytest.approx(deferred, abs=0.45)


@given(st.floats(0.5, 30), st.integers(0, 25), st.sampled_from([60.0, 180.0, 600.0]), st.sampled_from([0.5, 0.8, 0.95]))
def test_the_chain_solved_by_linear_algebra_allows_no_more(load: float, spare: int, aht_s: float, level: float) -> None:
    """Equal lengths: busy agents from c up, a long waiting room; the answer's c keeps the promise, c + 1 does not."""
    agents = int(load) + 1 + spare
    team = blended(load * 3600 / aht_s, aht_s, agents, aht_s, service_level=level, threshold_s=20)
    if team.keep_free < agents:
        least = agents - int(team.keep_free)
        assert _promise(load, aht_s, agents, least)[0] >= level - 1e-6
        assert float(team.deferred_agents) == pytest.approx(_promise(load, aht_s, agents, least)[1], abs=1e-5)
        if least < agents:
            assert _promise(load, aht_s, agents, least + 1)[0] < level + 1e-6


def _promise(load: float, aht_s: float, agents: int, least: int) -> tuple[float, float]:
    """Service level within 20 s and deferred agents, from the balance equations of a truncated chain."""
    states = np.arange(least, agents + 6000)
    steps = np.log(load) - np.log(np.minimum(states[1:], agents))
    logs = np.append(0.0, np.cumsum(steps))
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    waiting = weight[states >= agents].sum()
    late = waiting * np.exp(-(agents - load) * 20 / aht_s)
    return 1 - late, float((weight * np.minimum(states, agents)).sum() - load)


def test_no_calls_leave_all_agents_to_deferred_work() -> None:
    team = blended(0, 180, [5, 10], 300, service_level=0.8, threshold_s=20, max_occupancy=0.9)
    assert team.deferred_agents == pytest.approx([4.5, 9.0])
    assert team.keep_free.tolist() == [0, 0]


def test_a_team_at_its_limit_begins_nothing() -> None:
    team = blended(200, 180, [9, 10, 11, 13], 180, service_level=0.8, threshold_s=20)
    assert team.deferred_agents.tolist() == [0, 0, 0, 0]
    assert team.keep_free.tolist() == [9, 10, 11, 13]


def test_a_team_far_above_its_load_does_little_else_but_deferred_work() -> None:
    team = blended([20, 3600], 300, [200, 1500], 300, service_level=0.8, threshold_s=20)
    assert team.deferred_agents == pytest.approx(np.array([200, 1500]) - np.array([20, 3600]) / 12, rel=1e-3)


@given(st.floats(1, 300), st.integers(1, 40), st.floats(60, 1200))
def test_one_more_agent_does_at_least_as_much(rate_per_h: float, agents: int, deferred_aht_s: float) -> None:
    team = blended(rate_per_h, 200, np.arange(agents, agents + 4), deferred_aht_s, asa_s=20)
    assert (team.deferred_agents >= 0).all()
    assert (team.deferred_agents <= np.maximum(np.arange(agents, agents + 4) - rate_per_h / 18, 0) + 1e-9).all()
    assert (np.diff(team.deferred_agents) >= -0.2).all()


@pytest.mark.parametrize(
    ("change", "named"),
    [({"rate_per_h": -1}, "rate_per_h"), ({"aht_s": np.nan}, "aht_s"), ({"deferred_aht_s": 0}, "deferred_aht_s"),
     ({"agents": np.inf}, "agents"), ({"service_level": 1.0}, "service_level")],
)  # fmt: skip
def test_bad_input_is_named(change: dict[str, float], named: str) -> None:
    good = {"rate_per_h": 100, "aht_s": 180, "agents": 10, "deferred_aht_s": 300, "service_level": 0.8}
    with pytest.raises(InputError, match=named):
        blended(**(good | change), threshold_s=20)
