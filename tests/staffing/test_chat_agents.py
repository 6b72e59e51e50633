"""Agents for chat: the published check, Erlang A and C as its limits, and every answer by definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError
from wfm.policy.centre import Queue
from wfm.queueing.chat import chat
from wfm.queueing.required import required_agents
from wfm.queueing.required_a import required_agents_a
from wfm.staffing.chat import aht_by_level, chat_agents

LEVELS = [300, 360, 450]


def test_the_reference_case() -> None:
    # 120 an hour, patience 120 s: six agents lose 3.4 %, seven 0.6 %.
    assert int(chat_agents(120, LEVELS, 120, max_abandonment=0.034).agents) == 6
    assert int(chat_agents(120, LEVELS, 120, max_abandonment=0.033).agents) == 7
    assert str(chat_agents(120, LEVELS, 120, max_abandonment=0.033).binding) == "abandonment"


@given(st.lists(st.just(0.0) | st.floats(1e-6, 600), min_size=1, max_size=4), st.floats(20, 900), st.floats(0.3, 0.99))
@settings(deadline=None)
def test_one_chat_at_once_is_erlang_a(rates: list[float], patience_s: float, level: float) -> None:
    targets: dict[str, Any] = {"service_level": level, "threshold_s": 20, "max_abandonment": 0.2}
    ours = chat_agents(rates, [240], patience_s, **targets)
    assert ours.agents.tolist() == required_agents_a(rates, 240, patience_s, **targets).agents.tolist()


def test_one_chat_at_once_without_end_of_patience_is_erlang_c() -> None:
    rates = np.linspace(0, 900, 181)
    ours = chat_agents(rates, [240], service_level=0.8, threshold_s=20, max_occupancy=0.9).agents
    assert (
        ours.tolist()
        == required_agents(rates, 240, service_level=0.8, threshold_s=20, max_occupancy=0.9).agents.tolist()
    )


@given(st.floats(1, 900), st.sampled_from([60.0, 300.0]), st.floats(0.5, 0.98))
@settings(deadline=None)
def test_the_answer_keeps_the_target_and_one_agent_fewer_does_not(rate: float, patience_s: float, level: float) -> None:
    agents = int(chat_agents(rate, LEVELS, patience_s, service_level=level, threshold_s=30).agents)
    assert float(chat(rate, LEVELS, agents, 30, patience_s).service_level) >= level
    assert float(chat(rate, LEVELS, agents - 1, 30, patience_s).service_level) < level


def test_every_target_can_bind() -> None:
    assert str(chat_agents(120, LEVELS, 120, service_level=0.99, threshold_s=5).binding) == "service_level"
    assert str(chat_agents(120, LEVELS, 120, asa_s=0.1).binding) == "asa"
    assert str(chat_agents(120, LEVELS, 120, max_occupancy=0.5).binding) == "occupancy"
    assert str(chat_agents(120, LEVELS, 120, asa_s=60, min_agents=40).binding) == "minimum"
    assert chat_agents([0, 120], LEVELS, 120, asa_s=60).binding.tolist()[0] == "none"


def test_several_at_once_need_fewer_than_one_and_more_than_a_share() -> None:
    three = int(chat_agents(400, LEVELS, 120, service_level=0.8, threshold_s=20).agents)
    assert three < int(chat_agents(400, [300], 120, service_level=0.8, threshold_s=20).agents)
    assert three >= 400 * 450 / 3 / 3600 * 0.8


@pytest.mark.parametrize(
    ("change", "named"),
    [({"rate_per_h": -1}, "rate_per_h"), ({"aht_by_level_s": [300, np.nan]}, "aht_by_level_s"),
     ({"patience_s": 0}, "patience_s"), ({"max_occupancy": 0}, "max_occupancy"), ({"threshold_s": -1}, "threshold_s")],
)  # fmt: skip
def test_bad_input_is_named(change: dict[str, Any], named: str) -> None:
    good = {"rate_per_h": 100, "aht_by_level_s": LEVELS, "patience_s": 60, "service_level": 0.8, "threshold_s": 20}
    with pytest.raises(InputError, match=named):
        chat_agents(**(good | change))


def rows(aht_s: list[float], assumed: bool = False) -> pd.DataFrame:
    starts = pd.date_range("2026-11-23T08:00Z", periods=len(aht_s), freq="30min", unit="us")
    return pd.DataFrame({"queue": "chat", "interval_start": starts, "aht_s": aht_s, "aht_assumed": assumed})


def test_levels_from_the_forecast_with_gaps_then_the_policy_then_nothing() -> None:
    queue = Queue(id="chat", channel="chat", concurrency=3, aht_by_level=(300, 360, 450))
    forecast = rows([500.0, 900.0])
    starts = forecast["interval_start"]
    table = pd.DataFrame(
        {
            "queue": "chat",
            "interval_start": [starts[0], starts[0], starts[1], starts[1], starts[1]],
            "level": [1, 2, 1, 2, 3],
            "aht_s": [200.0, 250.0, 210.0, 260.0, 310.0],
        }
    )
    assert aht_by_level(forecast, queue, table).tolist() == [[200, 250, 250], [210, 260, 310]]  # type: ignore[union-attr]
    scaled = aht_by_level(forecast, queue)
    assert scaled is not None
    assert scaled[1] == pytest.approx([600, 720, 900])
    assumed = aht_by_level(rows([300.0], assumed=True), queue)
    assert assumed is not None
    assert assumed[0] == pytest.approx([300, 360, 450])
    assert aht_by_level(forecast, Queue(id="chat", channel="chat", concurrency=3)) is None
    assert aht_by_level(forecast, Queue(id="chat", channel="chat")) is None
