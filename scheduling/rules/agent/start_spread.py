"""Start spread: from the earliest to the latest start of a week's shifts, on the clock of their work dates."""

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
class StartSpread:
    """Starts of a week at most ``spread_min`` minutes apart, or the contract's own limit."""

    spread_min: int | None
    price: float | None = None
    name: str = "start_spread"
    unit: str = "min"

    def key(self, agent: Worker) -> Hashable:
        """The limit."""
        return self._most(agent)

    def start(self, agent: Worker) -> State:
        """Earliest and latest start that the week had before the period."""
        starts = [past.wall_start for past in agent.carried.past if past.day >= -agent.horizon.days_into_week]
        return (min(starts), max(starts)) if starts else None

    def trait(self, duty: Duty) -> Trait:
        """The start on the clock."""
        return duty.wall_start

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Earliest and latest start of the week; measured are the minutes between them.

        A hard limit is judged by the shift that breaks it, a priced one once, at the end of the week.
        """
        before = cast("tuple[int, int] | None", state)
        after = before if trait is None else _widened(before, cast("int", trait))
        spread = 0 if after is None else after[1] - after[0]
        if self.price is not None:
            return (None, spread) if agent.horizon.ends_week(day) else (after, None)
        return None if agent.horizon.ends_week(day) else after, spread if after != before else None

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each minute beyond the limit."""
        return (Bound(high=self._most(agent), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The week up to that day."""
        starts = f"starts of the week to {agent.horizon.day_name(day)} lie {value:g} minutes apart"
        return f"{agent.name}: {starts}, at most {bound.high:g} agreed"

    def _most(self, agent: Worker) -> int | None:
        own = agent.contract.start_spread_min
        return self.spread_min if own is None else own


def _widened(span: tuple[int, int] | None, start: int) -> tuple[int, int]:
    return (start, start) if span is None else (min(span[0], start), max(span[1], start))


def rule(centre: Centre) -> StartSpread | None:
    """Off where neither the policy nor a contract names a number."""
    limits = [centre.rules.start_spread_min, *(own.start_spread_min for own in centre.contracts)]
    if all(limit is None for limit in limits):
        return None
    return StartSpread(limits[0], priced(centre, "start_spread"))
