"""Forecast: means, quantiles and handle times, per interval and, since quantiles do not add up, per day."""

from __future__ import annotations

import pandas as pd

from wfm.tables.contract import Column, Table

QUANTILES: dict[str, float] = {
    "q025": 0.025, "q10": 0.1, "q20": 0.2, "q30": 0.3, "q40": 0.4, "q50": 0.5,
    "q60": 0.6, "q70": 0.7, "q80": 0.8, "q90": 0.9, "q975": 0.975,
}  # fmt: skip
"""The quantile columns and their levels."""

QUANTILE_COLUMNS = tuple(Column(name, "number", required=False, nullable=True, low=0) for name in QUANTILES)

FORECAST = Table(
    "forecast",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("mean", "number", low=0),
        Column("override", "number", required=False, nullable=True, low=0),
        *QUANTILE_COLUMNS,
        Column("abandonment", "number", required=False, nullable=True, low=0, high=1),
        Column("aht_s", "number", required=False, nullable=True, low=0),
        Column("aht_assumed", "flag", required=False),
        Column("open_min", "number", required=False, nullable=True, low=0, high=60),
        Column("model", "text", required=False, nullable=True),
        Column("origin", "instant", required=False, nullable=True),
    ),
    key=("queue", "interval_start"),
)
"""One row a queue and open interval: the whole open grid. ``mean`` and quantiles are contacts in the interval, as the
model has them; ``override`` is what a planner says instead, kept beside. ``abandonment`` is the expected share.
``aht_assumed`` marks a handle time that no data supports. ``origin`` is the end of the history it rests on."""

FORECAST_DAY = Table(
    "forecast_day",
    (
        Column("queue", "text"),
        Column("day", "day"),
        Column("mean", "number", low=0),
        Column("override", "number", required=False, nullable=True, low=0),
        *QUANTILE_COLUMNS,
        Column("kind", "text", required=False, nullable=True),
        Column("model", "text", required=False, nullable=True),
        Column("origin", "instant", required=False, nullable=True),
    ),
    key=("queue", "day"),
)
"""One row a queue and local day, with the day's own quantiles and the kind of day the model took it for."""

FORECAST_CHANNEL_DAY = Table(
    "forecast_channel_day",
    (
        Column("channel", "text"),
        Column("day", "day"),
        Column("mean", "number", low=0),
        Column("override", "number", required=False, nullable=True, low=0),
        *QUANTILE_COLUMNS,
        Column("origin", "instant", required=False, nullable=True),
    ),
    key=("channel", "day"),
)
"""One row a channel and day, and one of ALL_CHANNELS: means are the sums of the queues', quantiles its own."""

ALL_CHANNELS = "all"
"""The name under which the days of all channels together are kept."""


def planned_volume(forecast: pd.DataFrame) -> pd.Series:
    """What a forecast table says to plan for: the planner's override where there is one, else the model's mean.

    >>> planned_volume(pd.DataFrame({"mean": [10.0, 20.0], "override": [float("nan"), 25.0]})).tolist()
    [10.0, 25.0]
    """
    if "override" not in forecast:
        return forecast["mean"]
    return forecast["override"].where(forecast["override"].notna(), forecast["mean"])
