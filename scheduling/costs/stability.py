"""Stability: points for each change of an agent's days against the last version of the same period."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scheduling.arrays import Floats
from scheduling.costs.facts import MenuFacts
from scheduling.staff.duty import Duty
from wfm.policy.objective import Stability


def change_cost(prices: Stability, before: Duty | None, after: Duty | None) -> float:
    """Points of one day: a day off turned into work or the reverse, or what moved of a shift."""
    if before is None or after is None:
        return prices.day * (before is not after)
    moved = abs(after.wall_start - before.wall_start)
    grown = abs((after.ends - after.starts) - (before.ends - before.starts))
    return prices.template * (after.template != before.template) + prices.hour * (moved + grown) / 60


def change_costs(prices: Stability, before: Mapping[int, Duty], facts: MenuFacts) -> tuple[Floats, Floats]:
    """The same for each duty of a menu, and for a day off on each day."""
    off = np.zeros(len(facts.day_at) - 1)
    duty = np.full(len(facts.day), prices.day)
    for day, old in before.items():
        own = slice(facts.day_at[day], facts.day_at[day + 1])
        off[day] = prices.day
        moved = np.abs(facts.wall_start[own] - old.wall_start)
        grown = np.abs(facts.length_min[own] - (old.ends - old.starts))
        other = facts.template[own] != old.template
        duty[own] = prices.template * other + prices.hour * (moved + grown) / 60
    return duty, off
