"""Weekly days: at most so many working days a week, by contract."""

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
class WeeklyDays:
    """Working days a week, at most the contract's ``max_days_week``."""

    price: float | None = None
    name: str = "weekly_days"
    unit: str = "days"
    counts: ClassVar[bool] = True

    def key(self, agent: Worker) -> Hashable:
        """The contract's limit, and what of the first week was passed before the period."""
        return agent.contract.max_days_week, self.bounds(agent, 0)

    def start(self, agent: Worker) -> State:
        """Days that the week has had before the period."""
        return agent.carried.week_days

    def trait(self, duty: Duty) -> Trait:
        """A day is a day."""
        return True

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Days of the week so far, measured at its end."""
        days = cast("int", state) + (trait is not None)
        return (0, days) if agent.horizon.ends_week(day) else (days, None)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each day beyond the limit; days before the period alone never break it."""
        before = agent.carried.week_days if agent.horizon.week(day) == agent.horizon.week(0) else 0
        return (Bound(high=max(agent.contract.max_days_week, before), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The week by its last day."""
        week = agent.horizon.day_name(day)
        return f"{agent.name}: {value:g} working days in the week to {week}, at most {bound.high:g} allowed"


def rule(centre: Centre) -> WeeklyDays:
    """On for every contract."""
    return WeeklyDays(priced(centre, "weekly_days"))
