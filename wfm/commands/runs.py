"""`wfm runs`: what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.commands.options import FormatOption, OutputFormat, WorkspaceOption
from wfm.commands.output import show


def runs(
    workspace: WorkspaceOption = Path(),
    kind: Annotated[str | None, typer.Option(help="Only runs of this kind.", show_default="all")] = None,
    most: Annotated[int, typer.Option(min=1, help="At most this many, the latest first.")] = 20,
    form: FormatOption = OutputFormat.table,
) -> None:
    """List stored runs: what, for which days, when, by whom, from what.

    \b
    Example:
      wfm runs --kind roster
    """
    import pandas as pd

    from wfm.errors import UsageError
    from wfm.store.runs import RUN_KINDS
    from wfm.store.workspace import open_workspace

    if kind is not None and kind not in RUN_KINDS:
        raise UsageError("no such kind of run", found=kind, expected=", ".join(RUN_KINDS))
    place = open_workspace(workspace)
    records = place.store.runs(kind, most)
    columns = ["run", "kind", "days", "status", "created_at", "author", "seed", "parameters"]
    rows = [
        (
            record.id, record.kind, str(record.period or ""), record.status, record.created_at, record.author,
            record.seed, ", ".join(f"{name}={value}" for name, value in record.parameters.items()),
        )
        for record in records
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    table["created_at"] = pd.to_datetime(table["created_at"], utc=True).dt.tz_convert(place.centre.zone)
    show(table.astype({"seed": "Int64"}), form, "Stored runs")
