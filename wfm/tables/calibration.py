"""Calibration: which model a backtest chose for each queue, and the errors its bands rest on."""

from __future__ import annotations

from wfm.tables.contract import Column, Table
from wfm.tables.forecast import QUANTILES

_SCORES = ("wmape", "wmape_day", "bias", "mase", "pinball", "in_80", "in_95", "day_in_80", "day_in_95")

MODEL_CHOICE = Table(
    "model_choice",
    (
        Column("queue", "text"),
        Column("method", "text"),
        Column("chosen", "flag"),
        *(Column(name, "number", required=False, nullable=True) for name in _SCORES),
        Column("origins", "count", required=False, nullable=True, low=0),
        Column("first_origin", "day", required=False, nullable=True),
        Column("last_origin", "day", required=False, nullable=True),
        Column("reason", "text", required=False, nullable=True),
    ),
    key=("queue", "method"),
)
"""One row a queue and method that was tried: its scores, fractions but for ``mase``, over rolling origins, and whether
it was chosen, and why."""

FORECAST_BAND = Table(
    "forecast_band",
    (
        Column("scope", "text", choices=("interval", "day", "channel_day")),
        Column("unit", "text"),
        Column("lead_week", "count", low=0),
        Column("relative_spread", "number", low=0),
        *(Column(name, "number") for name in QUANTILES),
    ),
    key=("scope", "unit", "lead_week"),
)
"""One row a queue (for channel days: a channel) and week of lead: quantiles of standardised past errors.

A quantile of a mean m is m + q sqrt(m + (relative_spread m)^2), at least 0."""
