"""Interactive queues: models, targets by time, promises over days, uncertain rates, shrinkage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.errors import InputError, PolicyError
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.queueing.chat import chat
from wfm.queueing.erlang_a import erlang_a
from wfm.queueing.erlang_c import service_level
from wfm.queueing.erlang_x import erlang_x
from wfm.staffing.requirement import staff
from wfm.staffing.uncertain_rate import rate_cv

PROMISE = {"service_level": 0.8, "threshold_s": 20}


def centre(*queues: dict[str, Any], zone: str = "UTC", **staffing: Any) -> Centre:
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "here", "zone": zone}],
            "queues": list(queues),
            "shrinkage": {"unplanned": 0.1},
            "staffing": staffing,
        }
    )


def voice(**more: Any) -> dict[str, Any]:
    return {"id": "voice"} | more | {"target": PROMISE | more.get("target", {})}


def forecast(mean: list[float], start: str = "2026-11-23T08:00Z", **columns: Any) -> pd.DataFrame:
    starts = pd.date_range(start, periods=len(mean), freq="30min", unit="us")
    return pd.DataFrame({"queue": "voice", "interval_start": starts, "mean": mean} | columns)


def test_patience_asks_for_fewer_agents_than_load_and_can_be_left_out() -> None:
    # 1,200 calls an hour of 300 s, patience 120 s: 98 agents under a load of 100 (the published example of Erlang A).
    rows = forecast([600.0] * 4, aht_s=300.0)
    table = staff(rows, centre(voice(patience_s=120)))
    assert (table["agents"] == 98).all()
    assert set(table["model"]) == {"erlang_a"}
    exact = erlang_a(1200, 300, 98, 20, 120)
    assert table["service_level"].iloc[0] == pytest.approx(float(exact.service_level))
    assert table["abandonment"].iloc[0] == pytest.approx(float(exact.abandonment))
    forced = staff(rows, centre(voice(patience_s=120, waiting="erlang_c")))
    assert set(forced["model"]) == {"erlang_c"}
    assert (forced["agents"] > 100).all()


@pytest.mark.parametrize("definition", ["offered", "answered", "waited", "virtual"])
def test_each_definition_is_met_by_the_least_agents(definition: str) -> None:
    table = staff(forecast([600.0] * 2, aht_s=300.0), centre(voice(patience_s=120, target={"definition": definition})))
    agents = float(table["agents"].iloc[0])
    name = "service_level" if definition == "offered" else f"service_level_{definition}"
    enough, fewer = (getattr(erlang_a(1200, 300, number, 20, 120), name) for number in (agents, agents - 1))
    assert fewer < 0.8 <= enough
    assert table["service_level"].iloc[0] == pytest.approx(float(enough))
    assert set(table["definition"]) == {definition}


@pytest.mark.parametrize(
    ("target", "binding", "measure", "limit"),
    [
        ({"service_level": None, "max_abandonment": 0.02}, "abandonment", "abandonment", 0.02),
        ({"service_level": None, "asa_s": 5.0}, "asa", "asa_s", 5.0),
        ({"max_occupancy": 0.8}, "occupancy", "occupancy", 0.8),
    ],
)
@pytest.mark.parametrize("redial_share", [0.0, 0.4])
def test_each_target_binds_with_patience(target, binding, measure, limit, redial_share) -> None:
    queue = voice(patience_s=120, redial_share=redial_share, target=target)
    row = staff(forecast([600.0] * 2, aht_s=300.0), centre(queue)).iloc[0]
    assert row["binding"] == binding
    assert row[measure] <= limit + 1e-9
    found = erlang_x(1200, 300, row["agents"] - 1, 20, 120, redial_share).delivered
    assert getattr(found, measure) > limit


def test_redials_come_back_and_the_forecast_holds_the_planned_ones() -> None:
    # 200 first calls an hour; half of the 3 % that abandon as planned call again: 203.05 are forecast.
    offered = 100 / (1 - 0.5 * 0.03)
    queue = voice(patience_s=120, redial_share=0.5, planned_abandonment=0.03)
    row = staff(forecast([offered] * 2, aht_s=180.0), centre(queue)).iloc[0]
    assert row["model"] == "erlang_x"
    levels = [erlang_x(200, 180, row["agents"] - fewer, 20, 120, 0.5).delivered.service_level for fewer in (0, 1)]
    assert levels[1] < 0.8 <= levels[0]
    assert row["service_level"] == pytest.approx(float(levels[0]))


def test_chats_by_level() -> None:
    queue = voice(channel="chat", concurrency=3, patience_s=120, aht_by_level=[300, 360, 450])
    row = staff(forecast([60.0] * 2), centre(queue)).iloc[0]
    levels = [chat(120, [300, 360, 450], row["agents"] - fewer, 20, 120).service_level for fewer in (0, 1)]
    assert levels[1] < 0.8 <= levels[0]
    assert (row["model"], row["basis"]) == ("chat", "interval")


def test_targets_by_time_of_the_queues_own_clock() -> None:
    # 12:00 to 14:00 in Berlin is 11:00 to 13:00 of UTC in November. The later of two that hold wins.
    evening = {"hours": "12:00-14:00", "service_level": 0.95, "min_agents": 3}
    monday = {"weekdays": ["monday"], "hours": "13:00-14:00", "threshold_s": 0, "min_agents": 40}
    queue = voice(targets_by_time=[evening, monday])
    rows = forecast([50.0] * 8, start="2026-11-23T10:00Z", aht_s=180.0)
    table = staff(rows, centre(queue, zone="Europe/Berlin", basis="interval"))
    assert table["agents"].tolist() == [8, 8, 10, 10, 40, 40, 8, 8]
    for agents, level, threshold in ((8, 0.8, 20), (10, 0.95, 20)):
        assert service_level(5, agents - 1, threshold, 180) < level <= service_level(5, agents, threshold, 180)
    tuesday = staff(forecast([50.0] * 8, start="2026-11-24T10:00Z", aht_s=180.0), centre(queue, zone="Europe/Berlin"))
    assert tuesday["agents"].max() < 40


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin() -> None:
    night = {"weekdays": ["monday"], "hours": "23:00-01:00", "min_agents": 30}
    rows = forecast([10.0] * 8, start="2026-11-23T22:00Z", aht_s=180.0)  # a Monday
    table = staff(rows, centre(voice(targets_by_time=[night])))
    assert (table["agents"] == 30).tolist() == [False, False, True, True, True, True, False, False]


def test_a_promise_over_the_day_takes_fewer_agents() -> None:
    """20, 100 and 200 calls an hour of 180 s: 3 + 8 + 14 agents by interval, 2 + 7 + 14 over the day at .83046."""
    rows = forecast([10.0, 50.0, 100.0], aht_s=180.0)
    by_interval = staff(rows, centre(voice(), basis="interval"))
    assert by_interval["agents"].tolist() == [3, 8, 14]
    table = staff(rows, centre(voice(target={"per": "day"}), basis="interval"))
    assert table["agents"].tolist() == [2, 7, 14]
    assert np.average(table["service_level"], weights=rows["mean"]) == pytest.approx(0.83046, abs=5e-6)
    assert set(table["basis"]) == {"day"}


def test_the_worst_interval_of_a_day_can_be_bounded() -> None:
    rows = forecast([10.0, 50.0, 100.0], aht_s=180.0)
    target = {"per": "day", "least_service_level": 0.79}
    table = staff(rows, centre(voice(target=target), basis="interval"))
    assert table["service_level"].min() >= 0.79
    assert table["agents"].tolist() == [3, 8, 13]  # 13 serve 79.6 %, and the others make up for it
    assert np.average(table["service_level"], weights=rows["mean"]) >= 0.8


def test_weeks_begin_as_the_centre_says() -> None:
    rows = forecast([60.0] * 48 * 4, start="2026-11-21T00:00Z", aht_s=180.0)  # from a Saturday
    for per in ("day", "week"):
        table = staff(rows, centre(voice(target={"per": per}), basis="interval"))
        day = rows["interval_start"].dt.day_of_year if per == "day" else rows["interval_start"].dt.isocalendar().week
        served = (table["service_level"] * rows["mean"]).groupby(day).sum() / rows["mean"].groupby(day).sum()
        assert (served >= 0.8 - 1e-9).all()


def test_uncertain_rates_need_the_published_agents() -> None:
    """Mean 100 Erlangs, 300 s, cv 10 %: 108 agents at the mean, 115 for the expected level, 117 for the quantile."""
    mean = 600.0
    sd = np.sqrt(mean + (0.1 * mean) ** 2)
    band = {"q10": mean - 1.2815515655446004 * sd, "q90": mean + 1.2815515655446004 * sd}
    rows = forecast([mean] * 2, aht_s=300.0, **band)
    assert rate_cv(rows) == pytest.approx([0.1, 0.1])
    agents = {}
    for rate in ("mean", "expected", "quantile"):
        table = staff(rows, centre(voice(), rate=rate))
        agents[rate] = table["agents"].iloc[0]
        if rate == "expected":
            assert table["service_level"].iloc[0] == pytest.approx(0.80, abs=0.012)
            assert table["basis"].iloc[0] == "interval, expected rate"
    assert agents == {"mean": 108, "expected": 115, "quantile": 117}


def test_counts_that_only_chance_spreads_have_a_known_rate() -> None:
    draws = np.random.default_rng(1).poisson(6.0, 200_000)
    levels = {
        "q10": 0.1,
        "q20": 0.2,
        "q30": 0.3,
        "q40": 0.4,
        "q50": 0.5,
        "q60": 0.6,
        "q70": 0.7,
        "q80": 0.8,
        "q90": 0.9,
    }
    rows = forecast([6.0], **{name: float(np.quantile(draws, level)) for name, level in levels.items()})
    assert rate_cv(rows)[0] < 0.15
    assert rate_cv(forecast([6.0])).tolist() == [0.0]


def shrinkage(*shares: tuple[str, bool, float]) -> pd.DataFrame:
    start = pd.Timestamp("2026-11-23T08:00Z")
    return pd.DataFrame(
        [
            {"queue": "voice", "interval_start": start, "kind": kind, "planned": planned, "share": share}
            for kind, planned, share in shares
        ]
    )


def test_kinds_of_unplanned_shrinkage_add_up_and_planned_ones_stay_out() -> None:
    told = shrinkage(("sick", False, 0.06), ("off the phone", False, 0.09), ("training", True, 0.2))
    table = staff(forecast([100.0] * 2, aht_s=180.0), centre(voice()), told)
    assert table["rostered"].tolist() == pytest.approx([14 / 0.85, 14 / 0.9])
    flat = staff(forecast([100.0] * 2, aht_s=180.0), centre(voice()), shrinkage(("training", True, 0.2)))
    assert flat["rostered"].tolist() == pytest.approx([14 / 0.9] * 2)


def test_all_time_lost_is_refused() -> None:
    with pytest.raises(InputError, match="queue voice"):
        staff(forecast([10.0]), centre(voice()), shrinkage(("sick", False, 0.6), ("off the phone", False, 0.4)))


@pytest.mark.parametrize(
    ("queue", "message"),
    [
        (voice(target={"max_abandonment": 0.05}), "max_abandonment needs patience_s"),
        (
            voice(patience_s=60, waiting="erlang_c", targets_by_time=[{"max_abandonment": 0.05}]),
            "max_abandonment needs",
        ),
        (voice(waiting="erlang_a"), "needs patience_s"),
        (voice(target={"per": "day", "service_level": None}), "needs service_level"),
        (voice(target={"least_service_level": 0.5}), "least_service_level needs per"),
        (voice(target={"per": "day", "least_service_level": 0.9}), "exceeds the service level"),
        (voice(target={"max_occupancy": 0.0}), r"queues\[voice\].target.max_occupancy"),
        (voice(target={"threshold_s": -1}), r"queues\[voice\].target.threshold_s"),
        (voice(targets_by_time=[{"hours": "8-9"}]), r"queues\[voice\].targets_by_time"),
        (voice(deadline_h=4, targets_by_time=[{"min_agents": 2}]), "not for deferred work"),
    ],
)
def test_promises_that_make_no_sense_are_refused_by_place(queue: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        centre(queue)


def test_a_staffing_key_that_is_not_known_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"staffing\.basis"):
        centre(voice(), basis="guess")
    with pytest.raises(PolicyError, match="definition virtual"):
        centre(voice(patience_s=60, target={"definition": "virtual"}), rate="expected")
    with pytest.raises(PolicyError, match=r"staffing\.rate_quantile"):
        centre(voice(), rate="quantile", rate_quantile=1.0)


@pytest.mark.parametrize("patience_s", [None, 120])
@pytest.mark.parametrize("basis", ["interval", "course"])
def test_contacts_that_take_no_time_need_somebody(patience_s: float | None, basis: str) -> None:
    table = staff(forecast([5.0, 0.0, 5.0], aht_s=0.0), centre(voice(patience_s=patience_s), basis=basis))
    assert table["agents"].tolist() == [1, 0, 1]
    assert table["service_level"].tolist() == pytest.approx([1, 1, 1])
