"""`wfm capacity`: what the months ahead ask of the payroll."""

from __future__ import annotations

from pathlib import Path

from wfm.commands.options import FormatOption, OutputFormat, RunOption, WorkspaceOption
from wfm.commands.output import show


def capacity(
    workspace: WorkspaceOption = Path(), run: RunOption = None, form: FormatOption = OutputFormat.table
) -> None:
    """Turn the latest requirement into paid hours and full-time equivalents a week, against who will be there.

    Planned shrinkage (leave, training, meetings) comes in here; joiners and leavers count from their days. A positive
    gap is to be hired. The cost is an estimate at the mean rate. `--run` names the requirement.

    \b
    Example:
      wfm forecast --weeks 26 && wfm staff && wfm capacity
    """
    from wfm.costing.capacity import capacity as plan
    from wfm.errors import MissingError
    from wfm.store.workspace import open_workspace

    place = open_workspace(workspace)
    record = place.store.run("requirement", run)
    if record.period is None:
        raise MissingError("the requirement covers no days")
    requirement = place.store.read("requirement", record.number)
    table = plan(requirement, place.centre, place.people(record.period.first))
    show(table, form, f"Capacity by week, {place.centre.centre.currency}, from requirement run {record.id}")
