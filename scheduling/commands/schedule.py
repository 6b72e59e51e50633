"""`wfm schedule`: requirement and people to a roster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scheduling.commands.explain import ExplainOption, WhyOption, explain_stage
from scheduling.commands.posed import curves_of, moved_sentences, shift_demand_of
from scheduling.commands.result import Scheduled, best_so_far, store_solved, tell, terms_table
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
from wfm.commands.progress import progress_until
from wfm.commands.rosters import roster_before, roster_of, tell_gap

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.people import People
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

SecondsOption = Annotated[float, typer.Option("--seconds", min=1, help="Time limit of the solver.")]


def schedule(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    draft: Annotated[
        str | None,
        typer.Option("--draft", help="Start from this roster: a run's number, or last.", show_default="from nothing"),
    ] = None,
    unlock: Annotated[bool, typer.Option("--unlock", help="Plan locked shifts anew as well.")] = False,
    explain: ExplainOption = False,
    why: WhyOption = None,
    seconds: SecondsOption = 30,
    seed: SeedOption = 0,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Build the roster of a week, a month or any days under contracts and rules, with a bound on any better one.

    Understaffing is priced, so demand that cannot be met gives a roster and a report. An agent who cannot be given a
    legal week is named with the reasons; the exit code is then 1, as with any hard violation. Ctrl-C keeps the best
    roster found so far, marked interrupted. `--run` names the requirement. Shifts that the latest roster of these days
    has locked stay as they are. `--draft` starts from a stored roster and keeps near it.

    \b
    Examples:
      wfm schedule --week 2026-W48
      wfm schedule --period 2026-12 --seconds 300
      wfm schedule --week 2026-W48 --draft last --seed 7
      wfm schedule --week 2026-W48 --explain
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    made = schedule_stage(
        place, week=week, run=run, draft=draft, unlock=unlock, seconds=seconds, seed=seed, author=author
    )
    tell(made)
    if explain or why:
        period = place.planning_period(week, "requirement")
        show(explain_stage(place, period, made.run, why), form, f"Why, roster run {made.run}")
    else:
        show(terms_table(made.solved), form, f"Roster, run {made.run}")
    if made.exit_code:
        raise typer.Exit(made.exit_code)


def schedule_stage(
    place: Workspace,
    *,
    week: str | None = None,
    run: int | None = None,
    draft: str | None = None,
    unlock: bool = False,
    seconds: float = 30,
    seed: int = 0,
    author: str | None = None,
) -> Scheduled:
    """Read requirement and people, solve, audit, store roster, coverage and violations.

    Raises:
        InterruptedRunError: stopped before the first roster. UsageError: no such draft.
    """
    from scheduling.outcome import NoAnswer
    from scheduling.roster import schedule as solve
    from wfm.errors import InterruptedRunError

    period = place.planning_period(week, "requirement")
    requirement_run, requirement = place.planned("requirement", period, run)
    people = place.people(period.last)
    tell_gap(place, period)
    previous = roster_before(place, period)
    start = latest_roster(place, period, draft)
    locked = None if start is None or unlock else _locked(start, people)
    demand = shift_demand_of(place, period)
    curves = curves_of(place, period, requirement_run)
    with progress_until(f"rostering {period}", seconds) as report:
        solved = solve(
            requirement,
            place.centre,
            people,
            period,
            seconds=seconds,
            seed=seed,
            previous=previous,
            locked=locked,
            draft=None if start is None or draft is None else start[1],
            shift_demand=demand,
            curves=curves,
            progress=lambda incumbent, bound, _: report(best_so_far(incumbent, bound)),
        )
    if isinstance(solved, NoAnswer):
        raise InterruptedRunError(f"no roster: {solved.reason}", mend="allow more time with --seconds")
    parameters: dict[str, object] = {"requirement_run": requirement_run.id, "seconds": seconds}
    if start is not None and draft is not None:
        parameters["draft_run"] = start[0].id
    for sentence in moved_sentences(requirement, solved.coverage, place.centre):
        say(sentence)
    return store_solved(
        place,
        period,
        solved,
        people,
        previous,
        shift_demand=demand,
        inputs={"requirement": requirement, **({} if demand is None else {"shift_demand": demand})},
        parameters=parameters,
        seed=seed,
        author=author,
    )


def latest_roster(place: Workspace, period: Period, named: str | None) -> tuple[RunRecord, pd.DataFrame] | None:
    """The roster ``named`` (a run's number, or ``last``), or where none is named the latest that covers ``period``.

    Raises:
        UsageError: neither a number nor ``last``. MissingError: a roster is named and there is none.
    """
    from wfm.errors import MissingError, UsageError

    if named is None:
        try:
            return roster_of(place, period)
        except MissingError:
            return None
    if named != "last" and not named.isdecimal():
        raise UsageError("cannot read which roster to start from", found=named, expected="a run's number, or last")
    return roster_of(place, period, None if named == "last" else int(named))


def _locked(start: tuple[RunRecord, pd.DataFrame], people: People) -> pd.DataFrame | None:
    """The locked segments of a stored roster, of those who are still among the agents; said on stderr."""
    run, roster = start
    locked = roster[roster["locked"] & roster["agent"].isin([agent.id for agent in people.agents])]
    if locked.empty:
        return None
    days = len(locked[["agent", "work_date"]].drop_duplicates())
    say(f"{days} shifts locked in roster run {run.id} stay as they are; --unlock plans them anew")
    return locked.reset_index(drop=True)
