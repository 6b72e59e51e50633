"""Explanation: why an agent has the shift he has on a day, by what the roster would cost without it or with another.

Everybody else stays as rostered. For the day alone his other days stay too, and the best shift of every template, and
the day off, are found by his own programme; for the whole period he is rostered anew without that shift. What an
alternative costs more is recomputed term by term from the roster tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from scheduling.arrays import Floats
from scheduling.checking.objective import objective_terms
from scheduling.explaining.obstacles import AWAY, OTHER_HOURS, against, forbids
from scheduling.explaining.shortfall import present_with_given
from scheduling.person.atlas import Atlas
from scheduling.person.profile import Profile
from scheduling.person.tour import Tour, best_tour
from scheduling.problem.problem import Problem
from scheduling.problem.standing import Standing, team_costs
from scheduling.segments import roster_table
from scheduling.solver.search import priced
from scheduling.staff.duty import DAY_MIN, Duty
from scheduling.staff.given import Worked, worked
from scheduling.staff.worker import Worker
from wfm.errors import MissingError
from wfm.tables.roster import ROSTER

FORCED = 1e8
"""Points by which a shift asked for is wanted: it is in the tour if any legal one holds it."""
SHOWN_POINTS = 0.05
MOST_CHANGES = 3


@dataclass(frozen=True)
class Alternative:
    """What the day or the period could look like instead: ``cost`` points more than the roster, split in ``terms``."""

    label: str
    cost: float
    terms: Mapping[str, float]


@dataclass(frozen=True)
class Explanation:
    """Why ``agent`` works ``shift`` (``off`` for none) on ``day``.

    Attributes:
        alternatives: the day otherwise, all else as it is, the cheapest first.
        forbidden: templates that no rule-abiding shift of that day has, and what stands against them.
        otherwise: his best period without that shift; None where there is none.
        sentences: all of it in words.
    """

    agent: str
    day: int
    shift: str
    alternatives: tuple[Alternative, ...]
    forbidden: Mapping[str, str]
    otherwise: Alternative | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Case:
    """One agent of a roster: ``own`` are his segments, ``others`` everybody else's presence by pool and slot."""

    problem: Problem
    worker: Worker
    own: pd.DataFrame
    others: Floats

    @property
    def pool(self) -> int:
        """His pool."""
        return self.problem.team.pool_of(self.worker)

    @cached_property
    def duties(self) -> Worked:
        """His duties by day."""
        return worked(self.own, [self.worker], self.problem.horizon).get(self.worker.id, {})

    @cached_property
    def terms(self) -> dict[str, float]:
        """What the roster costs, as far as it depends on him."""
        return self.terms_with(self.own)

    def terms_with(self, own: pd.DataFrame) -> dict[str, float]:
        """What the roster costs with other segments of his, his own terms and the whole team's."""
        team = team_costs(self.problem, self.others + self.problem.team.presence(own))
        return {**objective_terms(self.alone(self.problem.atlas), own), **team}

    def alone(self, atlas: Atlas) -> Problem:
        """The problem with nobody but him in the team, under another atlas."""
        problem = self.problem
        at = problem.team.workers.index(self.worker)
        return replace(
            problem,
            team=replace(problem.team, workers=(self.worker,)),
            atlas=atlas,
            profiles=tuple(replace(own, agents=(0,)) for own in problem.profiles if at in own.agents),
            locked=ROSTER.empty(),
        )

    def alternative(self, label: str, own: pd.DataFrame) -> Alternative:
        """The roster with ``own`` in place of his segments."""
        after = self.terms_with(own)
        differences = {term: after[term] - self.terms.get(term, 0.0) for term in after}
        told = {term: points for term, points in differences.items() if abs(points) > 1e-9}
        return Alternative(label, sum(told.values()), told)


def case_of(problem: Problem, roster: pd.DataFrame, agent: str) -> Case:
    """The case of ``agent`` in ``roster``.

    Raises:
        MissingError: nobody of that id.
    """
    workers = {worker.id: worker for worker in problem.team.workers}
    if agent not in workers:
        raise MissingError("unknown agent", where="explanation", found=agent, expected="one of the roster's agents")
    own = roster[roster["agent"] == agent]
    others = present_with_given(problem, roster) - problem.team.presence(own)
    return Case(problem, workers[agent], own, others)


def explanation(problem: Problem, roster: pd.DataFrame, agent: str, day: int) -> Explanation:
    """Why ``agent`` has his shift, or none, on ``day`` of the problem's period.

    Raises:
        MissingError: nobody of that id.
    """
    case = case_of(problem, roster, agent)
    present = case.duties.get(day)
    alternatives, forbidden = of_the_day(case, day)
    otherwise = of_the_period(case, day) if present is not None else None
    shift = "off" if present is None else shift_name(present)
    sentences = _sentences(case, day, shift, alternatives, forbidden, otherwise)
    return Explanation(agent, day, shift, alternatives, forbidden, otherwise, sentences)


def of_the_day(case: Case, day: int) -> tuple[tuple[Alternative, ...], dict[str, str]]:
    """The day's best shift of every template and the day off, his other days as they are; and what is not allowed."""
    problem, worker = case.problem, case.worker
    others = {other: case.duties.get(other) for other in range(problem.horizon.period.days) if other != day}
    atlas = problem.atlas.under(problem.atlas.rules, {worker.id: others})
    atlas.prepare([worker])
    profile = atlas.profile(worker, atlas.rules, case.pool, 0)
    elsewhere = case.own[case.own["work_date"] != pd.Timestamp(worker.horizon.date(day))]
    worth = Standing(problem, case.others + problem.team.presence(elsewhere)).worth(case.pool)
    found, forbidden = [], {}
    for template, shifts in _choices(atlas, worker, day).items():
        tour = None if profile is None else _forced(profile, worth, day, shifts)
        if tour is None:
            forbidden[template] = _forbidding(case, day, shifts)
            continue
        table = _with_day(case, roster_table(case.alone(atlas), {0: tour}), day)
        duty = next((d for d in (atlas.menu(worker).duties[at] for at in tour.duties) if d.day == day), None)
        if not _same(duty, case.duties.get(day)):
            found.append(case.alternative("off" if duty is None else shift_name(duty), table))
    return tuple(sorted(found, key=lambda other: other.cost)), forbidden


def of_the_period(case: Case, day: int) -> Alternative | None:
    """His best period without the shift of ``day``; None where none is legal."""
    problem, worker = case.problem, case.worker
    profile = problem.atlas.profile(worker, problem.atlas.rules, case.pool, 0)
    if profile is None:
        return None
    worth = Standing(problem, case.others).worth(case.pool)
    costs = priced(profile.menu, worth)
    duties = profile.menu.duties
    barred = [at for at, duty in enumerate(duties) if _same(duty, case.duties.get(day))]
    costs[barred] = np.inf
    found = best_tour(profile, costs, worth)
    if found is None:
        return None
    chosen = {duties[at].day: duties[at] for at in found[0].duties}
    changed = [
        f"{worker.horizon.day_name(other)} {shift_name(chosen[other]) if other in chosen else 'off'}"
        for other in range(problem.horizon.period.days)
        if not _same(chosen.get(other), case.duties.get(other))
    ]
    locked = problem.locked[problem.locked["agent"] == worker.id]
    table = roster_table(case.alone(problem.atlas), {0: found[0]})
    more = f" and {len(changed) - MOST_CHANGES} more days" if len(changed) > MOST_CHANGES else ""
    return case.alternative(", ".join(changed[:MOST_CHANGES]) + more, pd.concat([table, locked]))


def _choices(atlas: Atlas, worker: Worker, day: int) -> dict[str, list[int]]:
    """Positions in the menu of the day's shifts by template; the day off has none."""
    menu = atlas.menu(worker)
    choices: dict[str, list[int]] = {"off": []}
    for at in range(int(menu.day_at[day]), int(menu.day_at[day + 1])):
        choices.setdefault(menu.duties[at].template, []).append(at)
    return choices


def _forced(profile: Profile, worth: Floats, day: int, shifts: list[int]) -> Tour | None:
    """The best tour whose ``day`` is one of ``shifts``, or off where they are none; None where that is illegal."""
    costs = priced(profile.menu, worth)
    begin, end = int(profile.menu.day_at[day]), int(profile.menu.day_at[day + 1])
    wanted = costs[shifts] - FORCED
    costs[begin:end] = np.inf
    costs[shifts] = wanted
    found = best_tour(profile, costs, worth)
    if found is None or (shifts and not set(shifts) & set(found[0].duties)):
        return None
    return found[0]


def _forbidding(case: Case, day: int, shifts: list[int]) -> str:
    """What stands against all of the day's ``shifts``: absence, or the rule that forbids most of them."""
    worker, rules = case.worker, case.problem.atlas.rules
    if not shifts:
        return against(OTHER_HOURS)
    if worker.away[day] is not None or not worker.employed[day]:
        return against(AWAY)
    menu, allowed = case.problem.atlas.menu(worker), worker.contract.templates
    if allowed is not None and menu.duties[shifts[0]].template not in allowed:
        return f"no part of contract {worker.contract.id}"
    offered = [duty for duty in menu.days[day] if not duty.given]
    rest = {other: duty for other, duty in case.duties.items() if other != day}
    counts = [(rule.name, sum(forbids(rule, worker, rest, offered))) for rule in rules]
    name, most = max(counts, key=lambda item: item[1], default=("", 0))
    return against(name) if most else "the rest of the roster breaks rules already"


def _with_day(case: Case, table: pd.DataFrame, day: int) -> pd.DataFrame:
    """His segments with those of ``day`` taken from ``table``."""
    date = pd.Timestamp(case.worker.horizon.date(day))
    kept, new = case.own[case.own["work_date"] != date], table[table["work_date"] == date]
    return pd.concat([kept, new]) if len(kept) and len(new) else (kept if len(kept) else new)


def _same(one: Duty | None, other: Duty | None) -> bool:
    if one is None or other is None:
        return one is other
    return (one.day, one.starts, one.ends) == (other.day, other.starts, other.ends)


def shift_name(duty: Duty) -> str:
    """``early 06:00 to 14:00``, on the clock of the site."""
    start, end = (f"{minute % DAY_MIN // 60:02}:{minute % 60:02}" for minute in (duty.wall_start, duty.wall_end))
    return f"{duty.template} {start} to {end}".strip()


def terms_in_words(terms: Mapping[str, float]) -> str:
    """``understaffing +120, overstaffing -24``, the largest first."""
    shown = sorted(((name, p) for name, p in terms.items() if abs(p) >= SHOWN_POINTS), key=lambda item: -abs(item[1]))
    return ", ".join(f"{name.replace('_', ' ')} {tenths(points, '+')}" for name, points in shown)


def tenths(points: float, sign: str = "") -> str:
    """``1,234.5``, or ``320`` for a whole number."""
    return f"{points:{sign},.1f}".removesuffix(".0")


def _sentences(
    case: Case,
    day: int,
    shift: str,
    alternatives: tuple[Alternative, ...],
    forbidden: Mapping[str, str],
    otherwise: Alternative | None,
) -> tuple[str, ...]:
    told = [f"{case.worker.name} on {case.worker.horizon.day_name(day)}: {shift}"]
    told += [_compared(other) for other in alternatives]
    reasons = dict.fromkeys(why for template, why in forbidden.items() if template != "off")
    for reason in reasons:
        barred = ", ".join(template for template, why in forbidden.items() if why == reason and template != "off")
        told.append(f"{barred} not possible: {reason}")
    wish = _wish(alternatives)
    if wish:
        told.append(wish)
    if otherwise is not None:
        told.append(f"all days anew without this shift (then {otherwise.label}) {_difference(otherwise)}")
    return tuple(told)


def _compared(other: Alternative) -> str:
    return f"{_named(other)} instead {_difference(other)}"


def _named(other: Alternative) -> str:
    return "a day off" if other.label == "off" else other.label


def _difference(other: Alternative) -> str:
    if abs(other.cost) < SHOWN_POINTS:
        words = terms_in_words(other.terms)
        return f"would cost the same ({words})" if words else "would cost the same"
    more = "more" if other.cost > 0 else "less"
    return f"would cost {tenths(abs(other.cost))} points {more} ({terms_in_words(other.terms)})"


def _wish(alternatives: tuple[Alternative, ...]) -> str:
    """Whether a preference of the day is honoured, and what honouring it would cost."""
    effects = [other.terms.get("preferences", 0.0) for other in alternatives]
    better = [other for other, effect in zip(alternatives, effects, strict=True) if effect < -1e-9]
    if better:
        cheapest = min(better, key=lambda other: other.cost - other.terms["preferences"])
        other_terms = cheapest.cost - cheapest.terms["preferences"]
        return f"a preference is not honoured; {_named(cheapest)} would, at {tenths(other_terms)} points of other terms"
    return "a preference is honoured" if any(effect > 1e-9 for effect in effects) else ""
