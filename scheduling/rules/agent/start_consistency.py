"""Start consistency: shifts on consecutive days begin at about the same time of day.

The distance is the shorter way round the clock: 23:30 and 00:30 are an hour apart.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import DAY_MIN, Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced


@dataclass(frozen=True)
class StartConsistency:
    """Starts of consecutive days at most ``within_min`` minutes apart, or the contract's own limit."""

    within_min: int | None
    price: float | None = None
    name: str = "start_consistency"
    unit: str = "min"

    def key(self, agent: Worker) -> Hashable:
        """The limit."""
        return self._within(agent)

    def start(self, agent: Worker) -> State:
        """When the shift of the eve began, on the clock."""
        eve = agent.carried.eve
        return None if eve is None else eve.wall_start % DAY_MIN

    def trait(self, duty: Duty) -> Trait:
        """The start on the clock."""
        return duty.wall_start % DAY_MIN

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The start, measured against that of the day before."""
        if trait is None or state is None:
            return trait, None
        apart = abs(cast("int", trait) - cast("int", state))
        return trait, min(apart, DAY_MIN - apart)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each minute beyond the limit."""
        return (Bound(high=self._within(agent), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The later shift."""
        start = f"the shift on {agent.horizon.day_name(day)} starts {value:g} minutes off the day before's"
        return f"{agent.name}: {start}, at most {bound.high:g} agreed"

    def _within(self, agent: Worker) -> int | None:
        own = agent.contract.start_within_min
        return self.within_min if own is None else own


def rule(centre: Centre) -> StartConsistency | None:
    """Off where neither the policy nor a contract names a number."""
    limits = [centre.rules.start_within_min, *(own.start_within_min for own in centre.contracts)]
    if all(limit is None for limit in limits):
        return None
    return StartConsistency(limits[0], priced(centre, "start_consistency"))
