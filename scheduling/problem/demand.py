"""Demand: the requirement of every queue, spread onto the roster's quarter-hours."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scheduling.staff.horizon import Horizon
from scheduling.staff.team import spread
from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.shift import SLOT_MIN


def required_agents(requirement: pd.DataFrame) -> np.ndarray:
    """Agents to roster, row by row: ``rostered``, or ``agents`` where that is missing."""
    agents = requirement["agents"].to_numpy(float)
    if "rostered" not in requirement:
        return agents
    rostered = requirement["rostered"].to_numpy(float)
    return np.where(np.isnan(rostered), agents, rostered)


def demand_of(requirement: pd.DataFrame, centre: Centre, horizon: Horizon, slot_min: int = SLOT_MIN) -> np.ndarray:
    """Required agents by queue (in the order of the policy) and slot of ``slot_min`` minutes.

    An interval of 30 or 60 minutes gives its agents to each of its slots; of intervals shorter than a slot the
    time-weighted mean counts, and a slot that is open in part is weighted by its open part. Rows outside of the
    period's local days in the queue's zone belong to other periods and are left out.

    Raises:
        InputError: a queue that the policy does not know.
    """
    ids = [queue.id for queue in centre.queues]
    unknown = sorted(set(requirement["queue"]) - set(ids))
    if unknown:
        raise InputError(
            "unknown queue", where="table requirement, column queue", found=unknown[0], expected=", ".join(ids)
        )
    shape = (len(ids), horizon.slots * SLOT_MIN // slot_min)
    demand = np.zeros(shape)
    agents = required_agents(requirement)
    starts = horizon.minutes(pd.DatetimeIndex(requirement["interval_start"]))
    for at, queue in enumerate(centre.queues):
        borders = horizon.midnights(centre.zone_of(queue.id))
        own = (requirement["queue"] == queue.id).to_numpy() & (starts >= borders[0]) & (starts < borders[-1])
        # Spans of one queue do not overlap, so agents are constant within each: a weight per span is enough.
        for level in np.unique(agents[own]):
            chosen = own & (agents == level)
            rows = np.full(int(chosen.sum()), at, dtype=np.int64)
            spans = starts[chosen]
            demand += spread(rows, spans, spans + queue.interval_min, shape, slot_min, float(level))
    return demand
