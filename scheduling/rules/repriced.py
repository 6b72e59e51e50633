"""Repriced rules: an agent rule that measures as another does, under bounds of its own."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from scheduling.rules.rule import AgentRule, Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker


@dataclass(frozen=True, eq=False)
class Repriced:
    """``rule`` as it is; who inherits from it says what else bounds the values, or at what prices."""

    rule: AgentRule

    @property
    def name(self) -> str:
        """The rule's own."""
        return self.rule.name

    @property
    def unit(self) -> str:
        """The rule's own."""
        return self.rule.unit

    @property
    def counts(self) -> bool:
        """The rule's own."""
        return bool(getattr(self.rule, "counts", False))

    def key(self, agent: Worker) -> Hashable:
        """The rule's own."""
        return self.rule.key(agent)

    def start(self, agent: Worker) -> State:
        """The rule's own."""
        return self.rule.start(agent)

    def trait(self, duty: Duty) -> Trait:
        """The rule's own."""
        return self.rule.trait(duty)

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The rule's own."""
        return self.rule.extend(agent, state, day, trait)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """The rule's own."""
        return self.rule.bounds(agent, day)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The rule's own."""
        return self.rule.sentence(agent, day, value, bound)
