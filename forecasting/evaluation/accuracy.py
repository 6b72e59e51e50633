"""Accuracy: a stored forecast against what came."""

from __future__ import annotations

import pandas as pd

from forecasting.book.daybook import read_daybook, require_queue
from forecasting.evaluation.scores import score_row
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.history import HISTORY
from wfm.time.week import Period
from wfm.time.zones import local_day, midnights


def accuracy(
    forecast_intervals: pd.DataFrame, forecast_days: pd.DataFrame, history: pd.DataFrame, centre: Centre
) -> pd.DataFrame:
    """Scores of a stored forecast where history has caught up with it.

    Args:
        forecast_intervals: table FORECAST.
        forecast_days: table FORECAST_DAY.
        history: table HISTORY.

    Returns:
        One row a queue and week of lead (1: the first seven days after the history it rested on): ``intervals`` and
        ``days`` scored, and the scores of ``score_row``. Days known in part are not scored as days.

    Raises:
        MissingError: an unknown queue, or nothing that was forecast has come yet.
    """
    history = HISTORY.check(history)
    parts = []
    for queue_id, own in forecast_intervals.groupby("queue", sort=True):
        require_queue(centre, str(queue_id))
        came = _came(history, centre, str(queue_id))
        if came is None:
            continue
        intervals = own.merge(came[0], on="interval_start", how="inner")
        days = forecast_days[forecast_days["queue"] == queue_id].merge(came[1], on="day", how="inner")
        intervals["lead_week"] = _lead_week(intervals["interval_start"], intervals["origin"])
        days["lead_week"] = _lead_week(_midnight(days["day"], centre.zone_of(str(queue_id))), days["origin"])
        for week in sorted(intervals["lead_week"].unique()):
            of_week, days_of_week = intervals[intervals["lead_week"] == week], days[days["lead_week"] == week]
            counts = {"queue": queue_id, "lead_week": int(week), "intervals": len(of_week), "days": len(days_of_week)}
            parts.append({**counts, **score_row(of_week, days_of_week)})
    if not parts:
        raise MissingError(
            "nothing that was forecast has come yet", mend="import history of the forecast's period first"
        )
    return pd.DataFrame(parts)


def _came(history: pd.DataFrame, centre: Centre, queue_id: str) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    own = history[history["queue"] == queue_id]
    if own["offered"].notna().sum() == 0:
        return None
    after = local_day(own["interval_start"], centre.zone_of(queue_id)).max() + pd.Timedelta(days=1)
    return read_daybook(own, centre, queue_id, Period(after.date(), 1))[0].came()


def _lead_week(starts: pd.Series, origin: pd.Series) -> pd.Series:
    return pd.Series((starts - origin).dt.days // 7 + 1, index=starts.index)


def _midnight(days: pd.Series, zone: str) -> pd.Series:
    starts = [midnights(day.date(), 1, zone)[0] for day in days]
    return pd.Series(pd.DatetimeIndex(starts, tz="UTC").as_unit("us"), index=days.index)
