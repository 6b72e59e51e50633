"""`wfm accuracy`: a stored forecast against what came."""

from __future__ import annotations

from pathlib import Path

from wfm.commands.options import FormatOption, OutputFormat, RunOption, WorkspaceOption
from wfm.commands.output import show


def accuracy(
    workspace: WorkspaceOption = Path(), run: RunOption = None, form: FormatOption = OutputFormat.table
) -> None:
    """Compare a stored forecast with what came.

    \b
    Example:
      wfm accuracy --run 3
    """
    from forecasting.evaluation.accuracy import accuracy as compare
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    record = place.store.run("forecast", run)
    number = record.number
    intervals, days = place.store.read("forecast", number), place.store.read("forecast_day", number)
    queues = sorted(intervals["queue"].unique())
    show(
        compare(intervals, days, place.store.history(queues), place.centre),
        form,
        f"Forecast run {number} against what came",
    )
