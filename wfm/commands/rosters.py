"""What belongs to a stored roster: its coverage, which an imported roster gets from its audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.errors import MissingError

if TYPE_CHECKING:
    import pandas as pd

    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace


def coverage_of(place: Workspace, roster_run: RunRecord) -> pd.DataFrame:
    """Coverage stored with the roster, or else with the newest audit of it.

    Raises:
        MissingError: the roster was imported and never audited against a requirement.
    """
    coverage = place.store.read("coverage", roster_run.number)
    audits = [run for run in place.store.runs("audit") if run.parameters.get("roster_run") == roster_run.id]
    for audit in audits:
        if len(coverage):
            break
        coverage = place.store.read("coverage", audit.number)
    if coverage.empty:
        raise MissingError(f"no coverage of roster run {roster_run.id}", mend="run `wfm audit` first")
    return coverage
