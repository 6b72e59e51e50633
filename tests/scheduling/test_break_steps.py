"""A break's own step: it starts only every so many minutes of its window."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from scheduling.outcome import Solved
from scheduling.roster import schedule
from wfm.errors import PolicyError


def lunch_from(centre: Any, people: Any, requirement: Any, week: Any, **step: int) -> set[str]:
    """When lunch starts where a quarter past nine to a quarter to ten is the one half-hour that needs nobody."""
    lunch = {"kind": "lunch", "minutes": 30, "window_h": [3, 4.5], "paid": False, **step}
    own = centre(
        queues=[{"id": "general", "interval_min": 15}],
        shift_templates=[{"id": "early", "start": "06:00", "lengths_h": [8], "breaks": [lunch]}],
    )
    before = requirement(week, (6, 9.25), 1, interval_min=15)
    after = requirement(week, (9.75, 14), 1, interval_min=15)
    need = before.assign(agents=before["agents"] + after["agents"])
    outcome = schedule(need, own, people(own, [{"id": "1"}]), week, seconds=30)
    assert isinstance(outcome, Solved)
    assert outcome.bound == pytest.approx(outcome.objective)
    start = outcome.roster.loc[outcome.roster["activity"] == "lunch", "start"]
    return set(pd.DatetimeIndex(start).tz_convert("Europe/Berlin").strftime("%H:%M"))


def test_without_a_step_lunch_starts_on_any_quarter_hour(centre: Any, people: Any, requirement: Any, week: Any) -> None:
    assert lunch_from(centre, people, requirement, week) == {"09:15"}


def test_with_a_step_it_starts_on_its_steps_alone(centre: Any, people: Any, requirement: Any, week: Any) -> None:
    assert lunch_from(centre, people, requirement, week, step_min=30) <= {"09:00", "09:30"}
    assert lunch_from(centre, people, requirement, week, step_min=60) == {"09:00"}


def test_a_step_off_the_grid_is_refused(centre: Any, people: Any, requirement: Any, week: Any) -> None:
    with pytest.raises(PolicyError, match="15-minute grid"):
        lunch_from(centre, people, requirement, week, step_min=20)
