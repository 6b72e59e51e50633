"""Presence while the centre is closed: dear enough that contract hours alone bring nobody in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from scheduling.outcome import Solved
from scheduling.roster import schedule
from wfm.policy.load import policy_of
from wfm.policy.people import Agent, People
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import shifts
from wfm.time.week import Period

PERIOD = Period(date(2026, 11, 23), 7)

POLICY: dict[str, Any] = {
    "centre": {"name": "T"},
    "sites": [{"id": "s", "zone": "Europe/Berlin"}],
    "queues": [{"id": "q", "opening": {"weekdays": "08:00-16:00"}}],
    # Seven days a week would still be too few for the hours agreed: every idle shift counts towards them.
    "contracts": [{"id": "c", "hours_week": 56, "max_days_week": 7}],
    "shift_templates": [{"id": "day", "start": "08:00", "lengths_h": [8]}],
    "rules": {"max_consecutive_days": 7},
    "pay": {"grades": {"g": "20"}},
}


def worked(prices: dict[str, float]) -> tuple[Solved, list[int]]:
    """The roster of one agent under a requirement of one agent on Monday, and the weekdays he works."""
    starts = pd.date_range("2026-11-23T08:00+01:00", periods=16, freq="30min").tz_convert("UTC")
    requirement = REQUIREMENT.check(pd.DataFrame({"queue": "q", "interval_start": starts, "agents": 1.0}))
    people = People((Agent("A", "Ann", "t", "s", "c", {"q": 1.0}, "g"),))
    solved = schedule(requirement, policy_of(POLICY | {"prices": prices}), people, PERIOD, seconds=30)
    assert isinstance(solved, Solved)
    return solved, sorted(shifts(solved.roster)["work_date"].dt.day_of_week)


def test_without_its_price_contract_hours_bring_an_agent_in_on_a_closed_day() -> None:
    _, days = worked({"outside_opening": 4.0})
    assert days == [0, 1, 2, 3, 4, 5, 6]


def test_nobody_is_called_in_while_all_is_closed() -> None:
    solved, days = worked({})
    assert days == [0, 1, 2, 3, 4]
    assert solved.terms["outside_opening"] == 0
    assert solved.bound == pytest.approx(solved.objective)


def test_a_shift_that_reaches_past_closing_is_allowed_and_priced() -> None:
    late = POLICY | {"shift_templates": [{"id": "late", "start": "10:00", "lengths_h": [8]}]}
    starts = pd.date_range("2026-11-23T08:00+01:00", periods=16, freq="30min").tz_convert("UTC")
    requirement = REQUIREMENT.check(pd.DataFrame({"queue": "q", "interval_start": starts, "agents": 1.0}))
    people = People((Agent("A", "Ann", "t", "s", "c", {"q": 1.0}, "g"),))
    solved = schedule(requirement, policy_of(late), people, PERIOD, seconds=2)
    assert isinstance(solved, Solved)
    assert shifts(solved.roster)["work_date"].dt.day_of_week.tolist()[0] == 0
    # Each shift has two hours after 16:00 at 40 points an hour.
    assert solved.terms["outside_opening"] == pytest.approx(80 * len(shifts(solved.roster)))
