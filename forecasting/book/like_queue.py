"""A queue without history of its own: what it would have had, as a share of a queue that it is like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecasting.book.finding import Finding
from forecasting.book.grid import lay_on_grid, open_grid
from wfm.policy.centre import Centre, Queue
from wfm.tables.forecast import QUANTILES
from wfm.time.week import Period
from wfm.time.zones import local_day

LENT_DAYS = 364
"""So far back a queue is lent history."""
OWN_DAYS = 56
"""With as many days of its own a queue is lent none."""
LEVEL_SD = 0.5
"""How far the level may be off before anything came, as a standard deviation of its logarithm."""
_DAY_SD = 0.3
"""Spread of one day's level, in logarithms: how little a single day says."""


@dataclass(frozen=True)
class Lent:
    """History lent to a queue: ``rows`` (columns queue, interval_start, offered) before its own first day, contacts of
    which may be fractions; ``level_sd``, by how much its level may be off (a standard deviation of the logarithm, 0
    once it has enough history of its own); ``profile`` (7, K), contacts a minute of each weekday, or None; and what
    was assumed."""

    rows: pd.DataFrame
    level_sd: float
    profile: np.ndarray | None
    findings: tuple[Finding, ...]


def queues_read(centre: Centre, queue_id: str) -> list[str]:
    """The queues whose history a forecast of ``queue_id`` looks at: itself, and the one it is like."""
    like = centre.queue(queue_id).like
    return [queue_id] if like is None else [queue_id, like]


def can_be_forecast(centre: Centre, queue_id: str, with_history: set[str]) -> bool:
    """Whether there is anything to forecast a queue from: history, a queue it is like, or an expected volume."""
    queue = centre.queue(queue_id)
    lent = queue.like in with_history if queue.like is not None else queue.expected_contacts_day is not None
    return queue_id in with_history or lent


def lent_history(history: pd.DataFrame, centre: Centre, queue_id: str, period: Period) -> Lent | None:
    """What a queue is lent before its own first day of history; None where its policy names no like-queue or volume.

    The lent level is the share that the policy expects times what the like-queue had, corrected by what the queue has
    had since: with n days of its own, the logarithm of its level over the expected one counts for
    LEVEL_SD^2 / (LEVEL_SD^2 + _DAY_SD^2 / n + 1 / contacts) (a normal prior and a normal observation). So its own
    data take over within weeks; from OWN_DAYS on nothing is lent.

    Args:
        history: of the queue and the one it is like, as a table HISTORY.
        period: the forecast's; what lies in or after it is not looked at.
    """
    queue = centre.queue(queue_id)
    if queue.like is None and queue.expected_contacts_day is None:
        return None
    zone = centre.zone_of(queue_id)
    before = history[local_day(history["interval_start"], zone) < pd.Timestamp(period.first)]
    own, like = (before[(before["queue"] == name).to_numpy(bool)] for name in (queue_id, queue.like))
    own_days = local_day(own["interval_start"][own["offered"].notna()], zone).unique()
    if queue.like is not None and like["offered"].notna().sum() == 0:
        return None
    last = pd.Timestamp(period.first) - pd.Timedelta(days=1)
    first = last - pd.Timedelta(days=(LENT_DAYS if queue.like is not None else OWN_DAYS) - 1)
    days = pd.date_range(first, last, freq="D", unit="us")
    grid, open_min = open_grid(days, centre, queue_id)
    if len(grid.start) == 0:
        return None
    volume = _like_volume(like, queue, open_min, centre, days) if queue.like is not None else open_min
    volume = volume * _expected_share(volume, queue)
    came = lay_on_grid(own, grid, centre, queue_id, open_min.shape, None)[0]["offered"]
    level, level_sd = _level(came, volume, len(own_days))
    profile = _profile(volume, open_min, days) if queue.like is not None else None
    enough = len(own_days) >= OWN_DAYS
    lent = pd.DataFrame(
        {"queue": queue_id, "interval_start": grid.start, "offered": (level * volume)[grid.day, grid.slot] * grid.share}
    )
    keep = np.isfinite(lent["offered"].to_numpy()) & (
        days[grid.day] < (own_days.min() if len(own_days) else last + pd.Timedelta(days=1))
    )
    findings = () if enough else (_finding(queue, len(own_days), level, level_sd),)
    return Lent(lent[keep & (not enough)], 0.0 if enough else level_sd, profile, findings)


def _like_volume(
    like: pd.DataFrame, queue: Queue, open_min: np.ndarray, centre: Centre, days: pd.DatetimeIndex
) -> np.ndarray:
    """The like-queue's contacts on the open grid of the queue; NaN where it was closed or nothing is known."""
    grid, _ = open_grid(days, centre, queue.id)
    of_grid = like[local_day(like["interval_start"], centre.zone_of(queue.id)) >= days[0]]
    return lay_on_grid(of_grid, grid, centre, queue.id, open_min.shape, None)[0]["offered"]


def _expected_share(volume: np.ndarray, queue: Queue) -> float:
    """What brings ``volume`` to the level that the policy expects."""
    if queue.like_share is not None:
        return queue.like_share
    assert queue.expected_contacts_day is not None
    totals = np.nansum(volume, axis=1)
    recent = totals[totals > 0][-OWN_DAYS:]
    return queue.expected_contacts_day / float(recent.mean()) if len(recent) else 0.0


def _level(came: np.ndarray, expected: np.ndarray, own_days: int) -> tuple[float, float]:
    """Factor on the expected level by what came, and the standard deviation of the logarithm that is left of it."""
    both = np.isfinite(came) & np.isfinite(expected)
    if own_days == 0 or not both.any():
        return 1.0, LEVEL_SD
    contacts = float(came[both].sum())
    noise = _DAY_SD**2 / own_days + 1 / (contacts + 1)
    weight = LEVEL_SD**2 / (LEVEL_SD**2 + noise)
    ratio = np.log((contacts + 0.5) / (float(expected[both].sum()) + 0.5))
    return float(np.exp(weight * ratio)), LEVEL_SD * float(np.sqrt(1 - weight))


def _profile(volume: np.ndarray, open_min: np.ndarray, days: pd.DatetimeIndex) -> np.ndarray:
    """Contacts a minute (7, K) of each weekday; that of all weekdays where one was never seen."""
    known = np.isfinite(volume) & (open_min > 0)
    came, minutes = np.where(known, volume, 0.0), np.where(known, open_min, 0.0)
    weekday = days.day_of_week.to_numpy()
    by_weekday = [(came[weekday == day].sum(axis=0), minutes[weekday == day].sum(axis=0)) for day in range(7)]
    pooled = came.sum(axis=0) / np.maximum(minutes.sum(axis=0), 1e-9)
    return np.array([np.where(open_ > 0, seen / np.maximum(open_, 1e-9), pooled) for seen, open_ in by_weekday])


def _finding(queue: Queue, own_days: int, level: float, level_sd: float) -> Finding:
    own = f"history on {own_days} days" if own_days else "no history"
    whence = f"with the profile of queue {queue.like}" if queue.like is not None else "evenly over its open hours"
    if queue.like_share is not None:
        whence = f"as {queue.like_share:g} of queue {queue.like}"
    expected = "" if queue.expected_contacts_day is None else f" at {queue.expected_contacts_day:g} contacts a day"
    moved = f", times {level:.2f} by what came" if own_days else ""
    return Finding(
        queue.id, None, own, f"lent some {whence}{expected}{moved}; the level may be off by {np.expm1(level_sd):.0%}"
    )


def widened(table: pd.DataFrame, level_sd: float) -> pd.DataFrame:
    """A forecast table whose bands hold, beside their own spread, a level that is off by ``level_sd`` (in logarithms).

    Each quantile's distance from the mean and that of the level's lognormal distribution around its mean are added as
    independent errors are: by their squares.
    """
    if level_sd <= 0 or not set(QUANTILES) <= set(table.columns):
        return table
    mean = table["mean"].to_numpy(float)
    changed = {}
    for name, level in QUANTILES.items():
        own = table[name].to_numpy(float) - mean
        off = mean * np.expm1(level_sd * ndtri(level) - level_sd**2 / 2)
        together = np.sign(own) * own**2 + np.sign(off) * off**2
        changed[name] = np.maximum(mean + np.sign(together) * np.sqrt(np.abs(together)), 0.0)
    quantiles = np.maximum.accumulate(np.column_stack(list(changed.values())), axis=1)
    return table.assign(**dict(zip(changed, quantiles.T, strict=True)))
