"""Violations: broken rules with their numbers, as the table in which a supervisor reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from scheduling.staff.horizon import Horizon
from wfm.tables.roster import VIOLATION


@dataclass(frozen=True)
class Violation:
    """One broken rule. ``day`` is the day of the period it is about; ``hard`` rules may never be broken."""

    rule: str
    agent: str | None
    day: int | None
    found: float | None
    limit: float | None
    unit: str | None
    hard: bool
    sentence: str


def violation_table(found: Iterable[Violation], horizon: Horizon) -> pd.DataFrame:
    """Violations in contract."""
    rows = list(found)
    if not rows:
        return VIOLATION.empty()
    frame = pd.DataFrame(
        {
            "rule": [v.rule for v in rows],
            "agent": pd.Series([v.agent for v in rows], dtype=object),
            "when": pd.to_datetime(
                pd.Series([None if v.day is None else horizon.date(v.day) for v in rows], dtype=object)
            ),
            "found": [v.found for v in rows],
            "limit": [v.limit for v in rows],
            "unit": pd.Series([v.unit for v in rows], dtype=object),
            "hard": [v.hard for v in rows],
            "sentence": [v.sentence for v in rows],
        }
    )
    return VIOLATION.check(frame)
