"""`wfm cleaning`: what in the history is not the volume that came, and what a forecast does about it."""

from __future__ import annotations

from pathlib import Path

from wfm.commands.options import FormatOption, OutputFormat, QueueOption, WorkspaceOption
from wfm.commands.output import show
from wfm.commands.queues import check_queues


def cleaning(
    workspace: WorkspaceOption = Path(), queue: QueueOption = None, form: FormatOption = OutputFormat.table
) -> None:
    """List what is odd in the history, and how a forecast treats it; nothing is stored or changed.

    One row a finding: missing and partial days, outages, storms, outlying days, stuck and doubled counts, level
    shifts. `found` and `expected` are contacts. Where you know better, name the days in wfm.toml:
    [cleaning] keep = [2026-02-11] takes a day as it is, mask = [2026-03-02] leaves one out.

    \b
    Examples:
      wfm cleaning
      wfm cleaning --queue general --format csv > findings.csv
    """
    from forecasting.cleaning.survey import survey
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    check_queues(queue, place.centre)
    table = survey(place.store.history(), place.centre, queue, drivers=place.store.facts("driver"))
    if form is OutputFormat.table:
        table = table.assign(kind=table["kind"].str.replace("_", " "))
    show(table, form, "What cleaning finds in the history")
