"""Least days on: the shortest run of working days.

A run that the period's last day cuts is not judged, nor one of which nobody knows how it began, nor one that an absence
or the end of employment cuts short.
"""

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
class LeastDaysOn:
    """At least ``least_days`` working days in a row, or the contract's own limit."""

    least_days: int | None
    price: float | None = None
    name: str = "least_days_on"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """The limit, and the days on which an absence may cut a run."""
        return self._least(agent), agent.idle_days

    def start(self, agent: Worker) -> State:
        """The run up to the eve, long enough if its begin is unknown."""
        carried, least = agent.carried, self._least(agent)
        return least if carried.run_days >= carried.known_days else min(carried.run_days, least)

    def trait(self, duty: Duty) -> Trait:
        """A day is a day."""
        return True

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The run up to what is asked, measured on the day off that ends it."""
        run = cast("int", state)
        if trait is not None:
            return min(run + 1, self._least(agent)), None
        return 0, None if run == 0 or day in agent.idle_days else run

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each day short."""
        return (Bound(low=self._least(agent), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The last day of the run."""
        run = f"{value:g} working {'day' if value == 1 else 'days'} in a row to {agent.horizon.day_name(day - 1)}"
        return f"{agent.name}: {run}, at least {bound.low:g} agreed"

    def _least(self, agent: Worker) -> int:
        own = agent.contract.min_consecutive_days
        return (self.least_days or 0) if own is None else own


def rule(centre: Centre) -> LeastDaysOn | None:
    """Off where neither the policy nor a contract asks for more than one day."""
    limits = [centre.rules.min_consecutive_days, *(own.min_consecutive_days for own in centre.contracts)]
    if all((limit or 1) <= 1 for limit in limits):
        return None
    return LeastDaysOn(limits[0], priced(centre, "least_days_on"))
