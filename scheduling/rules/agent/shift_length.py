"""Shift length: a contract's shifts have one of the lengths that it allows, from start to end."""

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
class ShiftLength:
    """No shift further than a minute from every length in ``lengths_h`` of the contract."""

    price: float | None = None
    name: str = "shift_length"
    unit: str = "h"

    def key(self, agent: Worker) -> Hashable:
        """The lengths."""
        return agent.contract.lengths_h

    def start(self, agent: Worker) -> State:
        """Every day stands alone."""
        return None

    def trait(self, duty: Duty) -> Trait:
        """Minutes from start to end."""
        return duty.ends - duty.starts

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Hours to the nearest length that is allowed."""
        lengths = agent.contract.lengths_h
        if trait is None or lengths is None:
            return None, None
        return None, min(abs(cast("int", trait) / 60 - length) for length in lengths)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """As many hours off as a minute has."""
        return (Bound(high=1 / 60, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day, and the lengths."""
        lengths = " or ".join(f"{length:g}" for length in agent.contract.lengths_h or ())
        shift = f"the shift on {agent.horizon.day_name(day)}"
        return f"{agent.name}: {shift} is {value:.3g} h off the lengths agreed, {lengths} h"


def rule(centre: Centre) -> ShiftLength | None:
    """Off where no contract names lengths."""
    if all(contract.lengths_h is None for contract in centre.contracts):
        return None
    return ShiftLength(priced(centre, "shift_length"))
