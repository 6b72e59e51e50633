"""The open grid of a queue: its intervals, and rows of history of any length laid onto them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.book.finding import Finding
from wfm.policy.centre import Centre
from wfm.policy.days import queue_open_minutes
from wfm.time.grid import interval_grid
from wfm.time.opening import open_minutes
from wfm.time.zones import at_wall_time, local_day, local_minute

COUNTS = ("offered", "handled", "abandoned", "handle_s", "repeats")
"""What of history is laid onto the grid."""

LEAST_COARSE_DAYS = 5
LEAST_COARSE_ROWS = 20
"""Rows are believed to be coarse, not the rest of finer ones, once a week has so many days or rows of them."""
WHOLE_DAY = 1440.0
"""Length in minutes of a row that covers its local day, also where that day changes clocks."""
_MINUTE_US = 60_000_000


@dataclass(frozen=True)
class Rows:
    """The open intervals themselves, in order of time: instant, day (row of the book), slot (column), open minutes.

    On the night when clocks go back two intervals share a slot, each with its ``share`` of the slot's open minutes;
    when they go forward some slots have none.
    """

    start: pd.DatetimeIndex
    day: np.ndarray
    slot: np.ndarray
    open_min: np.ndarray
    share: np.ndarray


def open_grid(days: pd.DatetimeIndex, centre: Centre, queue_id: str) -> tuple[Rows, np.ndarray]:
    """The open intervals of consecutive local days, and the open minutes (D, K) of each day and slot."""
    zone, queue = centre.zone_of(queue_id), centre.queue(queue_id)
    starts = interval_grid(days[0].date(), len(days), zone, queue.interval_min)
    minutes = queue_open_minutes(starts, centre, queue_id)
    is_open = minutes > 0
    starts, minutes = starts[is_open], minutes[is_open]
    day = np.asarray((local_day(starts, zone) - days[0]) // pd.Timedelta(days=1))
    slot = local_minute(starts, zone) // queue.interval_min
    table = np.zeros((len(days), -(-1440 // queue.interval_min)))
    np.add.at(table, (day, slot), minutes)
    return Rows(starts, day, slot, minutes, minutes / table[day, slot]), table


def usual_minutes(centre: Centre, queue_id: str, slots: int) -> np.ndarray:
    """Open minutes (7, K) of ordinary weekdays, by the clock alone."""
    queue = centre.queue(queue_id)
    monday = pd.Timestamp("2024-01-01", tz="UTC")
    starts = pd.date_range(monday, periods=8 * 1440 // queue.interval_min, freq=f"{queue.interval_min}min", unit="us")
    week = open_minutes(starts, queue.interval_min, queue.opening, "UTC").reshape(8, slots)
    # The second Monday also holds what reaches past midnight from Sunday.
    return np.vstack([week[7], week[1:7]])


def lay_on_grid(
    own: pd.DataFrame, rows: Rows, centre: Centre, queue_id: str, shape: tuple[int, int], profile: np.ndarray | None
) -> tuple[dict[str, np.ndarray], list[Finding]]:
    """Counts (D, K) of a queue's history on its open grid, by name, NaN where unknown; and what was done for it.

    Finer rows are added up. Coarser ones (of some hours, or of a whole day) are spread over the open intervals that
    they cover, by open minutes and ``profile`` (7, K), contacts a minute of each weekday (None: evenly). What came
    while the queue is closed is dropped.
    """
    zone, interval_min = centre.zone_of(queue_id), centre.queue(queue_id).interval_min
    begin = pd.DatetimeIndex(own["interval_start"]).as_unit("us").asi8
    length_min = row_lengths(pd.DatetimeIndex(own["interval_start"]), interval_min, zone)
    grid = rows.start.as_unit("us").asi8
    first = np.searchsorted(grid, begin - interval_min * _MINUTE_US, side="right")
    last = np.searchsorted(grid, _ends(own, begin, length_min, zone), side="left")
    fine = length_min <= interval_min
    # A finer row belongs to the one interval in which it starts; a coarser one to all that start within it.
    last = np.where(fine, np.minimum(first + 1, np.searchsorted(grid, begin, side="right")), last)
    first = np.where(fine, first, np.searchsorted(grid, begin, side="left"))
    cells = np.maximum(last - first, 0)
    source = np.repeat(np.arange(len(own)), cells)
    target = np.arange(cells.sum()) - np.repeat(np.cumsum(cells) - cells, cells) + np.repeat(first, cells)
    share = _shares(source, target, rows, profile, own, zone)
    told = {name: own[name].to_numpy(float) if name in own else np.full(len(own), np.nan) for name in COUNTS}
    counts = {name: _added(values[source] * share, target, rows, shape) for name, values in told.items()}
    findings = [*_spread_findings(queue_id, length_min[cells > 1], interval_min, profile is not None)]
    lost = own[(cells == 0) & (own["offered"].fillna(0) > 0).to_numpy()]
    if len(lost):
        found = f"{int(lost['offered'].sum())} contacts in {len(lost)} intervals outside the opening hours"
        treated = "dropped; correct the opening hours if the queue was open"
        findings.append(Finding(queue_id, None, found, treated, kind="outside_hours", treatment="dropped"))
    return counts, findings


def _ends(own: pd.DataFrame, begin: np.ndarray, length_min: np.ndarray, zone: str) -> np.ndarray:
    """Microseconds at which rows end; a whole day ends at the next midnight, however long it is."""
    midnight = at_wall_time(local_day(own["interval_start"], zone), 1440, zone).as_unit("us").asi8
    return np.where(length_min == WHOLE_DAY, midnight, begin + length_min * _MINUTE_US)


def _added(values: np.ndarray, target: np.ndarray, rows: Rows, shape: tuple[int, int]) -> np.ndarray:
    table = np.full(shape, np.nan)
    cell = rows.day[target], rows.slot[target]
    table[cell] = 0.0
    np.add.at(table, cell, values)
    return table


def _shares(
    source: np.ndarray, target: np.ndarray, rows: Rows, profile: np.ndarray | None, own: pd.DataFrame, zone: str
) -> np.ndarray:
    """The share of its source row that each target row has; 1 where a source has one target."""
    weight = rows.open_min[target]
    if profile is not None:
        weekday = local_day(own["interval_start"], zone).day_of_week.to_numpy()[source]
        weight = weight * np.maximum(profile[weekday, rows.slot[target]], 1e-9)
    total = np.bincount(source, weight, minlength=len(own))[source]
    return np.asarray(weight / np.maximum(total, 1e-300))


def row_lengths(starts: pd.DatetimeIndex, interval_min: int, zone: str) -> np.ndarray:
    """Minutes (n,) that each row of history covers: the interval, or where a week's rows are coarser, theirs.

    The times of day at which rows of a week begin lie as far apart as the rows are long; rows at midnight alone, one a
    day, are whole days (WHOLE_DAY, also where the day changes clocks). A week with few rows says nothing, and is taken
    to be like the one before, or after.

    >>> row_lengths(pd.date_range("2026-01-05", periods=60, freq="h", tz="UTC"), 30, "UTC")[[0, -1]].tolist()
    [60.0, 60.0]
    """
    if len(starts) == 0:
        return np.zeros(0)
    day, minute = local_day(starts, zone), local_minute(starts, zone)
    week = np.asarray((day - day.min()) // pd.Timedelta(days=7))
    steps = pd.Series(minute).groupby(week).agg(lambda times: _step(times.to_numpy(), interval_min))
    lengths = steps.reindex(np.arange(week.max() + 1)).ffill().bfill().fillna(interval_min)
    return np.asarray(lengths.to_numpy(float)[week])


def _step(minutes: np.ndarray, interval_min: int) -> float:
    """The length of the rows of a week by the times of day at which they begin; NaN where they are too few to tell."""
    times = np.unique(minutes)
    if len(times) == 1 and times[0] == 0 and interval_min < WHOLE_DAY and len(minutes) <= 7:
        return WHOLE_DAY if len(minutes) >= LEAST_COARSE_DAYS else np.nan
    if len(minutes) < LEAST_COARSE_ROWS or len(times) < 2:
        return np.nan
    step = float(np.gcd.reduce(np.diff(times)))
    return step if step > interval_min and WHOLE_DAY % step == 0 else float(interval_min)


def _spread_findings(queue_id: str, length_min: np.ndarray, interval_min: int, by_profile: bool) -> list[Finding]:
    how = "by the profile of the queue it is like" if by_profile else "evenly over its open minutes"
    return [
        Finding(
            queue_id,
            None,
            f"{int((length_min == step).sum())} rows of history cover {_words(step)} each",
            f"spread over intervals of {interval_min} minutes, {how}; how the day runs is not known from them",
        )
        for step in np.unique(length_min[length_min > interval_min])
    ]


def _words(minutes: float) -> str:
    return "a whole day" if minutes == WHOLE_DAY else f"{minutes:g} minutes"
