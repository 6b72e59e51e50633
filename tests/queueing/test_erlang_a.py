"""Erlang A, X and chat against 50-digit figures, published examples, each other, and Markov chains solved plainly."""

from __future__ import annotations

import warnings
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.queueing.chat import chat
from wfm.queueing.delivered import Delivered
from wfm.queueing.erlang_a import erlang_a, service_level_a
from wfm.queueing.erlang_c import asa_s, service_level
from wfm.queueing.erlang_x import erlang_x
from wfm.queueing.required_a import required_agents_a

DATA = Path(__file__).parents[1] / "data"
NAMES = {
    "p_wait": "p_wait",
    "service_level": "service_level",
    "service_level_answered": "sl_answered",
    "service_level_waited": "sl_w_le_t",
    "service_level_virtual": "sl_virtual",
    "asa_s": "asa_s",
    "wait_all_s": "wait_all_s",
    "virtual_wait_s": "virtual_wait_s",
    "abandonment": "p_abandon",
    "occupancy": "occupancy",
}

rates = st.floats(0.1, 3_000)
times = st.floats(5, 3_600)
agents = st.integers(1, 300)


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "erlang_reference.csv")
    return rows[rows["model"] == "A"].reset_index(drop=True)


def test_every_measure_has_a_reference() -> None:
    assert set(NAMES) == {field.name for field in fields(Delivered)}


@pytest.mark.parametrize("measure", NAMES)
def test_every_reference_row(reference: pd.DataFrame, measure: str) -> None:
    found = erlang_a(*(reference[name] for name in ("lambda_per_hour", "aht_s", "agents", "target_s", "patience_s")))
    assert getattr(found, measure) == pytest.approx(reference[NAMES[measure]].to_numpy(float), rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("definition", ["offered", "virtual"])
def test_every_required_number_of_the_reference(definition) -> None:
    rows = pd.read_csv(DATA / "required_agents_reference.csv")
    rows = rows[(rows["model"] == "A") & (rows["sl_definition"] == f"sl_{definition}")]
    found = required_agents_a(
        rows["lambda_per_hour"],
        rows["aht_s"],
        rows["patience_s"],
        service_level=rows["sl_target"],
        threshold_s=rows["target_s"],
        definition=definition,
    )
    assert len(rows) == 30
    assert found.agents.tolist() == rows["agents"].tolist()


def by_markov_chain(rate: float, aht: float, N: int, patience: float) -> tuple[float, float]:
    """Share that waits and share that gives up, from the chain's balance equations with room for very many."""
    arrive, serve, leave = rate / 3600, 1 / aht, 1 / patience
    most = int(N + 10 * (arrive / serve + 10) + 400)
    n = np.arange(1, most)
    log_weight = np.cumsum(np.log(arrive) - np.log(np.minimum(n, N) * serve + np.maximum(n - N, 0) * leave))
    weight = np.concatenate([[0.0], log_weight])
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    waiting = np.maximum(np.arange(most) - N, 0) @ weight
    return float(weight[N:].sum()), float(waiting * leave / arrive)


@settings(max_examples=100, deadline=None)
@given(st.floats(1, 1_000), times, st.integers(1, 60), times)
def test_against_the_balance_equations(rate, aht, N, patience) -> None:
    p_wait, abandonment = by_markov_chain(rate, aht, N, patience)
    found = erlang_a(rate, aht, N, 20, patience)
    assert found.p_wait == pytest.approx(p_wait, rel=1e-7, abs=1e-12)
    assert found.abandonment == pytest.approx(abandonment, rel=1e-6, abs=1e-12)


@settings(max_examples=200, deadline=None)
@given(rates, times, agents, st.floats(0, 3_600), times)
def test_what_must_always_hold(rate, aht, N, T, patience) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = erlang_a(rate, aht, N, T, patience)
    near = 1e-9
    for name in NAMES:
        assert getattr(found, name) >= 0
        assert name.endswith("_s") or getattr(found, name) <= 1 + near
    assert found.service_level <= found.service_level_virtual + near
    assert found.service_level_virtual <= found.service_level_waited + near
    assert found.service_level <= found.service_level_answered + near
    # Little's law for those who wait, and the balance of work at the agents.
    assert found.wait_all_s == pytest.approx(patience * found.abandonment, rel=1e-9)
    assert found.asa_s <= found.virtual_wait_s + near
    assert found.occupancy * N == pytest.approx(rate / 3600 * aht * (1 - found.abandonment), rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(rates, times, agents, st.floats(0, 600), times, st.integers(1, 30))
def test_more_agents_never_serve_worse(rate, aht, N, T, patience, more) -> None:
    few, many = erlang_a(rate, aht, [N, N + more], T, patience).service_level
    assert many >= few - 1e-10
    gone = erlang_a(rate, aht, [N, N + more], T, patience).abandonment
    assert gone[1] <= gone[0] + 1e-10


def test_parts_of_an_agent_lie_between_whole_ones() -> None:
    level = erlang_a(20, 180, np.linspace(0, 4, 41), 20, 120).service_level
    assert (np.diff(level) > 0).all()
    assert np.diff(level).max() < 0.12  # no jump at the whole numbers


def test_very_patient_contacts_are_erlang_c() -> None:
    found = erlang_a(200, 180, 14, 20, 1e9)
    assert found.service_level == pytest.approx(service_level(10, 14, 20, 180), rel=1e-6)
    assert found.asa_s == pytest.approx(asa_s(10, 14, 180), rel=1e-5)


def test_edges() -> None:
    nobody_calls, nobody_works = erlang_a(0, 300, 3, 20, 60), erlang_a(100, 300, 0, 20, 60)
    assert (nobody_calls.service_level, nobody_calls.asa_s, nobody_calls.occupancy) == (1, 0, 0)
    assert (nobody_works.service_level, nobody_works.abandonment, nobody_works.wait_all_s) == (0, 1, 60)
    assert np.isinf(nobody_works.asa_s)
    assert erlang_a(np.ones((2, 1)), 300, [1, 2, 3], 20, 60).service_level.shape == (2, 3)
    assert isinstance(erlang_a(1, 300, 1, 20, 60).service_level, float)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"rate_per_h": [1, -1]}, "rate_per_h"),
        ({"aht_s": 0}, "aht_s"),
        ({"agents": np.nan}, "agents"),
        ({"threshold_s": np.inf}, "threshold_s"),
        ({"patience_s": [60, 60, 0]}, "patience_s"),
    ],
)
def test_what_is_no_queue_is_refused_by_name(wrong, named) -> None:
    with pytest.raises(InputError, match=named):
        erlang_a(**{"rate_per_h": 100, "aht_s": 300, "agents": 5, "threshold_s": 20, "patience_s": 60, **wrong})


def test_the_quick_service_level_is_the_same() -> None:
    rate, N = np.meshgrid(np.linspace(0, 500, 40), np.arange(0, 60))
    full = erlang_a(rate, 300, N, 20, 90)
    assert service_level_a(rate, 300, N, 20, 90) == pytest.approx(full.service_level, rel=1e-12)
    assert service_level_a(rate, 300, N, 20, 90, "virtual") == pytest.approx(full.service_level_virtual, rel=1e-12)


def test_patient_staffing_goes_below_the_load() -> None:
    assert required_agents_a(12_000, 300, 120, service_level=0.5, threshold_s=30).agents < 1000


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.5, 2_000),
    times,
    times,
    st.floats(0.05, 0.99),
    st.floats(0, 120),
    st.floats(0.01, 0.5),
    st.floats(0.3, 1),
)
def test_the_required_number_meets_every_target_and_one_less_does_not(rate, aht, patience, level, T, gone, cap) -> None:
    wanted = {"service_level": level, "threshold_s": T, "max_abandonment": gone, "max_occupancy": cap}
    N = int(required_agents_a(rate, aht, patience, **wanted).agents)

    def meets(agents: int) -> bool:
        got = erlang_a(rate, aht, agents, T, patience)
        occupied = cap == 1 or got.occupancy <= cap * (1 + 1e-9)
        return bool(got.service_level >= level * (1 - 1e-12) and got.abandonment <= gone * (1 + 1e-12) and occupied)

    assert meets(N)
    assert N == 0 or not meets(N - 1)


def test_which_target_decided_is_told() -> None:
    found = required_agents_a(
        [0, 1200, 1200, 1200, 1200, 1200],
        300,
        120,
        service_level=[0.8, 0.95, np.nan, np.nan, np.nan, np.nan],
        threshold_s=20,
        asa_s=[np.nan, np.nan, 2, np.nan, np.nan, np.nan],
        max_abandonment=[np.nan, np.nan, np.nan, 0.01, np.nan, np.nan],
        max_occupancy=[np.nan, np.nan, np.nan, np.nan, 0.8, np.nan],
        min_agents=[0, 0, 0, 0, 0, 7],
    )
    assert found.binding.tolist() == ["none", "service_level", "asa", "abandonment", "occupancy", "minimum"]
    assert found.agents[0] == 0
    assert found.agents[5] == 7


def test_retrials_published_example_and_their_fixed_point() -> None:
    found = erlang_x(200, 180, 10, 20, 120, 0.5)
    assert found.attempts_per_h == pytest.approx(219.82842715, abs=5e-9)
    assert found.delivered.abandonment == pytest.approx(0.1803991177, abs=5e-11)


@settings(max_examples=60, deadline=None)
@given(st.floats(1, 1_000), times, st.integers(0, 40), times, st.floats(0, 0.95))
def test_attempts_are_first_calls_and_those_who_try_again(rate, aht, N, patience, again) -> None:
    found = erlang_x(rate, aht, N, 20, patience, again)
    gone = float(found.delivered.abandonment)
    assert found.attempts_per_h * (1 - again * gone) == pytest.approx(rate, rel=1e-9)


def test_without_retrials_it_is_erlang_a() -> None:
    found, plain = erlang_x(200, 180, [8, 10, 14], 20, 120, 0.0), erlang_a(200, 180, [8, 10, 14], 20, 120)
    assert found.delivered.service_level == pytest.approx(plain.service_level)


def test_chat_of_one_at_a_time_is_erlang_a() -> None:
    N = np.arange(0, 30)
    for measure in NAMES:
        one = getattr(chat(200, np.array([[180.0]]), N, 20, 120), measure)
        assert one == pytest.approx(getattr(erlang_a(200, 180, N, 20, 120), measure), rel=1e-9), measure


def test_chat_published_example() -> None:
    found = chat(120, [300, 360, 450], [6, 7], 20, 120)
    assert found.p_wait == pytest.approx([0.117798, 0.026225], abs=5e-7)
    assert found.abandonment == pytest.approx([0.033954, 0.006428], abs=5e-7)


def test_chats_that_do_not_slow_each_other_are_slots() -> None:
    """Three chats at once, each as fast as one alone: as good as three times the agents."""
    slots = erlang_a(300, 300, 30, 20, 120)
    found = chat(300, [300, 300, 300], 10, 20, 120)
    assert found.service_level == pytest.approx(slots.service_level, rel=1e-12)
    assert found.occupancy > slots.occupancy


def test_chat_of_many_rows_is_each_row_alone() -> None:
    rate = np.array([0.0, 60.0, 120.0, 240.0])
    together = chat(rate, [300, 360, 450], [2, 5, 7, 12], 20, 120).service_level
    alone = [chat(r, [300, 360, 450], n, 20, 120).service_level for r, n in zip(rate, [2, 5, 7, 12], strict=True)]
    assert together == pytest.approx(alone)


def test_half_an_agent_cannot_chat() -> None:
    with pytest.raises(InputError, match="whole number"):
        chat(100, [300, 400], 2.5, 20, 60)
