"""Interval rows onto the grid of their queue: lengths told or inferred, finer ones added up, strays refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import InputError
from wfm.importing.refusal import refuse
from wfm.importing.report import Remark
from wfm.policy.centre import Centre
from wfm.time.zones import local_minute

_TOTALS = ("offered", "handled", "abandoned", "handle_s", "answered_in_target", "wait_s", "repeats")
_DAY_MIN = 1440
_FEW = 48
"""Rows of a queue below which the length of its intervals is not inferred from gaps."""


def onto_grid(frame: pd.DataFrame, centre: Centre, source: str) -> tuple[pd.DataFrame, list[Remark]]:
    """Rows on the grid of each queue.

    A column ``interval_min`` tells the length of a row; without it, a queue of whose rows at least a quarter start
    inside its interval has finer rows. Finer rows are added up; where one of an interval is missing, the others count.
    Coarser rows, of some hours or a whole day, stay as they are: a forecast spreads them.

    Returns:
        The rows with ``interval_min``, the length of each, and what was done.

    Raises:
        InputError: a row starts off the grid, or its length fits neither the queue's interval nor the day.
    """
    if frame.empty:
        return frame, []
    parts, remarks = [], []
    for queue_id, rows in frame.groupby("queue", sort=False):
        interval_min = centre.queue(str(queue_id)).interval_min
        minute, length = _lengths(rows, interval_min, centre.zone_of(str(queue_id)), source)
        floored = rows.assign(
            interval_start=rows["interval_start"] - pd.to_timedelta(minute % interval_min, unit="min")
        )
        if length >= interval_min:
            parts.append(floored.assign(interval_min=float(length)))
            if length > interval_min:
                why = f"{queue_id}: rows of {length} minutes under intervals of {interval_min}: kept, to be spread"
                remarks.append(Remark("warning", len(rows), why))
            continue
        added = add_up(floored).assign(interval_min=float(interval_min))
        parts.append(added)
        remarks.append(
            Remark(
                "repaired",
                len(rows),
                f"{queue_id}: {length}-minute rows added up to {len(added):,} of {interval_min} min",
            )
        )
        cells = floored.groupby("interval_start").size()
        part_full = int((cells < interval_min // length).sum())
        if part_full:
            remarks.append(
                Remark("warning", part_full, f"{queue_id}: intervals without all their {length}-minute rows")
            )
    return pd.concat(parts), remarks


def add_up(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of one queue and interval as one: totals add up, unknown where any is; the line is that of the first."""
    totals = [name for name in _TOTALS if name in frame]
    keys = [frame["queue"], frame["interval_start"]]
    summed = frame[totals].groupby(keys).sum()
    unknown = frame[totals].isna().groupby(keys).any()
    table = summed.mask(unknown)
    if "target_s" in frame:
        target = frame["target_s"].groupby(keys)
        table["target_s"] = target.min().where(target.min() == target.max())
    lines = frame.index.to_series().groupby([key.to_numpy() for key in keys]).min()
    table = table.reset_index()
    table.index = pd.Index(lines.to_numpy(), name=frame.index.name)
    return table


def _lengths(rows: pd.DataFrame, interval_min: int, zone: str, source: str) -> tuple[NDArray[np.int64], int]:
    """Local minute of the day of each row, and the length in minutes of them all."""
    starts = rows["interval_start"]
    stamps = starts.dt.strftime("%Y-%m-%dT%H:%M:%SZ").rename("interval_start")
    local = pd.DatetimeIndex(starts)
    seconds = (local.second.to_numpy() != 0) | (local.microsecond.to_numpy() != 0)
    refuse(seconds, stamps, source, "an interval does not start on a full minute", f"a {interval_min}-minute grid")
    minute = local_minute(local, zone)
    off_grid = minute % interval_min != 0
    if "interval_min" in rows and rows["interval_min"].notna().all():
        length = _told_length(rows["interval_min"], interval_min, source)
    elif off_grid.mean() >= 0.25:
        length = int(np.gcd.reduce(np.append(minute, interval_min)))
    else:
        length = _step(starts, minute, interval_min, source, str(rows["queue"].iloc[0]))
    stray = off_grid if length < 5 or length >= interval_min else minute % length != 0
    refuse(
        stray,
        stamps,
        source,
        "an interval starts off the queue's grid",
        f"a start on a {interval_min}-minute grid, or finer rows throughout",
        "correct the row, or set interval_min of the queue in wfm.toml",
    )
    return minute, length


def _told_length(lengths: pd.Series, interval_min: int, source: str) -> int:
    refuse(lengths != lengths.iloc[0], lengths, source, "two lengths of interval in one queue", f"{lengths.iloc[0]:g}")
    refuse(
        (lengths <= 0) | ((interval_min % lengths.where(lengths > 0, 1) != 0) & ~_fits(lengths, interval_min)),
        lengths,
        source,
        "this length of interval does not fit the queue",
        f"{interval_min} minutes, a part of it, or a multiple that divides the day",
        "set interval_min of the queue in wfm.toml",
    )
    return int(lengths.iloc[0])


def _fits(lengths: pd.Series, interval_min: int) -> pd.Series:
    """Lengths of coarser rows: multiples of the interval that divide the day."""
    return (lengths % interval_min == 0) & (_DAY_MIN % lengths.where(lengths > 0, 1) == 0)


def _step(starts: pd.Series, minute: NDArray[np.int64], interval_min: int, source: str, queue_id: str) -> int:
    """The length of rows that lie no closer than the interval: the interval, or that of coarser rows.

    Hourly or daily rows would else pass for half-hours with every other one missing. Gaps are of the clock, so that
    nights that change it do not count.
    """
    if len(starts) < _FEW:
        return interval_min
    day = pd.DatetimeIndex(starts).as_unit("us").asi8 // (_DAY_MIN * 60_000_000)
    per_day = np.unique(day, return_counts=True)[1]
    on_clock = np.unique(minute)
    if len(on_clock) == 1:
        return _DAY_MIN if per_day.max() == 1 else interval_min
    step = int(np.gcd.reduce(np.diff(on_clock)))
    if step <= interval_min:
        return interval_min
    if not _fits(pd.Series([step]), interval_min).all():
        raise InputError(
            f"rows of queue {queue_id} are coarser than its interval",
            where=f"{source}, column interval_start",
            found=f"a row every {step} minutes",
            expected=f"a row every {interval_min} minutes, or a multiple of it that divides the day",
            mend="set interval_min of the queue in wfm.toml, or add a column interval_minutes if the gaps are real",
        )
    return step
