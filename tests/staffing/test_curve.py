"""The staffing curve crosses the target where the requirement says, and is that of the interval it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.errors import MissingError, UsageError
from wfm.policy.load import policy_of
from wfm.queueing.required import required_agents
from wfm.queueing.required_a import required_agents_a
from wfm.staffing.curve import curve_of, staffing_curve
from wfm.tables.forecast import FORECAST

REFERENCE = Path(__file__).parents[1] / "data" / "erlang_reference.csv"
PATIENT = {"id": "voice", "target": {"service_level": 0.8, "threshold_s": 20}}
QUEUES = [
    PATIENT,
    PATIENT | {"id": "hasty", "patience_s": 120},
    PATIENT | {"id": "stubborn", "patience_s": 120, "waiting": "erlang_c"},
    PATIENT | {"id": "chat", "patience_s": 120, "concurrency": 2},
    PATIENT | {"id": "chats", "patience_s": 120, "concurrency": 3, "aht_by_level": [300, 360, 450]},
    {"id": "mail", "deadline_h": 24},
]
CENTRE = policy_of({"centre": {"name": "Test"}, "sites": [{"id": "s", "zone": "Europe/Berlin"}], "queues": QUEUES})


def forecast(queue: str) -> pd.DataFrame:
    starts = pd.date_range("2026-11-23T08:00Z", periods=3, freq="30min", unit="us")
    return FORECAST.check(
        pd.DataFrame(
            {"queue": queue, "interval_start": starts, "mean": [60.0, 100.0, 20.0], "aht_s": 180.0, "open_min": 30.0}
        )
    )


def test_curve_crosses_the_target_at_the_requirement() -> None:
    curve = staffing_curve(200, 180, np.arange(0, 30), threshold_s=20)
    enough = curve.loc[curve["service_level"] >= 0.8, "agents"].min()
    assert enough == required_agents(200, 180, service_level=0.8, threshold_s=20).agents


def test_curve_with_patience_crosses_at_the_requirement_of_erlang_a() -> None:
    curve = staffing_curve(200, 180, np.arange(0, 30), 20, patience_s=120)
    for column, definition in (("service_level", "offered"), ("service_level_virtual", "virtual")):
        enough = curve.loc[curve[column] >= 0.8, "agents"].min()
        asked = required_agents_a(200, 180, 120, service_level=0.8, threshold_s=20, definition=definition)  # type: ignore[arg-type]
        assert enough == asked.agents


def test_curve_has_the_reference_values() -> None:
    """Every row of 50-digit arithmetic, by its own model."""
    rows = pd.read_csv(REFERENCE)
    rows = rows[(rows["agents"] > 0) & (rows["lambda_per_hour"] > 0)]
    for _, row in rows.iloc[::5].iterrows():
        patience = float(row["patience_s"]) if row["model"] == "A" else None
        found = staffing_curve(row["lambda_per_hour"], row["aht_s"], row["agents"], row["target_s"], patience).iloc[0]
        assert found["service_level"] == pytest.approx(row["service_level"], rel=1e-6, abs=1e-9)
        assert found["p_wait"] == pytest.approx(row["p_wait"], rel=1e-6, abs=1e-9)
        assert found["occupancy"] == pytest.approx(row["occupancy"], rel=1e-6)


def test_curve_in_overload() -> None:
    curve = staffing_curve(200, 180, [0, 10, 10.5], threshold_s=20)
    assert curve["service_level"].to_numpy()[:2].tolist() == [0, 0]
    assert np.isinf(curve["asa_s"].to_numpy()[:2]).all()
    assert 0 < curve["service_level"].iloc[2] < 1


@pytest.mark.parametrize(
    ("queue", "model", "load"),
    [("voice", "erlang_c", 10), ("hasty", "erlang_a", 10), ("stubborn", "erlang_c", 10), ("chat", "erlang_a", 5)],
)
def test_the_busiest_interval_by_the_queues_own_model(queue: str, model: str, load: float) -> None:
    found = curve_of(forecast(queue), CENTRE, queue)
    assert found.interval_start == pd.Timestamp("2026-11-23T08:30Z")
    assert found.stream.model == model
    assert found.offered_load == pytest.approx(load)
    level = found.table["service_level"]
    assert level.is_monotonic_increasing
    assert level.iloc[0] < 0.5
    assert level.iloc[-1] > 0.99


def test_chats_by_handle_time_at_each_level() -> None:
    """Published: 120 chats an hour, 300, 360, 450 s at 1, 2, 3 at once, 120 s of patience."""
    rows = forecast("chats").assign(mean=[10.0, 60.0, 10.0], aht_s=450.0)
    found = curve_of(rows, CENTRE, "chats")
    assert found.model == "chat"
    by_agents = found.table.set_index("agents")
    assert by_agents.loc[[6, 7], "p_wait"].tolist() == pytest.approx([0.117798, 0.026225], abs=5e-7)
    assert by_agents.loc[[6, 7], "abandonment"].tolist() == pytest.approx([0.033954, 0.006428], abs=5e-7)


def test_the_interval_that_holds_an_instant() -> None:
    berlin = pd.Timestamp("2026-11-23T09:29", tz="Europe/Berlin")
    assert curve_of(forecast("voice"), CENTRE, "voice", berlin).offered_load == pytest.approx(6)
    with pytest.raises(MissingError, match="no interval of the forecast"):
        curve_of(forecast("voice"), CENTRE, "voice", pd.Timestamp("2026-11-23T09:30Z"))


def test_what_has_no_curve() -> None:
    with pytest.raises(UsageError, match="deferred work"):
        curve_of(forecast("mail"), CENTRE, "mail")
    with pytest.raises(MissingError, match="no contacts"):
        curve_of(forecast("hasty"), CENTRE, "voice")
    with pytest.raises(MissingError, match="no contacts"):
        curve_of(forecast("voice").assign(mean=0.0), CENTRE, "voice")
