"""Shift caps: most and least shifts of a template in the period, by contract. Each template is a rule of its own."""

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
class ShiftCap:
    """Shifts of ``template`` in the period between the contract's ``least_shifts`` and ``most_shifts`` of it.

    ``seldom``: only caps, which few answers break, are set for it.
    """

    template: str
    seldom: bool
    price: float | None = None
    unit: str = "shifts"
    counts: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The file's name and the template's."""
        return f"shift_caps:{self.template}"

    def key(self, agent: Worker) -> Hashable:
        """The limits."""
        return self._limits(agent)

    def start(self, agent: Worker) -> State:
        """None yet: the period's own are counted."""
        return 0

    def trait(self, duty: Duty) -> Trait:
        """Whether it is one of them."""
        return duty.template == self.template

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Shifts of the template so far, measured at the end of the period."""
        count = cast("int", state) + bool(trait)
        return count, count if day + 1 == agent.horizon.period.days else None

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Each shift too few or too many."""
        least, most = self._limits(agent)
        return (Bound(low=least, high=most, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The whole period."""
        limit = bound.limit(value)
        side = "at least" if limit == bound.low else "at most"
        return f"{agent.name}: {value:g} shifts {self.template} in the period, {side} {limit:g} agreed"

    def _limits(self, agent: Worker) -> tuple[int | None, int | None]:
        contract = agent.contract
        return contract.least_shifts.get(self.template), contract.most_shifts.get(self.template)


def rule(centre: Centre) -> tuple[ShiftCap, ...]:
    """One a template that any contract limits."""
    capped = {template for own in centre.contracts for template in own.most_shifts}
    asked = {template for own in centre.contracts for template in own.least_shifts}
    price = priced(centre, "shift_caps")
    return tuple(ShiftCap(template, template not in asked, price) for template in sorted(capped | asked))
