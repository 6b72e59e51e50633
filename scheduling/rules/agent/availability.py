"""Availability: shifts lie inside the windows an agent has named, read on the clock of his site."""

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
class Availability:
    """No hour of a shift outside of the agent's windows; windows that touch over midnight are one."""

    price: float | None = None
    name: str = "availability"
    unit: str = "h"

    def key(self, agent: Worker) -> Hashable:
        """The windows."""
        return agent.windows

    def start(self, agent: Worker) -> State:
        """Every day stands alone."""
        return None

    def trait(self, duty: Duty) -> Trait:
        """Start and end on the clock."""
        return duty.wall_start, duty.wall_end

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Hours outside."""
        if trait is None or agent.windows is None:
            return None, None
        start, end = cast("tuple[int, int]", trait)
        inside = sum(max(0, min(end, closes) - max(start, opens)) for opens, closes in agent.windows[day])
        return None, (end - start - inside) / 60

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each hour outside."""
        return (Bound(high=0.0, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day."""
        shift = f"the shift on {agent.horizon.day_name(day)}"
        return f"{agent.name}: {value:g} h of {shift} lie outside of the hours available"


def rule(centre: Centre) -> Availability:
    """On; an agent without windows may always work."""
    return Availability(priced(centre, "availability"))
