"""Daily hours: the longest paid shift."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.duty import Duty
from scheduling.rules.rule import Bound, State, Trait
from scheduling.worker import Worker
from wfm.policy.centre import Centre


@dataclass(frozen=True)
class DailyHours:
    """At most ``most_h`` paid hours a shift."""

    most_h: float
    name: str = "daily_hours"
    unit: str = "h"

    def key(self, agent: Worker) -> Hashable:
        """Nothing of the agent matters."""
        return None

    def start(self, agent: Worker) -> State:
        """Every day stands alone."""
        return None

    def trait(self, duty: Duty) -> Trait:
        """Paid minutes."""
        return duty.paid_min

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Paid hours of the day."""
        return None, None if trait is None else cast("int", trait) / 60

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Hard."""
        return (Bound(high=self.most_h),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day."""
        return f"{agent.name}: {value:g} paid hours on {agent.horizon.day_name(day)}, at most {bound.high:g} allowed"


def rule(centre: Centre) -> DailyHours | None:
    """Off where the policy names no number."""
    most = centre.rules.max_day_h
    return None if most is None else DailyHours(most)
