"""The smallest number of agents: against 50-digit figures, and smallest indeed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.queueing.erlang_c import asa_s, occupancy, offered_load, service_level
from wfm.queueing.required import required_agents

DATA = Path(__file__).parents[1] / "data"

rates = st.floats(0.01, 20_000)
ahts = st.floats(1, 3_600)
levels = st.floats(0.01, 0.999)
thresholds = st.floats(0, 600)


def test_every_reference_row() -> None:
    rows = pd.read_csv(DATA / "required_agents_reference.csv")
    rows = rows[rows["model"] == "C"]
    found = required_agents(
        rows["lambda_per_hour"].to_numpy(),
        rows["aht_s"].to_numpy(),
        service_level=rows["sl_target"].to_numpy(),
        threshold_s=rows["target_s"].to_numpy(),
        max_occupancy=rows["max_occupancy"].to_numpy(),
    )
    wrong = rows[found.agents != rows["agents"]]
    assert wrong.empty, wrong
    assert len(rows) == 302


@given(rates, ahts, levels, thresholds)
def test_one_fewer_misses_the_service_level(rate: float, aht: float, level: float, T: float) -> None:
    load = offered_load(rate, aht)
    agents = required_agents(rate, aht, service_level=level, threshold_s=T).agents
    assert service_level(load, agents, T, aht) >= level - 1e-12
    assert service_level(load, agents - 1, T, aht) < level + 1e-12


@given(rates, ahts, st.floats(0.1, 600))
def test_one_fewer_misses_the_asa(rate: float, aht: float, target_s: float) -> None:
    load = offered_load(rate, aht)
    found = required_agents(rate, aht, asa_s=target_s)
    assert found.binding == "asa"
    assert asa_s(load, found.agents, aht) <= target_s * (1 + 1e-9)
    assert asa_s(load, found.agents - 1, aht) > target_s * (1 - 1e-9)


@given(rates, ahts, st.floats(0.3, 1))
def test_one_fewer_breaks_the_occupancy_cap(rate: float, aht: float, cap: float) -> None:
    load = offered_load(rate, aht)
    found = required_agents(rate, aht, max_occupancy=cap)
    assert occupancy(load, found.agents) <= cap * (1 + 1e-9)
    assert occupancy(load, found.agents - 1) > cap * (1 - 1e-9)


@given(rates, ahts, levels, thresholds, st.floats(0.5, 1), st.integers(0, 50))
def test_targets_together_need_what_the_hardest_needs(
    rate: float, aht: float, level: float, T: float, cap: float, least: int
) -> None:
    alone = {
        "service_level": required_agents(rate, aht, service_level=level, threshold_s=T).agents,
        "asa": required_agents(rate, aht, asa_s=15).agents,
        "occupancy": required_agents(rate, aht, max_occupancy=cap).agents,
        "minimum": least,
    }
    found = required_agents(
        rate, aht, service_level=level, threshold_s=T, asa_s=15, max_occupancy=cap, min_agents=least
    )
    assert found.agents == max(alone.values())
    assert alone[str(found.binding)] == found.agents


def test_two_teams_of_20_erlangs_need_more_than_one_pool() -> None:
    target = {"service_level": 0.8, "threshold_s": 20}
    separate, pooled = required_agents([240, 480], 300, **target).agents
    assert (pooled, 2 * separate) == (46, 50)


def test_sum_of_interval_requirements_of_the_day_level_example() -> None:
    assert required_agents([20, 100, 200], 180, service_level=0.8, threshold_s=20).agents.tolist() == [3, 8, 14]


def test_no_contacts_need_nobody_but_a_minimum_holds() -> None:
    found = required_agents([0, 0, 10], [300, 0, 0], service_level=0.8, threshold_s=20, min_agents=[0, 2, 0])
    assert found.agents.tolist() == [0, 2, 0]
    assert found.binding.tolist() == ["none", "minimum", "none"]


def test_a_target_that_is_nan_is_not_set() -> None:
    found = required_agents(200, 180, service_level=[0.8, np.nan], threshold_s=20, max_occupancy=[np.nan, 0.5])
    assert found.agents.tolist() == [14, 20]
    assert found.binding.tolist() == ["service_level", "occupancy"]


def test_a_cap_met_exactly_takes_no_agent_more() -> None:
    assert required_agents(8.5 * 12, 300, max_occupancy=0.85).agents == 10


def test_shapes() -> None:
    found = required_agents(np.ones((4, 1)), 180, service_level=[0.8, 0.9], threshold_s=20)
    assert found.agents.shape == found.binding.shape == (4, 2)
    assert required_agents([], 180, service_level=0.8, threshold_s=20).agents.shape == (0,)


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("quantity", ["rate_per_h", "aht_s", "min_agents"])
def test_bad_input_is_named_with_its_row(quantity: str, bad: float) -> None:
    arguments = {"rate_per_h": [1.0, 1.0], "aht_s": [180.0, 180.0], "min_agents": [0.0, 0.0]}
    arguments[quantity] = [1.0, bad]
    with pytest.raises(InputError, match=rf"row 1, {quantity}"):
        required_agents(**arguments, service_level=0.8, threshold_s=20)


@pytest.mark.parametrize(
    "target",
    [
        {"service_level": 1.0, "threshold_s": 20},
        {"service_level": 0.8, "threshold_s": -1},
        {"asa_s": 0},
        {"max_occupancy": 0},
        {"max_occupancy": -0.5},
    ],
)
def test_a_target_out_of_reach_says_so(target: dict[str, float]) -> None:
    with pytest.raises(InputError, match="no number of agents meets this target"):
        required_agents(200, 180, **target)


def test_a_service_level_without_threshold_says_so() -> None:
    with pytest.raises(InputError, match="threshold_s"):
        required_agents(200, 180, service_level=0.8)
