"""Handle times of contacts by how many an agent has at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.handling.ratio_profile import HALF_LIFE_DAYS, WINDOW_DAYS
from wfm.tables.concurrency import HANDLE_TIME_BY_LEVEL

SHRINK_CONTACTS = 100.0
"""A level's own ratio counts for half once so many (discounted) contacts were handled at it."""


def handle_times_by_level(history: pd.DataFrame, forecast: pd.DataFrame) -> pd.DataFrame:
    """AHT of each concurrency level in every interval of a chat queue's forecast.

    Levels differ from the queue's AHT by one factor each, drawn to a straight line in the level where few contacts
    were handled at it; by time of day they all follow the forecast's AHT. Weighted by what is handled at each level
    the factors have mean 1, so that the AHT of the queue stays what it is.

    Args:
        history: a CONCURRENCY table of one queue.
        forecast: a FORECAST table of the same queue with ``aht_s``.

    Returns:
        A HANDLE_TIME_BY_LEVEL table, empty where history has no contact.
    """
    level, factor = _factors(history[history["interval_start"] < forecast["interval_start"].min()])
    if len(level) == 0 or forecast.empty:
        return HANDLE_TIME_BY_LEVEL.empty()
    rows = forecast[["queue", "interval_start", "aht_s"]]
    return HANDLE_TIME_BY_LEVEL.check(
        pd.DataFrame(
            {
                "queue": np.repeat(rows["queue"].to_numpy(object), len(level)),
                "interval_start": rows["interval_start"].repeat(len(level)).array,
                "level": np.tile(level, len(rows)),
                "aht_s": np.outer(rows["aht_s"].to_numpy(float), factor).ravel(),
            }
        )
    )


def _factors(history: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Levels 1 to the highest seen, and the factor of each on the queue's AHT."""
    used = history[(history["handled"] > 0).to_numpy(bool)]
    if used.empty:
        return np.zeros(0), np.zeros(0)
    age_days = (used["interval_start"].max() - used["interval_start"]) / pd.Timedelta(days=1)
    weight = np.where(age_days < WINDOW_DAYS, 0.5 ** (age_days.to_numpy(float) / HALF_LIFE_DAYS), 0.0)
    at = used["level"].to_numpy(int) - 1
    count = np.bincount(at, weight * used["handled"].to_numpy(float))
    total = np.bincount(at, weight * used["handle_s"].to_numpy(float))
    overall = total.sum() / count.sum()
    own = np.divide(total, count * overall, out=np.ones(len(count)), where=count > 0)
    level = np.arange(1, len(count) + 1)
    line = _line(level, own, count)
    factor = (count * own + SHRINK_CONTACTS * line) / (count + SHRINK_CONTACTS)
    return level, factor * count.sum() / (factor @ count)


def _line(level: np.ndarray, own: np.ndarray, count: np.ndarray) -> np.ndarray:
    """A straight line through the levels' factors, weighted by contacts; level where only one level was seen."""
    centre = (count @ level) / count.sum()
    spread = count @ (level - centre) ** 2
    slope = count @ ((level - centre) * (own - 1.0)) / spread if spread > 0 else 0.0
    return np.asarray(np.maximum(1.0 + slope * (level - centre), 0.1))
