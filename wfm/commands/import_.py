"""`wfm import`: history, people, and a planner's own forecast, requirement or roster."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wfm.commands.options import AuthorOption, EncodingOption, WorkspaceOption
from wfm.commands.output import say
from wfm.errors import InputError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from wfm.importing.facts import FactKind
    from wfm.importing.people import PeopleKind
    from wfm.importing.plan import PlanKind
    from wfm.importing.report import Imported
    from wfm.policy.people import People
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


class ImportKind(StrEnum):
    """What a file holds."""

    history = "history"
    calls = "calls"
    agents = "agents"
    availability = "availability"
    time_off = "time-off"
    preferences = "preferences"
    forecast = "forecast"
    requirement = "requirement"
    roster = "roster"
    drivers = "drivers"
    overrides = "overrides"
    shrinkage = "shrinkage"
    concurrency = "concurrency"
    shift_demand = "shift-demand"


_PEOPLE: dict[ImportKind, PeopleKind] = {
    ImportKind.agents: "agents",
    ImportKind.availability: "availability",
    ImportKind.time_off: "time_off",
    ImportKind.preferences: "preferences",
}
_PLANS: dict[ImportKind, PlanKind] = {
    ImportKind.forecast: "forecast",
    ImportKind.requirement: "requirement",
    ImportKind.roster: "roster",
}
_FACTS: dict[ImportKind, FactKind] = {
    ImportKind.drivers: "driver",
    ImportKind.overrides: "override",
    ImportKind.shrinkage: "shrinkage",
    ImportKind.concurrency: "concurrency",
    ImportKind.shift_demand: "shift_demand",
}


def import_(
    kind: Annotated[ImportKind, typer.Argument(help="What the files hold.")],
    files: Annotated[list[Path], typer.Argument(help="CSV files, plain or .gz; - is standard input.")],
    workspace: WorkspaceOption = Path(),
    columns: Annotated[
        str | None,
        typer.Option(help="Our names for theirs: offered=volume,interval_start=timestamp. Others are then ignored."),
    ] = None,
    queue: Annotated[str | None, typer.Option(help="Queue of every row, where the file has no such column.")] = None,
    zone: Annotated[str | None, typer.Option(help="Zone of times without an offset, such as Europe/Berlin.")] = None,
    encoding: EncodingOption = "utf-8",
    valid_from: Annotated[
        str | None, typer.Option(help="People: the day from which the file holds.", show_default="today")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="Call records: a TOML file that names their columns.", show_default=False)
    ] = None,
    author: AuthorOption = None,
) -> None:
    """Read files into the store, and say what was read, kept, repaired and why.

    Importing the same file again changes nothing. History that is there already is replaced by a later import. A file
    of people is the whole state from its day on. A forecast, requirement or roster of your own enters half-way: the
    commands after it take the latest. Drivers are daily figures that volume follows, past and expected. Overrides are
    what you say of a day or a part of it; the next forecast holds them beside what the model says. Shift demand is how
    many agents each shift of a day shall have, whatever the calls say; the next roster keeps to it at its prices.

    \b
    Examples:
      wfm import history intervals.csv
      wfm import history bank.csv.gz --queue bank --zone America/New_York \\
          --columns interval_start=timestamp,offered=volume
      wfm import agents agents.csv
      wfm import drivers letters.csv
      wfm import overrides overrides.csv
      wfm import shift-demand shifts.csv
      wfm import roster edited.csv
    """
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    ours = read_columns(columns)
    for path in files:
        if kind is ImportKind.history:
            _import_history(place, path, encoding, ours, queue, zone)
        elif kind is ImportKind.calls:
            _import_calls(place, path, encoding, mapping, queue, zone)
        elif kind in _PEOPLE:
            _import_people(place, _PEOPLE[kind], path, encoding, valid_from)
        elif kind in _FACTS:
            _import_facts(place, _FACTS[kind], path, encoding, zone, author)
        else:
            _import_plan(place, _PLANS[kind], path, encoding, zone, author)


def read_columns(text: str | None) -> dict[str, str]:
    """``ours=theirs`` pairs.

    >>> read_columns("offered=volume, interval_start=timestamp")
    {'offered': 'volume', 'interval_start': 'timestamp'}

    Raises:
        UsageError: a part that is no pair.
    """
    pairs = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    if any(not (sign and ours.strip() and theirs.strip()) for ours, sign, theirs in pairs):
        raise UsageError("cannot read --columns", found=text, expected="ours=theirs,ours=theirs")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


def _import_history(
    place: Workspace, path: Path, encoding: str, columns: dict[str, str], queue: str | None, zone: str | None
) -> None:
    from wfm.importing.history import import_history
    from wfm.importing.reading import read_table, source_name

    frame = read_table(path, encoding)
    read = import_history(frame, place.centre, source=source_name(path), columns=columns, queue=queue, zone=zone)
    _keep(place, read)


def _import_calls(
    place: Workspace, path: Path, encoding: str, mapping: Path | None, queue: str | None, zone: str | None
) -> None:
    from wfm.importing.calls import import_calls
    from wfm.importing.mapping import read_mapping

    if mapping is None:
        raise UsageError("call records need their columns mapped", mend="name a TOML file with --mapping")
    _keep(place, import_calls(path, place.centre, read_mapping(mapping), encoding=encoding, queue=queue, zone=zone))


def _keep(place: Workspace, read: Imported) -> None:
    """Store history and say what became of the file; one that held nothing is no history."""
    if read.report.read == 0:
        raise InputError("the file has no rows", where=read.report.source, expected="a header and rows")
    say(str(read.report))
    say(f"  stored: {place.store.write_history(read.table)}")


def _import_people(place: Workspace, kind: PeopleKind, path: Path, encoding: str, valid_from: str | None) -> None:
    import pandas as pd

    from wfm.importing.people import import_people
    from wfm.importing.reading import read_table, source_name
    from wfm.time.week import read_date

    day = read_date(valid_from) if valid_from else pd.Timestamp.now(place.centre.zone).date()
    agents = place.store.people_tables(day)["agents"]
    read = import_people(
        kind,
        read_table(path, encoding),
        place.centre,
        source=source_name(path),
        agents=None if kind == "agents" else agents,
    )
    if kind == "agents" and read.table.empty:
        raise InputError("the file has no agents", where=read.report.source, mend="name everyone who works here")
    say(str(read.report))
    say(f"  stored: {place.store.write_people(kind, read.table, day)}")


def _import_facts(
    place: Workspace, kind: FactKind, path: Path, encoding: str, zone: str | None, author: str | None
) -> None:
    from wfm.importing.facts import import_facts
    from wfm.importing.reading import read_table, source_name
    from wfm.store.runs import whoami

    frame, source = read_table(path, encoding), source_name(path)
    read = import_facts(kind, frame, place.centre, source=source, zone=zone, author=author or whoami())
    say(f"{read.report}\n  stored: {place.store.write_facts(kind, read.table)}")


def _import_plan(
    place: Workspace, kind: PlanKind, path: Path, encoding: str, zone: str | None, author: str | None
) -> None:
    from wfm.importing.plan import import_plan
    from wfm.importing.reading import read_table, source_name

    frame, source = read_table(path, encoding), source_name(path)
    read = import_plan(kind, frame, place.centre, _people(place, kind), source=source, zone=zone)
    period = _weeks(place, read.table, "work_date" if kind == "roster" else "interval_start")
    record = place.record(kind, period, {"file": frame}, parameters={"imported": source}, author=author)
    number = place.store.write_run(record, {kind: read.table})
    say(f"{read.report}\n  stored as {kind}, run {number}, {period}")
    empty = _empty_days(place, read.table, period) if kind == "roster" else []
    if empty:
        say(f"  nobody is rostered on {', '.join(empty)}, though queues are open: taken as days off of everyone")


def _empty_days(place: Workspace, roster: pd.DataFrame, period: Period) -> list[str]:
    """The days of the roster's weeks on which some queue is open and nobody is rostered."""
    import numpy as np

    from wfm.policy.days import queue_open_minutes
    from wfm.time.grid import interval_grid
    from wfm.time.zones import local_day

    hours = interval_grid(period.first, period.days, place.centre.zone, 60)
    minutes = [queue_open_minutes(hours, place.centre, queue.id, 60) for queue in place.centre.queues]
    days = local_day(hours, place.centre.zone).where(np.sum(minutes, axis=0) > 0).dropna().unique()
    return [f"{day:%Y-%m-%d}" for day in days[~days.isin(roster["work_date"])]]


def _people(place: Workspace, kind: PlanKind) -> People | None:
    """Everyone known today or later: whom a roster may name."""
    if kind != "roster":
        return None
    import pandas as pd

    return place.people(pd.Timestamp.now(place.centre.zone).date())


def _weeks(place: Workspace, table: pd.DataFrame, column: str) -> Period:
    """The whole weeks that the rows touch: a day without rows is a closed day, not an unknown one."""
    import pandas as pd

    from wfm.time.week import Period, week_of
    from wfm.time.zones import local_day

    days = table[column] if column == "work_date" else pd.Series(local_day(table[column], place.centre.zone))
    week_starts = place.centre.centre.week_starts
    first, last = (week_of(day.date(), week_starts) for day in (days.min(), days.max()))
    return Period(first.first, (last.last - first.first).days + 1)
