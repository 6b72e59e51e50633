"""Obstacles: what keeps an agent from one more shift on top of those he has, asked of his rules one by one.

A rule walks along his days with the shift added, from the state in which it comes to that day, until it is again in the
state it would have been in anyway. Only what the added shift makes worse is held against it, so that a roster with
faults of its own can be asked about too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scheduling.rules.rule import AgentRule, State
from scheduling.staff.duty import Duty
from scheduling.staff.given import Worked
from scheduling.staff.worker import Worker

AT_WORK, OTHER_HOURS, AWAY, NO_TEMPLATE, NOTHING = "at_work", "other_hours", "away", "no_template", "nothing"
"""What stops an agent besides a rule of that name; ``nothing``: he could come."""

_WORDS = {
    AT_WORK: "at work",
    OTHER_HOURS: "on a shift at other hours",
    AWAY: "away",
    NO_TEMPLATE: "without a shift template then",
    NOTHING: "free to come, at a higher cost",
    "availability": "not available",
    "time_off": "away the day after",
    "weekly_days": "at their days of the week",
    "weekly_hours": "at their hours of the week",
    "daily_rest": "at rest",
    "consecutive_days": "at the end of a run of days",
}

_AGAINST = {
    OTHER_HOURS: "no such shift on this day",
    "availability": "not available then",
    "time_off": "away the day after",
    "weekly_days": "no working day of the week is left",
    "weekly_hours": "the hours of the week are used up",
    "daily_rest": "too little rest before or after",
    "consecutive_days": "too many working days in a row",
}


@dataclass(frozen=True)
class _Walk:
    """A rule along an agent's duties: the state before each day, and the excess over its hard bounds on each."""

    states: tuple[State, ...]
    excess: tuple[float, ...]


def obstacle(rules: Sequence[AgentRule], worker: Worker, duties: Worked, shifts: Sequence[Duty]) -> str:
    """What keeps ``worker`` from one of ``shifts`` on top of his ``duties``.

    One of the words above, or the name of the rule that forbids all the shifts; where no single rule does, of the one
    that forbids most.
    """
    if not shifts:
        return NO_TEMPLATE
    days = {duty.day for duty in shifts}
    if all(worker.away[day] is not None or not worker.employed[day] for day in days):
        return AWAY
    free = [duty for duty in shifts if duty.day not in duties]
    if not free:
        return OTHER_HOURS
    forbidden = [(rule.name, forbids(rule, worker, duties, free)) for rule in rules]
    if not all(any(by_shift[at] for _, by_shift in forbidden) for at in range(len(free))):
        return NOTHING
    most: Counter[str] = Counter()
    for name, by_shift in forbidden:
        most[name] = max(most[name], sum(by_shift))
    return most.most_common(1)[0][0]


def forbids(rule: AgentRule, worker: Worker, duties: Worked, shifts: Sequence[Duty]) -> list[bool]:
    """Whether ``rule`` forbids each of ``shifts`` on top of ``duties``; shifts that it cannot tell apart are one."""
    walk = _walk(rule, worker, duties)
    known: dict[tuple[int, object], bool] = {}
    out = []
    for duty in shifts:
        key = duty.day, rule.trait(duty)
        if key not in known:
            known[key] = _worse(rule, worker, duties, duty, walk)
        out.append(known[key])
    return out


def _walk(rule: AgentRule, worker: Worker, duties: Worked) -> _Walk:
    state = rule.start(worker)
    states, excess = [state], []
    for day in range(worker.horizon.period.days):
        duty = duties.get(day)
        state, value = rule.extend(worker, state, day, None if duty is None else rule.trait(duty))
        states.append(state)
        excess.append(_excess(rule, worker, day, value))
    return _Walk(tuple(states), tuple(excess))


def _worse(rule: AgentRule, worker: Worker, duties: Worked, added: Duty, walk: _Walk) -> bool:
    state = walk.states[added.day]
    for day in range(added.day, worker.horizon.period.days):
        duty = added if day == added.day else duties.get(day)
        state, value = rule.extend(worker, state, day, None if duty is None else rule.trait(duty))
        if _excess(rule, worker, day, value) > walk.excess[day] + 1e-9:
            return True
        if state == walk.states[day + 1]:
            return False
    return False


def _excess(rule: AgentRule, worker: Worker, day: int, value: float | None) -> float:
    if value is None:
        return 0.0
    return sum(bound.excess(value) for bound in rule.bounds(worker, day) if bound.hard)


def said(name: str) -> str:
    """How an agent is whom an obstacle keeps, as in ``2 at rest``."""
    return _WORDS.get(name, f"kept by {name.replace('_', ' ')}")


def against(name: str) -> str:
    """What stands against a shift, as in ``late not possible: too little rest before or after``."""
    return _AGAINST.get(name, said(name))
