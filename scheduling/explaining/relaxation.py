"""Relaxations: by how much rules would have to give so that an agent can be given a legal period, or a shift in it.

One rule of a clash is made soft at a high price a unit outside its bounds, all others stay hard, and his one-person
programme is solved again: its cheapest tour breaks that rule by the least total. Where that alone is no way out,
because another clash stands behind the first, a rule of that one is made soft as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np

from scheduling.checking.audit import agent_violations
from scheduling.person.atlas import Atlas, has_tour, may_work
from scheduling.person.path import cheapest_path
from scheduling.person.profile import Profile
from scheduling.person.reasons import LEFT_OUT_LAST, Unplaceable, smallest_clash
from scheduling.rules.repriced import Repriced
from scheduling.rules.rule import AgentRule, Bound
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker

BREACH = 1e6
"""Points a unit outside of a softened bound: far above every toll, so that the least breach is found first."""
UNIT_H = {"h": 1.0, "min": 1 / 60, "days": 8.0, "nights": 8.0, "shifts": 8.0, "weekends": 16.0}
"""What a unit of each kind counts when alternatives are put in order: in hours of work, a day being eight."""
MOST_RULES = 4


@dataclass(frozen=True)
class Softened(Repriced):
    """``rule`` with every hard bound at ``price`` a unit outside, and the priced ones free."""

    price: float

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """Soft."""
        hard = (bound for bound in self.rule.bounds(agent, day) if bound.hard)
        return tuple(Bound(bound.low, bound.high, self.price) for bound in hard)


@dataclass(frozen=True)
class Change:
    """One rule gives: ``needed`` instead of ``limit`` on ``day``, and less far on ``others`` more days."""

    rule: str
    unit: str
    limit: float
    needed: float
    day: int
    others: int

    @property
    def hours(self) -> float:
        """How much gives, on a scale of working hours."""
        return abs(self.needed - self.limit) * UNIT_H.get(self.unit, 8.0)


@dataclass(frozen=True)
class Relaxation:
    """A way out: ``changes`` together would do. ``hours`` is how much gives, for putting alternatives in order."""

    agent: str
    changes: tuple[Change, ...]
    hours: float
    sentence: str


def relaxations(atlas: Atlas, worker: Worker, reason: Unplaceable) -> tuple[Relaxation, ...]:
    """Ways out of ``reason``, the least first: one for each rule of the clash, absence and availability last.

    Nothing is proposed to somebody who is away on every day.
    """
    if reason.rules == ("time_off",):
        return ()
    found: dict[tuple[Change, ...], Relaxation] = {}
    for name in reason.rules:
        changes = _least_changes(atlas, worker, reason.illegal, name)
        if changes:
            hours = sum(change.hours for change in changes)
            found.setdefault(changes, Relaxation(worker.id, changes, hours, _sentence(worker, changes)))
    return tuple(sorted(found.values(), key=lambda way: (any(c.rule in LEFT_OUT_LAST for c in way.changes), way.hours)))


def _least_changes(atlas: Atlas, worker: Worker, illegal: bool, first: str) -> tuple[Change, ...]:
    """What gives if the rule ``first`` may, and others only where it must be."""
    possible = has_tour if illegal else may_work
    giving = [first]
    for _ in range(MOST_RULES):
        softer = atlas.under([_soft(rule, giving) for rule in atlas.rules])
        softer.prepare([worker])
        profile = softer.profile(worker, softer.rules, 0, 0)
        if profile is not None and possible(profile):
            duties = _least_breach(profile, illegal)
            return tuple(change for rule in atlas.rules for change in _changes(rule, worker, duties))
        further = [name for name in smallest_clash(atlas, worker, possible, giving) if name != "time_off"]
        if not further:
            return ()
        giving.append(further[0])
    return ()


def _soft(rule: AgentRule, giving: Collection[str]) -> AgentRule:
    return cast("AgentRule", Softened(rule, BREACH)) if rule.name in giving else rule


def _least_breach(profile: Profile, illegal: bool) -> dict[int, Duty]:
    """The duties by day of the tour that breaks softened rules least; with a shift in it, unless any tour will do."""
    menu = profile.menu
    costs = np.zeros(len(menu.duties))
    if illegal:
        path = cheapest_path(profile, costs)
        assert path is not None  # the caller has asked whether there is any
        return {menu.duties[at].day: menu.duties[at] for at in path.duties}
    best: tuple[int, ...] = ()
    least = np.inf
    for begin, end in zip(menu.day_at[:-1], menu.day_at[1:], strict=True):
        # One day's shifts are wanted so much that breaking a rule for one of them pays.
        wanted = costs.copy()
        wanted[begin:end] = -1e3 * BREACH
        path = cheapest_path(profile, wanted) if end > begin else None
        if path is not None and path.duties and path.cost < least:
            best, least = path.duties, path.cost
    return {menu.duties[at].day: menu.duties[at] for at in best}


def _changes(rule: AgentRule, worker: Worker, duties: dict[int, Duty]) -> Iterator[Change]:
    """How far each bound of ``rule`` is passed by ``duties``: on its worst day, and on how many others."""
    broken = [v for v in agent_violations(rule, worker, duties) if v.hard and v.found is not None]
    for limit in dict.fromkeys(violation.limit for violation in broken):
        if limit is None:
            continue
        own = [violation for violation in broken if violation.limit == limit]
        worst = max(own, key=lambda violation: abs((violation.found or 0.0) - limit))
        yield Change(rule.name, rule.unit, limit, worst.found or 0.0, worst.day or 0, len(own) - 1)


def _sentence(worker: Worker, changes: tuple[Change, ...]) -> str:
    parts = []
    for change in changes:
        name = change.rule.replace("_", " ")
        unit = change.unit if change.needed != 1 else change.unit.removesuffix("s")
        more = f" and on {change.others} more days" if change.others else ""
        when = f"on {worker.horizon.day_name(change.day)}{more}"
        if change.limit:
            parts.append(f"{name} of {change.needed:.4g} {unit} instead of {change.limit:.4g} {when}")
        else:
            parts.append(f"{change.needed:.4g} {unit} against {name} {when}")
    return f"{worker.name}: it would do to allow {', and '.join(parts)}"
