"""Charged rules: an agent rule whose priced bounds are weighed by term, and to which a cost of its own may be added."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from scheduling.duty import Duty
from scheduling.rules.rule import AgentRule, Bound, State, Trait
from scheduling.worker import Worker

Extra = Callable[[Worker], tuple[Bound, ...]]
"""Priced bounds of an agent's own on the value that a rule measures."""


@dataclass(frozen=True, eq=False)
class Charged:
    """``rule`` with the prices of its bounds times the weight of their term; ``further`` bounds join it on every day.

    The audit asks the bare rule: what is merely paid for is no violation.
    """

    rule: AgentRule
    weights: Mapping[str, float]
    further: Extra | None = None

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

    @property
    def seldom(self) -> bool:
        """The rule's own."""
        return bool(getattr(self.rule, "seldom", False))

    def key(self, agent: Worker) -> Hashable:
        """The rule's key, and the further bounds."""
        return self.rule.key(agent), self._own(agent)

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
        """The rule's and the further ones, weighed."""
        return tuple(self._weighed(bound) for bound in (*self.rule.bounds(agent, day), *self._own(agent)))

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The rule's own."""
        return self.rule.sentence(agent, day, value, bound)

    def _own(self, agent: Worker) -> tuple[Bound, ...]:
        return () if self.further is None else self.further(agent)

    def _weighed(self, bound: Bound) -> Bound:
        weight = self.weights[bound.term]
        return bound if bound.price is None or weight == 1 else replace(bound, price=bound.price * weight)
