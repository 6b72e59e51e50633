"""Weekly hours: paid hours of a week within the contract's bounds; the maximum is hard, the minimum has a price.

A paid absence credits one of the contract's days, up to the contract's week. An unpaid one, and days before or after
employment, lower the minimum in proportion, as does a week of which only a part is in the period or known from before.
The law's cap of a single week and that of its overtime lower the maximum: hours of a week are one sum, judged once.
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
from wfm.policy.shift import Contract


@dataclass(frozen=True)
class WeeklyHours:
    """Hours a week between ``least_hours`` and ``most_hours`` of the contract.

    ``short_price`` is what each hour below costs where the contract's minimum is soft; ``most_week_h`` and
    ``most_overtime_h`` cap the week and its hours beyond the contract's; ``price`` (None: hard) is for hours above.
    """

    short_price: float
    most_week_h: float | None = None
    most_overtime_h: float | None = None
    price: float | None = None
    name: str = "weekly_hours"
    unit: str = "h"
    counts: ClassVar[bool] = True

    def key(self, agent: Worker) -> Hashable:
        """The bounds and the credit of every week's end."""
        ends = [day for day in range(agent.horizon.period.days) if agent.horizon.ends_week(day)]
        return tuple((_credit_min(agent, day), self.bounds(agent, day)) for day in ends)

    def start(self, agent: Worker) -> State:
        """Paid minutes that the week has had before the period, paid absence among them."""
        return agent.carried.week_min + agent.ledger.credited_min(agent.horizon.days_into_week)

    def trait(self, duty: Duty) -> Trait:
        """Paid minutes."""
        return duty.paid_min

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Minutes of the week so far; measured are its hours, at its end."""
        minutes = cast("int", state) + (0 if trait is None else cast("int", trait))
        if not agent.horizon.ends_week(day):
            return minutes, None
        return 0, (minutes + _credit_min(agent, day)) / 60

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """The maximum and the minimum. What was credited, or worked before the period, never breaks the maximum."""
        contract, days = agent.contract, agent.horizon.week_days(day)
        begun_min = cast("int", self.start(agent)) if days.start == 0 else 0
        most = max(self._most(contract), (begun_min + _credit_min(agent, day)) / 60)
        share = (sum(agent.employed[other] for other in days) + _known_before(agent, days)) / 7
        unpaid = sum(agent.unpaid_min(other) for other in days) / 60
        least = max(min(contract.least_hours * share, most) - unpaid, 0.0)
        short = None if contract.min_hours == "hard" else self.short_price
        return Bound(high=most, price=self.price), Bound(low=least, price=short, term="below_minimum_hours")

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The week by its last day."""
        hours = f"{agent.name}: {value:.4g} paid hours in the week to {agent.horizon.day_name(day)}"
        if bound.high is None:
            return f"{hours}, {bound.low:.3g} agreed"
        beyond = value - agent.contract.hours_week
        overtime = f", {beyond:.4g} h of it overtime" if self.most_overtime_h is not None and beyond > 0 else ""
        return f"{hours}{overtime}, at most {bound.high:.4g} allowed"

    def _most(self, contract: Contract) -> float:
        caps = [contract.most_hours]
        if self.most_week_h is not None:
            caps.append(self.most_week_h)
        if self.most_overtime_h is not None:
            caps.append(contract.hours_week + self.most_overtime_h)
        return min(caps)


def _credit_min(agent: Worker, day: int) -> float:
    return sum(agent.credit_min(other) for other in agent.horizon.week_days(day))


def _known_before(agent: Worker, days: range) -> int:
    """Days of employment of the week of ``days`` that lie before the period and of which rosters tell."""
    into = agent.horizon.days_into_week if days.start == 0 else 0
    if agent.ledger.known_days < into:
        return 0
    since = agent.agent.since
    return sum(since is None or agent.horizon.date(-ago) >= since for ago in range(1, into + 1))


def rule(centre: Centre) -> WeeklyHours:
    """On for every contract."""
    rules = centre.rules
    short_price = centre.prices.below_minimum_hours
    return WeeklyHours(short_price, rules.max_week_h, rules.max_overtime_week_h, priced(centre, "weekly_hours"))
