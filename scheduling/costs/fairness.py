"""Fairness: each unit beyond an agent's fair share costs more than the one before it.

The measure is an agent's excess: weekends, nights, early starts or late ends of the past weeks and the period, minus
his fair share of them. A unit that brings the excess to e > 0 costs e times the price, so the whole is convex and
piecewise linear in the count, separable by agent, and least where the excess is spread evenly. Above ``CAP`` the price
stays. Shares are rounded to half a unit, so that agents who are nearly alike share one programme.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import ClassVar, cast

from scheduling.costs.kinds import Kinds
from scheduling.costs.shares import Share
from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.objective import Kind

CAP = 4.0
"""Beyond so much excess each further unit costs the same."""


@dataclass(frozen=True, eq=False)
class FairShare:
    """Units of ``kind`` beyond the fair share, each at ``price`` times the excess that it brings about."""

    kind: Kind
    price: float
    kinds: Kinds
    shares: Mapping[str, Share]
    unit: str = "shifts"
    seldom: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """``fair_nights``."""
        return f"fair_{self.kind}"

    def key(self, agent: Worker) -> Hashable:
        """Whether there is a share at all; the rest is in the start."""
        return agent.id in self.shares

    def start(self, agent: Worker) -> State:
        """The excess that the past weeks leave, in halves; and whether a weekend's first shift has been."""
        share = self.shares.get(agent.id)
        return (0.0 if share is None else start_excess(share, agent.horizon.period.days)), False

    def trait(self, duty: Duty) -> Trait:
        """Whether its hours make it one."""
        return self.kinds.shows(self.kind, duty)

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The excess so far, measured with each unit."""
        excess, counted = cast("tuple[float, bool]", state)
        if self.kind == "weekends":
            weekend = agent.horizon.weekday(day) in self.kinds.weekend
            if not weekend or counted or not trait:
                return (excess, counted and weekend), None
        elif not trait:
            return (excess, False), None
        excess = min(excess + 1, CAP)
        return (excess, self.kind == "weekends"), excess

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Nothing beyond the share."""
        return (Bound(high=0.0, price=self.price, term="fairness"),) if agent.id in self.shares else ()

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The unit that goes beyond."""
        return f"{agent.name}: {value:g} {self.kind} beyond a fair share with {agent.horizon.day_name(day)}"


def start_excess(share: Share, days: int) -> float:
    """The excess before the period, in halves; what no count of units in ``days`` could make up is one.

    >>> start_excess(Share(before=2, fair=3.3), 7)
    -1.5
    """
    return min(max(round(2 * (share.before - share.fair)) / 2, -float(days)), CAP)
