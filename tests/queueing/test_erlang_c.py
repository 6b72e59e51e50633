"""Erlang B and C against 50-digit figures, identities between them, and inputs that are no queue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.queueing.erlang_c import asa_s, erlang_b, erlang_c, occupancy, offered_load, service_level

DATA = Path(__file__).parents[1] / "data"
SMALLEST = 1e-300  # below it a float is subnormal or 0

loads = st.floats(1e-6, 2_000)
spares = st.floats(1e-3, 500)
ahts = st.floats(1, 86_400)
thresholds = st.floats(0, 3_600)


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    rows = pd.read_csv(DATA / "erlang_reference.csv")
    return rows[rows["model"] == "C"].reset_index(drop=True)


@pytest.mark.parametrize("quantity", ["p_wait", "service_level", "asa_s", "occupancy"])
def test_every_reference_row(reference: pd.DataFrame, quantity: str) -> None:
    row = {name: reference[name].to_numpy(float) for name in ("lambda_per_hour", "aht_s", "agents", "target_s")}
    A, N = offered_load(row["lambda_per_hour"], row["aht_s"]), row["agents"]
    found = {
        "p_wait": erlang_c(A, N),
        "service_level": service_level(A, N, row["target_s"], row["aht_s"]),
        "asa_s": asa_s(A, N, row["aht_s"]),
        "occupancy": occupancy(A, N),
    }[quantity]
    expected = reference[quantity].to_numpy(float)
    # A load given as a float is off by up to half a unit in its last place; a load 1e-10 below its agents multiplies
    # that by A / (N - A). No formula that takes the load can do better on those rows.
    with np.errstate(divide="ignore"):
        conditioning = np.where(N > A, A / np.abs(N - A), 0) * np.finfo(float).eps
    tolerance = 1e-6 + 4 * conditioning
    assert (conditioning > 2.5e-7).sum() <= 6  # the allowance matters at a load of 0.9999999 N and above only
    assert np.isclose(found, expected, rtol=tolerance, atol=SMALLEST).all()


def test_published_example() -> None:
    assert erlang_c(10, 14) == pytest.approx(0.1741319, abs=5e-8)
    assert service_level(10, 14, 20, 180) == pytest.approx(0.88835002, abs=5e-9)
    assert asa_s(10, 14, 180) == pytest.approx(7.835937, abs=5e-7)
    assert occupancy(10, 14) == pytest.approx(0.7142857, abs=5e-8)


@pytest.mark.parametrize("load", [0.3, 7.0, 480.0, 3_000.0, 20_000.0])
def test_loss_follows_its_recurrence_from_no_agents_to_far_above_the_load(load: float) -> None:
    agents = np.arange(int(load * 1.1) + 20)
    by_recurrence = np.ones(agents.size)
    for n in agents[1:]:
        blocked = load * by_recurrence[n - 1]
        by_recurrence[n] = blocked / (n + blocked)
    known = by_recurrence > SMALLEST
    assert erlang_b(load, agents)[known] == pytest.approx(by_recurrence[known], rel=1e-8)


@given(loads, spares)
def test_waiting_by_the_sum_of_state_probabilities(load: float, spare: float) -> None:
    agents = int(load + spare) + 1
    k = np.arange(agents)
    log_weight = k * np.log(load) - np.cumsum(np.log(np.maximum(k, 1)))
    log_busy = agents * np.log(load) - np.log(np.arange(1, agents + 1)).sum() + np.log(agents / (agents - load))
    top = max(log_weight.max(), log_busy)
    waiting = np.exp(log_busy - top) / (np.exp(log_busy - top) + np.exp(log_weight - top).sum())
    assert erlang_c(load, agents) == pytest.approx(waiting, rel=1e-7, abs=1e-300)


@given(loads, spares, st.floats(0, 50), thresholds, ahts)
def test_more_agents_never_serve_worse(load: float, spare: float, more: float, T: float, aht: float) -> None:
    few, many = load + spare, load + spare + more
    assert service_level(load, many, T, aht) >= service_level(load, few, T, aht) - 1e-12
    assert asa_s(load, many, aht) <= asa_s(load, few, aht) * (1 + 1e-9)
    assert occupancy(load, many) <= occupancy(load, few)


@given(loads, spares, thresholds, ahts, st.floats(0.01, 100))
def test_only_ratios_of_times_matter(load: float, spare: float, T: float, aht: float, unit: float) -> None:
    level, wait = service_level(load, load + spare, T, aht), asa_s(load, load + spare, aht)
    assert service_level(load, load + spare, T * unit, aht * unit) == pytest.approx(level, rel=1e-9)
    assert asa_s(load, load + spare, aht * unit) == pytest.approx(wait * unit, rel=1e-9)


@given(loads, spares, thresholds, ahts)
def test_two_teams_pooled_serve_better_than_apart(load: float, spare: float, T: float, aht: float) -> None:
    together, apart = service_level(2 * load, 2 * (load + spare), T, aht), service_level(load, load + spare, T, aht)
    assert together >= apart - 1e-9


@settings(max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=0, max_size=3))
def test_shape_out_is_shape_in(shape: list[int]) -> None:
    load = np.full(shape, 3.0)
    for found in (erlang_b(load, 4), erlang_c(load, 4), occupancy(load, 4), asa_s(load, 4, 60.0)):
        assert np.shape(found) == tuple(shape)
    assert np.shape(service_level(load, 4, 20, 60.0)) == tuple(shape)
    assert service_level(np.ones((3, 1)), np.arange(2, 6), 20, 180).shape == (3, 4)


def test_a_scalar_gives_a_float() -> None:
    assert isinstance(service_level(10, 14, 20, 180), float)


def test_edges() -> None:
    assert service_level(0, 0, 20, 300) == 1
    assert asa_s(0, 0, 300) == 0
    assert erlang_c(0, [0, 1, 10**9]).tolist() == [0, 0, 0]
    assert service_level([10, 11], 10, 20, 300).tolist() == [0, 0]
    assert np.isinf(asa_s([10, 11], 10, 300)).all()
    assert erlang_c([10, 11], 10).tolist() == [1, 1]
    assert occupancy([10, 11], 10).tolist() == [1, 1]
    assert erlang_b([0, 5, 0], [0, 0, 3]) == pytest.approx([1, 1, 0])
    assert service_level(20_000, 10**9, 0, 86_400) == 1


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("quantity", ["load", "agents", "threshold_s", "aht_s"])
def test_bad_input_is_named_with_its_row(quantity: str, bad: float) -> None:
    arguments = {"load": [1.0] * 3, "agents": [2.0] * 3, "threshold_s": [20.0] * 3, "aht_s": [180.0] * 3}
    arguments[quantity] = [*arguments[quantity][:2], bad]
    with pytest.raises(InputError, match=rf"row 2, {quantity}"):
        service_level(**arguments)
