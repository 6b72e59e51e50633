"""Publishing: a version of a roster becomes a folder of files, all of them or none."""

from __future__ import annotations

import filecmp
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.publishing.calendar_file import calendar_ics, events_of, events_of_shifts
from wfm.publishing.page import page_html
from wfm.publishing.parameters import assumption_notes, parameters
from wfm.publishing.shift_view import ShiftView, shift_views
from wfm.publishing.spreadsheet import spreadsheet
from wfm.publishing.table import roster_csv
from wfm.publishing.version import PublishedVersion, calendar_name
from wfm.tables.roster import ROSTER

Views = Mapping[tuple[str, date], ShiftView]


def publish(
    folder: Path,
    version: PublishedVersion,
    roster: pd.DataFrame,
    coverage: pd.DataFrame | None,
    violations: pd.DataFrame,
    lines: pd.DataFrame | None,
    requirement: pd.DataFrame | None,
    centre: Centre,
    people: People,
    *,
    previous: pd.DataFrame | None = None,
    csv_encoding: str = "utf-8",
) -> list[Path]:
    """Write ``<folder>/<first day>/v<N>/``: index.html, roster.csv, roster.xlsx and calendars/<unguessable>.ics.

    The files are written to a temporary folder beside, which is renamed at the end: a failure leaves nothing behind.
    The same version of the same tables is the same bytes, so publishing it again changes nothing.

    Args:
        folder: the workspace's folder of published versions.
        lines: cost lines, for the spreadsheet's sheet by team, queue and pay class; None leaves the sheet out.
        previous: the roster published last for these days: changes against it are marked, and cancelled shifts stay
            in the calendars. Sequence numbers are read from the last version's calendar files, where these are here.
        csv_encoding: ``utf-8``, or ``utf-8-sig`` for spreadsheet users.

    Returns:
        The files, the page first.

    Raises:
        InputError: the version's folder holds something else; an unknown agent.
    """
    target = version.folder(folder)
    views = shift_views(_within(roster, version), centre, people)
    before = shift_views(_within(previous, version), centre, people) if previous is not None else None
    told = parameters(version, centre, people, requirement)
    notes = assumption_notes(requirement, centre)
    contents: dict[str, bytes] = {
        "index.html": page_html(version, views, coverage, violations, notes, centre, people, before).encode(),
        "roster.csv": roster_csv(views, centre, people, csv_encoding),
        "roster.xlsx": spreadsheet(version, views, coverage, lines, told, centre, people),
    }
    own, own_before = _by_agent(views), _by_agent(before or {})
    for agent in people.agents:
        ics = _calendar(target, version, agent, own[agent.id], own_before[agent.id], centre)
        contents[f"calendars/{calendar_name(version, agent.id)}"] = ics
    _write_whole(target, contents)
    return [target / name for name in contents]


def _within(roster: pd.DataFrame, version: PublishedVersion) -> pd.DataFrame:
    """The rows of the version's days: a roster may hold days around them."""
    days = version.period.dates()
    roster = ROSTER.check(roster)
    return roster[roster["work_date"].between(days[0], days[-1])]


def _by_agent(views: Views) -> defaultdict[str, list[ShiftView]]:
    own: defaultdict[str, list[ShiftView]] = defaultdict(list)
    for view in views.values():
        own[view.agent].append(view)
    return own


def _calendar(
    target: Path,
    version: PublishedVersion,
    agent: Agent,
    own: Sequence[ShiftView],
    before: Sequence[ShiftView],
    centre: Centre,
) -> bytes:
    """One agent's calendar, on top of the last one that lies here, or else of what the previous roster says."""
    file = _last_calendar(target, version, agent.id)
    prior = events_of(file.read_bytes()) if file is not None else events_of_shifts(version, agent, before, centre)
    return calendar_ics(version, agent, own, centre, prior)


def _last_calendar(target: Path, version: PublishedVersion, agent_id: str) -> Path | None:
    """The agent's calendar in the newest earlier version that lies beside this one."""
    for number in range(version.number - 1, 0, -1):
        file = target.parent / f"v{number}" / "calendars" / calendar_name(version, agent_id)
        if file.exists():
            return file
    return None


def _write_whole(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write the files to a temporary folder and rename it; equal files that are there already stay.

    Raises:
        InputError: the folder is there and holds something else.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        for name, content in contents.items():
            file = temporary / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
        if not target.exists():
            temporary.chmod(0o755)
            temporary.rename(target)
        elif not _same_files(temporary, target, contents):
            raise InputError(
                "this version is published already, with other content",
                where=str(target),
                mend="publish the next version",
            )
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _same_files(one: Path, other: Path, names: Iterable[str]) -> bool:
    wanted = list(names)
    there = sum(path.is_file() for path in other.rglob("*"))
    return there == len(wanted) and filecmp.cmpfiles(one, other, wanted, shallow=False)[0] == wanted
