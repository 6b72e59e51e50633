"""Centres of one queue and histories with a known truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.tables.history import HISTORY


def one_queue(
    opening: Any = "08:00-18:00", zone: str = "Europe/Berlin", interval_min: int = 30, **policy: Any
) -> Centre:
    queue = {"id": "q", "interval_min": interval_min, "opening": opening, **policy.pop("queue", {})}
    return policy_of({"centre": {"name": "test"}, "sites": [{"id": "s", "zone": zone}], "queues": [queue], **policy})


WEEK = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.5, 0.4])


def true_mean(local: pd.DatetimeIndex, level: float) -> np.ndarray:
    """Contacts an hour: a weekday factor and one hump a day."""
    hour = (local.hour + local.minute / 60).to_numpy()
    return np.asarray(level * WEEK[local.day_of_week] * (0.4 + np.exp(-((hour - 11) ** 2) / 18)))


def history(
    first: date,
    days: int,
    *,
    hours: tuple[int, int] = (8, 18),
    zone: str = "Europe/Berlin",
    step_min: int = 30,
    level: float = 60.0,
    seed: int | None = 1,
    factor: Callable[[pd.DatetimeIndex], np.ndarray] | None = None,
) -> pd.DataFrame:
    """Poisson counts around ``true_mean`` (the rounded mean itself where ``seed`` is None)."""
    stamp = pd.Timestamp(first, tz=zone)
    starts = pd.date_range(stamp, stamp + pd.DateOffset(days=days), freq=f"{step_min}min", inclusive="left")
    starts = starts[(starts.hour >= hours[0]) & (starts.hour < hours[1])]
    mean = true_mean(starts, level) * step_min / 60
    if factor is not None:
        mean = mean * factor(starts)
    count = np.round(mean) if seed is None else np.random.default_rng(seed).poisson(mean)
    frame = pd.DataFrame({"queue": "q", "interval_start": starts.tz_convert("UTC"), "offered": count.astype(float)})
    return HISTORY.check(frame.assign(handled=frame["offered"], handle_s=frame["offered"] * 240.0))


@dataclass(frozen=True)
class PublicCase:
    """A public history with the centre it is read by."""

    history: pd.DataFrame
    centre: Centre


@pytest.fixture(scope="session")
def bank(shared: Path) -> PublicCase:
    """The North American bank, half-hours on weekdays, up to the last whole window of the protocol."""
    raw = pd.read_csv(shared / "data" / "bank_na_30min.csv.gz", parse_dates=["timestamp"])
    raw = raw[raw["timestamp"] < "2003-07-28"]
    starts = raw["timestamp"].dt.tz_localize("America/New_York")
    frame = pd.DataFrame({"queue": "q", "interval_start": starts, "offered": raw["volume"].astype(float)})
    hours = {"weekdays": "07:00-21:05", "holiday": "closed"}
    return PublicCase(HISTORY.check(frame), one_queue(hours, "America/New_York", calendar={"country": "US"}))


@pytest.fixture(name="one_queue")
def _one_queue() -> Callable[..., Centre]:
    return one_queue


@pytest.fixture(name="made_history")
def _made_history() -> Callable[..., pd.DataFrame]:
    return history


@pytest.fixture(name="true_mean")
def _true_mean() -> Callable[..., np.ndarray]:
    return true_mean
