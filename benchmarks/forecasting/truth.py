"""What came, on every open interval whose volume is known; read without the forecasting code that is scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from benchmarks.forecasting.case import CASES, centre_of, history_of
from wfm.policy.days import queue_open_minutes
from wfm.time.grid import interval_grid
from wfm.time.zones import local_day


@dataclass(frozen=True)
class Truth:
    """``cells``: ``start`` (instant), ``wall`` (naive), ``day``, ``actual``, a row an open interval with known volume.
    ``whole_days``: days of which every open interval is known."""

    cells: pd.DataFrame
    whole_days: pd.DatetimeIndex

    def window(self, first: date, horizon_days: int) -> Truth:
        """The part from the day ``first`` on."""
        end = pd.Timestamp(first + timedelta(days=horizon_days))
        cells = self.cells[(self.cells["day"] >= pd.Timestamp(first)) & (self.cells["day"] < end)]
        return Truth(cells.reset_index(drop=True), self.whole_days)

    def naive_error(self, before: date) -> float:
        """Mean absolute error of "same cell one week before" on the days before ``before``; the scale of MASE."""
        past = self.cells[self.cells["day"] < pd.Timestamp(before)].groupby("wall")["actual"].mean()
        week_before = past.reindex(pd.DatetimeIndex(past.index) - pd.Timedelta(days=7)).to_numpy(float)
        return float(np.nanmean(np.abs(past.to_numpy(float) - week_before)))


def truth_of(name: str) -> Truth:
    """The whole case's truth."""
    case, centre, history = CASES[name], centre_of(name), history_of(name)
    days = (case.last_day - case.first_day).days + 1
    starts = interval_grid(case.first_day, days, case.zone, case.interval_min)
    starts = starts[queue_open_minutes(starts, centre, name) > 0]
    wall = starts.tz_convert(case.zone).tz_localize(None)
    cells = pd.DataFrame({"start": starts, "wall": wall, "day": local_day(starts, case.zone)})
    cells["actual"] = _volumes(history, starts, case.interval_min)
    known = cells["actual"].notna().groupby(cells["day"]).all()
    cells = cells.dropna(subset=["actual"]).reset_index(drop=True)
    return Truth(cells, pd.DatetimeIndex(known.index[known.to_numpy(bool)]))


def _volumes(history: pd.DataFrame, starts: pd.DatetimeIndex, interval_min: int) -> np.ndarray:
    """Volume of each interval, added up from finer rows; NaN where the file has nothing."""
    floor = pd.DatetimeIndex(history["interval_start"]).floor(f"{interval_min}min")
    # A daily series starts at the local midnight, which is a whole hour of UTC in every zone here.
    return history.groupby(floor)["offered"].sum(min_count=1).reindex(starts).to_numpy(float)
