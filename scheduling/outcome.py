"""What a solve ends as: solved, with its bound and the reasons for those it could not place, or no answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from scheduling.person.reasons import Unplaceable

RELAXATION = (
    "Lagrangian: every agent's own rules exact, agents tied together only through prices of cover and team rows"
)


@dataclass(frozen=True)
class Promised:
    """A queue's target over days or weeks, as a roster keeps it.

    Attributes:
        per: ``day`` or ``week``; ``promise`` is the share of its contacts that shall be in time.
        delivered: the share in time of each day or week of the period, by the curves of service level.
        prices: points that a contact in time was worth to the solver, of each.
    """

    queue: str
    per: str
    promise: float
    delivered: tuple[float, ...]
    prices: tuple[float, ...]

    @property
    def sentence(self) -> str:
        """What is promised, and the least that any of its days or weeks gets."""
        return (
            f"{self.queue}: {self.promise:.1%} in time promised for each {self.per} as a whole, "
            f"{min(self.delivered):.1%} on the least of them by this roster"
        )


@dataclass(frozen=True)
class Solved:
    """A roster and how good it is.

    Attributes:
        roster, coverage: tables in contract.
        objective: points; ``terms`` add up to it (those of ``wfm.policy.objective.TERMS``, as weighed), each recomputed
            from the roster table.
        bound: no roster costs less than this, by ``relaxation``.
        gap: (objective - bound) / objective; 0 is proven best.
        interrupted: stopped by the user; the best until then.
        unplaceable: agents who have no legal period, or no shift in it, and why.
        promised: the targets over days and weeks that the roster was made for, where curves were given.
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
    promised: tuple[Promised, ...] = ()


@dataclass(frozen=True)
class NoAnswer:
    """Stopped before the first roster was complete."""

    reason: str
    seconds: float
    interrupted: bool
