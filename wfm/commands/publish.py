"""`wfm publish` and `wfm diff`: versions of a roster for those who work it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import AuthorOption, FormatOption, OutputFormat, RunOption, WeekOption, WorkspaceOption
from wfm.commands.output import say, show
from wfm.errors import MissingError

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.people import People
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


@dataclass(frozen=True)
class Publication:
    """A version that was published: its number, folder and files, and whose calendar each file is."""

    number: int
    folder: Path
    files: tuple[Path, ...]
    calendars: pd.DataFrame


def publish(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    run: RunOption = None,
    calendars: Annotated[
        bool, typer.Option("--calendars", help="Print which calendar file is whose, to hand them out.")
    ] = False,
    form: FormatOption = OutputFormat.table,
    author: AuthorOption = None,
) -> None:
    """Publish the week's roster as the next version: page, calendar files, spreadsheet, CSV.

    A version lies in published/<first day>/v<N>/ and is never changed. Calendar files have names that cannot be
    guessed; an agent keeps his from version to version, and his calendar shows what moved or was cancelled.

    \b
    Examples:
      wfm publish --week 2026-W48
      wfm publish --week 2026-W48 --calendars --format csv > whose.csv
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    published = publish_stage(place, week=week, run=run, author=author)
    say(f"version {published.number}: {len(published.files)} files")
    if calendars:
        show(published.calendars, form, f"Calendar files in {published.folder / 'calendars'}")
    else:
        typer.echo(published.folder / "index.html")


def publish_stage(
    place: Workspace, *, week: str | None = None, run: int | None = None, author: str | None = None
) -> Publication:
    """Write the next version of the week's roster, then record it; returns what was published."""
    import pandas as pd

    from wfm.commands.rosters import coverage_of, of_days, roster_of
    from wfm.publishing.publish import publish as write
    from wfm.publishing.version import PublishedVersion as Files
    from wfm.publishing.version import calendar_name
    from wfm.store.published import PublishedVersion
    from wfm.store.workspace import PUBLISHED

    period = place.planning_period(week, "roster")
    roster_run, roster = roster_of(place, period, run)
    record = PublishedVersion(
        period=period,
        number=_next_number(place, period),
        runs={"roster": roster_run.number},
        published_at=pd.Timestamp.now("UTC").floor("s").as_unit("us"),
        author=author or roster_run.author,
    )
    version = Files(
        number=record.number,
        first_day=period.first,
        days=period.days,
        published_at=record.published_at.to_pydatetime(),
        author=record.author,
        secret=place.store.secret(),
        zone=place.centre.zone,
    )
    earlier, people = place.store.versions(period.first), place.people(period.last)
    files = write(
        place.folder / PUBLISHED,
        version,
        roster=roster,
        coverage=_if_there(lambda: coverage_of(place, roster_run, period)),
        violations=_violations(place, roster_run, period),
        lines=_cost_lines(place, roster_run, period),
        requirement=_if_there(lambda: place.planned("requirement", period)[1]),
        centre=place.centre,
        people=people,
        previous=(
            _of_known(of_days(place.store.read("roster", earlier[-1].runs["roster"]), period), people)
            if earlier
            else None
        ),
    )
    place.store.publish_version(record)
    calendars = [(agent.id, agent.name, calendar_name(version, agent.id)) for agent in people.agents]
    return Publication(
        record.number,
        version.folder(place.folder / PUBLISHED),
        tuple(files),
        pd.DataFrame(calendars, columns=["agent", "name", "file"]),
    )


def _of_known(roster: pd.DataFrame, people: People) -> pd.DataFrame:
    """The roster of those who are still among the agents; the others are told on stderr."""
    gone = sorted(set(roster["agent"]) - {agent.id for agent in people.agents})
    if gone:
        say(f"left out of the comparison, no longer among the agents: {', '.join(gone)}")
    return roster[~roster["agent"].isin(gone)].reset_index(drop=True)


def _next_number(place: Workspace, period: Period) -> int:
    """One past every version recorded, and past folders that a killed command left unrecorded."""
    from wfm.store.workspace import PUBLISHED

    folders = (place.folder / PUBLISHED / period.first.isoformat()).glob("v*")
    written = [int(folder.name[1:]) for folder in folders if folder.name[1:].isdigit()]
    return max([0, *written, *(version.number for version in place.store.versions(period.first))]) + 1


def _if_there(read: Callable[[], pd.DataFrame]) -> pd.DataFrame | None:
    try:
        return read()
    except MissingError:
        return None


def _violations(place: Workspace, roster_run: RunRecord, period: Period) -> pd.DataFrame:
    """Of the newest audit of the roster, or else those stored with it; of ``period``, or of no day in particular."""
    audits = [run for run in place.store.runs("audit") if run.parameters.get("roster_run") == roster_run.id]
    found = place.store.read("violation", (audits[0] if audits else roster_run).number)
    dates = period.dates()
    return found[found["when"].isna() | found["when"].between(dates[0], dates[-1])].reset_index(drop=True)


def _cost_lines(place: Workspace, roster_run: RunRecord, period: Period) -> pd.DataFrame | None:
    """Of the newest costing of the roster over just these days: what is overtime depends on the days looked at."""
    runs = place.store.runs("cost")
    costs = [run for run in runs if run.parameters.get("roster_run") == roster_run.id and run.period == period]
    return place.store.read("cost_line", costs[0].number) if costs else None


def diff(
    workspace: WorkspaceOption = Path(),
    week: WeekOption = None,
    before: Annotated[int | None, typer.Option("--from", help="Version before.", show_default="last but one")] = None,
    after: Annotated[int | None, typer.Option("--to", help="Version after.", show_default="the last")] = None,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Show what changed for whom between two published versions of a week.

    \b
    Example:
      wfm diff --week 2026-W48 --from 1 --to 2
    """
    from wfm.commands.rosters import of_days
    from wfm.publishing.diff import diff as compare
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    period = place.planning_period(week, "roster")
    versions = {version.number: version for version in place.store.versions(period.first)}
    last = after if after is not None else max(versions, default=0)
    first = before if before is not None else max((number for number in versions if number < last), default=0)
    if not first and versions:
        raise MissingError(
            f"no version of {period} before version {last} to compare", mend="publish again, or name one with --from"
        )
    for number in (first, last):
        if number not in versions:
            known = ", ".join(map(str, versions)) or "none"
            raise MissingError(f"no version {number} of {period}", found=f"versions {known}", mend="run `wfm publish`")
    people = place.people(period.last)
    rosters = [
        _of_known(of_days(place.store.read("roster", versions[number].runs["roster"]), period), people)
        for number in (first, last)
    ]
    changes = compare(rosters[0], rosters[1], people, place.centre)
    show(changes, form, f"{period}: version {first} to {last}")
