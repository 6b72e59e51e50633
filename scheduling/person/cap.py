"""Caps: hard rules that only say how often something may be done in a period, kept by a multiplier instead of states.

Over a year the weekends worked so far, or the night shifts, take dozens of values. As states they would multiply those
of all other rules. A price on each weekend or shift, raised until the cap is kept, does without them, and what may lie
between answer and optimum is known (Lagrangian relaxation of a resource: Handler & Zang, "A dual algorithm for the
constrained shortest path problem", Networks 10, 1980).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, cast

import numpy as np

from scheduling.arrays import Ints
from scheduling.person.automaton import Automaton, automaton_of
from scheduling.person.counter import Counter
from scheduling.rules.rule import AgentRule, Bound, State, Trait
from scheduling.staff.duty import Duty, Menu
from scheduling.staff.worker import Worker

FEW = 12
"""So many counts do as states: the answer is exact then."""


class Tallying(Protocol):
    """A rule whose state is a count and the little that tells when to count on: ``(count, rest)``."""

    def tally(self, agent: Worker, rest: State, day: int, trait: Trait | None) -> tuple[State, int]:
        """The rest after ``day``, and by how much the count rises."""
        ...


def tallying(rule: AgentRule) -> Tallying | None:
    """The rule, or the one that it reprices, if it tallies."""
    bare = getattr(rule, "rule", rule)
    return cast("Tallying", bare) if hasattr(bare, "tally") else None


@dataclass(frozen=True, eq=False)
class Cap:
    """At most ``most`` in the period of what ``adds`` (by duty of the menu) counts, or ``tally`` by its tolls.

    ``start`` is what each raw start state has used already, ``rest`` the state of the tally it begins in. ``exactly``
    makes the automaton that keeps the rule by its states.
    """

    rule: AgentRule
    most: int
    start: dict[State, int]
    rest: dict[State, int]
    adds: Ints | None
    tally: Automaton | None
    exactly: Callable[[], Automaton]
    seldom: bool = True
    toll: tuple[np.ndarray, ...] = ()
    """What the rule charges: nothing, it is hard."""

    @cached_property
    def automaton(self) -> Automaton:
        """The rule as states."""
        return self.exactly()


@dataclass(frozen=True)
class _Tally:
    """A rule's tally as a rule: no more than nothing may be counted, each unit costs one."""

    rule: AgentRule
    name: str
    unit: str

    def key(self, agent: Worker) -> Hashable:
        """That of the rule."""
        return self.rule.key(agent)

    def start(self, agent: Worker) -> State:
        """What the rule remembers besides the count."""
        return cast("tuple[int, State]", self.rule.start(agent))[1]

    def trait(self, duty: Duty) -> Trait:
        """That of the rule."""
        return self.rule.trait(duty)

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """Measured is what the day adds."""
        return cast("Tallying", tallying(self.rule)).tally(agent, state, day, trait)

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:  # noqa: ARG002
        """One point a unit."""
        return (Bound(high=0.0, price=1.0),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The rule's."""
        return self.rule.sentence(agent, day, value, bound)


def tallied_cap(
    rule: AgentRule, agent: Worker, menu: Menu, starts: Sequence[State], exactly: Callable[[], Automaton]
) -> Cap | None:
    """The cap of a rule that tallies; None where it may be charged, or so few are possible that states do."""
    most = _hard_limit(rule, agent, len(menu.days) - 1)
    if most is None:
        return None
    begins = {state: cast("tuple[int, State]", state) for state in starts}
    rests = list(dict.fromkeys(rest for _, rest in begins.values()))
    tally = automaton_of(cast("AgentRule", _Tally(rule, rule.name, rule.unit)), agent, menu, rests)
    if min(tally.start.values(), default=-1) < 0 or most_counted(tally) <= FEW:
        return None
    return Cap(
        rule,
        most,
        {state: count for state, (count, _) in begins.items()},
        {state: tally.start[rest] for state, (_, rest) in begins.items()},
        None,
        tally,
        exactly,
    )


def counted_cap(
    rule: AgentRule, agent: Worker, menu: Menu, counter: Counter, exactly: Callable[[], Automaton]
) -> Cap | None:
    """The cap of a counting rule that is judged at the end of the period alone; None for any other."""
    most = _hard_limit(rule, agent, len(menu.days) - 1)
    judged = [day for day, toll in enumerate(counter.toll) if len(toll)]
    if most is None or judged != [len(menu.days) - 1] or bool(counter.toll[-1].any()):
        return None
    return Cap(rule, int(counter.after_high[-1]), dict(counter.start), dict.fromkeys(counter.start, 0), counter.add,
               None, exactly)  # fmt: skip


def _hard_limit(rule: AgentRule, agent: Worker, last: int) -> int | None:
    """The hard upper bound of the period's last day, where there is no other."""
    bounds = rule.bounds(agent, last)
    limits = [bound.high for bound in bounds if bound.high is not None]
    plain = all(bound.hard and bound.low is None for bound in bounds)
    return int(min(limits)) if plain and limits else None


def most_counted(tally: Automaton) -> float:
    """The most that any duties make a tally count."""
    value: np.ndarray | None = None
    for step, toll in zip(reversed(tally.step), reversed(tally.toll), strict=True):
        beyond = np.zeros(step.shape) if value is None else np.append(value, 0.0)[step]
        value = np.where(step >= 0, toll + beyond, -np.inf).max(axis=1)
    return 0.0 if value is None else float(value.max(initial=0.0))
