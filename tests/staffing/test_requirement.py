"""Forecast and policy to the requirement table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.queueing.erlang_c import service_level
from wfm.staffing.requirement import staff
from wfm.staffing.second_opinion import second_opinion
from wfm.tables.forecast import FORECAST
from wfm.tables.requirement import REQUIREMENT


def centre(*queues: dict[str, Any], unplanned: float = 0.1, **staffing: Any) -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "here", "zone": "Europe/Berlin"}],
            "queues": list(queues),
            "shrinkage": {"unplanned": unplanned},
            "staffing": staffing,
        }
    )


def forecast(queue: str, mean: list[float], start: str = "2026-11-23T08:00Z", minutes: int = 30, **columns: Any) -> Any:
    starts = pd.date_range(start, periods=len(mean), freq=f"{minutes}min", unit="us")
    return pd.DataFrame({"queue": queue, "interval_start": starts, "mean": mean} | columns)


VOICE = {"id": "voice", "target": {"service_level": 0.8, "threshold_s": 20}}


def test_one_interval_of_the_published_example() -> None:
    table = staff(forecast("voice", [100.0], aht_s=180.0), centre(VOICE))
    row = table.iloc[0]
    assert (row["agents"], row["binding"], row["basis"], row["aht_assumed"]) == (14, "service_level", "interval", False)
    assert row["offered_load"] == pytest.approx(10)
    assert row["service_level"] == pytest.approx(0.88835002, abs=5e-9)
    assert row["asa_s"] == pytest.approx(7.835937, abs=5e-7)
    assert row["occupancy"] == pytest.approx(0.7142857, abs=5e-8)
    assert row["abandonment"] == 0
    assert row["rostered"] == pytest.approx(14 / 0.9)  # fractional
    assert list(table.columns) == REQUIREMENT.names


def test_rate_is_over_the_open_minutes() -> None:
    whole = staff(forecast("voice", [60.0], aht_s=180.0), centre(VOICE))
    part = staff(forecast("voice", [10.0], aht_s=180.0, open_min=5.0), centre(VOICE))
    assert part["agents"].tolist() == whole["agents"].tolist()
    assert part["offered_load"].tolist() == pytest.approx(whole["offered_load"].tolist())


def test_closed_and_empty_intervals_need_nobody() -> None:
    queue = VOICE | {"target": {"service_level": 0.8, "threshold_s": 20, "min_agents": 2}}
    rows = forecast("voice", [0.0, 3.0, 0.0], aht_s=180.0, open_min=[30.0, 0.0, 0.0])
    table = staff(rows, centre(queue))
    assert table["agents"].tolist() == [2, 0, 0]
    assert table["binding"].tolist() == ["minimum", "none", "none"]
    assert table["service_level"].tolist() == [1, 1, 1]


def test_a_missing_handle_time_is_the_default_and_marked() -> None:
    queue = VOICE | {"default_aht_s": 180.0}
    table = staff(forecast("voice", [100.0, 100.0], aht_s=[np.nan, 300.0]), centre(queue))
    assert table["aht_assumed"].tolist() == [True, False]
    assert table["offered_load"].tolist() == pytest.approx([10, 100 * 2 * 300 / 3600])


def test_every_target_can_bind() -> None:
    queues = [
        {"id": "level", "target": {"service_level": 0.8, "threshold_s": 20}},
        {"id": "asa", "target": {"service_level": None, "asa_s": 1.0}},
        {"id": "cap", "target": {"service_level": 0.8, "threshold_s": 20, "max_occupancy": 0.5}},
        {"id": "minimum", "target": {"service_level": 0.8, "threshold_s": 20, "min_agents": 40}},
    ]
    rows = pd.concat([forecast(queue["id"], [100.0], aht_s=180.0) for queue in queues])
    table = staff(rows, centre(*queues)).set_index("queue")
    assert table["binding"].to_dict() == {
        "level": "service_level",
        "asa": "asa",
        "cap": "occupancy",
        "minimum": "minimum",
    }
    assert table.loc["asa", "asa_s"] <= 1
    assert table.loc["cap", "agents"] == 20


def test_chats_share_an_agent_and_the_basis_says_so() -> None:
    queue = {"id": "chat", "channel": "chat", "concurrency": 3, "target": {"service_level": 0.8, "threshold_s": 20}}
    row = staff(forecast("chat", [100.0], aht_s=540.0), centre(queue)).iloc[0]
    assert (row["agents"], row["basis"]) == (14, "interval, AHT / 3")


def test_both_engines_agree_on_a_day() -> None:
    rows = forecast("voice", (50 + 40 * np.sin(np.arange(20))).tolist(), aht_s=200.0)
    queue = VOICE | {"target": {"service_level": 0.8, "threshold_s": 20, "max_occupancy": 0.85, "min_agents": 3}}
    policy = centre(queue, basis="interval")
    both = second_opinion(staff(rows, policy), FORECAST.check(rows), policy)
    assert both["difference"].tolist() == [0] * 20


def test_the_second_engine_knows_no_asa() -> None:
    queue = {"id": "voice", "target": {"service_level": None, "asa_s": 10}}
    rows = forecast("voice", [10.0])
    with pytest.raises(InputError, match="pyworkforce"):
        second_opinion(staff(rows, centre(queue)), FORECAST.check(rows), centre(queue))


EMAIL = {"id": "mail", "channel": "email", "deadline_h": 4.0, "interval_min": 60, "opening": "08:00-14:00"}


def test_deferred_work_is_levelled() -> None:
    # 08:00 to 14:00 in Berlin; 8 handle hours at 8 and 8 more at 9, due within four hours: 16 hours in five.
    rows = forecast("mail", [8.0, 8.0, 0, 0, 0, 0], start="2026-11-23T07:00Z", minutes=60, aht_s=3600.0)
    table = staff(rows, centre(EMAIL))
    assert table["agents"].tolist() == pytest.approx([3.2] * 5 + [0])
    assert table["released_h"].tolist() == [8, 8, 0, 0, 0, 0]
    assert table["due_h"].tolist() == [0, 0, 0, 8, 8, 0]
    assert table["binding"].tolist() == ["deadline"] * 5 + ["none"]
    assert set(table["basis"]) == {"deferred"}
    assert table["rostered"].tolist() == pytest.approx([3.2 / 0.9] * 5 + [0])


def test_deferred_work_with_a_cap_and_a_minimum() -> None:
    rows = forecast("mail", [8.0, 8.0, 0, 0, 0, 0], start="2026-11-23T07:00Z", minutes=60, aht_s=3600.0)
    queue = EMAIL | {"target": {"max_occupancy": 0.8, "min_agents": 1}}
    table = staff(rows, centre(queue))
    assert table["agents"].tolist() == pytest.approx([4] * 5 + [1])
    assert table["occupancy"].tolist() == pytest.approx([0.8] * 5 + [0])
    assert table["binding"].iloc[-1] == "minimum"


def test_work_carried_over_the_night_is_carried_in() -> None:
    # Two days alike, due in 24 hours: the morning takes over what the evening left, so the plan is flat.
    day = [1.0, 2.0, 6.0, 2.0, 1.0, 6.0]
    queue = EMAIL | {"deadline_h": 24.0}
    rows = pd.concat(
        [
            forecast("mail", day, start=start, minutes=60, aht_s=3600.0)
            for start in ("2026-11-23T07:00Z", "2026-11-24T07:00Z")
        ]
    )
    table = staff(rows, centre(queue))
    assert table["agents"].tolist() == pytest.approx([3.0] * 12)


def test_a_deadline_that_ends_while_closed_says_so() -> None:
    queue = EMAIL | {"deadline_h": 1.0, "opening": "08:00-10:00"}
    rows = forecast("mail", [1.0, 0.0], start="2026-11-23T11:00Z", minutes=60, aht_s=3600.0, open_min=0.0)
    with pytest.raises(InputError, match="queue mail, deadline_h 1"):
        staff(rows, centre(queue))


def test_unknown_queue_and_impossible_open_minutes() -> None:
    with pytest.raises(MissingError, match="unknown queue"):
        staff(forecast("fax", [1.0]), centre(VOICE))
    with pytest.raises(InputError, match="open_min"):
        staff(forecast("voice", [1.0], open_min=40.0), centre(VOICE))
    with pytest.raises(MissingError):
        staff(forecast("voice", []), centre(VOICE))


def test_a_week_of_six_queues_meets_its_targets() -> None:
    rng = np.random.default_rng(3)
    queues = [VOICE | {"id": f"queue{number}"} for number in range(6)]
    rows = pd.concat([forecast(queue["id"], rng.gamma(2, 20, 336).tolist(), aht_s=240.0) for queue in queues])
    table = staff(rows, centre(*queues, basis="interval"))
    assert len(table) == 2016
    assert (table["service_level"] >= 0.8).all()
    fewer = service_level(table["offered_load"], table["agents"] - 1, 20, 240)
    assert (fewer[table["agents"] > 0] < 0.8).all()
