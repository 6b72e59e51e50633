"""A task: an instance as rostering reads it, and its roster as the instance's judge reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.rosters.judge import Verdict
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.time.week import Period

Row = tuple[str | int, ...]

MONDAY = date(2026, 11, 23)
"""The first day of every task's period."""
NOTHING_ELSE: Mapping[str, Any] = {"wage": 0, "fairness": dict.fromkeys(("weekends", "nights", "early", "late"), 0)}
"""Section ``[objective]`` of a task: only what the instance prices counts."""


@dataclass(frozen=True)
class Task:
    """What ``scheduling.roster.schedule`` is given, and who judges its answer.

    One point of the objective is one of the judge's penalty: prices are those of the instance.

    Attributes:
        name: the instance, as in the results.
        agents, days, shifts: its size; ``shifts`` counts kinds of shift.
        shift_demand: agents per template and day, where the instance asks for shifts; None where for intervals.
        header, rows: the roster as the judge's CSV.
        judge: the verdict on such a CSV.
    """

    name: str
    shifts: int
    requirement: pd.DataFrame
    centre: Centre
    people: People
    period: Period
    shift_demand: pd.DataFrame | None
    header: tuple[str, ...]
    rows: Callable[[pd.DataFrame], Sequence[Row]]
    judge: Callable[[Path], Verdict]

    @property
    def agents(self) -> int:
        """How many agents there are."""
        return len(self.people.agents)

    @property
    def days(self) -> int:
        """Length of the period."""
        return self.period.days
