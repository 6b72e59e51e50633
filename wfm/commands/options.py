"""The options that several commands share, each with one name and one meaning."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class OutputFormat(StrEnum):
    """How data is printed on stdout."""

    table = "table"
    csv = "csv"
    json = "json"


class Per(StrEnum):
    """How finely a table is printed."""

    day = "day"
    interval = "interval"


WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", "-w", envvar="WFM_WORKSPACE", help="Folder of wfm.toml.", show_default="here"),
]
FormatOption = Annotated[OutputFormat, typer.Option("--format", "-f", help="How data is printed on stdout.")]
WeekOption = Annotated[
    str | None,
    typer.Option(
        "--week",
        "--period",
        help="A date in the week, 2026-W48, a month 2026-11, or days 2026-11-23/2026-12-20.",
        show_default="first one planned",
    ),
]
QueueOption = Annotated[
    list[str] | None, typer.Option("--queue", "-q", help="Only this queue; may be repeated.", show_default="all")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random; stored with the run.")]
AuthorOption = Annotated[
    str | None,
    typer.Option("--author", envvar="WFM_AUTHOR", help="Who runs this; stored.", show_default="the user's name"),
]
RunOption = Annotated[int | None, typer.Option("--run", help="A stored run by its number.", show_default="the latest")]
EncodingOption = Annotated[str, typer.Option("--encoding", help="Encoding of the files, for example gb18030.")]
