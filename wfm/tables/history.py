"""History: what came, per queue and interval."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.tables.contract import Column, Table

HISTORY = Table(
    "history",
    (
        Column("queue", "text"),
        Column("interval_start", "instant"),
        Column("offered", "count", nullable=True, low=0),
        Column("handled", "count", required=False, nullable=True, low=0),
        Column("abandoned", "count", required=False, nullable=True, low=0),
        Column("handle_s", "number", required=False, nullable=True, low=0),
        Column("answered_in_target", "count", required=False, nullable=True, low=0),
        Column("target_s", "number", required=False, nullable=True, low=0),
        Column("wait_s", "number", required=False, nullable=True, low=0),
        Column("repeats", "count", required=False, nullable=True, low=0),
    ),
    key=("queue", "interval_start"),
)
"""One row a queue and interval. ``handle_s`` and ``wait_s`` are totals: totals add up, averages do not.
``repeats`` of the offered came from someone who had contacted shortly before. ``offered`` NaN says the interval was
open and is unknown; a closed interval has no row; 0 is a fact.
"""


def aht_s(history: pd.DataFrame) -> pd.Series:
    """Average handle time of each row: total handle seconds over handled contacts, NaN where nothing was handled."""
    handled = history["handled"].where(history["handled"] > 0, np.nan)
    return history["handle_s"] / handled
