"""From a queue's forecast to the stream of contacts that its agents meet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.policy.centre import Queue
from wfm.queueing.inputs import FloatArray
from wfm.staffing.chat import aht_by_level
from wfm.staffing.steady import Stream

LEAST_AHT_S = 1e-3
"""A handle time of 0 is taken for this: somebody has to be there, and nobody waits."""


def rate_per_open_h(rows: pd.DataFrame) -> FloatArray:
    """Contacts an hour over the open minutes of each row (n,) of a forecast with handling times; 0 while closed."""
    open_min = rows["open_min"].to_numpy(float)
    is_open = open_min > 0
    return np.where(is_open, rows["volume"].to_numpy(float) * 60 / np.where(is_open, open_min, 1.0), 0.0)


def stream_of(rows: pd.DataFrame, queue: Queue, rate_per_h: FloatArray, by_level: pd.DataFrame | None = None) -> Stream:
    """The contacts of a queue, by the model that its policy asks for.

    A queue with redials: the forecast holds those that its planned abandonment causes (the policy's, else the
    forecast's own column), so that ``rate (1 - redials a planned abandonment)`` are first calls; how many call again
    depends on the agents. Where nobody says how many abandon, all that is forecast are first calls. Chats have handle
    times by number at once where a HANDLE_TIME_BY_LEVEL table or the policy tells them, and nobody calls again.
    """
    patience_s = queue.staffed_patience_s
    aht_s = np.maximum(rows["busy_s"].to_numpy(float), LEAST_AHT_S)
    levels = aht_by_level(rows, queue, by_level)
    if levels is not None:
        return Stream(rate_per_h, aht_s, patience_s, aht_by_level_s=levels)
    if patience_s is None or queue.redial_share == 0:
        return Stream(rate_per_h, aht_s, patience_s)
    planned = queue.planned_abandonment
    share = rows["abandonment"].fillna(0.0).to_numpy(float) if planned is None else np.full(len(rows), planned)
    return Stream(rate_per_h * (1.0 - queue.redial_share * share), aht_s, patience_s, queue.redial_share)
