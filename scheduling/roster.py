"""The roster: requirement, policy and people in; a roster, its coverage, its cost and its bound out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from scheduling.coverage import coverage
from scheduling.objective import objective_terms
from scheduling.outcome import RELAXATION, NoAnswer, Solved
from scheduling.problem import Problem, problem_of
from scheduling.search import Search
from scheduling.segments import roster_table
from scheduling.solver import solve
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.time.week import Period


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
    progress: Callable[..., None] | None = None,
) -> Solved | NoAnswer:
    """Roster ``people`` over ``period`` so that ``requirement`` is met at the least cost in points.

    Args:
        requirement: table of contract REQUIREMENT; ``rostered`` counts where it is given, else ``agents``.
        seconds: time limit; a legal roster is there long before, and the best until then is returned.
        seed: orders and ties; a solve that is not cut by time is the same for the same seed.
        previous: last period's roster; its rest, runs and night shifts carry over.
        locked: segments whose agents' days stay as they are (rows with ``locked`` set, if the column is there).
        progress: called as ``progress(incumbent, bound, seconds)``.

    Returns:
        ``Solved``, also when needs cannot be met or agents not placed: it says so. ``NoAnswer`` if it was interrupted
        before the first roster was complete.

    Raises:
        InputError: requirement or locked rows name unknown queues or agents.
    """
    search: Search | None = None
    interrupted = False
    try:
        problem = problem_of(requirement, centre, people, period, previous, locked)
        search = Search(problem, seconds, np.random.default_rng(seed), progress)
        solve(search)
    except KeyboardInterrupt:
        interrupted = True
    if search is None or not np.isfinite(search.incumbent):
        return NoAnswer(
            "stopped before the first roster was complete", search.elapsed() if search else 0.0, interrupted
        )
    return _solved(search, requirement, centre, people, interrupted)


def _solved(search: Search, requirement: pd.DataFrame, centre: Centre, people: People, interrupted: bool) -> Solved:
    problem: Problem = search.problem
    roster = roster_table(problem, search.best)
    terms = objective_terms(problem, roster)
    objective = sum(terms.values())
    bound = max(0.0, min(search.bound, objective))
    return Solved(
        roster=roster,
        coverage=coverage(roster, requirement, centre, people),
        objective=objective,
        terms=terms,
        bound=bound,
        relaxation=RELAXATION,
        gap=(objective - bound) / objective if objective > 0 else 0.0,
        seconds=search.elapsed(),
        interrupted=interrupted,
        unplaceable=problem.unplaceable,
    )
