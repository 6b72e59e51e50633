"""What a solve ends as: solved, with its bound and the reasons for those it could not place, or no answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from scheduling.reasons import Unplaceable

RELAXATION = (
    "Lagrangian: every agent's own rules exact, agents tied together only through prices of cover and team rows"
)


@dataclass(frozen=True)
class Solved:
    """A roster and how good it is.

    Attributes:
        roster, coverage: tables in contract.
        objective: points; ``terms`` add up to it (understaffing, overstaffing, outside_opening, below_minimum_hours,
            team_rules, preferences), each recomputed from the roster table.
        bound: no roster costs less than this, by ``relaxation``.
        gap: (objective - bound) / objective; 0 is proven best.
        interrupted: stopped by the user; the best until then.
        unplaceable: agents who have no legal period, or no shift in it, and why.
    """

    roster: pd.DataFrame
    coverage: pd.DataFrame
    objective: float
    terms: Mapping[str, float]
    bound: float
    relaxation: str
    gap: float
    seconds: float
    interrupted: bool
    unplaceable: tuple[Unplaceable, ...]


@dataclass(frozen=True)
class NoAnswer:
    """Stopped before the first roster was complete."""

    reason: str
    seconds: float
    interrupted: bool
