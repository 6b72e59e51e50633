"""What-if: changes are read as typed, applied as named, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wfm.errors import UsageError
from wfm.policy.load import policy_of
from wfm.staffing.requirement import staff
from wfm.staffing.scenario import read_scenario
from wfm.tables.forecast import FORECAST

CENTRE = policy_of(
    {
        "centre": {"name": "Test"},
        "sites": [{"id": "s", "zone": "UTC"}],
        "queues": [
            {"id": "q", "interval_min": 60, "default_aht_s": 180, "target": {"service_level": 0.8, "threshold_s": 20}},
            {"id": "mail", "interval_min": 60, "deadline_h": 24},
        ],
    }
)


def forecast(mean: float = 200.0, aht_s: float = 180.0) -> pd.DataFrame:
    starts = pd.date_range("2026-11-23T00:00Z", periods=3, freq="h", unit="us")
    return FORECAST.check(pd.DataFrame({"queue": "q", "interval_start": starts, "mean": mean, "aht_s": aht_s}))


@pytest.mark.parametrize(
    ("text", "agents"),
    # By pyworkforce 0.5.1: 200 calls an hour of 180 s need 14 agents at 80/20, 400 need 24, 200 of 360 s need 25.
    [("", 14), ("volume=+100%", 24), ("aht=+100%", 25), ("aht=+180s", 25), ("target=80/20", 14), ("target=95/20", 16)],
)
def test_the_requirement_follows_the_change(text: str, agents: int) -> None:
    case = read_scenario(text)
    assert set(staff(case.forecast(forecast(), CENTRE), case.centre(CENTRE))["agents"]) == {agents}


def test_an_assumed_handle_time_changes_too() -> None:
    changed = read_scenario("aht=+20s").forecast(forecast(aht_s=np.nan), CENTRE)
    assert set(changed["aht_s"]) == {200.0}


def test_shrinkage_changes_only_what_is_rostered() -> None:
    case = read_scenario("shrinkage=20%")
    table = staff(forecast(), case.centre(CENTRE))
    assert table["agents"].tolist() == [14.0] * 3
    assert table["rostered"].tolist() == pytest.approx([17.5] * 3)


def test_deferred_queues_keep_their_deadline() -> None:
    changed = read_scenario("target=99/5").centre(CENTRE)
    assert changed.queue("q").target.service_level == 0.99
    assert changed.queue("mail") == CENTRE.queue("mail")


@pytest.mark.parametrize(
    "text", ["volume", "volume=10", "volume=+x%", "target=80", "target=120/20", "shrinkage=+3%", "cost=+1%"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected volume"):
        read_scenario(text)


def test_no_queue_is_left_without_handle_time() -> None:
    with pytest.raises(UsageError, match="no handle time is left"):
        read_scenario("aht=-180s").forecast(forecast(), CENTRE)
