"""Daily hours: the longest paid shift, by contract or by rule, and how far overtime may stretch it."""

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
class DailyHours:
    """At most ``most_h`` paid hours a shift; with ``overtime_h``, up to that many at ``price`` an hour beyond.

    A contract's ``max_hours_day`` holds instead of ``most_h``. Where the rule is soft, every hour beyond has its price,
    with or without overtime; an overtime limit stays hard.
    """

    most_h: float | None
    overtime_h: float | None = None
    price: float | None = None
    name: str = "daily_hours"
    unit: str = "h"

    def key(self, agent: Worker) -> Hashable:
        """The contract's own limit."""
        return agent.contract.max_hours_day

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
        """The limit with overtime, and the one without, which then only tells or costs."""
        most_h = self.most_h if agent.contract.max_hours_day is None else agent.contract.max_hours_day
        if most_h is None:
            return ()
        if self.overtime_h is None or self.overtime_h <= most_h:
            return (Bound(high=most_h, price=self.price),)
        return Bound(high=self.overtime_h), Bound(high=most_h, price=self.price or 0.0)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day."""
        hours = f"{agent.name}: {value:g} paid hours on {agent.horizon.day_name(day)}"
        if bound.price is not None and self.overtime_h is not None and value <= self.overtime_h:
            return f"{hours}, {value - cast('float', bound.high):g} h of it overtime"
        return f"{hours}, at most {bound.high:g} allowed"


def rule(centre: Centre) -> DailyHours | None:
    """Off where neither the policy nor a contract names a number."""
    rules = centre.rules
    if rules.max_day_h is None and all(contract.max_hours_day is None for contract in centre.contracts):
        return None
    return DailyHours(rules.max_day_h, rules.max_day_overtime_h, priced(centre, "daily_hours"))
