"""`wfm scenario`: what-if, side by side; the same as `wfm staff --what-if`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.commands.options import FormatOption, OutputFormat, RunOption, WorkspaceOption
from wfm.commands.output import show


def scenario(
    changes: Annotated[
        list[str], typer.Argument(help="Each a scenario: volume=+10%, aht=+20s, target=85/20, shrinkage=9%, by commas.")
    ],
    workspace: WorkspaceOption = Path(),
    run: RunOption = None,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Staff the latest forecast under changes, beside the forecast as it is: agent-hours, service level, cost.

    The same table as `wfm staff --what-if` prints. Nothing is stored. The cost is an estimate at the mean rate. `--run`
    names the forecast.

    \b
    Examples:
      wfm scenario volume=+10%
      wfm scenario target=80/20 target=85/20 target=90/20 --format csv
      wfm scenario volume=+15%,aht=+20s,shrinkage=10%
    """
    from wfm.commands.staffing_questions import what_if
    from wfm.store.workspace import open_workspace

    caption, table = what_if(open_workspace(workspace), changes, run)
    show(table, form, caption)
