"""Pattern: a contract's rotation, day by day: this shift, any shift, a day off, or as the roster likes.

On a day of absence, or outside employment, no shift is owed.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced


@dataclass(frozen=True)
class Pattern:
    """No day that differs from the contract's pattern."""

    price: float | None = None
    name: str = "pattern"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """The pattern of every day, as far as it can be kept."""
        return tuple(self._entry(agent, day) for day in range(agent.horizon.period.days))

    def start(self, agent: Worker) -> State:
        """Every day stands alone."""
        return None

    def trait(self, duty: Duty) -> Trait:
        """The template."""
        return duty.template

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """1 for a day that differs."""
        entry = self._entry(agent, day)
        kept = entry == "free" or (trait is None if entry == "off" else entry == trait)
        return None, not (kept or (entry == "on" and trait is not None))

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """None."""
        return (Bound(high=0, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """What the pattern has for the day."""
        entry, when = self._entry(agent, day), agent.horizon.day_name(day)
        if entry == "off":
            return f"{agent.name}: a shift on {when}, a day off of the pattern"
        wanted = "shift" if entry == "on" else f"shift {entry}"
        return f"{agent.name}: no {wanted} on {when}, as the pattern has it"

    @staticmethod
    def _entry(agent: Worker, day: int) -> str:
        entry = agent.contract.pattern_entry(agent.horizon.date(day))
        return "free" if day in agent.idle_days and entry != "off" else entry


def rule(centre: Centre) -> Pattern | None:
    """Off where no contract has a pattern."""
    return Pattern(priced(centre, "pattern")) if any(own.pattern for own in centre.contracts) else None
