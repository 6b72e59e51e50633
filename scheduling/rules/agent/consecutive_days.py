"""Consecutive days: the longest run of working days without a day off, across the border of the week too."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.duty import Duty
from scheduling.rules.rule import Bound, State, Trait
from scheduling.worker import Worker
from wfm.policy.centre import Centre


@dataclass(frozen=True)
class ConsecutiveDays:
    """At most ``most_days`` working days in a row."""

    most_days: int
    name: str = "consecutive_days"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """Nothing of the agent matters."""
        return None

    def start(self, agent: Worker) -> State:
        """The run up to the eve of the period."""
        return agent.carried.run_days

    def trait(self, duty: Duty) -> Trait:
        """A day is a day."""
        return True

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The run, measured on every working day."""
        if trait is None:
            return 0, None
        run = cast("int", state) + 1
        return run, run

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Hard."""
        return (Bound(high=self.most_days),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day that is one too many."""
        run = f"{agent.horizon.day_name(day)} is working day {value:g} in a row"
        return f"{agent.name}: {run}, at most {bound.high:g} allowed"


def rule(centre: Centre) -> ConsecutiveDays | None:
    """Off where the policy names no number."""
    most = centre.rules.max_consecutive_days
    return None if most is None else ConsecutiveDays(most)
