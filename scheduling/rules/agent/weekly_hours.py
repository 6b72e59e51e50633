"""Weekly hours: paid hours of a week within the contract's bounds; the maximum is hard, the minimum has a price.

A paid absence credits a fifth of the contract's hours a day, up to the contract's week. An unpaid one, and days before
or after employment, lower the minimum in proportion, as does a week that the period holds only in part.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.duty import Duty
from scheduling.rules.rule import Bound, State, Trait
from scheduling.worker import Worker
from wfm.policy.centre import Centre


@dataclass(frozen=True)
class WeeklyHours:
    """Hours a week between ``least_hours`` (at ``price`` an hour below) and ``most_hours`` of the contract."""

    price: float
    name: str = "weekly_hours"
    unit: str = "h"

    def key(self, agent: Worker) -> Hashable:
        """The bounds and the credit of every week's end."""
        ends = [day for day in range(agent.horizon.period.days) if agent.horizon.ends_week(day)]
        return tuple((self._credit_min(agent, day), self.bounds(agent, day)) for day in ends)

    def start(self, agent: Worker) -> State:
        """Paid minutes that the week has had before the period."""
        return agent.carried.week_min

    def trait(self, duty: Duty) -> Trait:
        """Paid minutes."""
        return duty.paid_min

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Minutes of the week so far; measured are its hours, at its end."""
        minutes = cast("float", state) + (0 if trait is None else cast("float", trait))
        if not agent.horizon.ends_week(day):
            return minutes, None
        return 0, (minutes + self._credit_min(agent, day)) / 60

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """The hard maximum and the priced minimum. Credit alone never breaks the maximum."""
        contract, days = agent.contract, agent.horizon.week_days(day)
        most = max(contract.most_hours, self._credit_min(agent, day) / 60)
        share = sum(agent.employed[other] for other in days) / 7
        unpaid = sum(agent.unpaid_min(other) for other in days) / 60
        least = max(min(contract.least_hours * share, most) - unpaid, 0.0)
        return Bound(high=most), Bound(low=least, price=self.price)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The week by its last day."""
        week = f"in the week to {agent.horizon.day_name(day)}"
        if bound.hard:
            return f"{agent.name}: {value:.4g} paid hours {week}, at most {bound.high:.4g} allowed"
        return f"{agent.name}: {value:.4g} paid hours {week}, {bound.low:.3g} agreed"

    @staticmethod
    def _credit_min(agent: Worker, day: int) -> float:
        return sum(agent.credit_min(other) for other in agent.horizon.week_days(day))


def rule(centre: Centre) -> WeeklyHours:
    """On for every contract."""
    return WeeklyHours(centre.prices.below_minimum_hours)
