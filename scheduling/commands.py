"""The commands of scheduling: `wfm schedule` and `wfm audit`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.failure import INTERRUPTED, NO
from wfm.commands.options import (
    AuthorOption,
    FormatOption,
    OutputFormat,
    RunOption,
    SeedOption,
    WeekOption,
    WorkspaceOption,
)
from wfm.commands.output import say, show
from wfm.commands.progress import progress

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.audit import Audit
    from scheduling.outcome import Solved
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

SecondsOption = Annotated[float, typer.Option("--seconds", min=1, help="Time limit of the solver.")]


@dataclass(frozen=True)
class Scheduled:
    """A stored roster: its run, how good it is, and what the audit found."""

    run: int
    solved: Solved
    audit: Audit


def schedule(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    seconds: SecondsOption = 30,
    seed: SeedOption = 0,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Build the week's roster under contracts and rules, with a bound on how much better any roster could be.

    Understaffing is priced, so demand that cannot be met gives a roster and a report. An agent who cannot be given a
    legal week is named with the reasons; the exit code is then 1, as with any hard violation. Ctrl-C keeps the best
    roster found so far, marked interrupted. `--run` names the requirement.

    \b
    Examples:
      wfm schedule --week 2026-W48
      wfm schedule --week 2026-W48 --seconds 120 --seed 7
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    made = schedule_stage(place, week=week, run=run, seconds=seconds, seed=seed, author=author)
    tell(made)
    show(_terms(made.solved), form, f"Roster, run {made.run}")
    if made.solved.interrupted:
        raise typer.Exit(INTERRUPTED)
    # Nobody is missing from a roster who is away on all of its days.
    unplaceable = [agent for agent in made.solved.unplaceable if agent.rules != ("time_off",)]
    if unplaceable or made.audit.violations["hard"].any():
        raise typer.Exit(NO)


def tell(made: Scheduled) -> None:
    """The outcome in sentences, on stderr."""
    solved = made.solved
    say(
        f"roster, run {made.run}: {solved.objective:,.0f} points, no roster below {solved.bound:,.0f} "
        f"(gap {solved.gap:.1%}) after {solved.seconds:.0f} s" + (", interrupted" if solved.interrupted else "")
    )
    for agent in solved.unplaceable:
        say(agent.sentence)
    for sentence in made.audit.violations["sentence"]:
        say(sentence)


def schedule_stage(
    place: Workspace,
    *,
    week: str | None = None,
    run: int | None = None,
    seconds: float = 30,
    seed: int = 0,
    author: str | None = None,
) -> Scheduled:
    """Read requirement and people, solve, audit, store roster, coverage and violations.

    Raises:
        InterruptedRunError: stopped before the first roster.
    """
    from scheduling.audit import audit as check
    from scheduling.outcome import NoAnswer
    from scheduling.roster import schedule as solve
    from wfm.errors import InterruptedRunError

    period = place.planning_period(week, "requirement")
    requirement_run, requirement = place.planned("requirement", period, run)
    people = place.people(period.last)
    previous = _previous(place, period)
    with progress(f"rostering {period}") as report:
        solved = solve(
            requirement,
            place.centre,
            people,
            period,
            seconds=seconds,
            seed=seed,
            previous=previous,
            progress=lambda incumbent, bound, _: report(f"{incumbent:,.0f} points, bound {bound:,.0f}"),
        )
    if isinstance(solved, NoAnswer):
        raise InterruptedRunError(f"no roster: {solved.reason}", mend="allow more time with --seconds")
    audited = check(solved.roster, place.centre, people, period, previous=previous)
    record = place.record(
        "roster",
        period,
        {"requirement": requirement},
        parameters={
            "requirement_run": requirement_run.id,
            "seconds": seconds,
            "objective": solved.objective,
            "bound": solved.bound,
            "relaxation": solved.relaxation,
        },
        seed=seed,
        status="interrupted" if solved.interrupted else "done",
        note="\n".join(agent.sentence for agent in solved.unplaceable),
        author=author,
    )
    tables = {"roster": solved.roster, "coverage": solved.coverage, "violation": audited.violations}
    return Scheduled(place.store.write_run(record, tables), solved, audited)


def _previous(place: Workspace, period: Period) -> pd.DataFrame | None:
    """The roster of the days before ``period``, where one is stored: rest and runs of days carry over its border."""
    from datetime import timedelta

    from wfm.errors import MissingError
    from wfm.time.week import Period as Days

    try:
        run = place.store.run("roster", covering=Days(period.first - timedelta(days=1), 1))
    except MissingError:
        return None
    roster = place.store.read("roster", run.number)
    import pandas as pd

    return roster[roster["work_date"] < pd.Timestamp(period.first)].reset_index(drop=True)


def _terms(solved: Solved) -> pd.DataFrame:
    import pandas as pd

    rows = [*solved.terms.items(), ("total", solved.objective), ("bound", solved.bound)]
    return pd.DataFrame(rows, columns=["term", "points"])


def audit(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    honoured: Annotated[bool, typer.Option("--honoured", help="Print the rules that were kept instead.")] = False,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Check every rule on the week's roster, also one that was imported or edited by hand.

    Prints each violation with its numbers; exit code 1 where a hard rule is broken.

    \b
    Examples:
      wfm audit --week 2026-W48
      wfm import roster edited.csv && wfm audit
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    number, found = audit_stage(place, week=week, run=run, author=author)
    say(f"audit, run {number}: {len(found.violations)} violations, {int(found.violations['hard'].sum())} of hard rules")
    show(found.honoured if honoured else found.violations, form, "Rules kept" if honoured else "Violations")
    if found.violations["hard"].any():
        raise typer.Exit(NO)


def audit_stage(
    place: Workspace, *, week: str | None = None, run: int | None = None, author: str | None = None
) -> tuple[int, Audit]:
    """Read the week's roster, check every rule, store the findings and the coverage; returns the run and the audit."""
    from scheduling.audit import audit as check
    from scheduling.coverage import coverage
    from wfm.errors import MissingError

    period = place.planning_period(week, "roster")
    roster_run = place.store.run("roster", run, period)
    roster = place.store.read("roster", roster_run.number)
    people = place.people(period.last)
    found = check(roster, place.centre, people, period, previous=_previous(place, period))
    tables = {"violation": found.violations}
    try:
        _, requirement = place.planned("requirement", period)
        tables["coverage"] = coverage(roster, requirement, place.centre, people)
    except MissingError:
        say("no requirement covers these days: the rules are checked, coverage is not")
    record = place.record("audit", period, {"roster": roster}, parameters={"roster_run": roster_run.id}, author=author)
    return place.store.write_run(record, tables), found
