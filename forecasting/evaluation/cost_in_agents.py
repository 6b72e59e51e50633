"""What a forecast error costs in agents: the requirement of the forecast against that of what came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre, Queue
from wfm.queueing.required import required_agents
from wfm.staffing.handling import with_handling
from wfm.staffing.requirement import staff
from wfm.time.opening import OpeningHours

AGENTS, AGENTS_FOR_ACTUAL = "agents", "agents_for_actual"
LACK = 0.5
"""From so many agents too few an interval counts as understaffed."""
_STAFFED = ["queue", "interval_start", "aht_s", "open_min"]


def add_agents(intervals: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Forecast rows with the agents that their ``mean`` and their ``actual`` ask for, under the queues' targets.

    Both at the handle time of the forecast (the queue's default where it has none), so that the difference is that of
    volume alone. Interactive queues: the least whole number under Erlang C, interval by interval. Deferred queues: the
    level plan of each forecast on its own.

    Args:
        intervals: columns of FORECAST and ``actual``; rows that share ``queue``, ``method`` and ``first_day`` are
            one forecast.

    Returns:
        The same rows with AGENTS and AGENTS_FOR_ACTUAL, and ``open_min`` filled.
    """
    if intervals.empty:
        return intervals.assign(**{AGENTS: np.nan, AGENTS_FOR_ACTUAL: np.nan})
    rows = with_handling(intervals.assign(aht_assumed=False), centre)
    parts = []
    for queue_id, own in rows.groupby("queue", sort=False):
        queue = centre.queue(str(queue_id))
        needed = _by_forecast(own, centre) if queue.deferred else _interactive(own, queue)
        parts.append(pd.DataFrame(needed, index=own.index, columns=[AGENTS, AGENTS_FOR_ACTUAL]))
    agents = pd.concat(parts).loc[rows.index]
    kept = intervals.reset_index(drop=True).assign(open_min=rows["open_min"])
    return kept.join(agents)


def _interactive(rows: pd.DataFrame, queue: Queue) -> np.ndarray:
    """Agents (n, 2) for the forecast and for what came, of an interactive queue."""
    open_min = rows["open_min"].to_numpy(float)[:, None]
    volume = rows[["mean", "actual"]].to_numpy(float)
    is_open = open_min > 0
    rate_per_h = np.divide(volume * 60, open_min, out=np.zeros_like(volume), where=is_open)
    unset = float("nan")
    target = queue.target
    return required_agents(
        rate_per_h,
        rows["busy_s"].to_numpy(float)[:, None],
        service_level=unset if target.service_level is None else target.service_level,
        threshold_s=target.threshold_s,
        asa_s=unset if target.asa_s is None else target.asa_s,
        max_occupancy=unset if target.max_occupancy is None else target.max_occupancy,
        min_agents=np.where(is_open, float(target.min_agents), 0.0),
    ).agents.astype(float)


def _by_forecast(rows: pd.DataFrame, centre: Centre) -> np.ndarray:
    """Agents (n, 2) of a deferred queue: the plan of each forecast, and the plan it would have been."""
    needed = pd.DataFrame(np.nan, index=rows.index, columns=[0, 1])
    for _, own in rows.groupby(["method", "first_day"], sort=False):
        one = own.sort_values("interval_start")
        for at, volume in enumerate(("mean", "actual")):
            table = one[_STAFFED].assign(mean=one[volume])
            needed.loc[one.index, at] = staff(table, centre)["agents"].to_numpy()
    return needed.to_numpy()


def agent_row(intervals: pd.DataFrame) -> dict[str, float]:
    """Agents too many and too few, as means over the open time, and the share of intervals with too few.

    >>> rows = pd.DataFrame({"agents": [5.0, 7.0], "agents_for_actual": [6.0, 4.0], "open_min": [30.0, 30.0]})
    >>> agent_row(rows)
    {'agents_over': 1.5, 'agents_under': 0.5, 'understaffed': 0.5}
    """
    open_min = intervals["open_min"].to_numpy(float)
    gap = (intervals[AGENTS] - intervals[AGENTS_FOR_ACTUAL]).to_numpy(float)
    if not open_min.sum() > 0:
        return dict.fromkeys(("agents_over", "agents_under", "understaffed"), float("nan"))
    return {
        "agents_over": float(np.average(np.maximum(gap, 0), weights=open_min)),
        "agents_under": float(np.average(np.maximum(-gap, 0), weights=open_min)),
        # The level plan of deferred work is no whole number: a hundredth of an agent is no lack.
        "understaffed": float((gap[open_min > 0] <= -LACK).mean()),
    }


def open_hours_a_week(opening: OpeningHours) -> float:
    """Hours a queue is open in a week without holidays.

    >>> open_hours_a_week(OpeningHours())
    168.0
    """
    return sum(end - start for spans in opening.week for start, end in spans) / 60
