"""`--explain` and `--why` of `wfm schedule` and `wfm audit`: the account of a roster, on demand from what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scheduling.commands.posed import as_made, curves_of, prices_of, shift_demand_of
from wfm.commands.rosters import roster_before, roster_of

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.explaining.account import Question
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

ExplainOption = Annotated[
    bool,
    typer.Option("--explain", help="Print why: terms, agents without a shift, shortfalls, what each rule costs."),
]
WhyOption = Annotated[
    list[str] | None,
    typer.Option("--why", help="Print why AGENT or AGENT:DATE is rostered so; may be repeated.", show_default="nobody"),
]


def explain_stage(place: Workspace, period: Period, run: int | None, why: list[str] | None) -> pd.DataFrame:
    """The account of the roster run ``run``, or of the latest over ``period``; nothing is stored.

    Raises:
        MissingError: no roster, no requirement, no such agent. UsageError: ``why`` names no day of the period.
    """
    from scheduling.coverage import coverage
    from scheduling.explaining.account import account
    from scheduling.problem.problem import problem_of
    from scheduling.solver.promise import at_prices

    questions = [question_of(text, period) for text in why or ()]
    record, roster = roster_of(place, period, run)
    requirement_run, requirement = place.planned("requirement", period)
    requirement = as_made(place, record, requirement)
    people = place.people(period.last)
    previous = roster_before(place, period, record)
    known = roster[roster["agent"].isin([agent.id for agent in people.agents])].reset_index(drop=True)
    draft_run = record.parameters.get("draft_run")
    draft = None if draft_run is None else place.store.read("roster", int(draft_run))
    locked, demand = known[known["locked"]], shift_demand_of(place, period)
    problem = problem_of(requirement, place.centre, people, period, previous, locked, demand, draft)
    prices = prices_of(record) if record.period == period else {}
    curves = curves_of(place, period, requirement_run) if prices else None
    if curves is not None:
        problem = at_prices(problem, curves, prices)
    covered = coverage(known, requirement, place.centre, people)
    return account(problem, known, covered, questions=questions)


def question_of(text: str, period: Period) -> Question:
    """``AGENT`` or ``AGENT:DATE`` as a question.

    Raises:
        UsageError: the date is none, or lies outside of the period.
    """
    from scheduling.explaining.account import Question
    from wfm.errors import UsageError
    from wfm.time.week import read_date

    agent, colon, date = text.rpartition(":")
    if not colon:
        return Question(text)
    day = (read_date(date) - period.first).days
    if not 0 <= day < period.days:
        raise UsageError("no day of the period", where="--why", found=text, expected=f"a date in {period}")
    return Question(agent, day)
