"""Least days off: the shortest run of days off between two working days.

A run that the period's last day cuts is not judged, nor one of which nobody knows how it began, nor one with an absence
in it: absence is no choice of the roster.
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
class LeastDaysOff:
    """At least ``least_days`` off in a row, or the contract's own limit. Between two working days there is no run."""

    least_days: int | None
    price: float | None = None
    name: str = "least_days_off"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """The limit, and the days of absence."""
        return self._least(agent), agent.idle_days

    def start(self, agent: Worker) -> State:
        """The days off up to the eve, enough of them if nobody knows or he was away."""
        carried, least = agent.carried, self._least(agent)
        last = carried.past[-1].day if carried.past else -carried.known_days - 1
        off = -1 - last
        unknown = off >= carried.known_days or any(-day <= off for day in carried.away)
        return least if unknown else min(off, least)

    def trait(self, duty: Duty) -> Trait:
        """A day is a day."""
        return True

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The days off up to what is asked, measured on the working day after them."""
        run, least = cast("int", state), self._least(agent)
        if trait is not None:
            return 0, run or None
        return least if day in agent.idle_days else min(run + 1, least), None

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each day short."""
        return (Bound(low=self._least(agent), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The working day after them."""
        run = f"{value:g} {'day' if value == 1 else 'days'} off before {agent.horizon.day_name(day)}"
        return f"{agent.name}: {run}, at least {bound.low:g} in a row agreed"

    def _least(self, agent: Worker) -> int:
        own = agent.contract.min_days_off
        return (self.least_days or 0) if own is None else own


def rule(centre: Centre) -> LeastDaysOff | None:
    """Off where neither the policy nor a contract asks for more than one day."""
    limits = [centre.rules.min_days_off, *(own.min_days_off for own in centre.contracts)]
    return (
        None
        if all((limit or 1) <= 1 for limit in limits)
        else LeastDaysOff(limits[0], priced(centre, "least_days_off"))
    )
