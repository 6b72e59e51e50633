"""A queue's days on its open grid: calendar, open minutes, and what came, one row a local day, one column a slot."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecasting.book.calendar import LEAST_LIFT, day_features
from forecasting.book.demand import RECENT_DAYS, reaching_share, redial_factor
from forecasting.book.drivers import DRIVER_PREFIX, driver_days
from forecasting.book.events import EVENT, HourEvents, hour_events
from forecasting.book.finding import Finding
from forecasting.book.given_lift import lifts_against_the_past
from forecasting.book.grid import Rows, lay_on_grid, open_grid, usual_minutes
from forecasting.book.like_queue import Lent, lent_history
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.policy.days import CLOSING_KINDS
from wfm.time.week import Period
from wfm.time.zones import local_day

LEAST_KNOWN_SHARE = 0.3
"""A day says something of the level once this share of its open minutes is known."""


@dataclass(frozen=True)
class Daybook:
    """One queue over consecutive local days: D days by K slots of ``interval_min`` minutes of the wall clock.

    ``features`` are those of ``day_features``, a row a day, with ``demand``, the factor of what is known of the day's
    demand beforehand (contacts that a bot takes, drivers), and ``driver:NAME`` for what is to be learnt of a driver.

    ``open_min`` (D, K) is what contacts are exposed to: the open minutes, times ``demand``, events of some hours and
    redials of those who gave up; 0 where closed. A model that counts contacts a minute of it has brought its history
    to one demand, and its forecast to that of each day ahead. It may pass ``interval_min``, as on the night when
    clocks go back; minutes of the clock are in ``rows``.

    ``offered``, ``handled``, ``abandoned`` and ``handle_s`` (D, K) are NaN where unknown; the days from ``past`` on are
    ahead and hold NaN only. ``usual_min`` (7, K): open minutes of an ordinary day of each weekday. ``odd`` (D,): days
    that fits leave out. ``level_sd``: by how much the level of a queue without much history may be off (a standard
    deviation of its logarithm); its first ``lent_days`` days are lent by a queue that it is like, and never came.
    """

    queue: str
    interval_min: int
    days: pd.DatetimeIndex
    features: pd.DataFrame
    open_min: np.ndarray
    usual_min: np.ndarray
    offered: np.ndarray
    handled: np.ndarray
    abandoned: np.ndarray
    handle_s: np.ndarray
    odd: np.ndarray
    past: int
    rows: Rows
    level_sd: float = 0.0
    lent_days: int = 0

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
            abandoned=hidden(self.abandoned),
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
    def drivers(self) -> list[str]:
        """Names of the drivers whose elasticity is to be learnt; each has a column ``driver:NAME`` of the features."""
        return [name.removeprefix(DRIVER_PREFIX) for name in map(str, self.features) if name.startswith(DRIVER_PREFIX)]

    def driven_by(self, driver: str) -> np.ndarray:
        """(D,) what a driver says of the days: an effect of 0 give or take 1 is to be learnt for it."""
        return self.features[DRIVER_PREFIX + driver].to_numpy(float)

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


def read_daybook(
    history: pd.DataFrame,
    centre: Centre,
    queue_id: str,
    period: Period,
    *,
    drivers: pd.DataFrame | None = None,
) -> tuple[Daybook, list[Finding]]:
    """The book of one queue from its first day of history to the end of ``period``, with what was found on the way.

    Args:
        history: a table HISTORY; rows from the period's first local day on are not looked at, nor other queues', save
            for the one that the queue is like (``queues_read`` names both).
        drivers: a table DRIVER, past and expected values; None leaves drivers out of account.

    Raises:
        MissingError: no such queue, no history before the period and no queue that it is like, or a driver without
            values.
        InputError: a driver lacks values that are to be refused.
    """
    require_queue(centre, queue_id)
    queue, zone = centre.queue(queue_id), centre.zone_of(queue_id)
    lent = lent_history(history, centre, queue_id, period)
    own = _own_history(history, centre, queue_id, period, lent)
    days = pd.date_range(local_day(own["interval_start"], zone).min(), period.last, freq="D", unit="us")
    rows, clock_min = open_grid(days, centre, queue_id)
    counts, laid = lay_on_grid(own, rows, centre, queue_id, clock_min.shape, lent.profile if lent else None)
    past = _past_days(counts["offered"], queue_id, period)
    hours = _struck_hours(counts["offered"], rows, days, centre, queue_id)
    features, about_drivers = _features(days, centre, queue_id, clock_min, counts["offered"], past, drivers)
    repeats = counts.pop("repeats")
    redials, about_redials = redial_factor(counts["offered"], counts["abandoned"], repeats, past, queue)
    struck = _by_slot(hours.weight, rows, clock_min.shape)
    book = Daybook(
        queue_id,
        queue.interval_min,
        days,
        features,
        clock_min * features["demand"].to_numpy(float)[:, None] * struck * redials,
        usual_minutes(centre, queue_id, clock_min.shape[1]),
        **counts,
        odd=np.zeros(len(days), bool),
        past=past,
        rows=rows,
        level_sd=lent.level_sd if lent else 0.0,
        lent_days=_lent_days(history, centre, queue_id, days, past) if lent and len(lent.rows) else 0,
    )
    about_lifts = lifts_against_the_past(book, centre)
    lent_findings = lent.findings if lent else ()
    return book, [*lent_findings, *laid, *hours.findings, *about_drivers, *about_redials, *about_lifts]


def _own_history(
    history: pd.DataFrame, centre: Centre, queue_id: str, period: Period, lent: Lent | None
) -> pd.DataFrame:
    """The queue's rows before the period, after those that it is lent."""
    own = history[(history["queue"] == queue_id).to_numpy(bool)]
    own = own[local_day(own["interval_start"], centre.zone_of(queue_id)) < pd.Timestamp(period.first)]
    if lent is not None and len(lent.rows):
        own = pd.concat([lent.rows, own], ignore_index=True) if len(own) else lent.rows
    if own["offered"].notna().sum() == 0:
        raise MissingError(
            f"no history of queue {queue_id} before {period.first.isoformat()}",
            mend="import its history, forecast a later period, name the queues that have one, or say in wfm.toml which"
            " queue it is like",
        )
    return own


def _lent_days(history: pd.DataFrame, centre: Centre, queue_id: str, days: pd.DatetimeIndex, past: int) -> int:
    """How many days lie before the queue's own first one; all past days where it has none."""
    own = history[(history["queue"] == queue_id).to_numpy(bool)]
    if own.empty:
        return past
    first = local_day(own["interval_start"], centre.zone_of(queue_id)).min()
    return min(int(days.searchsorted(first)), past)


def _past_days(offered: np.ndarray, queue_id: str, period: Period) -> int:
    """How many days there are up to the last of which anything is known."""
    held = np.flatnonzero(np.isfinite(offered).any(axis=1))
    if len(held) == 0:
        raise MissingError(
            f"no history of queue {queue_id} inside its opening hours before {period.first.isoformat()}",
            mend="correct the queue's opening hours, or import its history",
        )
    return int(held[-1]) + 1


def _struck_hours(offered: np.ndarray, rows: Rows, days: pd.DatetimeIndex, centre: Centre, queue_id: str) -> HourEvents:
    """Events of some hours; past ones from which a lift is learnt become unknown in ``offered``."""
    came = offered[rows.day, rows.slot] * rows.share
    hours = hour_events(rows, days.day_of_week.to_numpy()[rows.day], came, centre, queue_id)
    offered[rows.day[hours.hidden], rows.slot[hours.hidden]] = np.nan
    return hours


def _features(
    days: pd.DatetimeIndex,
    centre: Centre,
    queue_id: str,
    clock_min: np.ndarray,
    offered: np.ndarray,
    past: int,
    drivers: pd.DataFrame | None,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Features of the days, with their demand and drivers, and what was assumed of the drivers."""
    without_data = (clock_min > 0).any(axis=1) & ~np.isfinite(offered).any(axis=1)
    without_data &= np.arange(len(days)) < past
    driven = driver_days(drivers, days, past, centre, queue_id)
    demand = driven.factor * reaching_share(days, centre.queue(queue_id))
    recent = demand[max(past - RECENT_DAYS, 0) : past]
    demand = demand / recent.mean() if recent.mean() > 0 else demand
    features = day_features(days, centre, queue_id, without_data, past)
    return features.assign(demand=demand, **driven.columns), list(driven.findings)


def _by_slot(weight: np.ndarray, rows: Rows, shape: tuple[int, ...]) -> np.ndarray:
    """Weights of rows as those of days and slots (D, K); 1 where closed."""
    table = np.ones(shape)
    table[rows.day, rows.slot] = 0.0
    np.add.at(table, (rows.day, rows.slot), weight * rows.share)
    return table


def require_queue(centre: Centre, queue_id: str) -> None:
    """Refuse a queue that the policy does not name.

    Raises:
        MissingError: it is not among the queues.
    """
    known = [queue.id for queue in centre.queues]
    if queue_id not in known:
        raise MissingError("unknown queue", found=queue_id, expected=", ".join(known))
