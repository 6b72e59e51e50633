"""Period hours: paid hours over the whole planning period, between the bounds that a contract names for it.

A paid absence credits one of the contract's days. An unpaid one, and days before or after employment, lower the minimum
in proportion.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar, cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced


@dataclass(frozen=True)
class PeriodHours:
    """Hours a period between ``min_hours_period`` and ``max_hours_period`` of the contract.

    ``short_price`` is for hours below a soft minimum; ``price`` (None: hard) for those above.
    """

    short_price: float
    price: float | None = None
    name: str = "period_hours"
    unit: str = "h"
    counts: ClassVar[bool] = True

    def key(self, agent: Worker) -> Hashable:
        """The bounds and the credit of the period."""
        last = agent.horizon.period.days - 1
        return _credit_min(agent), self.bounds(agent, last)

    def start(self, agent: Worker) -> State:
        """Nothing before the period counts."""
        return 0

    def trait(self, duty: Duty) -> Trait:
        """Paid minutes."""
        return duty.paid_min

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Minutes so far; measured are the hours, on the last day. Contracts without bounds have nothing to count."""
        contract = agent.contract
        if contract.min_hours_period is None and contract.max_hours_period is None:
            return 0, None
        minutes = cast("int", state) + (0 if trait is None else cast("int", trait))
        last = day + 1 == agent.horizon.period.days
        return (0, (minutes + _credit_min(agent)) / 60) if last else (minutes, None)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """The maximum and the minimum. Credit alone never breaks the maximum."""
        contract, found = agent.contract, []
        days = range(agent.horizon.period.days)
        most = float("inf")
        if contract.max_hours_period is not None:
            most = max(contract.max_hours_period, _credit_min(agent) / 60)
            found.append(Bound(high=most, price=self.price))
        if contract.min_hours_period is not None:
            share = sum(agent.employed) / len(days)
            unpaid = sum(agent.unpaid_min(other) for other in days) / 60
            least = max(min(contract.min_hours_period * share, most) - unpaid, 0.0)
            short = None if contract.min_hours == "hard" else self.short_price
            found.append(Bound(low=least, price=short, term="below_minimum_hours"))
        return tuple(found)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The period by its days."""
        first = agent.horizon.day_name(0)
        hours = f"{agent.name}: {value:.5g} paid hours from {first} to {agent.horizon.day_name(day)}"
        if bound.high is None:
            return f"{hours}, {bound.low:.5g} agreed"
        return f"{hours}, at most {bound.high:.5g} allowed"


def _credit_min(agent: Worker) -> float:
    return sum(agent.credit_min(day) for day in range(agent.horizon.period.days))


def rule(centre: Centre) -> PeriodHours | None:
    """Off where no contract names hours a period."""
    if all(own.min_hours_period is None and own.max_hours_period is None for own in centre.contracts):
        return None
    return PeriodHours(centre.prices.below_minimum_hours, priced(centre, "period_hours"))
