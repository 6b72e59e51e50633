"""The roster: requirement, policy and people in; a roster, its coverage, its cost and its bound out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from scheduling.checking.objective import objective_terms
from scheduling.coverage import coverage
from scheduling.outcome import RELAXATION, NoAnswer, Solved
from scheduling.problem.problem import Problem, problem_of
from scheduling.segments import roster_table
from scheduling.solver.construct import construct
from scheduling.solver.deferred import with_deferred
from scheduling.solver.draft import tours_of
from scheduling.solver.interrupt import held_back
from scheduling.solver.promise import Promises, firmer, promised, promises_of
from scheduling.solver.search import Clock, Search, wall_clock
from scheduling.solver.solve import solve
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.time.week import Period

DEFERRED_SHARE = 0.15
"""Of the time limit, so much is for moving deferred work to where agents are idle."""
PROMISE_SHARE = 0.3
"""Of the time limit, so much is for finding the price of promises over days and weeks."""
TURNS = (0.3, 0.4, 0.6, 1.0)
"""Of the time left, so much is for each roster at given prices of promises; they rise where it misses them."""


def schedule(
    requirement: pd.DataFrame,
    centre: Centre,
    people: People,
    period: Period,
    *,
    seconds: float = 30,
    seed: int = 0,
    previous: pd.DataFrame | None = None,
    locked: pd.DataFrame | None = None,
    draft: pd.DataFrame | None = None,
    shift_demand: pd.DataFrame | None = None,
    curves: pd.DataFrame | None = None,
    progress: Callable[..., None] | None = None,
    clock: Clock = wall_clock,
) -> Solved | NoAnswer:
    """Roster ``people`` over ``period`` so that ``requirement`` is met at the least cost in points.

    Args:
        requirement: table of contract REQUIREMENT; ``rostered`` counts where it is given, else ``agents``.
        seconds: time limit; a legal roster is there long before, and the best until then is returned.
        seed: orders and ties; a solve that is not cut by time is the same for the same seed.
        previous: the roster of the weeks before; its rest, runs and night shifts carry over.
        locked: segments whose agents' days stay as they are (rows with ``locked`` set, if the column is there).
        draft: an earlier roster of the same period, from which the search starts where it is legal, and
            changes against which cost points (``objective.stability``).
        shift_demand: table of contract SHIFT_DEMAND: how many agents each shift of each day shall have.
        curves: table of contract SERVICE_LEVEL_CURVE: with it, queues whose target holds over a day or week are
            staffed by these curves instead of ``requirement`` (see ``scheduling.solver.promise``).
        progress: called as ``progress(incumbent, bound, seconds)``.
        clock: what ``seconds`` are counted by.

    Returns:
        ``Solved``, also when needs cannot be met or agents not placed: it says so. ``NoAnswer`` if it was interrupted
        before the first roster was complete.

    Raises:
        InputError: requirement or locked rows name unknown queues or agents.
    """
    search: Search | None = None
    promises: Promises | None = None
    interrupted = False
    rng, began = np.random.default_rng(seed), clock()
    try:
        problem = problem_of(requirement, centre, people, period, previous, locked, shift_demand, draft)
        problem, requirement, team = with_deferred(problem, requirement, DEFERRED_SHARE * seconds, rng, clock)
        promises = None if curves is None else promises_of(problem, curves, PROMISE_SHARE * seconds, rng, clock)
        if promises is not None:
            problem = promises.priced()
        search = Search(problem, max(seconds - (clock() - began), 0.0), rng, progress, clock=clock)
        if team:
            search.offer(team)
        if draft is not None:
            search.offer(construct(search, tours_of(problem, draft)))
        if promises is None:
            solve(search)
        else:
            search, promises = solve_promised(search, promises)
    except KeyboardInterrupt:
        interrupted = True
    if search is None or not np.isfinite(search.incumbent):
        return NoAnswer(
            "stopped before the first roster was complete", search.elapsed() if search else 0.0, interrupted
        )
    with held_back() as asked:
        solved = solved_of(search, requirement, people)
        kept = () if promises is None else promised(promises, search.best)
        spent = clock() - began
        return replace(solved, interrupted=interrupted or asked(), promised=kept, seconds=spent)


def solve_promised(search: Search, promises: Promises) -> tuple[Search, Promises]:
    """Solve in ``TURNS``, each from the team before it, at higher prices of the promises that this team misses.

    Returns:
        The last search whose team keeps the promises, else the last, and the promises at the prices it was made for.
    """
    left = search.seconds
    kept: tuple[Search, Promises] | None = None
    for share in TURNS:
        search.seconds = share * left
        solve(search)
        left -= search.elapsed()
        firm = firmer(promises, search.best)
        if firm is None:
            kept = search, promises
        if share == TURNS[-1]:
            break
        known, team = -np.inf if firm else search.bound, search.best
        promises = firm or promises
        search = Search(promises.priced(), max(left, 0.0), search.rng, search.progress, clock=search.clock)
        search.raise_bound(known)
        search.offer(team)
    if kept is None:
        return search, promises
    if kept[1] is promises:
        kept[0].raise_bound(search.bound)
    return kept


def solved_of(search: Search, requirement: pd.DataFrame, people: People) -> Solved:
    """What a search has found, as tables; the terms of its objective are computed anew from the roster table."""
    problem: Problem = search.problem
    roster = roster_table(problem, search.best)
    terms = objective_terms(problem, roster)
    objective = sum(terms.values())
    bound = objective if search.proven else max(0.0, min(search.bound, objective))
    return Solved(
        roster=roster,
        coverage=coverage(roster, requirement, problem.centre, people),
        objective=objective,
        terms=terms,
        bound=bound,
        relaxation=RELAXATION,
        gap=(objective - bound) / objective if objective > 0 else 0.0,
        seconds=search.elapsed(),
        interrupted=False,
        unplaceable=problem.unplaceable,
    )
