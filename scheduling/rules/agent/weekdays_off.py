"""Weekdays off: weekdays that a contract never works. A shift belongs to the day on which it begins."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced
from wfm.tables.people import WEEKDAY_NAMES


@dataclass(frozen=True)
class WeekdaysOff:
    """No shift on the contract's ``weekdays_off``."""

    price: float | None = None
    name: str = "weekdays_off"
    unit: str = "shifts"

    def key(self, agent: Worker) -> Hashable:
        """The weekdays."""
        return frozenset(agent.contract.weekdays_off)

    def start(self, agent: Worker) -> State:
        """Every day stands alone."""
        return None

    def trait(self, duty: Duty) -> Trait:
        """A day is a day."""
        return True

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """1 for a shift on such a day."""
        off = WEEKDAY_NAMES[agent.horizon.weekday(day)] in agent.contract.weekdays_off
        return None, None if trait is None else off

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """None."""
        return (Bound(high=0, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day."""
        when = agent.horizon.day_name(day)
        return f"{agent.name}: a shift on {when}, a weekday that contract {agent.contract.id} has off"


def rule(centre: Centre) -> WeekdaysOff | None:
    """Off where every contract works on all days."""
    price = priced(centre, "weekdays_off")
    return WeekdaysOff(price) if any(own.weekdays_off for own in centre.contracts) else None
