"""The deferred work that interactive agents can do in their idle time, interval by interval, with extra agents too."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre, Queue
from wfm.policy.deferred import Blend
from wfm.queueing.blending import Blended, blended
from wfm.queueing.erlang_c import offered_load
from wfm.queueing.inputs import FloatArray
from wfm.staffing.streams import rate_per_open_h
from wfm.staffing.targets import Targets, targets_of

KNOTS = 16
"""Numbers of extra agents, beside none, at which the work of a blended team is worked out."""


def extra_knots(most: float) -> FloatArray:
    """Whole numbers of extra agents from none to ``most`` or above, at most KNOTS of them beside none.

    >>> extra_knots(2.2).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    top = max(int(np.ceil(most)), 1)
    return np.unique(np.round(np.linspace(0, top, min(top, KNOTS) + 1)))


def blended_team(rows: pd.DataFrame, agents: FloatArray, deferred_aht_s: float, centre: Centre) -> Blended:
    """What agents of an interactive queue do beside its contacts, its targets kept in every interval.

    A share of contacts that may give up is held as a mean wait: who waits gives up at a rate of 1 / patience.

    Args:
        rows: the queue's forecast with handling times (n,).
        agents: whole numbers (n,) or (n, K).
        deferred_aht_s: mean handling time of what is to be done beside.
    """
    queue = _queue(rows, centre)
    target = _targets(rows, centre)
    column = (slice(None),) + (None,) * (agents.ndim - 1)
    by_abandonment = target.max_abandonment * (queue.patience_s or np.nan)
    return blended(
        rate_per_open_h(rows)[column],
        rows["busy_s"].to_numpy(float)[column],
        agents,
        deferred_aht_s,
        service_level=target.service_level[column],
        threshold_s=target.threshold_s[column],
        asa_s=np.fmin(target.asa_s, by_abandonment)[column],
        max_occupancy=target.max_occupancy[column],
    )


def idle_work(
    rows: pd.DataFrame, agents: FloatArray, extra: FloatArray, deferred_aht_s: float, blend: Blend, centre: Centre
) -> FloatArray:
    """Agents' worth of deferred work of one interactive queue with 0, ... extra agents: (n, K) for n rows.

    Interruptible work takes the whole idle time below the occupancy cap; what is not, as much as keeps the targets
    (``wfm.queueing.blending``); with a promise over the day or week that is none, since what some intervals keep above
    it makes up for others. Of both the blend's share counts. An extra agent does one agent's work at least: he may
    do nothing else.
    """
    team = agents[:, None] + extra
    if blend.interruptible:
        cap = np.nan_to_num(_targets(rows, centre).max_occupancy, nan=1.0)
        work = cap[:, None] * team - load_of(rows)[:, None]
    elif _queue(rows, centre).target.per != "interval":
        work = np.zeros(team.shape)
    else:
        work = blended_team(rows, team, deferred_aht_s, centre).deferred_agents
    idle = np.maximum.accumulate(np.maximum(work - extra, 0.0), axis=1)
    return np.asarray(extra + blend.share * idle)


def together(work: list[FloatArray], load: list[FloatArray]) -> FloatArray:
    """The work of several interactive queues (S, K): the extra agents join the one with the largest load (S,)."""
    joined = joined_queue(load)
    alone = np.array([of_queue[:, 0] for of_queue in work])
    gain = np.array(work)[joined, np.arange(joined.size)]
    return np.asarray(gain - gain[:, [0]] + alone.sum(axis=0)[:, None])


def joined_queue(load: list[FloatArray]) -> NDArray[np.intp]:
    """The queue (S,) that extra agents join, of several with loads (S,): where a blended team has most to gain."""
    return np.asarray(np.argmax(np.array(load), axis=0), dtype=np.intp)


def load_of(rows: pd.DataFrame) -> FloatArray:
    """Offered load (n,) over the open minutes."""
    return offered_load(rate_per_open_h(rows), rows["busy_s"].to_numpy(float))


def _targets(rows: pd.DataFrame, centre: Centre) -> Targets:
    queue = _queue(rows, centre)
    is_open = rows["open_min"].to_numpy(float) > 0
    return targets_of(rows["interval_start"], is_open, queue, centre.zone_of(queue.id))


def _queue(rows: pd.DataFrame, centre: Centre) -> Queue:
    return centre.queue(str(rows["queue"].iloc[0]))
