"""Free weekends: at least so many among every so many in a row, those before the period among them.

A weekend is worked if a shift begins on one of its days. Weekends of which nobody knows count as free.
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
class FreeWeekends:
    """At least ``free`` weekends without a shift among ``of`` in a row; ``weekdays`` are the weekend's."""

    free: int
    of: int
    weekdays: frozenset[int]
    price: float | None = None
    name: str = "free_weekends"
    unit: str = "weekends"

    def key(self, agent: Worker) -> Hashable:
        """The weekends before the period where they leave less of a choice than the rule."""
        return self.start(agent) if self._burdened(agent) else None

    def start(self, agent: Worker) -> State:
        """The weekends before the period, followed day by day."""
        worked = {shift.day for shift in agent.carried.past}
        state: State = (0, False)
        for day in range(-agent.carried.known_days, 0):
            state, _ = self.extend(agent, state, day, True if day in worked else None)
        return state

    def trait(self, duty: Duty) -> Trait:
        """A day is a day."""
        return True

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The last weekends as bits, 1 for a worked one, the latest lowest; measured at the end of each."""
        past, working = cast("tuple[int, bool]", state)
        if agent.horizon.weekday(day) not in self.weekdays:
            return state, None
        working = working or trait is not None
        if not self._ends(agent, day):
            return (past, working), None
        bits = past << 1 | working
        return (bits & ((1 << self.of - 1) - 1), False), self.of - bits.bit_count()

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each weekend short, as far as those before the period leave a choice."""
        least = self.free
        if self._burdened(agent):
            state = self.start(agent)
            for other in range(day + 1):
                state, left = self.extend(agent, state, other, None)
                least = min(self.free, self.free if left is None else int(left))
        return (Bound(low=least, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The weekends up to this one."""
        span = f"of the {self.of} weekends to {agent.horizon.day_name(day)}"
        return f"{agent.name}: {value:g} {span} are free, at least {bound.low:g} needed"

    def _burdened(self, agent: Worker) -> bool:
        """Whether weekends before the period alone break the rule at its first weekend, or on."""
        past, working = cast("tuple[int, bool]", self.start(agent))
        return self.of - past.bit_count() - working < self.free

    def _ends(self, agent: Worker, day: int) -> bool:
        """Whether ``day`` is the last of a weekend, or of the period within one."""
        weekday, last = agent.horizon.weekday(day), day + 1 == agent.horizon.period.days
        return weekday in self.weekdays and (last or (weekday + 1) % 7 not in self.weekdays)


def rule(centre: Centre) -> FreeWeekends | None:
    """Off where the policy names none."""
    asked = centre.rules.free_weekends
    if asked is None:
        return None
    days = frozenset(WEEKDAY_NAMES.index(day) for day in centre.calendar.weekend)
    return FreeWeekends(asked.free, asked.of, days, priced(centre, "free_weekends"))
