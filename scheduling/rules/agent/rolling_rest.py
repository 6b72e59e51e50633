"""Rolling rest: a long rest in every so many days, counted from the last such rest on, whatever the week.

The days from the first shift after a long rest to the last shift before the next one are at most D - H / 24 of them,
rounded up: six for 24 or 35 hours in 7 days, twelve for 48 hours in 14. The seven-day period that begins with the first
shift thus holds the next rest. Hours are elapsed hours.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import ceil
from typing import cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced


@dataclass(frozen=True)
class RollingRest:
    """A rest of ``hours``, or the contract's own, in every ``days`` days."""

    hours: float
    days: int
    price: float | None = None
    name: str = "rolling_rest"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """The hours, and the zone whose midnights bound the next start."""
        return self._hours(agent), agent.zone

    def start(self, agent: Worker) -> State:
        """The stretch that goes on at the eve."""
        state: State = None
        for past in agent.carried.past:
            state, _ = self._work(agent, state, past.day, past.starts, past.ends)
        return state if state is None else self._rested(agent, state, 0)

    def trait(self, duty: Duty) -> Trait:
        """Start and end."""
        return duty.starts, duty.ends

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The stretch's first day and last end, None while rested; measured are its days so far, on each shift."""
        if trait is None:
            return None if state is None else self._rested(agent, state, day + 1), None
        starts, ends = cast("tuple[int, int]", trait)
        return self._work(agent, state, day, starts, ends)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each day beyond the limit."""
        return (Bound(high=ceil(self.days - self._hours(agent) / 24), price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The shift that should have come after the rest."""
        shift = f"the shift on {agent.horizon.day_name(day)} is on day {value:g} since the last rest"
        rest = f"{self._hours(agent):g} h in {self.days} days"
        return f"{agent.name}: {shift} of {self._hours(agent):g} h, day {bound.high:g} is the last for {rest}"

    def _work(self, agent: Worker, state: State, day: int, starts: int, ends: int) -> tuple[State, float]:
        first, last_end = cast("tuple[int, int]", state) if state is not None else (day, None)
        if last_end is not None and starts - last_end >= self._hours(agent) * 60:
            first = day
        return (first, ends), day - first + 1

    def _rested(self, agent: Worker, state: State, day: int) -> State:
        """None once the rest is sure to be long enough by the midnight that begins ``day``."""
        _, last_end = cast("tuple[int, int]", state)
        return None if agent.midnight(day) - last_end >= self._hours(agent) * 60 else state

    def _hours(self, agent: Worker) -> float:
        own = agent.contract.weekly_rest_h
        return self.hours if own is None else own


def rule(centre: Centre) -> RollingRest | None:
    """Off where the policy asks for no weekly rest, or for one by the calendar's week."""
    rest = centre.rules.weekly_rest
    if rest is None or rest.days is None:
        return None
    return RollingRest(rest.hours, rest.days, priced(centre, "rolling_rest"))
