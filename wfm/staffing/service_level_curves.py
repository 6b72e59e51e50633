"""Service level by number of agents for every queue and interval: what a roster trades between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import UsageError
from wfm.policy.centre import Centre
from wfm.queueing.inputs import FloatArray
from wfm.staffing.handling import check_queues, with_handling
from wfm.staffing.steady import level_of
from wfm.staffing.streams import rate_per_open_h, stream_of
from wfm.staffing.targets import targets_of
from wfm.tables.forecast import FORECAST
from wfm.tables.service_level_curve import SERVICE_LEVEL_CURVE

ABOVE, BELOW = 3.0, 3.0
"""Reach of a curve around the load, in roots of the load; below it only where contacts give up, for without patience
nothing is served in time there."""


def service_level_curves(forecast: pd.DataFrame, centre: Centre, *, points: int = 30) -> pd.DataFrame:
    """The curve of every interval of the interactive queues in which contacts are expected.

    By the queue's own model (Erlang C, A or X) and definition of its service level; each interval on its own, at the
    rate over its open minutes; chat with concurrency k as AHT / k. A curve begins at the load (with patience 3 roots
    of the load below it) and ends 3 roots above it or beyond, where hardly a contact waits; its numbers of agents are
    one apart, or further where ``points`` would not reach. With fewer agents than it begins with nothing counts as in
    time.

    Args:
        forecast: a FORECAST table.
        points: numbers of agents a curve has.

    Returns:
        A SERVICE_LEVEL_CURVE table.

    Raises:
        InputError: the forecast broke its contract.
        MissingError: the forecast names a queue that the policy doesn't.
        UsageError: fewer than two points.
    """
    if points < 2:
        raise UsageError("no curve to draw", where="points", found=points, expected="2 or more")
    checked = FORECAST.check(forecast)
    check_queues(checked, centre, FORECAST.name)
    rows = with_handling(checked, centre)
    rows = rows[rows["deadline_h"].isna() & (rows["open_min"] > 0) & (rows["volume"] > 0)].reset_index(drop=True)
    curves = [_curves(own, centre, str(queue), points) for queue, own in rows.groupby("queue", sort=False)]
    if not curves:
        return SERVICE_LEVEL_CURVE.empty()
    agents, level = (np.concatenate(values) for values in zip(*curves, strict=True))
    in_time = level * rows["volume"].to_numpy(float)[:, np.newaxis]
    return SERVICE_LEVEL_CURVE.check(
        pd.DataFrame(
            {
                "queue": rows["queue"].repeat(points).to_numpy(),
                "interval_start": rows["interval_start"].repeat(points).array,
                "agents": agents.ravel(),
                "service_level": level.ravel(),
                "in_time": in_time.ravel(),
                "on_hull": concave_hull(agents, in_time).ravel(),
            }
        )
    )


def concave_hull(x: FloatArray, y: FloatArray) -> NDArray[np.bool_]:
    """Which points of n curves (n, points), x rising, are corners of their least concave majorant.

    All curves walk together: from each corner to the point that the steepest line leads to, the furthest of them.

    >>> concave_hull(np.array([[0.0, 1, 2, 3]]), np.array([[0.0, 0.1, 0.8, 1.0]])).tolist()
    [[True, False, True, True]]
    """
    rows, points = np.arange(len(x)), x.shape[1]
    corner = np.zeros(x.shape, dtype=bool)
    at = np.zeros(len(x), dtype=np.intp)
    corner[:, 0] = True
    while len(rows):
        rows, at = rows[at < points - 1], at[at < points - 1]
        run = x[rows] - x[rows, at][:, np.newaxis]
        rise = y[rows] - y[rows, at][:, np.newaxis]
        slope = np.where(run > 0, rise / np.where(run > 0, run, 1.0), -np.inf)
        at = points - 1 - slope[:, ::-1].argmax(axis=1)
        corner[rows, at] = True
    return corner


def _curves(rows: pd.DataFrame, centre: Centre, queue_id: str, points: int) -> tuple[FloatArray, FloatArray]:
    """Numbers of agents and service levels, (n, points), of the n intervals of one queue."""
    queue, intervals = centre.queue(queue_id), len(rows)
    stream = stream_of(rows, queue, rate_per_open_h(rows))
    promised = targets_of(rows["interval_start"], np.full(intervals, True), queue, centre.zone_of(queue_id))
    load, root = stream.load, np.sqrt(stream.load)
    first = np.floor(load if stream.patience_s is None else np.maximum(load - BELOW * root, 0.0))
    step = np.maximum(np.ceil((load + ABOVE * root + 1 - first) / (points - 1)), 1.0)
    agents = np.asarray(first[:, np.newaxis] + step[:, np.newaxis] * np.arange(points, dtype=np.float64))
    again = np.repeat(np.arange(intervals), points)
    level = level_of(stream.at(again), agents.ravel(), promised.threshold_s[again], queue.target.definition)
    return agents, np.clip(level, 0.0, 1.0).reshape(agents.shape)
