"""A queue through the day: against matrix exponentials, the steady state, and the published course of a day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from wfm.queueing.erlang_a import erlang_a
from wfm.queueing.erlang_c import service_level
from wfm.queueing.required import required_agents
from wfm.queueing.transient import advance, served_in_time, settled, staffed_course

STEP_S, STEPS = 15.0, 120


def generator(rate: float, agents: int, aht: float, leave: float, states: int) -> np.ndarray:
    """The transition rates of the chain, rows from, columns to; a contact that finds the last state is turned away."""
    n = np.arange(states)
    death = np.minimum(n, agents) / aht + np.maximum(n - agents, 0) * leave
    chain = np.diag(np.full(states - 1, rate), 1) + np.diag(death[1:], -1)
    return np.asarray(chain - np.diag(chain.sum(axis=1)))


@pytest.mark.parametrize(("agents", "leave"), [(3, 0.0), (3, 1 / 90), (8, 0.0), (0, 1 / 200)])
def test_half_an_hour_against_the_matrix_exponential(agents: int, leave: float) -> None:
    state = np.zeros(40)
    state[5] = 1.0
    after, came, _ = advance(state, np.full(STEPS, 0.02), agents, 240.0, leave, STEP_S, np.ones(40))
    exact = state @ expm(generator(0.02, agents, 240.0, leave, 40) * STEPS * STEP_S)
    assert after == pytest.approx(exact, abs=2e-6)
    assert after.sum() == pytest.approx(1.0, abs=1e-12)
    assert came == pytest.approx(0.02 * 1800)


@pytest.mark.parametrize("leave", [0.0, 1 / 60])
def test_chance_to_be_served_in_time_by_simulated_departures(leave: float) -> None:
    """Five agents, four waiting before: the contact's turn and its patience, drawn a hundred thousand times."""
    draw = np.random.default_rng(2)
    hazards = 5 / 200 + np.arange(5) * leave
    turn = (draw.standard_exponential((100_000, 5)) / hazards).sum(axis=1)
    patience = draw.exponential(1 / leave, 100_000) if leave else np.full(100_000, np.inf)
    share = ((turn <= 100) & (turn < patience)).mean()
    assert served_in_time(5, 20, 200.0, 100.0, leave)[9] == pytest.approx(share, abs=0.005)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 15), st.integers(0, 8), st.floats(0, 120), st.sampled_from([0.0, 1 / 120]))
def test_a_long_constant_day_is_erlang(load: float, spare: int, threshold: float, leave: float) -> None:
    agents = int(load) + 1 + spare
    rate, aht = load / 300, 300.0
    state = settled(rate, agents, aht, leave, 600)
    _, came, answered = advance(state, np.full(8, rate), agents, aht, leave, STEP_S,
                                served_in_time(agents, 600, aht, threshold, leave))  # fmt: skip
    if leave:
        exact = erlang_a(rate * 3600, aht, agents, threshold, 1 / leave).service_level
    else:
        exact = service_level(load, agents, threshold, aht)
    overflow = state[-1] > 1e-9
    assert overflow or answered / came == pytest.approx(float(exact), abs=1e-6)


@pytest.mark.parametrize("leave", [0.0, 1 / 60])
@pytest.mark.parametrize("threshold", [0.0, 5e-324])
def test_who_may_not_wait_is_served_only_if_an_agent_is_free(threshold: float, leave: float) -> None:
    assert served_in_time(2, 5, 300.0, threshold, leave) == pytest.approx([1, 1, 0, 0, 0])


def day_rates() -> np.ndarray:
    """40 to 360 contacts an hour over 48 half-hours, as a rate a second in each step."""
    hour = (np.arange(48 * STEPS) + 0.5) * STEP_S / 3600
    return np.asarray((200 - 160 * np.cos(2 * np.pi * hour / 24)) / 3600).reshape(48, STEPS)


def through_the_day(aht: float, agents: np.ndarray, target: float = np.nan) -> tuple[np.ndarray, np.ndarray, float]:
    """Agents, service level of each half-hour and of the day, the second of two like days."""
    twice = np.tile(agents, 2).astype(np.int64)
    before = np.zeros(96, bool)
    before[0] = True
    rates = np.tile(day_rates(), (2, 1))
    chosen, came, answered = staffed_course(
        rates, np.full(96, STEP_S), np.full(96, aht), before, twice, np.full(96, target), 20.0, 0.0, 400
    )
    return chosen[48:], (answered / came)[48:], answered[48:].sum() / came[48:].sum()


@pytest.mark.parametrize(
    ("aht", "lag", "hours", "day", "worst", "under"),
    [
        (300, 0, 504, 0.837, 0.767, 4),
        (300, 1, 504, 0.835, 0.800, 0),
        (1200, 0, 1802, 0.782, 0.443, 24),
        (1200, 1, 1803, 0.817, 0.788, 10),
    ],
)
def test_the_published_course_of_a_day(aht, lag, hours, day, worst, under) -> None:
    """Each half-hour on its own, and by the load one handle time ago: agent-hours, day, worst half-hour, how many
    below 80 per cent."""
    fine = (np.arange(48 * 2000) + 0.5) / 4000 - lag * aht / 3600
    mean = (200 - 160 * np.cos(2 * np.pi * fine / 24)).reshape(48, 2000).mean(axis=1)
    agents = required_agents(mean, aht, service_level=0.8, threshold_s=20).agents
    assert agents.sum() / 2 == hours
    _, level, whole = through_the_day(aht, agents)
    assert whole == pytest.approx(day, abs=0.0015)
    assert level.min() == pytest.approx(worst, abs=0.0015)
    assert (level < 0.8 - 1e-3).sum() == pytest.approx(under, abs=1)


@pytest.mark.parametrize(("aht", "hours"), [(300, 504), (1200, 1830)])
def test_staffing_by_the_course_keeps_every_half_hour(aht, hours) -> None:
    chosen, level, _ = through_the_day(aht, np.zeros(48), 0.8)
    assert level.min() >= 0.8 - 1e-6
    assert chosen.sum() / 2 <= hours
    fewer = chosen.copy()
    fewer[20] -= 1
    assert through_the_day(aht, fewer)[1][20] < 0.8


def test_an_hour_without_contacts_keeps_what_it_is_given() -> None:
    chosen, came, answered = staffed_course(
        np.zeros((2, STEPS)), np.full(2, STEP_S), np.full(2, 300.0), np.array([True, False]),
        np.array([0, 2]), np.full(2, 0.8), 20.0, 0.0, 50,
    )  # fmt: skip
    assert chosen.tolist() == [0, 2]
    assert came.tolist() == answered.tolist() == [0, 0]
