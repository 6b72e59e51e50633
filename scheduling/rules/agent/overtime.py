"""Overtime: hours of a calendar month that lie beyond the contract's week, together at most a cap.

Labour Law of the People's Republic of China, article 41: 36 hours a month. Overtime arises on the day on which the
week's hours pass the contract's, and counts in that day's month, so that a week over the border is split as it was
worked. What the week and the month had before the period is carried in as far as rosters tell. Paid absence fills the
contract's hours like work. The cap of a single week's overtime is weekly_hours' own.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced


@dataclass(frozen=True)
class Overtime:
    """At most ``most_h`` hours of overtime a calendar month, or ``price`` an hour beyond.

    The state is (minutes of the week so far, no more than the contract's; overtime minutes of the month so far).
    """

    most_h: float
    price: float | None = None
    name: str = "overtime"
    unit: str = "h"
    seldom: ClassVar[bool] = True

    def key(self, agent: Worker) -> Hashable:
        """The contract's hours and the credits; what was passed before the period."""
        days = range(agent.horizon.period.days)
        return agent.contract.hours_week, tuple(agent.credit_min(day) for day in days), self._before_h(agent)

    def start(self, agent: Worker) -> State:
        """Week and month up to the period."""
        horizon, ledger = agent.horizon, agent.ledger
        minutes: dict[int, int] = {}
        for ago, own in (*ledger.worked, *ledger.credited):
            minutes[ago] = minutes.get(ago, 0) + own
        begun = horizon.date(0).day - 1
        known = min(ledger.known_days, begun + 6)
        state: tuple[float, float] = (0.0, 0.0)
        for ago in range(known, 0, -1):
            if (horizon.days_into_week - ago) % 7 == 0:
                state = (0.0, state[1])
            if ago == begun:
                state = (state[0], 0.0)
            state = self._worked(agent, state, minutes.get(ago, 0))
        return (0.0 if horizon.days_into_week == 0 else state[0], 0.0 if begun == 0 else state[1])

    def trait(self, duty: Duty) -> Trait:
        """Paid minutes."""
        return duty.paid_min

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The month's overtime hours, measured on its last day in the period."""
        minutes = (0 if trait is None else cast("int", trait)) + agent.credit_min(day)
        week_min, over_min = self._worked(agent, cast("tuple[float, float]", state), minutes)
        value = over_min / 60 if _ends_month(agent, day) else None
        after = (0.0 if agent.horizon.ends_week(day) else week_min, 0.0 if value is not None else over_min)
        return after, value

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """The cap; what had passed it before the period is not to be mended."""
        first_month = agent.horizon.date(day).month == agent.horizon.date(0).month
        return (Bound(high=max(self.most_h, self._before_h(agent) if first_month else 0.0), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The month by its last day in the period."""
        month = f"{agent.horizon.date(day):%B} up to {agent.horizon.day_name(day)}"
        return f"{agent.name}: {value:.4g} h of overtime in {month}, at most {bound.high:.4g} allowed"

    def _before_h(self, agent: Worker) -> float:
        before_h = cast("tuple[float, float]", self.start(agent))[1] / 60
        return before_h if before_h > self.most_h else 0.0

    @staticmethod
    def _worked(agent: Worker, state: tuple[float, float], minutes: float) -> tuple[float, float]:
        contract_min = agent.contract.hours_week * 60
        week_min = state[0] + minutes
        return min(week_min, contract_min), state[1] + max(0.0, week_min - contract_min)


def _ends_month(agent: Worker, day: int) -> bool:
    last = day + 1 == agent.horizon.period.days
    return last or (agent.horizon.date(day) + timedelta(days=1)).day == 1


def rule(centre: Centre) -> Overtime | None:
    """Off where the policy names no number."""
    most = centre.rules.max_overtime_month_h
    return None if most is None else Overtime(most, priced(centre, "overtime"))
