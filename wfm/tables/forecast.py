"""Forecast: means, quantiles and handle times, per interval and, since quantiles do not add up, per day."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

QUANTILES: dict[str, float] = {
    "q025": 0.025, "q10": 0.1, "q20": 0.2, "q30": 0.3, "q40": 0.4, "q50": 0.5,
    "q60": 0.6, "q70": 0.7, "q80": 0.8, "q90": 0.9, "q975": 0.975,
}  # fmt: skip
"""The quantile columns and their levels."""

_QUANTILE_COLUMNS = tuple(Column(name, "number", required=False, nullable=True, low=0) for name in QUANTILES)

FORECAST = Table(
    "forecast",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("mean", "number", low=0),
        *_QUANTILE_COLUMNS,
        Column("aht_s", "number", required=False, nullable=True, low=0),
        Column("aht_assumed", "flag", required=False),
        Column("open_min", "number", required=False, nullable=True, low=0, high=60),
        Column("model", "text", required=False, nullable=True),
        Column("origin", "instant", required=False, nullable=True),
    ),
    key=("queue", "interval_start"),
)
"""One row a queue and open interval: the whole open grid. ``mean`` and quantiles are contacts in the interval.
``aht_assumed`` marks a handle time that no data supports. ``origin`` is the end of the history it rests on."""

FORECAST_DAY = Table(
    "forecast_day",
    (
        Column("queue", "text"),
        Column("day", "day"),
        Column("mean", "number", low=0),
        *_QUANTILE_COLUMNS,
        Column("kind", "text", required=False, nullable=True),
        Column("model", "text", required=False, nullable=True),
        Column("origin", "instant", required=False, nullable=True),
    ),
    key=("queue", "day"),
)
"""One row a queue and local day, with the day's own quantiles and the kind of day the model took it for."""
