"""Scenarios side by side, and the price of service: sums that a planner can check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wfm.costing.scenarios import overall_service_level, peak_agents, side_by_side
from wfm.costing.service_price import service_price
from wfm.errors import MissingError
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.staffing.scenario import Scenario, read_scenario
from wfm.tables.forecast import FORECAST
from wfm.tables.people import AGENTS

CENTRE = policy_of(
    {
        "centre": {"name": "Test", "currency": "EUR"},
        "sites": [{"id": "s", "zone": "UTC"}],
        "staffing": {"basis": "interval"},
        "shrinkage": {"unplanned": 0.2, "planned": 0.5},
        "queues": [
            {"id": "q", "interval_min": 60, "target": {"service_level": 0.8, "threshold_s": 20}},
            {"id": "half", "interval_min": 30, "target": {"service_level": 0.8, "threshold_s": 20}},
            {"id": "mail", "interval_min": 60, "deadline_h": 24},
        ],
        "contracts": [{"id": "full", "hours_week": 40}],
        "pay": {"grades": {"agent": "10"}},
    }
)
START = pd.Timestamp("2026-11-23T00:00Z")


def people() -> People:
    row = {"id": "a", "name": "A", "team": "t", "site": "s", "contract": "full", "skills": "q", "grade": "agent"}
    return people_of(CENTRE, AGENTS.check(pd.DataFrame([row])))


def forecast(mean: tuple[float, ...] = (20.0, 100.0, 200.0), queue: str = "q", minutes: int = 60) -> pd.DataFrame:
    starts = pd.date_range(START, periods=len(mean), freq=f"{minutes}min", unit="us")
    return FORECAST.check(pd.DataFrame({"queue": queue, "interval_start": starts, "mean": mean, "aht_s": 180.0}))


def test_the_sums_of_a_scenario() -> None:
    """3 + 8 + 14 agents where each hour keeps 80/20, 2 + 7 + 14 where the day does (Koole & van der Sluis 2003)."""
    table = side_by_side(forecast(), CENTRE, people(), [Scenario("as it is"), read_scenario("per=day")])
    assert table["scenario"].tolist() == ["as it is", "per=day"]
    assert table["agent_hours"].tolist() == [25, 23]
    assert table["rostered_hours"].tolist() == pytest.approx([25 / 0.8, 23 / 0.8])
    assert table["paid_hours"].tolist() == pytest.approx([25 / 0.8 / 0.5, 23 / 0.8 / 0.5])
    assert table["cost"].tolist() == pytest.approx([625, 575])
    assert table["change"].tolist() == pytest.approx([0, -0.08])
    assert table["peak_agents"].tolist() == [14, 14]
    assert table["service_level"].iloc[1] == pytest.approx(0.83046, abs=5e-6)
    assert set(table["currency"]) == {"EUR"}


def test_shrinkage_of_history_gives_way_to_a_scenario_that_names_it() -> None:
    rows = forecast()
    lost = pd.DataFrame(
        {"queue": "q", "interval_start": rows["interval_start"], "kind": "sickness", "planned": False, "share": 0.5}
    )
    cases = [Scenario("as it is"), read_scenario("shrinkage=0%")]
    assert side_by_side(rows, CENTRE, people(), cases, lost)["rostered_hours"].tolist() == pytest.approx([50, 25])


def test_peak_of_queues_whose_intervals_differ() -> None:
    """Two an hour beside 5 and 1 in its halves: seven at most, and a queue that ends leaves before the next begins."""
    table = pd.DataFrame(
        {
            "queue": ["q", "q", "half", "half"],
            "interval_start": START + pd.to_timedelta([0, 60, 0, 30], unit="min"),
            "agents": [2.0, 4.0, 5.0, 1.0],
        }
    )
    assert peak_agents(table, CENTRE) == 7
    assert peak_agents(table.iloc[[0, 1]], CENTRE) == 4


def test_overall_service_level_weighs_contacts() -> None:
    rows = forecast((30.0, 10.0, 0.0))
    table = rows[["queue", "interval_start"]].assign(service_level=[0.9, 0.5, 0.0])
    assert overall_service_level(table, rows) == pytest.approx(0.8)
    assert np.isnan(overall_service_level(table.assign(service_level=np.nan), rows))


def test_the_price_of_a_point() -> None:
    rows = pd.concat([forecast(), forecast(queue="mail")])
    price = service_price(rows, CENTRE, rate=10.0, levels=(0.8, 0.9))
    assert set(price["queue"]) == {"q"}
    by = price.set_index(["per", "target"])
    assert by.loc[("interval", 0.8), "agent_hours"] == 25
    assert by.loc[("day", 0.8), "agent_hours"] == 23
    assert by.loc[("day", 0.8), "cost"] == pytest.approx(23 / 0.8 / 0.5 * 10)
    step = by.loc[("day", 0.9), "cost"] - by.loc[("day", 0.8), "cost"]
    assert by.loc[("day", 0.9), "cost_of_a_point"] == pytest.approx(step / 10)
    assert by["cost_of_a_point"].isna().sum() == 2
    assert (price["service_level"] >= price["target"] - 1e-9).all()


def test_a_day_is_never_dearer_and_service_never_cheaper() -> None:
    price = service_price(forecast((5.0, 35.0, 80.0, 60.0, 12.0)), CENTRE, rate=1.0)
    wide = price.pivot_table(index="target", columns="per", values="cost")
    assert (wide["day"] <= wide["interval"] + 1e-9).all()
    assert wide.diff().dropna().ge(-1e-9).to_numpy().all()


def test_deferred_work_alone_has_no_price_of_service() -> None:
    with pytest.raises(MissingError, match="no queue with a service level"):
        service_price(forecast(queue="mail"), CENTRE, rate=1.0)
