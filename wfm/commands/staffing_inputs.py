"""What staffing reads of a forecast run: the forecast, and the shrinkage expected with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from wfm.policy.centre import Centre
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace


@dataclass(frozen=True)
class StaffingInputs:
    """A forecast run: its record, table FORECAST, and SHRINKAGE_FORECAST, None where no data supports one."""

    record: RunRecord
    forecast: pd.DataFrame
    shrinkage: pd.DataFrame | None

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
        return StaffingInputs(self.record, own, self.shrinkage)

    def staffed(self, centre: Centre) -> pd.DataFrame:
        """The requirement."""
        from wfm.staffing.requirement import staff

        return staff(self.forecast, centre, self.shrinkage)


def staffing_inputs(place: Workspace, run: int | None = None) -> StaffingInputs:
    """The forecast run of that number, or the latest.

    Raises:
        MissingError: there is none; names the command that makes one.
    """
    record = place.store.run("forecast", run)
    shrinkage = place.store.read("shrinkage_forecast", record.number)
    return StaffingInputs(record, place.store.read("forecast", record.number), None if shrinkage.empty else shrinkage)
