"""Counters: a rule that only adds up what duties bring, as a dense axis of the programme instead of as states.

The minutes of a week or a period take hundreds of values. As states of an automaton each would be a node with edges of
its own; as an axis beside the nodes one class of duties moves all values at once, by the same amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose
from typing import cast

import numpy as np

from scheduling.arrays import Floats, Ints
from scheduling.rules.rule import AgentRule, Bound, State
from scheduling.staff.duty import Menu
from scheduling.staff.worker import Worker


@dataclass(frozen=True, eq=False)
class Counter:
    """A counting rule over a menu, in ``unit`` of its state.

    Attributes:
        start: each raw start state in units.
        add: by duty of the menu, the units it adds.
        low, high: least and greatest value that may still end well, before each day and at the end; length days + 1.
        after_low, after_high: the same after each day's duty is added and before a reset.
        toll: by day, what each value from ``after_low`` to ``after_high`` costs when it is judged; empty where nothing
            is.
        resets: by day, the value that the next day begins with, or -1 where counting goes on.
        binding: whether any value is illegal or costs anything; else the rule may be forgotten.
    """

    rule: AgentRule
    unit: int
    start: dict[State, int]
    add: Ints
    low: Ints
    high: Ints
    after_low: Ints
    after_high: Ints
    toll: tuple[Floats, ...]
    resets: Ints
    binding: bool

    @property
    def width(self) -> int:
        """The most values of any layer."""
        return int((self.after_high - self.after_low).max(initial=0)) + 1


@dataclass(frozen=True)
class _Day:
    """How a rule counts on one day: units added off and by duty, judgement ``value = offset + slope * state``."""

    off: int
    add: Ints
    judged: tuple[float, float] | None
    reset: int | None
    bounds: tuple[Bound, ...]


def counter_of(rule: AgentRule, agent: Worker, menu: Menu, starts: Sequence[State]) -> Counter | None:
    """The counter of a rule that declares ``counts``; None where it turns out not to be additive."""
    days = [_probe(rule, agent, menu, day) for day in range(len(menu.days))]
    if any(day is None for day in days):
        return None
    found = cast("list[_Day]", days)
    begins = [int(cast("int", state)) for state in starts]
    amounts = [*begins, *(int(x) for day in found for x in (*day.add, day.off, day.reset or 0))]
    unit = int(np.gcd.reduce(np.array(amounts, dtype=np.int64))) or 1
    if any(state != int(cast("int", state)) for state in starts) or min(amounts, default=0) < 0:
        return None
    return _layered(rule, found, dict(zip(starts, begins, strict=True)), unit)


def _probe(rule: AgentRule, agent: Worker, menu: Menu, day: int) -> _Day | None:
    """What a day does to states 0 and 60, for no duty and for every trait; None where that is no sum."""
    duties = menu.days[day]
    traits = dict.fromkeys(rule.trait(duty) for duty in duties)
    added: dict[object, int] = {}
    judged: tuple[float, float] | None = None
    reset: int | None = None
    for trait in (None, *traits):
        (low, at_low), (high, at_high) = (rule.extend(agent, state, day, trait) for state in (0, 60))
        if (at_low is None) != (at_high is None) or not isinstance(low, int | float):
            return None
        if low == high:
            reset = int(low)
        elif cast("float", high) - low != 60 or low != int(low):
            return None
        if at_low is not None and at_high is not None:
            slope = (at_high - at_low) / 60
            if judged is None:
                judged = (at_low, slope)
            if slope <= 0 or not isclose(slope, judged[1], rel_tol=1e-9):
                return None
            added[trait] = round((at_low - judged[0]) / slope)
        else:
            added[trait] = int(low)
    if (judged is None) != (reset is None) and reset is not None:
        return None
    off = added[None]
    return _Day(
        off, np.array([added[rule.trait(duty)] for duty in duties], dtype=np.int64), judged, reset,
        rule.bounds(agent, day),
    )  # fmt: skip


def _layered(rule: AgentRule, days: list[_Day], begins: dict[State, int], unit: int) -> Counter | None:
    """Ranges forward from the starts and backward from the judgements."""
    n = len(days)
    low, high = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    after_low, after_high = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    low[0], high[0] = (f(value // unit for value in begins.values()) for f in (min, max))
    if any(day.off for day in days):
        return None
    resets = np.array([-1 if day.reset is None else day.reset // unit for day in days], dtype=np.int64)
    most = np.array([int(day.add.max(initial=0)) // unit for day in days], dtype=np.int64)
    for d in range(n):
        after_low[d], after_high[d] = low[d], high[d] + most[d]
        low[d + 1], high[d + 1] = (resets[d], resets[d]) if resets[d] >= 0 else (after_low[d], after_high[d])
    tolls: list[Floats] = [np.zeros(0)] * n
    binding = False
    for d in range(n - 1, -1, -1):
        if resets[d] < 0:
            after_low[d], after_high[d] = max(after_low[d], low[d + 1]), min(after_high[d], high[d + 1])
        judged = days[d].judged
        if judged is not None and after_low[d] <= after_high[d]:
            values = judged[0] + judged[1] * unit * np.arange(after_low[d], after_high[d] + 1)
            toll = _toll(values, days[d].bounds)
            legal = np.flatnonzero(np.isfinite(toll))
            binding = binding or len(legal) < len(toll) or bool(toll.any())
            if len(legal) == 0:
                after_low[d], after_high[d] = 1, 0
            else:
                first, last = int(legal[0]), int(legal[-1])
                tolls[d] = toll[first : last + 1]
                after_low[d], after_high[d] = after_low[d] + first, after_low[d] + last
        low[d], high[d] = max(low[d], after_low[d] - most[d]), min(high[d], after_high[d])
    add = np.concatenate([day.add for day in days]) // unit if n else np.zeros(0, dtype=np.int64)
    start = {state: value // unit for state, value in begins.items()}
    return Counter(rule, unit, start, add, low, high, after_low, after_high, tuple(tolls), resets, binding)


def _toll(values: Floats, bounds: Sequence[Bound]) -> Floats:
    """What each value costs; infinite where a hard bound is broken."""
    out = np.zeros(len(values))
    for bound in bounds:
        below = (bound.low - values) if bound.low is not None else np.zeros(len(values))
        above = (values - bound.high) if bound.high is not None else np.zeros(len(values))
        excess = np.maximum(below, above)
        excess[excess <= 1e-9] = 0.0
        out += np.where(excess > 0, np.inf, 0.0) if bound.price is None else excess * bound.price
    return out
