"""What-if: changes are read as typed, applied as named, and nothing else moves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import UsageError
from wfm.policy.load import policy_of
from wfm.staffing.change import QUANTITIES
from wfm.staffing.requirement import staff
from wfm.staffing.scenario import read_scenario
from wfm.tables.forecast import FORECAST

CENTRE = policy_of(
    {
        "centre": {"name": "Test"},
        "sites": [{"id": "s", "zone": "UTC"}],
        # Closed around the clock but for the forecast's three hours; each is then a steady state of its own.
        "staffing": {"basis": "interval"},
        "queues": [
            {"id": "q", "interval_min": 60, "default_aht_s": 180, "target": {"service_level": 0.8, "threshold_s": 20}},
            {
                "id": "vip",
                "interval_min": 60,
                "patience_s": 120,
                "target": {"per": "day", "least_service_level": 0.75, "service_level": 0.8, "threshold_s": 20},
                "targets_by_time": [{"hours": "08:00-10:00", "service_level": 0.95, "min_agents": 2}],
            },
            {"id": "chat", "interval_min": 60, "concurrency": 2, "patience_s": 300},
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
    [
        ("", 14), ("volume=+100%", 24), ("aht=+100%", 25), ("aht=+180s", 25), ("target=80/20", 14),
        ("target=95/20", 16), ("volume=+300%,deflection=50%", 24), ("volume=+100%,q:volume=-50%", 14),
        ("vip:volume=+100%", 14), ("q:volume=+100%", 24), ("max_occupancy=62.5%", 16), ("per=interval", 14),
    ],
)  # fmt: skip
def test_the_requirement_follows_the_change(text: str, agents: int) -> None:
    case = read_scenario(text)
    assert set(staff(case.forecast(forecast(), CENTRE), case.centre(CENTRE))["agents"]) == {agents}


def test_patience_makes_it_erlang_a() -> None:
    """200 calls an hour of 180 s, 120 s of patience: 12 agents serve 82.6 % within 20 s (queueing literature)."""
    case = read_scenario("patience=120s")
    table = staff(case.forecast(forecast(), CENTRE), case.centre(CENTRE))
    assert set(table["agents"]) == {12}
    assert table["service_level"].tolist() == pytest.approx([0.826] * 3, abs=5e-4)


def test_patience_by_a_share_changes_only_who_has_some() -> None:
    changed = read_scenario("patience=-50%").centre(CENTRE)
    assert [queue.patience_s for queue in changed.queues] == [None, 60, 150, None]


def test_concurrency_changes_where_there_is_some_or_where_it_is_named() -> None:
    assert [queue.concurrency for queue in read_scenario("concurrency=3").centre(CENTRE).queues] == [1, 1, 3, 1]
    assert [queue.concurrency for queue in read_scenario("q:concurrency=3").centre(CENTRE).queues] == [3, 1, 2, 1]


def test_a_target_holds_at_all_times_and_the_worst_interval_follows() -> None:
    vip = read_scenario("target=70/30").centre(CENTRE).queue("vip")
    assert (vip.target.service_level, vip.target.threshold_s, vip.target.least_service_level) == (0.7, 30, 0.7)
    assert [(own.service_level, own.threshold_s, own.min_agents) for own in vip.targets_by_time] == [(None, None, 2)]
    each = read_scenario("per=interval").centre(CENTRE).queue("vip").target
    assert (each.per, each.least_service_level) == ("interval", None)


def test_a_day_needs_no_more_than_its_intervals() -> None:
    rows = forecast().assign(mean=[20.0, 100.0, 200.0])
    each, day = (
        staff(rows, read_scenario(f"per={span}").centre(CENTRE))["agents"].sum() for span in ("interval", "day")
    )
    assert (each, day) == (25, 23)  # Koole & van der Sluis: 3 + 8 + 14 and 2 + 7 + 14


def test_quantiles_move_with_the_mean() -> None:
    rows = forecast().assign(q10=180.0, q90=220.0, override=210.0)
    changed = read_scenario("volume=+10%").forecast(rows, CENTRE)
    for name, value in (("mean", 220), ("q10", 198), ("q90", 242), ("override", 231)):
        assert changed[name].tolist() == pytest.approx([value] * 3)


def test_an_assumed_handle_time_changes_too() -> None:
    changed = read_scenario("aht=+20s").forecast(forecast(aht_s=np.nan), CENTRE)
    assert set(changed["aht_s"]) == {200.0}


def test_shrinkage_changes_only_what_is_rostered() -> None:
    case = read_scenario("shrinkage=20%")
    table = staff(forecast(), case.centre(CENTRE))
    assert table["agents"].tolist() == [14.0] * 3
    assert table["rostered"].tolist() == pytest.approx([17.5] * 3)


def test_deferred_queues_keep_their_deadline() -> None:
    changed = read_scenario("target=99/5,per=day,patience=60s").centre(CENTRE)
    assert changed.queue("q").target.service_level == 0.99
    assert changed.queue("mail") == CENTRE.queue("mail")


@pytest.mark.parametrize(
    "text",
    [
        "volume", "volume=10", "volume=+x%", "volume=-101%", "target=80", "target=120/20", "shrinkage=+3%", "cost=+1%",
        "per=month", "patience=90", "patience=-120%", "concurrency=1.5", "max_occupancy=101%", "max_occupancy=0%",
        "deflection=100%", "q:shrinkage=5%", "volume=+10%%", "=+10%",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="expected volume"):
        read_scenario(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nobody:target=80/20", "unknown queue"),
        ("mail:patience=60s", "no queue has a patience to change"),
        ("q:patience=+10%", "no queue has a patience to change"),
        ("patience=0s", "the policy refuses this patience"),
        ("concurrency=0", "the policy refuses this concurrency"),
        ("target=0/20", "the policy refuses this target"),
    ],
)
def test_what_cannot_be_followed_is_refused(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_scenario(text).centre(CENTRE)


def test_a_change_of_the_forecast_for_an_unknown_queue_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown queue"):
        read_scenario("nobody:volume=+1%").forecast(forecast(), CENTRE)


def test_no_queue_is_left_without_handle_time() -> None:
    with pytest.raises(UsageError, match="no handle time is left"):
        read_scenario("aht=-180s").forecast(forecast(), CENTRE)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(QUANTITIES)), st.text("0123456789.+-%s/abday ", max_size=9))
def test_whatever_is_typed_is_read_or_refused(quantity: str, value: str) -> None:
    try:
        case = read_scenario(f"{quantity}={value}")
        case.forecast(forecast(), CENTRE)
        case.centre(CENTRE)
    except UsageError:
        pass
