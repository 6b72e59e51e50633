"""Two implementations of Erlang C that share no code agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.queueing.required import required_agents
from wfm.staffing.pyworkforce_engine import required_agents_pyworkforce


@settings(max_examples=200, deadline=None)
@given(
    st.floats(0.1, 600),
    st.floats(30, 900),
    st.floats(0.01, 0.99),
    st.floats(0, 120),
    st.sampled_from([1.0, 0.9, 0.85, 0.7]),
)
def test_both_engines_agree(rate: float, aht: float, level: float, threshold: float, cap: float) -> None:
    ours = required_agents(rate, aht, service_level=level, threshold_s=threshold, max_occupancy=cap).agents
    assert required_agents_pyworkforce(rate, aht, level, threshold, cap) == ours


def test_its_limits_are_handled() -> None:
    assert required_agents_pyworkforce([0, 200, 200], [300, 180, 0], 0.8, 20).tolist() == [0, 14, 0]
    assert required_agents_pyworkforce(200, 180, 0.8, threshold_s=0) == 14
    # Its own search starts at round(load + 1): 12 at 10.6 Erlangs, where 11 agents would do.
    assert required_agents_pyworkforce(212, 180, 0.1, 20) == 11
    assert required_agents_pyworkforce(8.5 * 12, 300, 0.1, 20, max_occupancy=0.85) == 10


def test_shape_out_is_shape_in() -> None:
    assert required_agents_pyworkforce(np.full((2, 3), 100.0), 180, 0.8, 20).shape == (2, 3)
    assert required_agents_pyworkforce(100, 180, 0.8, 20).shape == ()


def test_two_engines_at_a_whole_load() -> None:
    rates = np.arange(20, 400, 20)
    ours = required_agents(rates, 180, service_level=0.8, threshold_s=20).agents
    assert required_agents_pyworkforce(rates, 180, 0.8, 20) == pytest.approx(ours)
