"""Average hours: the weekly average over a reference period, with what earlier rosters say; it warns.

Directive 2003/88/EC, articles 6 and 16: 48 hours a week on average, overtime included. The reference period is longer
than any roster. A roster's own weeks are therefore never held to the average: it is worked out with what was worked
before, and where it would be passed the audit says so. With a price in ``[rules.soft]`` the solver weighs it as well.

Days before the first roster known, and days of a calendar period that the roster doesn't reach, count with the
contract's hours. A paid absence counts the hours that it credits; days outside of employment shorten the period.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.hours import AverageHours
from wfm.policy.rules import priced

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class AverageWeek:
    """At most ``average.hours`` a week on average, told, or at ``price`` an hour of the average beyond.

    The state is the minutes worked since the period or the reference period began, whichever is later.
    """

    average: AverageHours
    price: float = 0.0
    name: str = "average_hours"
    unit: str = "h"

    @property
    def counts(self) -> bool:
        """Whether it adds minutes up for the solver."""
        return not self.warns

    @property
    def warns(self) -> bool:
        """Whether it costs nothing, so that it is the audit's alone."""
        return self.price == 0

    def key(self, agent: Worker) -> Hashable:
        """The hours of everything outside of the roster's shifts, on each day that is judged."""
        if self.warns or agent.contract.average_opt_out:
            return None
        days = range(agent.horizon.period.days)
        return tuple(self._frame(agent, day) for day in days if self._judges(agent, day))

    def start(self, agent: Worker) -> State:
        """What was before the period is in the measured value."""
        return 0

    def trait(self, duty: Duty) -> Trait:
        """Paid minutes."""
        return duty.paid_min

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Minutes so far; measured is the average, on the last day of the roster or of the reference period."""
        if agent.contract.average_opt_out:
            return 0, None
        minutes = cast("int", state) + (0 if trait is None else cast("int", trait))
        if not self._judges(agent, day):
            return minutes, None
        around_min, weeks = self._frame(agent, day)
        return 0, (around_min + minutes) / 60 / weeks if weeks else 0.0

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """A warning, or a price."""
        return (Bound(high=self.average.hours, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The average, its weeks, and how much of it rosters tell."""
        first, past = self._window(agent, day)
        begin = first if agent.agent.since is None else max(first, agent.agent.since)
        known = min(agent.ledger.known_days, past)
        source = "" if known >= past else f"; of the {past} days before the roster, {past - known} by contract"
        span = f"from {begin.day} {begin:%B %Y} to {agent.horizon.day_name(day)}"
        return f"{agent.name}: {value:.4g} h a week on average {span}, at most {bound.high:g} h{source}"

    def _judges(self, agent: Worker, day: int) -> bool:
        if day + 1 == agent.horizon.period.days:
            return True
        calendar = self.average.calendar
        following = agent.horizon.date(day + 1)
        return calendar is not None and _begins(following, MONTHS[calendar]) == following

    def _window(self, agent: Worker, day: int) -> tuple[date, int]:
        """The first day of the reference period that ``day`` is judged for, and its days before the roster."""
        if self.average.calendar is None:
            first = agent.horizon.date(day - 7 * cast("int", self.average.weeks) + 1)
        else:
            first = _begins(agent.horizon.date(day), MONTHS[self.average.calendar])
        return first, max((agent.horizon.date(0) - first).days, 0)

    def _frame(self, agent: Worker, day: int) -> tuple[float, float]:
        """Minutes of the reference period that are no shift of the roster, and its weeks of employment."""
        first, past = self._window(agent, day)
        rest = 0
        if self.average.calendar is not None:
            rest = (_after(first, MONTHS[self.average.calendar]) - agent.horizon.date(day)).days - 1
        own = range(max((first - agent.horizon.date(0)).days, 0), day + 1)
        known = min(agent.ledger.known_days, past)
        assumed = [-ago - 1 for ago in range(known, past)] + [day + 1 + ahead for ahead in range(rest)]
        unknown = sum(_employed(agent, other) for other in assumed)
        employed = unknown + sum(_employed(agent, -ago - 1) for ago in range(known))
        employed += sum(agent.employed[other] for other in own)
        told_min = agent.ledger.worked_min(known) + agent.ledger.credited_min(known)
        credit_min = sum(agent.credit_min(other) for other in own)
        return told_min + credit_min + unknown / 7 * agent.contract.hours_week * 60, employed / 7


def _employed(agent: Worker, day: int) -> bool:
    when, since, until = agent.horizon.date(day), agent.agent.since, agent.agent.until
    return (since is None or when >= since) and (until is None or when <= until)


def _begins(day: date, months: int) -> date:
    """The first day of the calendar period of so many months that holds ``day``."""
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _after(first: date, months: int) -> date:
    """The first day after the calendar period of so many months from ``first``."""
    return date(first.year + (first.month - 1 + months) // 12, (first.month - 1 + months) % 12 + 1, 1)


def rule(centre: Centre) -> AverageWeek | None:
    """Off where the policy names no average."""
    average = centre.rules.average_hours
    return None if average is None else AverageWeek(average, priced(centre, "average_hours") or 0.0)
