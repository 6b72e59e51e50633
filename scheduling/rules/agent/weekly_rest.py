"""Weekly rest: an unbroken rest of so many hours in every week of the centre.

Directive 2003/88/EC, article 5, asks in each seven-day period for 24 hours plus the 11 of the daily rest. So at least
24 hours of the rest (or all, if it is shorter) lie within the week; more may reach into the week before or after. Hours
are elapsed hours. A rest that the period's end cuts is taken to go on: the roster that follows judges it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import NamedTuple, cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import DAY_MIN, Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import priced

INSIDE_H = 24.0
"""Of a longer rest, the part that lies within the week."""
REPLAYED_DAYS = 14
LONGEST_DAY_MIN = 25 * 60


class Rest(NamedTuple):
    """What is known of the rests so far.

    ``last_end`` is None after a rest that is long enough however it goes on. ``had``: this week has had its rest.
    ``owed``: the week before has not, unless the rest that goes on is long enough.
    """

    last_end: int | None
    had: bool
    owed: bool


@dataclass(frozen=True)
class WeeklyRest:
    """A rest of ``hours``, or the contract's own, in every week."""

    hours: float
    price: float | None = None
    name: str = "weekly_rest"
    unit: str = "rests"

    def key(self, agent: Worker) -> Hashable:
        """The hours, and the zone of the midnights."""
        return self._least_min(agent), agent.zone

    def start(self, agent: Worker) -> State:
        """The last two weeks before the period, followed day by day; what nobody knows was rest."""
        days = range(-min(agent.carried.known_days, REPLAYED_DAYS), 0)
        state: State = Rest(None, had=agent.horizon.day_of_week(days.start) > 0, owed=False)
        worked = {past.day: (past.starts, past.ends) for past in agent.carried.past}
        for day in days:
            state, _ = self.extend(agent, state, day, worked.get(day))
        possible = agent.horizon.days_into_week == 0 or self._still_possible(agent, state)
        return state if possible else cast("Rest", state)._replace(had=True)

    def trait(self, duty: Duty) -> Trait:
        """Start and end."""
        return duty.starts, duty.ends

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The rests so far; measured is whether a week has had its own, at its end or by the shift after it."""
        rest, value = cast("Rest", state), None
        if trait is not None:
            starts, ends = cast("tuple[int, int]", trait)
            enough, inside_min = self._so_far(agent, rest, day, starts)
            value = float(enough) if rest.owed else None
            rest = Rest(ends, rest.had or (enough and inside_min >= self._inside_min(agent)), owed=False)
            if agent.horizon.day_of_week(day + 1) > 0 and self._least_min(agent) > LONGEST_DAY_MIN:
                return rest, value  # what is left of the day is no such rest yet
        enough, inside_min = self._so_far(agent, rest, day, _midnight(agent, day + 1))
        within = inside_min >= self._inside_min(agent)
        had = rest.had or (enough and within)
        rest = Rest(None if enough and had else rest.last_end, had, rest.owed and not enough)
        if agent.horizon.day_of_week(day + 1) > 0:
            return rest, value
        return Rest(rest.last_end, had=False, owed=within and not had), None if within and not had else float(had)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """One a week."""
        return (Bound(low=1, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The week by its last day."""
        into_week = agent.horizon.day_of_week(day)
        last = agent.horizon.day_name(day if into_week == 6 else day - into_week - 1)
        return f"{agent.name}: no unbroken rest of {self._least_min(agent) / 60:g} h in the week to {last}"

    def _still_possible(self, agent: Worker, state: State) -> bool:
        """Whether days off could give the week that the period cuts its rest; if not, the roster before has lost it."""
        value: float | None = None
        for day in range(7 - agent.horizon.days_into_week):
            state, value = self.extend(agent, state, day, None)
        return value != 0

    def _so_far(self, agent: Worker, rest: Rest, day: int, moment: int) -> tuple[bool, int]:
        """Whether the rest up to ``moment`` is long enough, and its minutes in the week of ``day``."""
        week_start = _midnight(agent, day - agent.horizon.day_of_week(day))
        if rest.last_end is None:
            return True, moment - week_start
        return moment - rest.last_end >= self._least_min(agent), moment - max(rest.last_end, week_start)

    def _least_min(self, agent: Worker) -> float:
        own = agent.contract.weekly_rest_h
        return (self.hours if own is None else own) * 60

    def _inside_min(self, agent: Worker) -> float:
        return min(self._least_min(agent), INSIDE_H * 60)


def _midnight(agent: Worker, day: int) -> int:
    """Minutes from the origin to a local midnight, outside of the period as if clocks never changed."""
    if 0 <= day <= agent.horizon.period.days:
        return agent.midnight(day)
    return agent.midnight(0) + day * DAY_MIN


def rule(centre: Centre) -> WeeklyRest | None:
    """Off where the policy asks for no weekly rest, or for one in every so many days."""
    rest = centre.rules.weekly_rest
    if rest is None or rest.days is not None:
        return None
    return WeeklyRest(rest.hours, priced(centre, "weekly_rest"))
