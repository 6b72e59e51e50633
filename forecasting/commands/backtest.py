"""`wfm backtest`: what the forecast would have been worth in past weeks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wfm.commands.options import FormatOption, OutputFormat, QueueOption, WorkspaceOption
from wfm.commands.output import show
from wfm.commands.progress import progress
from wfm.commands.queues import check_queues


def backtest(
    workspace: WorkspaceOption = Path(),
    origins: Annotated[int, typer.Option(min=1, help="How many past origins, a week apart.")] = 6,
    horizon: Annotated[int, typer.Option(min=1, max=371, help="Days ahead of each.")] = 14,
    queue: QueueOption = None,
    form: FormatOption = OutputFormat.table,
) -> None:
    """Forecast past weeks as if they were ahead, and score it beside last week and the mean of four.

    wMAPE is the sum of absolute errors over the sum of contacts; `in_80` the share of actuals inside the 80 % band.

    \b
    Example:
      wfm backtest --origins 6 --horizon 14
    """
    from forecasting.evaluation.backtest import backtest as score
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    check_queues(queue, place.centre)
    with progress("backtest"):
        result = score(place.store.history(queue), place.centre, origins=origins, horizon_days=horizon, queues=queue)
    show(result.scores, form, f"Backtest over {origins} origins, {horizon} days ahead")
