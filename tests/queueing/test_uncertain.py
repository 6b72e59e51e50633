"""Uncertain rates: the published figures, draws of the rate, and certainty as the limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.queueing.erlang_c import service_level
from wfm.queueing.required import required_agents
from wfm.queueing.uncertain import expected_service_level, rate_quantile, required_agents_uncertain


def test_published_figures() -> None:
    """100 Erlangs, 300 s, the rate a gamma with 10 % variation: 108 agents promise .8074 and give .5956."""
    assert service_level(100, 108, 20, 300) == pytest.approx(0.8074, abs=5e-5)
    assert expected_service_level(1200, 0.1, 300, 108, 20) == pytest.approx(0.5956, abs=5e-5)
    assert required_agents_uncertain(1200, 0.1, 300, service_level=0.8, threshold_s=20) == 115
    careful = rate_quantile(1200, 0.1, 0.8)
    assert required_agents(careful, 300, service_level=0.8, threshold_s=20).agents == 117


def test_by_drawing_the_rate() -> None:
    draw = np.random.default_rng(3).gamma(25, 1200 / 25, 200_000)
    level = service_level(draw / 12, 112, 20, 300)
    drawn = (draw * level).sum() / draw.sum()
    assert expected_service_level(1200, 0.2, 300, 112, 20) == pytest.approx(drawn, abs=0.003)


@settings(max_examples=40, deadline=None)
@given(st.floats(1, 2_000), st.floats(0, 0.5), st.floats(30, 900), st.floats(0.3, 0.95), st.sampled_from([None, 120.0]))
def test_the_number_meets_the_target_and_one_less_does_not(rate, cv, aht, level, patience) -> None:
    N = int(required_agents_uncertain(rate, cv, aht, service_level=level, threshold_s=20, patience_s=patience))
    found = expected_service_level(rate, cv, aht, [N, max(N - 1, 0)], 20, patience)
    assert found[0] >= level
    assert N == 0 or found[1] < level


def test_a_certain_rate_is_erlang_c() -> None:
    rate = np.array([0.0, 10.0, 300.0, 5_000.0])
    sure = required_agents_uncertain(rate, 0.0, 240, service_level=0.8, threshold_s=30)
    assert sure.tolist() == required_agents(rate, 240, service_level=0.8, threshold_s=30).agents.tolist()


def test_a_negative_spread_is_refused() -> None:
    with pytest.raises(InputError, match="cv"):
        expected_service_level(100, -0.1, 300, 10, 20)
