"""Crews of several skill sets: the simulation where theory is exact, and between its bounds where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wfm.errors import UsageError
from wfm.queueing.erlang_a import erlang_a
from wfm.queueing.erlang_c import asa_s, service_level
from wfm.simulation.skill_sets import gain_kept, least_crew, simulate_crew
from wfm.staffing.crew import Crew, crew_of
from wfm.staffing.pooling import bounds
from wfm.staffing.targets import Targets
from wfm.staffing.traffic import Traffic

BOTH = frozenset("ab")


def traffic(
    *rates: tuple[float, ...], aht_s: tuple[float, ...] = (300.0, 300.0), patience_s: float = np.inf
) -> Traffic:
    rate = np.array(rates)
    n, k = rate.shape
    none = np.full((n, k), np.nan)
    return Traffic(
        tuple("abc"[:k]), pd.date_range("2026-11-23", periods=n, freq="30min", tz="UTC"), 30, rate,
        np.tile(aht_s, (n, 1)), np.full((n, k), True),
        Targets(np.full((n, k), 0.8), np.full((n, k), 20.0), none, none, none, np.zeros((n, k))),
        np.full(k, 1), np.full(k, patience_s),
    )  # fmt: skip


def everyone(agents: int) -> Crew:
    return Crew(np.array([agents, 0, 0]), np.array([[True, True], [True, False], [False, True]]))


def test_apart_and_together_are_as_theory_has_them() -> None:
    work = traffic((240.0, 120.0))
    apart = simulate_crew(work, Crew(np.array([25, 14]), np.eye(2, dtype=bool)), contacts=300_000)
    exact = [service_level(load, agents, 20, 300) for load, agents in ((20, 25), (10, 14))]
    assert apart.service_level == pytest.approx(exact, abs=0.015)
    together = simulate_crew(work, everyone(35), contacts=300_000)
    assert together.service_level == pytest.approx(float(service_level(30, 35, 20, 300)), abs=0.015)
    assert together.asa_s == pytest.approx(float(asa_s(30, 35, 300)), rel=0.12)
    impatient = simulate_crew(traffic((240.0, 120.0), patience_s=90.0), everyone(30), contacts=300_000)
    told = erlang_a(360, 300, 30, 20, 90)
    assert impatient.service_level == pytest.approx(float(told.service_level), abs=0.01)
    assert impatient.abandonment == pytest.approx(float(told.abandonment), abs=0.005)


def test_a_pool_of_unlike_handling_times_is_nearly_that_of_their_mean() -> None:
    work = traffic((300.0, 60.0), aht_s=(180.0, 540.0))
    found = bounds(work)
    exact_enough = simulate_crew(work, everyone(int(found.pooled[0]) + 1), contacts=300_000).service_level
    assert (exact_enough >= 0.8).all()
    too_few = simulate_crew(work, everyone(int(found.pooled[0]) - 2), contacts=300_000).service_level
    assert (too_few < 0.8).any()


def test_a_few_flexible_agents_do_most_of_the_pooling() -> None:
    work = traffic((240.0, 240.0))
    found = bounds(work)
    agents = [least_crew(work, {BOTH: share}, found) for share in (0.0, 0.1, 0.2, 0.5, 1.0)]
    assert agents[0] == 50
    assert agents[-1] == 46
    assert agents == sorted(agents, reverse=True)
    assert agents[2] <= 48


def test_what_today_s_skills_keep_of_the_gain() -> None:
    work = traffic((240.0, 240.0), (120.0, 60.0), (0.0, 0.0))
    found, shares = bounds(work), (0.0, 0.15, 1.0)
    kept = [gain_kept(work, {BOTH: share}, found, slots=3) for share in shares]
    assert [gain.share for gain in kept] == sorted(gain.share for gain in kept)
    assert kept[0].share == 0
    assert kept[2].share > 0.75
    for gain in kept:
        assert ((gain.pooled <= gain.agents) & (gain.agents <= gain.separate)).all()
    again = gain_kept(work, {BOTH: 0.15}, found, slots=3)
    assert again.agents.tolist() == kept[1].agents.tolist()


def test_an_asa_is_kept_too() -> None:
    slow = traffic((240.0, 240.0))
    quick = replace(slow, targets=replace(slow.targets, asa_s=np.array([[np.nan, 4.0]])))
    assert least_crew(quick, {BOTH: 0.2}, bounds(quick)) > least_crew(slow, {BOTH: 0.2}, bounds(slow))


def test_a_queue_without_contacts_asks_for_nothing() -> None:
    quiet = traffic((240.0, 0.0))
    found = simulate_crew(quiet, crew_of(25, ("a", "b"), np.array([25.0, 0.0]), {}), contacts=2_000)
    assert found.service_level[1] == 1
    with pytest.raises(UsageError, match="nothing to simulate"):
        simulate_crew(traffic((0.0, 0.0)), everyone(3))
