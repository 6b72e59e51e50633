"""Shrinkage by kind, weekday and time of day: the share of scheduled time expected to be lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.handling.ratio_profile import WINDOW_DAYS, ratio_profile
from wfm.policy.centre import Centre
from wfm.tables.shrinkage import ALL_QUEUES, SHRINKAGE_FORECAST
from wfm.time.zones import local_day, local_minute

_HOURS = np.arange(24)


def shrinkage_shares(history: pd.DataFrame, centre: Centre, queue_id: str, starts: pd.DatetimeIndex) -> pd.DataFrame:
    """Shares lost in the intervals of a queue, kind by kind, from what was lost before them.

    The queue's own rows count, or, where it has none, those of all queues together. Rows of whole days (one at each
    local midnight) give a share by weekday, rows by interval one by weekday and hour. Kinds are shares of the same
    scheduled time, so they add up.

    Args:
        history: a SHRINKAGE table; rows from the first of ``starts`` on are not looked at.
        starts: instants of the open intervals to forecast.

    Returns:
        A SHRINKAGE_FORECAST table; empty where nothing was recorded.
    """
    own = history[(history["queue"] == queue_id).to_numpy(bool)]
    if own.empty:
        own = history[(history["queue"] == ALL_QUEUES).to_numpy(bool)]
    if len(starts):
        own = own[own["interval_start"] < starts[0]]
    if own.empty or len(starts) == 0:
        return SHRINKAGE_FORECAST.empty()
    zone = centre.zone_of(queue_id)
    weekday, hour = local_day(starts, zone).day_of_week.to_numpy(), local_minute(starts, zone) // 60
    parts = []
    for kind, rows in own.groupby("kind", sort=True):
        profile = _profile(rows, zone)
        if profile is not None:
            share = np.clip(profile[weekday, hour], 0.0, 1.0)
            told = {"queue": queue_id, "interval_start": starts, "kind": kind, "share": share}
            parts.append(pd.DataFrame({**told, "planned": bool(rows["planned"].iloc[-1])}))
    return SHRINKAGE_FORECAST.check(pd.concat(parts, ignore_index=True)) if parts else SHRINKAGE_FORECAST.empty()


def _profile(rows: pd.DataFrame, zone: str) -> np.ndarray | None:
    """Shares (7, 24) by weekday and hour, or None where nothing was scheduled."""
    days, hour = local_day(rows["interval_start"], zone), local_minute(rows["interval_start"], zone) // 60
    recent = np.asarray(days > days.max() - pd.Timedelta(days=WINDOW_DAYS))
    index, hour, rows = days[recent], hour[recent], rows[recent]
    first = index.min()
    day = np.asarray((index - first) // pd.Timedelta(days=1))
    whole_days = not hour.any()
    slots = 1 if whole_days else 24
    lost, scheduled = np.zeros((day.max() + 1, slots)), np.zeros((day.max() + 1, slots))
    np.add.at(lost, (day, hour), rows["lost_min"].to_numpy(float))
    np.add.at(scheduled, (day, hour), rows["scheduled_min"].to_numpy(float))
    ahead = np.arange(len(lost))
    weekday = (first.day_of_week + ahead) % 7
    profile = ratio_profile(lost, scheduled, weekday, len(lost) - 1 - ahead, np.zeros(1, int) if whole_days else _HOURS)
    return None if profile is None else np.broadcast_to(profile, (7, 24))
