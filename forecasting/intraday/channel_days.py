"""Channel-days after an update of their queues."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.tables.forecast import ALL_CHANNELS, QUANTILES

_KEY = ["channel", "day"]


def moved_channel_days(
    channel_days: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, centre: Centre, at: pd.Timestamp
) -> pd.DataFrame:
    """Table FORECAST_CHANNEL_DAY moved as its queues' days (tables FORECAST_DAY) were.

    Means move by the sum of the queues' moves, so that they still add up. Bands move with the medians, and narrow as
    the root of the summed squares of the queues' 80 % bands does: as if their errors were independent.
    """
    if channel_days.empty:
        return channel_days
    old, new = _by_channel(before, centre), _by_channel(after, centre)
    rows = pd.MultiIndex.from_frame(channel_days[_KEY])
    old, new = old.reindex(rows), new.reindex(rows)
    table = channel_days.copy()
    moved = ((new["mean"] != old["mean"]) | (new["q50"] != old["q50"])).fillna(False).to_numpy(bool)
    shift = np.nan_to_num((new["q50"] - old["q50"]).to_numpy(float))
    narrowing = np.sqrt((new["square"] / old["square"].where(old["square"] > 0)).fillna(1.0).to_numpy(float))
    middle = table["q50"].to_numpy(float) if "q50" in table else np.full(len(table), np.nan)
    table["mean"] += np.where(moved, np.nan_to_num((new["mean"] - old["mean"]).to_numpy(float)), 0.0)
    for name in QUANTILES:
        if name in table:
            value = table[name].to_numpy(float)
            table[name] = np.where(moved, np.maximum(middle + shift + (value - middle) * narrowing, 0.0), value)
    if "origin" in table:
        table["origin"] = table["origin"].where(~moved, at)
    return table


def _by_channel(days: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Sums of means, of medians, and of squared 80 % bands by channel and day, and those of all channels."""
    channel = days["queue"].map({queue.id: queue.channel for queue in centre.queues})
    blank = pd.Series(np.nan, index=days.index)
    low, high, middle = (days.get(name, blank) for name in ("q10", "q90", "q50"))
    values = pd.DataFrame({"day": days["day"], "mean": days["mean"], "q50": middle, "square": (high - low) ** 2})
    both = pd.concat([values.assign(channel=channel), values.assign(channel=ALL_CHANNELS)])
    return both.groupby(_KEY)[["mean", "q50", "square"]].sum()
