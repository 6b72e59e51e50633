"""A queue's days on its open grid: calendar, open minutes, and what came, one row a local day, one column a slot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecasting.book.calendar import EVENT, LEAST_LIFT, day_features
from forecasting.book.note import Note
from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.policy.days import CLOSING_KINDS, queue_open_minutes
from wfm.time.grid import interval_grid
from wfm.time.opening import open_minutes
from wfm.time.week import Period
from wfm.time.zones import local_day, local_minute

LEAST_KNOWN_SHARE = 0.3
"""A day says something of the level once this share of its open minutes is known."""


@dataclass(frozen=True)
class Rows:
    """The open intervals themselves, in order of time: instant, day (row of the book), slot (column), open minutes.

    On the night when clocks go back two intervals share a slot; when they go forward some slots have none.
    """

    start: pd.DatetimeIndex
    day: np.ndarray
    slot: np.ndarray
    open_min: np.ndarray


@dataclass(frozen=True)
class Daybook:
    """One queue over consecutive local days: D days by K slots of ``interval_min`` minutes of the wall clock.

    ``features`` are those of ``day_features``, a row a day. ``open_min`` (D, K) is 0 where closed
    and may pass ``interval_min`` on the night when clocks go back. ``offered``, ``handled`` and ``handle_s`` (D, K)
    are NaN where unknown; the days from ``past`` on are ahead and hold NaN only. ``usual_min`` (7, K): open minutes of
    an ordinary day of each weekday. ``odd`` (D,): days that fits leave out.
    """

    queue: str
    interval_min: int
    days: pd.DatetimeIndex
    features: pd.DataFrame
    open_min: np.ndarray
    usual_min: np.ndarray
    offered: np.ndarray
    handled: np.ndarray
    handle_s: np.ndarray
    odd: np.ndarray
    past: int
    rows: Rows

    def at_origin(self, origin: int, horizon: int) -> Daybook:
        """The book as it was when ``origin`` days were past, reaching ``horizon`` days ahead (or to its own end)."""
        end = min(origin + horizon, len(self.days))
        unknown = (np.arange(end) >= origin)[:, None]

        def hidden(counts: np.ndarray) -> np.ndarray:
            return np.where(unknown, np.nan, counts[:end])

        return replace(
            self,
            days=self.days[:end],
            features=self.features.iloc[:end],
            open_min=self.open_min[:end],
            offered=hidden(self.offered),
            handled=hidden(self.handled),
            handle_s=hidden(self.handle_s),
            odd=self.odd[:end],
            past=origin,
        )

    @property
    def known(self) -> np.ndarray:
        """(D, K) cells that are open and whose volume is known."""
        return np.asarray((self.open_min > 0) & np.isfinite(self.offered))

    @property
    def known_share(self) -> np.ndarray:
        """(D,) share of each day's open minutes whose volume is known; 0 on closed days."""
        known_min = np.where(self.known, self.open_min, 0.0).sum(axis=1)
        return np.asarray(known_min / np.maximum(self.open_min.sum(axis=1), 1e-9))

    @property
    def kinds(self) -> np.ndarray:
        """(D,) kinds of days."""
        return self.features["kind"].to_numpy(object)

    @property
    def weekday(self) -> np.ndarray:
        """(D,) weekdays, Monday 0."""
        return self.features["weekday"].to_numpy(int)

    @property
    def days_off(self) -> np.ndarray:
        """(D,) public holidays and rest days, open or not."""
        return np.isin(self.kinds, CLOSING_KINDS)

    @property
    def event_kinds(self) -> list[str]:
        """Kinds of events whose lift is to be learnt; each has a column ``event:KIND`` of the features."""
        return [name.removeprefix(EVENT) for name in map(str, self.features) if name.startswith(EVENT)]

    def during(self, event_kind: str) -> np.ndarray:
        """(D,) days of such an event."""
        return self.features[EVENT + event_kind].to_numpy(bool)

    @property
    def fit_days(self) -> np.ndarray:
        """Past days (indices) that a level may be learnt from: known well enough, not odd, not shut by an event."""
        usable = (self.known_share >= LEAST_KNOWN_SHARE) & ~self.odd
        usable &= self.features["lift"].to_numpy(float) > LEAST_LIFT
        return np.flatnonzero(usable[: self.past])

    @property
    def totals(self) -> np.ndarray:
        """(D,) contacts of the known cells; NaN on days of which nothing is known."""
        total = np.where(self.known, self.offered, 0.0).sum(axis=1)
        return np.where(self.known.any(axis=1), total, np.nan)

    def came(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What came, where known: ``interval_start``, ``actual``; and of whole days ``day``, ``actual``."""
        volume = self.offered[self.rows.day, self.rows.slot] * (
            self.rows.open_min / self.open_min[self.rows.day, self.rows.slot]
        )
        known = np.isfinite(volume)
        intervals = pd.DataFrame({"interval_start": self.rows.start[known], "actual": volume[known]})
        whole = self.known_share > 1 - 1e-9
        return intervals, pd.DataFrame({"day": self.days[whole], "actual": self.totals[whole]})


def read_daybook(history: pd.DataFrame, centre: Centre, queue_id: str, period: Period) -> tuple[Daybook, list[Note]]:
    """The book of one queue from its first day of history to the end of ``period``, with what was dropped.

    ``history`` is a table HISTORY; its rows from the period's first local day on are not looked at.

    Raises:
        MissingError: no such queue, or it has no history before the period.
        InputError: the history's intervals are coarser than the queue's.
    """
    require_queue(centre, queue_id)
    zone, queue = centre.zone_of(queue_id), centre.queue(queue_id)
    own = history[(history["queue"] == queue_id).to_numpy(bool)]
    days_of_rows = local_day(own["interval_start"], zone)
    own = own[days_of_rows < pd.Timestamp(period.first)]
    if own["offered"].notna().sum() == 0:
        raise MissingError(
            f"no history of queue {queue_id} before {period.first.isoformat()}",
            mend="import its history, forecast a later period, or name the queues that have one",
        )
    first = days_of_rows.min().date()
    days = pd.date_range(first, period.last, freq="D", unit="us")
    rows, open_min = _open_grid(days, centre, queue_id)
    counts, dropped = _on_grid(own, rows, queue_id, queue.interval_min, open_min.shape)
    held = np.flatnonzero(np.isfinite(counts["offered"]).any(axis=1))
    past = int(held[-1]) + 1 if len(held) else 0
    if past == 0:
        raise MissingError(
            f"no history of queue {queue_id} inside its opening hours before {period.first.isoformat()}",
            mend="correct the queue's opening hours, or import its history",
        )
    without_data = (open_min > 0).any(axis=1) & ~np.isfinite(counts["offered"]).any(axis=1)
    without_data &= np.arange(len(days)) < past
    features = day_features(days, centre, queue_id, without_data)
    usual = _usual_minutes(centre, queue_id, open_min.shape[1])
    book = Daybook(
        queue_id,
        queue.interval_min,
        days,
        features,
        open_min,
        usual,
        **counts,
        odd=np.zeros(len(days), bool),
        past=past,
        rows=rows,
    )
    return book, dropped


def require_queue(centre: Centre, queue_id: str) -> None:
    """Refuse a queue that the policy does not name.

    Raises:
        MissingError: it is not among the queues.
    """
    known = [queue.id for queue in centre.queues]
    if queue_id not in known:
        raise MissingError("unknown queue", found=queue_id, expected=", ".join(known))


def _open_grid(days: pd.DatetimeIndex, centre: Centre, queue_id: str) -> tuple[Rows, np.ndarray]:
    zone, queue = centre.zone_of(queue_id), centre.queue(queue_id)
    starts = interval_grid(days[0].date(), len(days), zone, queue.interval_min)
    minutes = queue_open_minutes(starts, centre, queue_id)
    is_open = minutes > 0
    starts, minutes = starts[is_open], minutes[is_open]
    day = np.asarray((local_day(starts, zone) - days[0]) // pd.Timedelta(days=1))
    slot = local_minute(starts, zone) // queue.interval_min
    table = np.zeros((len(days), -(-1440 // queue.interval_min)))
    np.add.at(table, (day, slot), minutes)
    return Rows(starts, day, slot, minutes), table


def _usual_minutes(centre: Centre, queue_id: str, slots: int) -> np.ndarray:
    """Open minutes (7, K) of ordinary weekdays, by the clock alone."""
    queue = centre.queue(queue_id)
    monday = pd.Timestamp("2024-01-01", tz="UTC")
    starts = pd.date_range(monday, periods=8 * 1440 // queue.interval_min, freq=f"{queue.interval_min}min", unit="us")
    week = open_minutes(starts, queue.interval_min, queue.opening, "UTC").reshape(8, slots)
    # The second Monday also holds what reaches past midnight from Sunday.
    return np.vstack([week[7], week[1:7]])


def _on_grid(
    own: pd.DataFrame, rows: Rows, queue_id: str, interval_min: int, shape: tuple[int, int]
) -> tuple[dict[str, np.ndarray], list[Note]]:
    """Counts (D, K) on the open grid; finer history is added up, closed rows are dropped with a note."""
    instants = pd.DatetimeIndex(own["interval_start"]).as_unit("us").asi8
    grid = rows.start.as_unit("us").asi8
    at = np.clip(np.searchsorted(grid, instants, side="right") - 1, 0, max(len(grid) - 1, 0))
    inside = (instants >= grid[at]) & (instants < grid[at] + interval_min * 60_000_000) if len(grid) else at < 0
    _refuse_coarse(instants[inside], interval_min, queue_id, len(np.unique(rows.day)), len(grid))
    counts = {}
    for name in ("offered", "handled", "handle_s"):
        values = own[name].to_numpy(float)[inside]
        table = np.full(shape, np.nan)
        cell = rows.day[at[inside]], rows.slot[at[inside]]
        table[cell] = 0.0
        np.add.at(table, cell, values)
        counts[name] = table
    lost = own[~inside & (own["offered"].fillna(0) > 0).to_numpy()]
    if lost.empty:
        return counts, []
    found = f"{int(lost['offered'].sum())} contacts in {len(lost)} intervals outside the opening hours"
    return counts, [Note(queue_id, None, found, "dropped; correct the opening hours if the queue was open")]


def _refuse_coarse(instants: np.ndarray, interval_min: int, queue_id: str, open_days: int, cells: int) -> None:
    if len(instants) < 3 or open_days == 0:
        return
    step_min = float(np.diff(instants).min()) / 60_000_000
    per_day = cells / open_days
    if step_min > interval_min and per_day > 1 and step_min < 1440:
        raise InputError(
            f"the history of queue {queue_id} is coarser than its interval",
            found=f"rows every {step_min:g} minutes",
            expected=f"every {interval_min} minutes or finer",
            mend="set the queue's interval_min to that of its history",
        )
