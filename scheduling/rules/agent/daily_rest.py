"""Daily rest: hours between the end of one shift and the start of the next.

Directive 2003/88/EC, article 3, asks for 11 consecutive hours. Without a rest rule 0 h is asked: shifts of one agent
never overlap, and where the rule is soft they don't either. Hours are elapsed, so the night on which clocks go forward
is an hour shorter.
"""

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
class DailyRest:
    """At least ``rest_h`` hours before every shift, or the contract's own."""

    rest_h: float
    price: float | None = None
    name: str = "daily_rest"
    unit: str = "h"

    def key(self, agent: Worker) -> Hashable:
        """The hours, and the zone whose midnights bound the next start."""
        return self._rest_h(agent), agent.zone

    def start(self, agent: Worker) -> State:
        """When the last shift before the period ended, in minutes from the origin."""
        return agent.carried.last_end

    def trait(self, duty: Duty) -> Trait:
        """Start and end."""
        return duty.starts, duty.ends

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The end of the last shift, until the rest since then is certain; measured are the hours since then."""
        if trait is None:
            rested = state is None or agent.midnight(day + 1) - cast("int", state) >= self._rest_h(agent) * 60
            return None if rested else state, None
        starts, ends = cast("tuple[int, int]", trait)
        return ends, None if state is None else (starts - cast("int", state)) / 60

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each hour short, and shifts that overlap."""
        return Bound(low=self._rest_h(agent), price=self.price), *(() if self.price is None else (Bound(low=0.0),))

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The shift that comes too early."""
        shift = f"the shift on {agent.horizon.day_name(day)}"
        if value < 0:
            return f"{agent.name}: {shift} starts {-value:g} h before the one before it ends"
        return f"{agent.name}: {value:g} h rest before {shift}, at least {bound.low:g} h needed"

    def _rest_h(self, agent: Worker) -> float:
        own = agent.contract.daily_rest_h
        return self.rest_h if own is None else own


def rule(centre: Centre) -> DailyRest:
    """Always on: without a rest rule shifts must still not overlap."""
    return DailyRest(centre.rules.daily_rest_h or 0.0, priced(centre, "daily_rest"))
