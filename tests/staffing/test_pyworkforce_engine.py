"""Two implementations of Erlang A, B and C that share no code agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError, MissingError
from wfm.policy.load import policy_of
from wfm.queueing.erlang_c import erlang_b
from wfm.queueing.required import required_agents
from wfm.queueing.required_a import required_agents_a
from wfm.staffing.pyworkforce_engine import (
    blocking_pyworkforce,
    delivered_pyworkforce,
    has_erlang_a,
    required_agents_pyworkforce,
)
from wfm.staffing.requirement import staff
from wfm.staffing.second_opinion import second_opinion, seconds_needed
from wfm.tables.forecast import FORECAST

needs_erlang_a = pytest.mark.skipif(
    not has_erlang_a(), reason="Erlang A and B come with pyworkforce 0.5.4, Python 3.12"
)


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


def test_it_delivers_nothing_where_it_refuses() -> None:
    """At and below the load its Erlang C raises; nobody is answered there."""
    level, busy = delivered_pyworkforce(200, 180, [0, 5, 10, 14], 20)
    assert level == pytest.approx([0, 0, 0, 0.88835002], abs=5e-9)
    assert busy == pytest.approx([1, 1, 1, 10 / 14])
    assert delivered_pyworkforce(0, 180, [0, 3], 20)[0].tolist() == [1, 1]


@pytest.mark.skipif(has_erlang_a(), reason="this pyworkforce has Erlang A")
def test_erlang_a_is_refused_with_how_to_get_it() -> None:
    for ask in (
        lambda: required_agents_pyworkforce(200, 180, 0.8, 20, patience_s=120),
        lambda: delivered_pyworkforce(200, 180, [12], 20, 120),
        lambda: blocking_pyworkforce(200, 180, [12]),
    ):
        with pytest.raises(MissingError, match=r"Erlang C only.*0\.5\.4.*Python 3\.12"):
            ask()


def test_a_patience_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="patience_s"):
        required_agents_pyworkforce(200, 180, 0.8, 20, patience_s=0)


@needs_erlang_a
@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 300), st.floats(60, 600), st.floats(0.05, 0.97), st.floats(30, 600), st.floats(1, 60))
def test_both_engines_agree_on_erlang_a(
    rate: float, aht: float, level: float, patience: float, threshold: float
) -> None:
    ours = required_agents_a(rate, aht, patience, service_level=level, threshold_s=threshold).agents
    assert required_agents_pyworkforce(rate, aht, level, threshold, patience_s=patience) == ours


@needs_erlang_a
def test_erlang_a_is_looked_for_below_the_load() -> None:
    """At 10.6 Erlangs with a patience of a minute 4 agents answer a tenth in time; its own search begins at 11."""
    assert required_agents_pyworkforce([0, 212], 180, 0.1, 20, patience_s=60).tolist() == [0, 4]


@needs_erlang_a
def test_erlang_b_is_the_same() -> None:
    lines = np.array([0, 1, 5, 14, 30])
    assert blocking_pyworkforce(200, 180, lines) == pytest.approx(erlang_b(10, lines), rel=1e-12)


CENTRE = policy_of(
    {
        "centre": {"name": "Test"},
        "sites": [{"id": "s", "zone": "UTC"}],
        "queues": [
            {
                "id": "q",
                "interval_min": 60,
                "opening": {"daily": "08:00-12:00"},
                "target": {"service_level": 0.8, "threshold_s": 20, "min_agents": 3},
            },
            {"id": "mail", "interval_min": 60, "deadline_h": 24},
        ],
    }
)


def forecast(queue: str = "q") -> pd.DataFrame:
    starts = pd.date_range("2026-11-23T08:00Z", periods=3, freq="h", unit="us")
    return FORECAST.check(
        pd.DataFrame({"queue": queue, "interval_start": starts, "mean": [200.0, 0.0, 400.0], "aht_s": 180.0})
    )


def test_the_second_opinion_stands_beside_the_requirement() -> None:
    table = second_opinion(staff(forecast(), CENTRE), forecast(), CENTRE)
    assert table["pyworkforce"].tolist() == [14, 3, 24]  # nobody calls, but three are to be there
    assert (table["difference"] == table["pyworkforce"] - table["agents"]).all()
    assert set(table["pyworkforce_model"]) == {"erlang_c"}
    assert 0 < seconds_needed(forecast(), CENTRE) < 0.01


def test_deferred_work_has_no_second_opinion() -> None:
    with pytest.raises(MissingError, match="no queue with a service level"):
        second_opinion(staff(forecast(), CENTRE), forecast("mail"), CENTRE)
