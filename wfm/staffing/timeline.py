"""The open intervals of a queue in order of time, and the load that its agents carry in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre, Queue
from wfm.policy.days import queue_open_minutes
from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray, non_negative, positive
from wfm.staffing.steady import Stream


@dataclass(frozen=True)
class Timeline:
    """The open intervals of a queue, in order of time: ``rows`` are their positions among all n intervals.

    ``empty_before``: the queue was closed just before, so that nobody is there yet.
    """

    rows: NDArray[np.intp]
    open_s: FloatArray
    empty_before: NDArray[np.bool_]


def timeline_of(rows: pd.DataFrame, queue: Queue, centre: Centre) -> Timeline:
    """The open intervals among ``rows``: one queue's forecast with handling times, in order of time.

    An interval that is open in part is open at its end if the queue was closed before, else at its start. Before the
    first interval the queue's opening hours say whether it was open.
    """
    start_s = (rows["interval_start"] - rows["interval_start"].iloc[0]).dt.total_seconds().to_numpy()
    length_s, open_s = queue.interval_min * 60.0, rows["open_min"].to_numpy(float) * 60
    before = pd.DatetimeIndex([rows["interval_start"].iloc[0] - pd.Timedelta(minutes=queue.interval_min)])
    open_before = bool(queue_open_minutes(before, centre, queue.id)[0] > 0)
    follows = np.append(open_before, (np.diff(start_s) <= length_s) & (open_s[:-1] > 0))
    begins = np.where(follows, start_s, start_s + length_s - open_s)
    at = np.flatnonzero(open_s > 0)
    ends = (begins + open_s)[at]
    empty = np.append(not follows[at[0]], begins[at][1:] > ends[:-1] + 1e-6) if at.size else np.zeros(0, bool)
    return Timeline(at, open_s[at], empty)


def lagged_load(stream: Stream, timeline: Timeline, peak_weight: float = 0.0) -> FloatArray:
    """The modified offered load of every interval (n,); 0 where nothing comes.

    ``peak_weight``: how much of the way from its mean over the interval to its highest.
    """
    from wfm.queueing.modified_load import modified_load  # compiled: only where it is asked for

    at = timeline.rows
    load = np.zeros(len(stream.aht_s))
    rate = np.array(non_negative("rate_per_h", stream.rate_per_h))[at] / SECONDS_PER_HOUR
    aht_s = np.array(positive("aht_s", stream.aht_s))[at]
    mean, highest = modified_load(rate, timeline.open_s, aht_s, timeline.empty_before)
    # Where nothing comes any more, what is left of before needs no promise.
    load[at] = np.where(rate > 0, mean + peak_weight * (highest - mean), 0.0)
    return load
