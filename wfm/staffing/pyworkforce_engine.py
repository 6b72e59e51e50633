"""Erlang C as pyworkforce computes it: the second engine, and an oracle that shares no code with the first.

The only file that imports pyworkforce. It takes one interval at a time, in minutes, and its search costs a number of
steps that grows with the square of the load: seconds at 5,000 Erlangs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing.inputs import non_negative

# pyworkforce refuses a threshold of 0; a nanosecond of waiting is none.
LEAST_THRESHOLD_MIN = 1e-9 / 60
ROUNDING = 1e-9


def required_agents_pyworkforce(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    service_level: ArrayLike,
    threshold_s: ArrayLike,
    max_occupancy: ArrayLike = 1.0,
) -> NDArray[np.int64]:
    """Smallest number of agents by pyworkforce's formulas, whole, of the broadcast shape.

    Two limits are handled. It refuses zero contacts, which need 0 agents. Its search starts at the rounded load plus
    one and its cap rounds up, so that it may end one agent too high: the answer goes down again as long as its own
    service level and occupancy stay within the targets.

    Raises:
        InputError: a rate or time is negative, NaN or infinite; names row and quantity.

    >>> required_agents_pyworkforce([200, 0], 180, 0.8, 20).tolist()
    [14, 0]
    """
    columns = np.broadcast_arrays(
        non_negative("rate_per_h", rate_per_h),
        non_negative("aht_s", aht_s),
        non_negative("service_level", service_level),
        non_negative("threshold_s", threshold_s),
        non_negative("max_occupancy", max_occupancy),
    )
    rows = zip(*(column.ravel().tolist() for column in columns), strict=True)
    agents = np.fromiter((_one(*row) for row in rows), dtype=np.int64, count=columns[0].size)
    return agents.reshape(columns[0].shape)


def _one(rate_per_h: float, aht_s: float, service_level: float, threshold_s: float, max_occupancy: float) -> int:
    if rate_per_h == 0 or aht_s == 0:
        return 0
    from pyworkforce.queuing import ErlangC

    queue = ErlangC(
        transactions=rate_per_h, aht=aht_s / 60, asa=max(threshold_s / 60, LEAST_THRESHOLD_MIN), interval=60
    )
    agents = int(queue.required_positions(service_level, max_occupancy)["raw_positions"])
    while agents - 1 > queue.intensity and (
        queue.service_level(agents - 1) >= service_level
        and queue.achieved_occupancy(agents - 1) <= max_occupancy * (1 + ROUNDING)
    ):
        agents -= 1
    return agents
