"""The course of a solve: when the first roster was there, and each better one after it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """A better roster: seconds since the start, its objective, and the bound then, NaN where there was none yet."""

    at_s: float
    objective: float
    bound: float


@dataclass(eq=False)
class Course:
    """Listens to a solve as its ``progress``. ``clock`` starts with the course, before the problem is even built."""

    tell: Callable[[Step], None]
    clock: Callable[[], float]
    steps: list[Step] = field(default_factory=list)
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.clock()

    def __call__(self, incumbent: float, bound: float, _seconds: float) -> None:
        """Keep and tell what is better than before; the solver's own seconds begin later, and are left aside."""
        if math.isfinite(incumbent) and (not self.steps or incumbent < self.steps[-1].objective - 1e-9):
            self.steps.append(Step(self.elapsed(), incumbent, bound if math.isfinite(bound) else math.nan))
            self.tell(self.steps[-1])

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.clock() - self.begun

    @property
    def first_s(self) -> float:
        """Seconds to the first roster; NaN where there was none."""
        return self.steps[0].at_s if self.steps else math.nan
