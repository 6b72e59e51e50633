"""A planner's overrides, laid beside the model's means: intervals first, days and channels added up from them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.tables.forecast import ALL_CHANNELS, planned_volume
from wfm.tables.override import OVERRIDE
from wfm.time.zones import local_day, local_minute

_DAY_MIN = 1440
_WITHDRAW = "withdraw one: import its queue, day and from_min again without factor and contacts"


@dataclass(frozen=True)
class Stretch:
    """What is said of a part of a queue's local day: a ``factor`` on the model's mean, or (NaN) its ``contacts``."""

    queue: str
    day: pd.Timestamp
    from_min: float
    to_min: float
    factor: float
    contacts: float

    def __str__(self) -> str:
        return f"{self.queue}, {self.day.date()}, {_clock(self.from_min)}-{_clock(self.to_min)}"

    def inside(self, intervals: pd.DataFrame, local: np.ndarray, centre: Centre) -> np.ndarray:
        """(n,) share of each interval that lies within the stretch; at its two ends an interval may be cut."""
        share = np.zeros(len(intervals))
        own = (intervals["queue"] == self.queue).to_numpy(bool) & (local == self.day.to_datetime64())
        if own.any():
            length_min = centre.queue(self.queue).interval_min
            start = local_minute(intervals["interval_start"][own], centre.zone_of(self.queue))
            within = np.minimum(start + length_min, self.to_min) - np.maximum(start, self.from_min)
            share[own] = np.clip(within, 0, None) / length_min
        return share


def apply(
    intervals: pd.DataFrame, days: pd.DataFrame, overrides: pd.DataFrame, centre: Centre
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The forecast with the column ``override`` filled beside ``mean``, which stays what the model said.

    A factor multiplies the model's mean of its stretch of the day; contacts are what the whole stretch is to have,
    spread as the model spreads it (evenly where the model expects nothing). An interval that a
    stretch covers in part is changed in that part. What a stretch of closed hours says has no effect.

    Args:
        intervals: a table FORECAST.
        days: a table FORECAST_DAY.
        overrides: a table OVERRIDE; a row with neither factor nor contacts is withdrawn. Rows outside the forecast are
            not looked at.

    Returns:
        Both tables. ``override`` of an interval is NaN where no stretch touches it; that of a day is the sum of what
        its intervals are planned with, NaN where none of them has one.

    Raises:
        InputError: a row has both a factor and contacts, ends before it begins, or overlaps another of its day.
    """
    mean = intervals["mean"].to_numpy(float)
    planned, said = mean.copy(), np.zeros(len(intervals), bool)
    local = _local_days(intervals, centre)
    for stretch in stretches(overrides):
        share = stretch.inside(intervals, local, centre)
        planned += _of_stretch(stretch, intervals, share) - mean * share
        said |= share > 0
    intervals = intervals.assign(override=np.where(said, np.maximum(planned, 0.0), np.nan))
    told = intervals.assign(day=local)
    return intervals, days.assign(override=_sums(told, days, ["queue", "day"]))


def stretches(overrides: pd.DataFrame) -> list[Stretch]:
    """What a table OVERRIDE says, without what was withdrawn, checked against each other.

    Raises:
        InputError: see ``apply``.
    """
    table = OVERRIDE.check(overrides)
    table = table[table["factor"].notna() | table["contacts"].notna()]
    table = table.assign(to_min=table["to_min"].fillna(_DAY_MIN))
    earlier_end = table.groupby(["queue", "day"])["to_min"].shift()
    columns = [table[field.name] for field in fields(Stretch)]
    found = [Stretch(*row) for row in zip(*columns, strict=True)]
    both = table["factor"].notna() & table["contacts"].notna()
    for bad, what, mend in (
        (both, "an override has a factor and contacts", "keep one of the two"),
        (table["to_min"] <= table["from_min"], "an override ends before it begins", "correct from_min or to_min"),
        (table["from_min"] < earlier_end, "two overrides of one day overlap", _WITHDRAW),
    ):
        if bad.any():
            raise InputError(what, where=f"override {found[int(bad.to_numpy().argmax())]}", mend=mend)
    return found


def without_effect(intervals: pd.DataFrame, overrides: pd.DataFrame, centre: Centre) -> list[str]:
    """Sentences on overrides that lie within a forecast's days, but touch no open interval."""
    local = _local_days(intervals, centre)
    told = []
    for stretch in stretches(overrides):
        days = local[(intervals["queue"] == stretch.queue).to_numpy(bool)]
        day = stretch.day.to_datetime64()
        within = len(days) > 0 and days.min() <= day <= days.max()
        if within and not stretch.inside(intervals, local, centre).any():
            told.append(f"{stretch}: the override has no effect, the queue is closed")
    return told


def channel_overrides(channels: pd.DataFrame, days: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """A table FORECAST_CHANNEL_DAY with the column ``override``: the sum of what its queues' days are planned with.

    Args:
        channels: the table; its days of all channels together are called ALL_CHANNELS.
        days: FORECAST_DAY with its column ``override``.
    """
    of_queue = {queue.id: queue.channel for queue in centre.queues}
    told = days.assign(channel=days["queue"].map(of_queue))
    both = pd.concat([told, told.assign(channel=ALL_CHANNELS)], ignore_index=True)
    return channels.assign(override=_sums(both, channels, ["channel", "day"]))


def _of_stretch(stretch: Stretch, intervals: pd.DataFrame, share: np.ndarray) -> np.ndarray:
    """Contacts (n,) of the parts of the intervals within a stretch, by what it says."""
    means = intervals["mean"].to_numpy(float) * share
    if not np.isnan(stretch.factor):
        return np.asarray(means * stretch.factor)
    weight = means if means.sum() > 0 else share
    return np.asarray(stretch.contacts * weight / max(weight.sum(), 1e-300))


def _local_days(intervals: pd.DataFrame, centre: Centre) -> np.ndarray:
    days = np.full(len(intervals), np.datetime64("NaT", "us"))
    for queue in intervals["queue"].unique():
        own = (intervals["queue"] == queue).to_numpy(bool)
        days[own] = local_day(intervals["interval_start"][own], centre.zone_of(str(queue))).to_numpy()
    return days


def _sums(told: pd.DataFrame, rows: pd.DataFrame, key: list[str]) -> np.ndarray:
    """What is planned, added up by ``key`` for each of ``rows``; NaN where none of it is overridden."""
    parts = told.assign(planned=planned_volume(told), said=told["override"].notna())
    sums = parts.groupby(key).agg(planned=("planned", "sum"), said=("said", "any"))
    own = sums.reindex(pd.MultiIndex.from_frame(rows[key]))
    return own["planned"].where(own["said"].eq(True)).to_numpy(float)


def _clock(minute: float) -> str:
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"
