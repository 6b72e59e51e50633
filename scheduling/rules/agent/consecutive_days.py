"""Consecutive days: the longest run of working days without a day off, across the border of the period too."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced


@dataclass(frozen=True)
class ConsecutiveDays:
    """At most ``most_days`` working days in a row, or the contract's own limit."""

    most_days: int | None
    price: float | None = None
    name: str = "consecutive_days"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """The limit."""
        return self._most(agent)

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
        """Each day beyond the limit."""
        return (Bound(high=self._most(agent), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day that is one too many."""
        run = f"{agent.horizon.day_name(day)} is working day {value:g} in a row"
        return f"{agent.name}: {run}, at most {bound.high:g} allowed"

    def _most(self, agent: Worker) -> int | None:
        own = agent.contract.max_consecutive_days
        return self.most_days if own is None else own


def rule(centre: Centre) -> ConsecutiveDays | None:
    """Off where neither the policy nor a contract names a number."""
    limits = [centre.rules.max_consecutive_days, *(own.max_consecutive_days for own in centre.contracts)]
    if all(limit is None for limit in limits):
        return None
    return ConsecutiveDays(limits[0], priced(centre, "consecutive_days"))
