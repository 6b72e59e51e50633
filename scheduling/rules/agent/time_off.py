"""Time off: no work on a day of absence, nor before the first or after the last day of employment.

A night shift that reaches past midnight into a day of absence breaks into it as well.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import DAY_MIN, Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre


@dataclass(frozen=True)
class TimeOff:
    """No shift touches a day on which the agent is away."""

    name: str = "time_off"
    unit: str = "days"

    def key(self, agent: Worker) -> Hashable:
        """The days away."""
        return agent.away, agent.away_next, agent.employed

    def start(self, agent: Worker) -> State:
        """Every day stands alone."""
        return None

    def trait(self, duty: Duty) -> Trait:
        """Whether the shift reaches past midnight."""
        return duty.wall_end > DAY_MIN

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Days away that the shift touches."""
        if trait is None:
            return None, None
        own = not agent.employed[day] or agent.away[day] is not None
        return None, own + (cast("bool", trait) and _away(agent, day + 1) is not None)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Hard."""
        return (Bound(high=0),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """Why he is away."""
        shift = f"a shift on {agent.horizon.day_name(day)}"
        if not agent.employed[day]:
            return f"{agent.name}: {shift}, outside of the time employed"
        if agent.away[day] is not None:
            return f"{agent.name}: {shift}, a day of {_KIND[str(agent.away[day])]}"
        return f"{agent.name}: {shift} reaches into {agent.horizon.day_name(day + 1)}, a day off by absence"


_KIND = {"leave": "leave", "sick": "sickness", "training": "training"}


def _away(agent: Worker, day: int) -> str | None:
    return agent.away[day] if day < len(agent.away) else agent.away_next


def rule(centre: Centre) -> TimeOff:
    """Always on."""
    return TimeOff()
