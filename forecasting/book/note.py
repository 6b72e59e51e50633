"""Notes: what a forecast found odd in its history, and what it did about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Note:
    """One finding about a queue, on one local day or (``day`` None) in general.

    >>> print(Note("general", date(2026, 5, 1), "outage: 0 contacts for 3.0 h", "left out of the fit"))
    general, 2026-05-01: outage: 0 contacts for 3.0 h; left out of the fit
    """

    queue: str
    day: date | None
    found: str
    treated: str

    def __str__(self) -> str:
        place = self.queue if self.day is None else f"{self.queue}, {self.day.isoformat()}"
        return f"{place}: {self.found}; {self.treated}"
