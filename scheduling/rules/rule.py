"""What a rule is. One statement of each is read by the one-person programme, the master and the audit alike."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker

if TYPE_CHECKING:
    from scheduling.staff.team import Team

State = Hashable
"""Whatever a rule must remember of the days so far: a small number, a tuple, None."""
Trait = Hashable
"""All that a rule sees of a duty. Duties with equal traits are one to the rule."""


@dataclass(frozen=True)
class Bound:
    """A measured value stays within ``low`` and ``high``: always (price None), or each unit outside costs ``price``.

    ``term`` is the term of the objective that a price counts to.
    """

    low: float | None = None
    high: float | None = None
    price: float | None = None
    term: str = "soft_rules"

    @property
    def hard(self) -> bool:
        """Whether the bound may never be broken."""
        return self.price is None

    def excess(self, value: float) -> float:
        """By how many units ``value`` lies outside; a billionth is rounding.

        >>> Bound(low=11.0).excess(9.5)
        1.5
        """
        below = self.low - value if self.low is not None else 0.0
        above = value - self.high if self.high is not None else 0.0
        outside = max(below, above)
        return outside if outside > 1e-9 else 0.0

    def limit(self, value: float) -> float | None:
        """The side of the bound that ``value`` is nearer to breaking."""
        if self.low is None or (self.high is not None and value > self.high):
            return self.high
        return self.low


class AgentRule(Protocol):
    """A resource along one agent's days.

    Day by day the rule is told the trait of the duty worked, or None for a day off; it answers with its next state
    and, on the days when there is something to judge, with a measured value that ``bounds`` of that day limit.
    """

    name: str
    unit: str

    def key(self, agent: Worker) -> Hashable:
        """Everything the rule reads of the agent except for ``start``: agents of equal keys share one programme."""
        ...

    def start(self, agent: Worker) -> State:
        """The state before the first day, with what last week carried in."""
        ...

    def trait(self, duty: Duty) -> Trait:
        """All that the rule sees of a duty."""
        ...

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The state after ``day`` and the value to judge, if any."""
        ...

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """What limits the value measured on ``day``."""
        ...

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """What a supervisor reads when ``value`` breaks ``bound`` on ``day``."""
        ...


@dataclass(frozen=True)
class TeamRow:
    """One linear row: the weighted count of agents present in ``slot`` is at least or at most ``limit``.

    ``pools`` is the weight of each pool's agents: 1 where they count, 0 where not, or any other number (three for a
    mentor who looks after three, minus one for each trainee). ``slot`` may be a mark's column, which counts shifts.
    ``price`` is what each unit missing or too many costs there. ``subject`` is the queue, site or role it speaks of,
    ``entry`` the position of the entry of the rule's policy that it comes from.
    """

    subject: str
    slot: int
    pools: np.ndarray
    at_least: bool
    limit: float
    price: float
    entry: int = 0

    def excess(self, count: float) -> float:
        """By how many units ``count`` breaks the row."""
        return max(0.0, self.limit - count if self.at_least else count - self.limit)


class TeamRule(Protocol):
    """Linear rows over counts of agents on the floor, or of shifts. Rules inherit from it what most have no use for."""

    name: str
    unit: str

    def roles(self) -> frozenset[str]:
        """The grades and teams that the rule speaks of: pools are split by them."""
        return frozenset()

    def templates(self) -> frozenset[str]:
        """The shift templates whose shifts the rule counts: each is marked, a column of presence a day."""
        return frozenset()

    def rows(self, team: Team) -> list[TeamRow]:
        """The rows over the slots of the period."""
        ...

    def sentence(self, team: Team, row: TeamRow, count: float) -> str:
        """What a supervisor reads when ``count`` breaks ``row``."""
        ...
