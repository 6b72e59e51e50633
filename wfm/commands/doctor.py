"""`wfm doctor`: is everything here that the tool needs?"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from wfm.commands.failure import NO
from wfm.commands.options import FormatOption, OutputFormat, WorkspaceOption
from wfm.commands.output import show

if TYPE_CHECKING:
    from wfm.store.workspace import Workspace

FINE, MISSING = "fine", "missing"


def doctor(workspace: WorkspaceOption = Path(), form: FormatOption = OutputFormat.table) -> None:
    """Show versions, fonts, how long calendars are known, the state of the store. Exit code 1 if something is wrong.

    \b
    Example:
      wfm doctor --workspace centre
    """
    import pandas as pd

    rows = [*_versions(), _font(), *_workspace(workspace)]
    show(pd.DataFrame(rows, columns=["what", "state", "found"]), form, "Doctor")
    if any(state == MISSING for _, state, _ in rows):
        raise typer.Exit(NO)


def _versions() -> list[tuple[str, str, str]]:
    from wfm.store.fingerprint import installed_versions

    return [(name, FINE, found) for name, found in installed_versions().items()]


def _font() -> tuple[str, str, str]:
    from wfm.errors import MissingError
    from wfm.shipped import shipped

    try:
        fonts = [path.name for path in sorted(shipped("fonts").glob("*.tt[cf]"))]
    except MissingError as error:
        return "font for Chinese names", MISSING, str(error)
    return "font for Chinese names", FINE if fonts else MISSING, ", ".join(fonts) or "no font file is shipped"


def _workspace(folder: Path) -> list[tuple[str, str, str]]:
    from wfm.store.workspace import POLICY_FILE, open_workspace

    if not (folder / POLICY_FILE).exists():
        return [("workspace", FINE, f"none at {folder}: `wfm init DIR` makes one")]
    place = open_workspace(folder)
    return [("workspace", FINE, str(folder.resolve())), _calendar(place), *_store(place)]


def _calendar(place: Workspace) -> tuple[str, str, str]:
    from wfm.time.holidays import known_until

    country = place.centre.calendar.country
    year = known_until(country)
    if country is None:
        return "calendar", FINE, "no public holidays: [calendar] names no country"
    if year is None:
        return "calendar", FINE, f"{country}: public holidays of any year"
    return "calendar", FINE, f"{country}: make-up workdays announced until {year}; later years have statutory days only"


def _store(place: Workspace) -> list[tuple[str, str, str]]:
    store = place.store
    history = store.history()
    span = (
        f", {history['interval_start'].min():%Y-%m-%d} to {history['interval_start'].max():%Y-%m-%d}"
        if len(history)
        else ""
    )
    agents = len(store.people_tables(_today())["agents"])
    latest = store.runs(most=1)
    return [
        ("store", FINE, f"{store.place}, revision {store.revision}"),
        ("history", FINE, f"{len(history):,} rows of {history['queue'].nunique()} queues{span}"),
        ("agents", FINE, f"{agents} today"),
        ("latest run", FINE, f"{latest[0].kind} {latest[0].id}" if latest else "none yet"),
    ]


def _today() -> date:
    import pandas as pd

    return pd.Timestamp.now("UTC").date()
