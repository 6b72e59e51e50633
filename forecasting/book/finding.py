"""Findings: what was found in a history, and what was done about it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from wfm.tables.finding import FINDING


@dataclass(frozen=True)
class Finding:
    """One finding about a queue: on one local day, on the days to ``last_day``, or (``day`` None) in general.

    ``found`` and ``treated`` are phrases; ``kind`` and ``treatment`` are of the table FINDING's choices.
    ``contacts`` is what came and ``expected`` what would usually have come, NaN where the finding is not of volume.

    >>> print(Finding("general", date(2026, 5, 1), "outage: 0 contacts for 3.0 h", "left out of the fit"))
    general, 2026-05-01: outage: 0 contacts for 3.0 h; left out of the fit
    """

    queue: str
    day: date | None
    found: str
    treated: str
    kind: str = "assumption"
    treatment: str = "kept"
    last_day: date | None = None
    contacts: float = math.nan
    expected: float = math.nan

    @property
    def text(self) -> str:
        """The sentence without its place."""
        return f"{self.found}; {self.treated}"

    def __str__(self) -> str:
        days = [day.isoformat() for day in (self.day, self.last_day) if day is not None]
        place = ", ".join([self.queue, *([" to ".join(days)] if days else [])])
        return f"{place}: {self.text}"


def finding_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """The findings as a table FINDING, by queue and day."""
    rows = [
        {
            "queue": one.queue,
            "day": one.day,
            "last_day": one.last_day,
            "kind": one.kind,
            "found": one.contacts,
            "expected": one.expected,
            "treated": one.treatment,
            "text": one.text,
        }
        for one in findings
    ]
    return FINDING.check(pd.DataFrame(rows, columns=FINDING.names)) if rows else FINDING.empty()
