"""`wfm audit`: every rule on a stored roster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduling.commands.explain import ExplainOption, WhyOption, explain_stage
from scheduling.commands.posed import as_made, shift_demand_of
from wfm.commands.failure import NO
from wfm.commands.options import AuthorOption, FormatOption, OutputFormat, RunOption, WeekOption, WorkspaceOption
from wfm.commands.output import say, show
from wfm.commands.rosters import roster_before, roster_of, tell_gap

if TYPE_CHECKING:
    from scheduling.checking.audit import Audit
    from wfm.store.workspace import Workspace


def audit(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    honoured: Annotated[bool, typer.Option("--honoured", help="Print the rules that were kept instead.")] = False,
    explain: ExplainOption = False,
    why: WhyOption = None,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Check every rule on the week's roster, also one that was imported or edited by hand.

    Prints each violation with its numbers; exit code 1 where a hard rule is broken.

    \b
    Examples:
      wfm audit --week 2026-W48
      wfm import roster edited.csv && wfm audit
      wfm audit --explain
      wfm audit --why A001:2026-11-24
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    number, found = audit_stage(place, week=week, run=run, author=author)
    say(f"audit, run {number}: {len(found.violations)} violations, {int(found.violations['hard'].sum())} of hard rules")
    if explain or why:
        period = place.planning_period(week, "roster")
        show(explain_stage(place, period, run, why), form, "Why")
    else:
        show(found.honoured if honoured else found.violations, form, "Rules kept" if honoured else "Violations")
    if found.violations["hard"].any():
        raise typer.Exit(NO)


def audit_stage(
    place: Workspace, *, week: str | None = None, run: int | None = None, author: str | None = None
) -> tuple[int, Audit]:
    """Read the week's roster, check every rule, store the findings and the coverage; returns the run and the audit."""
    from scheduling.checking.audit import audit as check
    from scheduling.coverage import coverage
    from wfm.errors import MissingError

    period = place.planning_period(week, "roster")
    roster_run, roster = roster_of(place, period, run)
    people = place.people(period.last)
    tell_gap(place, period, roster_run)
    found = check(
        roster,
        place.centre,
        people,
        period,
        previous=roster_before(place, period, roster_run),
        shift_demand=shift_demand_of(place, period),
    )
    tables = {"violation": found.violations}
    try:
        _, requirement = place.planned("requirement", period)
        made_for = as_made(place, roster_run, requirement)
        tables["coverage"] = coverage(roster, made_for, place.centre, people)
    except MissingError:
        say("no requirement covers these days: the rules are checked, coverage is not")
    record = place.record("audit", period, {"roster": roster}, parameters={"roster_run": roster_run.id}, author=author)
    return place.store.write_run(record, tables), found
