"""Repair: the smallest change to a roster that is out already, for absences or a requirement that has changed.

The roster is solved anew with itself as the draft and changes at a high price, so that most shifts stay. What has begun
stays as it is, and so does what only a person could have written: meetings, training, hours of no template.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduling.checking.objective import objective_terms
from scheduling.outcome import NoAnswer, Solved
from scheduling.person.atlas import has_tour
from scheduling.person.profile import Profile
from scheduling.person.tour import Tour, tour_of
from scheduling.problem.problem import Problem, problem_of
from scheduling.roster import solved_of
from scheduling.solver.construct import construct
from scheduling.solver.deferred import suited
from scheduling.solver.draft import Draft, draft_of, tours_of
from scheduling.solver.interrupt import held_back
from scheduling.solver.promise import at_prices
from scheduling.solver.search import Clock, Search, Tours, standing_of
from scheduling.solver.solve import solve
from scheduling.staff.duty import DAY_MIN
from scheduling.staff.given import worked
from wfm.policy.centre import Centre
from wfm.policy.objective import Stability
from wfm.policy.people import People
from wfm.policy.shift_demand import with_shift_demand
from wfm.publishing.diff import diff
from wfm.tables.roster import ABSENCES, ROSTER, WORK, shifts
from wfm.time.week import Period

CHANGED = Stability(day=60.0, template=15.0, hour=15.0)
"""Points for what a repair changes: calling someone in, or sending him home, is worth an hour and a half of an agent
short; moving a shift by an hour a little over twenty minutes."""
BREAK_MOVED = 10.0
"""Points for each break that moves within a shift that stays: a quarter of an hour of an agent short."""
OVERTIME_STEP_H = 0.5


@dataclass(frozen=True)
class Repaired:
    """A repaired roster.

    Attributes:
        solved: the roster, its coverage, terms and bound; ``stability`` is what its changes count for.
        unrepaired: the terms of the roster as it would be if nobody stepped in for those away.
        changes: the shifts that differ from the roster before, as between two published versions: ``agent``, ``name``,
            ``work_date``, ``kind``, ``before``, ``after``.
    """

    solved: Solved
    unrepaired: Mapping[str, float]
    changes: pd.DataFrame


@dataclass(frozen=True)
class Bars:
    """What a repair may not do: let a shift start before ``until``; with ``within_day``, anything but let shifts grow
    and breaks move."""

    until: pd.Timestamp | None
    within_day: bool


def repair(
    roster: pd.DataFrame,
    requirement: pd.DataFrame,
    centre: Centre,
    people: People,
    period: Period,
    *,
    freeze_until: pd.Timestamp | None = None,
    within_day: bool = False,
    overtime_h: float = 0.0,
    seconds: float = 15,
    seed: int = 0,
    previous: pd.DataFrame | None = None,
    shift_demand: pd.DataFrame | None = None,
    curves: pd.DataFrame | None = None,
    prices: Mapping[str, Sequence[float]] | None = None,
    progress: Callable[..., None] | None = None,
    clock: Clock = time.monotonic,
) -> Repaired | NoAnswer:
    """Change ``roster`` as little as pays, now that ``people`` (with new absences) or ``requirement`` are different.

    Args:
        roster: table of contract ROSTER over ``period``.
        freeze_until: shifts that start before this instant stay, and no shift is added before it.
        within_day: nobody is called in or moved to other hours: shifts may grow (by other lengths of the templates, or
            by overtime) and breaks may move.
        overtime_h: shifts may be longer than their templates say, up to so many hours, as far as the rules allow.
        seconds, seed, previous, shift_demand, progress, clock: as in ``schedule``.
        curves, prices: of targets over days and weeks, the curves as in ``schedule`` and the prices by queue at which
            the roster was made (``Solved.promised``). Deferred work is moved to suit the roster as it was.

    Returns:
        ``Repaired``; ``NoAnswer`` if it was interrupted before there was a roster.

    Raises:
        InputError: requirement or roster name unknown queues or agents.
    """
    began, roster = clock(), ROSTER.check(roster)
    left = without_absent(roster, people)
    kept = (left["locked"] | _begun(left, freeze_until) | _by_hand(left)).to_numpy(bool)
    policy = longer_shifts(dear_changes(with_shift_demand(centre, shift_demand)), overtime_h)
    bars = Bars(freeze_until, within_day)
    search: Search | None = None
    interrupted = False
    try:
        problem, draft = _frame(requirement, policy, people, period, previous, kept, left, bars)
        tours = tours_of(problem, left)
        problem, requirement = suited(problem, requirement, tours)
        if curves is not None and prices:
            problem = at_prices(problem, curves, prices)
        left_s = max(seconds - (clock() - began), 0.0)
        search = Search(problem, left_s, np.random.default_rng(seed), progress, clock=clock)
        search.offer(construct(search, tours))
        solve(search)
    except KeyboardInterrupt:
        interrupted = True
    if search is None or not np.isfinite(search.incumbent):
        return NoAnswer("stopped before a roster was there", clock() - began, interrupted)
    with held_back() as asked:
        search.best = settle_breaks(search.problem, search.best, draft)
        solved = solved_of(search, requirement, people)
        solved = replace(
            solved,
            roster=_locked_as_before(solved.roster, roster),
            interrupted=interrupted or asked(),
            seconds=clock() - began,
        )
        alone = left[kept | ~_into_absence(search.problem, left)]
        return Repaired(
            solved, objective_terms(search.problem, alone), changes_of(roster, solved.roster, people, centre)
        )


def changes_of(before: pd.DataFrame, after: pd.DataFrame, people: People, centre: Centre) -> pd.DataFrame:
    """The shifts that differ, as between two published versions; only agents who are still known are compared."""
    known = {agent.id for agent in people.agents}
    both = pd.concat([before[before["agent"].isin(known)], after]).drop(columns="locked")
    differ = pd.MultiIndex.from_frame(both.drop_duplicates(keep=False)[["agent", "work_date"]])
    old, new = (
        roster[pd.MultiIndex.from_frame(roster[["agent", "work_date"]]).isin(differ)].reset_index(drop=True)
        for roster in (before, after)
    )
    return diff(old, new, people, centre)


def without_absent(roster: pd.DataFrame, people: People) -> pd.DataFrame:
    """The roster without the days on which its agents are away by now, and without agents who are none any more."""
    known = roster[roster["agent"].isin([agent.id for agent in people.agents])]
    days = pd.DatetimeIndex(known["work_date"].unique()).sort_values()
    first = days.searchsorted(people.time_off["first_day"], side="left")
    count = days.searchsorted(people.time_off["last_day"], side="right") - first
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    agents = np.repeat(people.time_off["agent"].to_numpy(object), count)
    away = pd.MultiIndex.from_arrays([agents, days[np.repeat(first, count) + nth]])
    return known[~pd.MultiIndex.from_frame(known[["agent", "work_date"]]).isin(away)].reset_index(drop=True)


def days_off(roster: pd.DataFrame, period: Period, agents: Iterable[str]) -> set[tuple[str, date]]:
    """The days of ``period`` on which each of ``agents`` has no shift."""
    table = shifts(roster)
    worked = set(zip(table["agent"], table["work_date"].dt.date, strict=True))
    return {(agent, day.date()) for agent in agents for day in period.dates()} - worked


def dear_changes(centre: Centre, prices: Stability = CHANGED) -> Centre:
    """The policy with ``prices`` for changes."""
    return centre.model_copy(update={"objective": centre.objective.model_copy(update={"stability": prices})})


def longer_shifts(centre: Centre, overtime_h: float) -> Centre:
    """The policy with every template's lengths also up to ``overtime_h`` hours longer, in half hours."""
    more = np.arange(0, overtime_h + 1e-9, OVERTIME_STEP_H)
    templates = tuple(
        template.model_copy(
            update={"lengths_h": tuple(sorted({float(h + plus) for h in template.lengths_h for plus in more}))}
        )
        for template in centre.shift_templates
    )
    return centre.model_copy(update={"shift_templates": templates}) if overtime_h else centre


def _begun(roster: pd.DataFrame, until: pd.Timestamp | None) -> pd.Series:
    """Which segments belong to a shift that starts before ``until``."""
    if until is None:
        return pd.Series(False, index=roster.index)
    return roster.groupby(["agent", "work_date"])["start"].transform("min") < until


def _into_absence(problem: Problem, roster: pd.DataFrame) -> NDArray[np.bool_]:
    """Which segments belong to a shift that reaches past midnight into a day of absence."""
    workers, horizon = problem.team.workers, problem.horizon
    duties = worked(roster, workers, horizon)
    lost = [
        (worker.id, pd.Timestamp(horizon.date(day)))
        for worker in workers
        for day, duty in duties.get(worker.id, {}).items()
        if (*worker.away[1:], worker.away_next)[day] is not None and duty.wall_end > DAY_MIN
    ]
    if not lost:
        return np.zeros(len(roster), dtype=bool)
    return np.asarray(pd.MultiIndex.from_frame(roster[["agent", "work_date"]]).isin(lost), dtype=bool)


def _by_hand(roster: pd.DataFrame) -> pd.Series:
    """Which segments belong to a shift with meetings or training in it, or are absences that no time off explains."""
    odd = ~roster["activity"].isin([WORK, "break", "lunch"])
    return odd.groupby([roster["agent"], roster["work_date"]]).transform("any") | roster["activity"].isin(ABSENCES)


def _frame(
    requirement: pd.DataFrame,
    centre: Centre,
    people: People,
    period: Period,
    previous: pd.DataFrame | None,
    kept: NDArray[np.bool_],
    left: pd.DataFrame,
    bars: Bars,
) -> tuple[Problem, Draft]:
    """The problem of what may change, and the roster read against it.

    Beside the rows of ``kept`` stay shifts that no template makes, and everything of those whose shifts so far break a
    rule already: nobody could plan around them.
    """
    for attempt in range(2):
        locked = left[kept].assign(locked=True)
        problem = problem_of(requirement, centre, people, period, previous, locked, draft=left)
        draft = _read(problem, left)
        problem = narrowed(problem, draft, bars)
        more = ~kept & _unplannable(problem, draft, left)
        if attempt or not more.any():
            break
        kept = kept | more
    return problem, draft


def _unplannable(problem: Problem, draft: Draft, left: pd.DataFrame) -> NDArray[np.bool_]:
    workers, horizon = problem.team.workers, problem.horizon
    planned = {workers[agent].id for profile in problem.profiles for agent in profile.agents}
    days = [(workers[at].id, pd.Timestamp(horizon.date(day))) for at, day in sorted(draft.strange)]
    unmade = pd.MultiIndex.from_frame(left[["agent", "work_date"]]).isin(days) if days else False
    return np.asarray(~left["agent"].isin(planned) | unmade, dtype=bool)


def _read(problem: Problem, roster: pd.DataFrame) -> Draft:
    workers = problem.team.workers
    return draft_of(roster, workers, [problem.atlas.menu(worker) for worker in workers])


def narrowed(problem: Problem, draft: Draft, bars: Bars) -> Problem:
    """The problem without the duties that ``bars`` forbid, and without agents whom that leaves no legal tour."""
    if bars.until is None and not bars.within_day:
        return problem
    until = bars.until
    earliest = -np.inf if until is None else float(problem.horizon.minutes(pd.DatetimeIndex([until]))[0])
    profiles: list[Profile] = []
    for profile in problem.profiles:
        alike: dict[bytes, list[int]] = {}
        for agent in profile.agents:
            barred = _barred(profile, draft.places.get(agent, {}), earliest, within_day=bars.within_day)
            alike.setdefault(barred.tobytes(), []).append(agent)
        profiles += [
            profile.forbidding(np.frombuffer(barred, dtype=bool), tuple(agents)) for barred, agents in alike.items()
        ]
    return replace(problem, profiles=tuple(profile for profile in profiles if has_tour(profile)))


def _barred(profile: Profile, places: Mapping[int, int], earliest: float, *, within_day: bool) -> NDArray[np.bool_]:
    duties = profile.menu.duties
    starts = np.array([duty.starts for duty in duties], dtype=np.int64)
    given = np.array([duty.given for duty in duties], dtype=bool)
    barred = ~given & (starts < earliest)
    if within_day:
        ends = np.array([duty.ends for duty in duties], dtype=np.int64)
        grown = np.zeros(len(duties), dtype=bool)
        for day, place in places.items():
            own = slice(profile.menu.day_at[day], profile.menu.day_at[day + 1])
            grown[own] = (starts[own] <= starts[place]) & (ends[own] >= ends[place])
        barred |= ~given & ~grown
    return np.asarray(barred)


def settle_breaks(problem: Problem, tours: Tours, draft: Draft, price: float = BREAK_MOVED) -> Tours:
    """The tours with breaks of shifts that stay put back where they were, unless moving one saves ``price`` points."""
    profile_of = {agent: profile for profile in problem.profiles for agent in profile.agents}
    standing = standing_of(problem, tours)
    settled = dict(tours)
    for agent, tour in tours.items():
        profile = profile_of[agent]
        for at in sorted(set(tour.duties) & set(draft.places.get(agent, {}).values())):
            before = settled[agent]
            after = _restored(problem, profile, before, draft, agent, at)
            moved = sum(one != other for one, other in zip(_places(before, at), _places(after, at), strict=True))
            if not moved:
                continue
            standing.add(profile.pool, before, -1)
            worth = standing.worth(profile.pool)
            if float(worth[before.slots].sum() - worth[after.slots].sum()) < price * moved:
                settled[agent] = after
            standing.add(profile.pool, settled[agent])
    return settled


def _restored(problem: Problem, profile: Profile, tour: Tour, draft: Draft, agent: int, at: int) -> Tour:
    """The tour with the breaks of its duty ``at`` where the draft has them, as far as their windows let them be."""
    duty = profile.menu.duties[at]
    rests = [rest for rest in draft.rests.get(agent, ()) if rest[0] in duty.slots]
    for other, places in zip(tour.duties, tour.breaks, strict=True):
        windows = profile.menu.duties[other].breaks if other != at else ()
        rests += [(place, place + window.slots) for place, window in zip(places, windows, strict=False)]
    price = np.ones(problem.given.shape[1])
    for first, last in rests:
        price[max(first, 0) : max(last, 0)] = 0.0
    fresh = tour_of(profile, tour.duties, price, 0.0)
    return replace(tour, breaks=fresh.breaks, slots=fresh.slots)


def _places(tour: Tour, at: int) -> tuple[int, ...]:
    return tour.breaks[tour.duties.index(at)]


def _locked_as_before(roster: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """What was kept for the repair alone is not locked for good."""
    was = before.loc[before["locked"], ["agent", "start"]]
    locked = pd.MultiIndex.from_frame(roster[["agent", "start"]]).isin(pd.MultiIndex.from_frame(was))
    return roster.assign(locked=locked)
