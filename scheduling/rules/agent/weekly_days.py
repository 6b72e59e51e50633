"""Weekly days: at most so many working days a week, by contract."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.duty import Duty
from scheduling.rules.rule import Bound, State, Trait
from scheduling.worker import Worker
from wfm.policy.centre import Centre


@dataclass(frozen=True)
class WeeklyDays:
    """Working days a week, at most the contract's ``max_days_week``."""

    name: str = "weekly_days"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """The contract's limit."""
        return agent.contract.max_days_week

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
        """Hard."""
        return (Bound(high=agent.contract.max_days_week),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The week by its last day."""
        week = agent.horizon.day_name(day)
        return f"{agent.name}: {value:g} working days in the week to {week}, at most {bound.high:g} allowed"


def rule(centre: Centre) -> WeeklyDays:
    """On for every contract."""
    return WeeklyDays()
