"""A small centre to roster: one site in Berlin, one queue, three templates, wages at no points; all can be replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.tables.people import AGENTS, AVAILABILITY, PREFERENCES, TIME_OFF
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import ROSTER
from wfm.time.grid import interval_grid
from wfm.time.week import Period

ZONE = "Europe/Berlin"


def build_centre(**changes: Any) -> Centre:
    values: dict[str, Any] = {
        "centre": {"name": "Test"},
        "sites": [{"id": "berlin", "zone": ZONE}],
        "queues": [{"id": "general"}],
        "contracts": [{"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 5}],
        "shift_templates": [
            {"id": "early", "start": "06:00", "lengths_h": [8]},
            {"id": "late", "start": "14:00", "lengths_h": [8]},
            {"id": "night", "start": "22:00", "lengths_h": [8]},
        ],
        "rules": {"daily_rest_h": 11, "max_consecutive_days": 6},
        "pay": {"grades": {"a": "20"}},
        "objective": {"wage": 0},
    }
    return policy_of({**values, **changes})


def build_people(
    centre: Centre,
    agents: list[dict[str, Any]],
    availability: list[dict[str, Any]] | None = None,
    time_off: list[dict[str, Any]] | None = None,
    preferences: list[dict[str, Any]] | None = None,
) -> People:
    common = {"team": "t", "site": "berlin", "contract": "full", "skills": "general", "grade": "a"}
    rows = [{**common, "name": f"Agent {agent['id']}", **agent} for agent in agents]
    tables = ((AVAILABILITY, availability), (TIME_OFF, time_off), (PREFERENCES, preferences))
    frame = AGENTS.check(pd.DataFrame(rows)) if rows else AGENTS.empty()
    return people_of(centre, frame, *(table.check(pd.DataFrame(own)) if own else None for table, own in tables))


def build_requirement(
    period: Period, hours: tuple[float, float], agents: float, queue: str = "general", interval_min: int = 30
) -> pd.DataFrame:
    """``agents`` between two hours of the wall clock, every day."""
    grid = interval_grid(period.first, period.days, ZONE, interval_min)
    local = grid.tz_convert(ZONE)
    clock = local.hour + local.minute / 60
    inside = (clock >= hours[0]) & (clock < hours[1])
    return REQUIREMENT.check(
        pd.DataFrame({"queue": queue, "interval_start": grid, "agents": np.where(inside, agents, 0.0)})
    )


def build_roster(shifts: list[tuple[str, str, str]], activity: str = "work", **columns: Any) -> pd.DataFrame:
    """Rows (agent, start, end) in Berlin's wall time, each one segment of its start's work date."""
    starts = pd.DatetimeIndex([start for _, start, _ in shifts]).tz_localize(ZONE)
    ends = pd.DatetimeIndex([end for _, _, end in shifts]).tz_localize(ZONE)
    frame = pd.DataFrame(
        {
            "agent": [agent for agent, _, _ in shifts],
            "start": starts.tz_convert("UTC"),
            "end": ends.tz_convert("UTC"),
            "work_date": starts.tz_localize(None).normalize(),
            "activity": activity,
            "paid": True,
            **columns,
        }
    )
    return ROSTER.check(frame)


@pytest.fixture
def centre() -> Callable[..., Centre]:
    return build_centre


@pytest.fixture
def people() -> Callable[..., People]:
    return build_people


@pytest.fixture
def requirement() -> Callable[..., pd.DataFrame]:
    return build_requirement


@pytest.fixture
def roster() -> Callable[..., pd.DataFrame]:
    return build_roster


@pytest.fixture
def week() -> Period:
    return Period(date(2026, 11, 23), 7)
