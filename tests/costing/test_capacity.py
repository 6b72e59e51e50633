"""Capacity: a week that can be counted on fingers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from wfm.costing.capacity import capacity
from wfm.policy.load import policy_of
from wfm.policy.people import Agent, People
from wfm.tables.requirement import REQUIREMENT

POLICY: dict[str, Any] = {
    "centre": {"name": "Test"},
    "sites": [{"id": "s", "zone": "Europe/Berlin"}],
    "queues": [{"id": "q", "interval_min": 60}],
    "contracts": [{"id": "full", "hours_week": 40}, {"id": "half", "hours_week": 20}],
    "shrinkage": {"unplanned": 0.0, "planned": 0.2},
    "pay": {"grades": {"a": "20", "b": "30"}},
}


def requirement(days: int = 5) -> pd.DataFrame:
    """Ten agents, 09:00 to 17:00 in Berlin, from Monday 23 November 2026."""
    rows = [
        {"queue": "q", "interval_start": pd.Timestamp(f"2026-11-{23 + day}T{hour:02}:00+01:00"), "agents": 10}
        for day in range(days)
        for hour in range(9, 17)
    ]
    return REQUIREMENT.check(
        pd.DataFrame(rows).assign(interval_start=lambda rows: pd.to_datetime(rows["interval_start"], utc=True))
    )


def agent(name: str, contract: str = "full", grade: str = "a", until: date | None = None) -> Agent:
    return Agent(name, name, "t", "s", contract, {"q": 1.0}, grade, None, until)


def test_five_days_of_ten_agents_with_a_fifth_planned_away() -> None:
    people = People((agent("A"), agent("B", "half", "b"), agent("C", until=date(2026, 11, 24))))
    week = capacity(requirement(7).iloc[:40], policy_of(POLICY), people).iloc[0]
    assert week["floor_hours"] == 400
    assert week["paid_hours"] == pytest.approx(500)
    # Five of seven days are covered by the requirement: the equivalents are those of a whole week like it.
    assert week["days"] == 5
    assert week["fte_required"] == pytest.approx(500 / 40 * 7 / 5)
    # A whole, a half, and two days of seven.
    assert week["fte_available"] == pytest.approx(1 + 0.5 + 2 / 7)
    # 80 h at 20 and 20 h at 30 are 22 an hour on average.
    assert week["cost"] == pytest.approx(500 * 22)


def test_a_week_belongs_to_the_centres_week() -> None:
    weeks = capacity(
        requirement(7), policy_of(POLICY | {"centre": {"name": "T", "week_starts": "sunday"}}), People((agent("A"),))
    )
    assert weeks["week"].dt.strftime("%m-%d").tolist() == ["11-22", "11-29"]
    assert weeks["days"].tolist() == [6, 1]
