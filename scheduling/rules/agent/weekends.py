"""Weekends: at most so many working weekends in the period.

A weekend is worked if a shift begins on one of its days; which days are weekend days, the calendar says.
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
from wfm.tables.people import WEEKDAY_NAMES


@dataclass(frozen=True)
class Weekends:
    """At most ``most`` weekends with a shift, or the contract's own limit; ``weekdays`` are the weekend's."""

    most: int | None
    weekdays: frozenset[int]
    price: float | None = None
    name: str = "weekends"
    unit: str = "weekends"

    def key(self, agent: Worker) -> Hashable:
        """The limit."""
        return self._most(agent)

    def start(self, agent: Worker) -> State:
        """No weekend yet, and none going on: the period's own are counted."""
        return 0, False

    def trait(self, duty: Duty) -> Trait:
        """A day is a day."""
        return True

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Weekends with a shift, and whether this one has any yet; measured at the end of the period."""
        count, rest = cast("tuple[int, State]", state)
        rest, more = self.tally(agent, rest, day, trait)
        return (count + more, rest), count + more if day + 1 == agent.horizon.period.days else None

    def tally(self, agent: Worker, rest: State, day: int, trait: Trait | None) -> tuple[State, int]:
        """Whether the weekend that is going on has a shift yet, and 1 with its first one."""
        if agent.horizon.weekday(day) not in self.weekdays:
            return False, 0
        counted = rest is True
        return counted or trait is not None, int(trait is not None and not counted)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each weekend beyond the limit."""
        return (Bound(high=self._most(agent), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The whole period."""
        return f"{agent.name}: {value:g} working weekends in the period, at most {bound.high:g} allowed"

    def _most(self, agent: Worker) -> int | None:
        own = agent.contract.max_weekends
        return self.most if own is None else own


def rule(centre: Centre) -> Weekends | None:
    """Off where neither the policy nor a contract names a number."""
    limits = [centre.rules.max_weekends, *(own.max_weekends for own in centre.contracts)]
    if all(limit is None for limit in limits):
        return None
    days = frozenset(WEEKDAY_NAMES.index(day) for day in centre.calendar.weekend)
    return Weekends(limits[0], days, priced(centre, "weekends"))
