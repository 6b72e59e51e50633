"""What staffing reads of a forecast run: the forecast, and the shrinkage and handle times expected with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from wfm.policy.centre import Centre
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace


@dataclass(frozen=True)
class StaffingInputs:
    """A forecast run: its record, table FORECAST, and, None where no data supports them, SHRINKAGE_FORECAST and
    HANDLE_TIME_BY_LEVEL."""

    record: RunRecord
    forecast: pd.DataFrame
    shrinkage: pd.DataFrame | None
    handle_time_by_level: pd.DataFrame | None

    @property
    def first_day(self) -> date:
        """The first day it covers, for which people and their rates are read."""
        first: date = self.record.period.first if self.record.period else self.forecast["interval_start"].min().date()
        return first

    def of(self, queues: list[str] | None) -> StaffingInputs:
        """Only these queues; all where none is named."""
        if not queues:
            return self
        own = self.forecast[self.forecast["queue"].isin(queues)].reset_index(drop=True)
        return replace(self, forecast=own)

    def staffed(self, centre: Centre) -> pd.DataFrame:
        """The requirement."""
        from wfm.staffing.requirement import staff

        return staff(self.forecast, centre, self.shrinkage, self.handle_time_by_level)


def staffing_inputs(place: Workspace, run: int | None = None) -> StaffingInputs:
    """The forecast run of that number, or the latest.

    Raises:
        MissingError: there is none; names the command that makes one.
    """
    record = place.store.run("forecast", run)
    forecast, shrinkage, by_level = (
        place.store.read(name, record.number) for name in ("forecast", "shrinkage_forecast", "handle_time_by_level")
    )
    return StaffingInputs(
        record, forecast, None if shrinkage.empty else shrinkage, None if by_level.empty else by_level
    )
