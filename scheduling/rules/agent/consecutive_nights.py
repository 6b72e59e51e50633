"""Consecutive nights: the longest run of days with a night shift each."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.night import Night, night_of
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced


@dataclass(frozen=True)
class ConsecutiveNights:
    """At most ``most_nights`` in a row, or the contract's own limit; 0 is no night at all."""

    night: Night
    most_nights: int | None
    price: float | None = None
    name: str = "consecutive_nights"
    unit: str = "nights"

    def key(self, agent: Worker) -> Hashable:
        """The limit."""
        return self._most(agent)

    def start(self, agent: Worker) -> State:
        """The nights in a row up to the eve of the period."""
        return agent.carried.run(self.night.counts)

    def trait(self, duty: Duty) -> Trait:
        """Whether it is a night."""
        return self.night.counts(duty)

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The run, measured on every night; a day off or another shift ends it."""
        if not trait:
            return 0, None
        run = cast("int", state) + 1
        return run, run

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each night beyond the limit."""
        return (Bound(high=self._most(agent), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The night that is one too many."""
        run = f"the shift on {agent.horizon.day_name(day)} is night {value:g} in a row"
        return f"{agent.name}: {run}, at most {bound.high:g} allowed"

    def _most(self, agent: Worker) -> int | None:
        own = agent.contract.max_consecutive_nights
        return self.most_nights if own is None else own


def rule(centre: Centre) -> ConsecutiveNights | None:
    """Off where neither the policy nor a contract names a number."""
    limits = [centre.rules.max_consecutive_nights, *(own.max_consecutive_nights for own in centre.contracts)]
    if all(limit is None for limit in limits):
        return None
    return ConsecutiveNights(night_of(centre.rules), limits[0], priced(centre, "consecutive_nights"))
