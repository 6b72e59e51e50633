"""Charged rules: an agent rule whose priced bounds are weighed by term, and to which a cost of its own may be added."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace

from scheduling.rules.repriced import Repriced
from scheduling.rules.rule import Bound
from scheduling.staff.worker import Worker

Extra = Callable[[Worker], tuple[Bound, ...]]
"""Priced bounds of an agent's own on the value that a rule measures."""


@dataclass(frozen=True, eq=False)
class Charged(Repriced):
    """``rule`` with the prices of its bounds times the weight of their term; ``further`` bounds join it on every day.

    The audit asks the bare rule: what is merely paid for is no violation.
    """

    weights: Mapping[str, float]
    further: Extra | None = None

    @property
    def seldom(self) -> bool:
        """The rule's own."""
        return bool(getattr(self.rule, "seldom", False))

    def key(self, agent: Worker) -> Hashable:
        """The rule's key, and the further bounds."""
        return self.rule.key(agent), self._own(agent)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """The rule's and the further ones, weighed."""
        return tuple(self._weighed(bound) for bound in (*self.rule.bounds(agent, day), *self._own(agent)))

    def _own(self, agent: Worker) -> tuple[Bound, ...]:
        return () if self.further is None else self.further(agent)

    def _weighed(self, bound: Bound) -> Bound:
        weight = self.weights[bound.term]
        return bound if bound.price is None or weight == 1 else replace(bound, price=bound.price * weight)
