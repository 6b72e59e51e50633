"""The morning's forecast of a day, and what a history has of the day so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.choice import model_named
from forecasting.intraday.update import Today
from forecasting.models.blend import BLEND
from forecasting.models.model import Model
from wfm.errors import UsageError
from wfm.policy.centre import Centre
from wfm.time.zones import local_day, local_minute, midnights

OUTAGE_EXPECTED = 25.0
"""A run of intervals without a contact in which this many were expected is taken for an outage, not for a quiet day."""


@dataclass(frozen=True)
class Base:
    """One queue's forecast (its rows of FORECAST), the local day to update, and the instant up to which to look."""

    queue: str
    intervals: pd.DataFrame
    day: pd.Timestamp
    at: pd.Timestamp
    interval_min: int
    zone: str

    @property
    def day_of(self) -> pd.DatetimeIndex:
        """(r,) local day of each row."""
        return local_day(self.intervals["interval_start"], self.zone)

    @property
    def today(self) -> np.ndarray:
        """(r,) rows of the day itself."""
        return np.asarray(self.day_of == self.day)

    @property
    def ahead(self) -> np.ndarray:
        """(r,) intervals of the day that had not ended at the instant."""
        ends = self.intervals["interval_start"] + pd.Timedelta(minutes=self.interval_min)
        return self.today & (ends > self.at).to_numpy()

    def lead_days(self) -> int:
        """Days between the last of which the forecast knew and the day itself, both left out."""
        origin = self.intervals["origin"][self.today].iloc[0] if "origin" in self.intervals else pd.NaT
        if pd.isna(origin):
            origin = midnights(self.day_of.min().date(), 1, self.zone)[0]
        last_known = local_day(pd.DatetimeIndex([origin - pd.Timedelta(microseconds=1)]), self.zone)[0]
        return max((self.day - last_known).days - 1, 0)

    def model(self) -> Model:
        """The model that made the forecast, or else (a planner's own, say) the default."""
        name = self.intervals["model"][self.today].iloc[0] if "model" in self.intervals else None
        try:
            return BLEND if pd.isna(name) else model_named(str(name))
        except UsageError:
            return BLEND


def base_of(intervals: pd.DataFrame, centre: Centre, queue_id: str, at: pd.Timestamp) -> Base:
    """The forecast of a queue around the local day that ``at`` falls in; a midnight ends the day before it."""
    zone = centre.zone_of(queue_id)
    day = local_day(pd.DatetimeIndex([at - pd.Timedelta(microseconds=1)]), zone)[0]
    own = intervals[(intervals["queue"] == queue_id).to_numpy(bool)].sort_values("interval_start")
    return Base(queue_id, own.reset_index(drop=True), day, at, centre.queue(queue_id).interval_min, zone)


def today_of(base: Base, history: pd.DataFrame) -> tuple[Today, int]:
    """The day as far as ``history`` (table HISTORY, this queue's rows) has it, and how many intervals are an outage's.

    Intervals without a row, and those of an outage, are unknown: not 0.
    """
    rows = base.intervals[base.today]
    starts = pd.DatetimeIndex(rows["interval_start"]).as_unit("us").asi8
    expected, ahead = rows["mean"].to_numpy(float), base.ahead[base.today]
    open_min = rows["open_min"].fillna(base.interval_min).to_numpy(float) if "open_min" in rows else base.interval_min
    came = _on_rows(history, starts, base.interval_min, np.broadcast_to(open_min, len(rows)))
    came[ahead] = np.nan
    silent = _outage(came, expected)
    came[silent] = np.nan
    slot = local_minute(rows["interval_start"], base.zone) // base.interval_min
    return Today(slot, expected, came, ahead), int(silent.sum())


def _on_rows(history: pd.DataFrame, starts: np.ndarray, interval_min: int, open_min: np.ndarray) -> np.ndarray:
    """Contacts of each interval; finer rows are added up, and too few for its open minutes leave it unknown."""
    instants = pd.DatetimeIndex(history["interval_start"]).as_unit("us").asi8
    length = interval_min * 60_000_000
    at = np.clip(np.searchsorted(starts, instants, side="right") - 1, 0, None)
    inside = (instants >= starts[at]) & (instants < starts[at] + length)
    finest_min = np.diff(np.unique(instants)).min(initial=length) / 60_000_000
    rows = np.bincount(at[inside], minlength=len(starts))
    came = np.bincount(at[inside], history["offered"].to_numpy(float)[inside], minlength=len(starts))
    return np.where(rows >= np.ceil(open_min / finest_min), came, np.nan)


def _outage(came: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """(r,) intervals of runs without a contact in which OUTAGE_EXPECTED or more were expected."""
    quiet = came == 0
    run = np.cumsum(~quiet)
    return np.asarray(quiet & (np.bincount(run, np.where(quiet, expected, 0.0))[run] >= OUTAGE_EXPECTED))
