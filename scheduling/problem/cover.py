"""Cover: how well agents on the floor meet the queues' needs in one cell, a shared agent counted once.

In a cell, skill sets with agents stand on one side, queues with needs on the other. What can be met is the maximum flow
between them; the rest of the need is short, the rest of the agents idle. One more agent of a skill set is worth what
an augmenting path from it can still deliver.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.compiled import kernel

Floats = NDArray[np.float64]
TINY = 1e-9


@kernel
def augment(source: int, supply: Floats, need: Floats, serves: NDArray[np.bool_], flow: Floats) -> float:
    """Send what is left of ``supply[source]`` along shortest augmenting paths; returns how much got through.

    ``supply`` (sets,), ``need`` (queues,) and ``flow`` (sets, queues) are those of one cell, and change.
    """
    sets, queues = serves.shape
    sent = 0.0
    set_of = np.empty(queues, np.int64)
    queue_of = np.empty(sets, np.int64)
    waiting = np.empty(sets, np.int64)
    while supply[source] > TINY:
        set_of[:] = -1
        queue_of[:] = -1
        waiting[0] = source
        seen, read, end = 1, 0, -1
        while read < seen and end < 0:
            here = waiting[read]
            read += 1
            for q in range(queues):
                if serves[here, q] and set_of[q] < 0:
                    set_of[q] = here
                    if need[q] > TINY:
                        end = q
                        break
                    for other in range(sets):
                        if flow[other, q] > TINY and other != source and queue_of[other] < 0:
                            queue_of[other] = q
                            waiting[seen] = other
                            seen += 1
        if end < 0:
            break
        amount = min(supply[source], need[end])
        q = end
        while set_of[q] != source:
            back = queue_of[set_of[q]]
            amount = min(amount, flow[set_of[q], back])
            q = back
        q = end
        while True:
            here = set_of[q]
            flow[here, q] += amount
            if here == source:
                break
            q = queue_of[here]
            flow[here, q] -= amount
        supply[source] -= amount
        need[end] -= amount
        sent += amount
    return sent


@kernel
def shared_out(presence: Floats, demand: Floats, serves: NDArray[np.bool_]) -> Floats:
    """Agents of each skill set on each queue in every cell, shape (sets, queues, cells), meeting as much as can be.

    ``presence`` is (sets, cells), ``demand`` (queues, cells), ``serves`` (sets, queues).
    """
    sets, queues = serves.shape
    cells = presence.shape[1]
    out = np.zeros((sets, queues, cells))
    for t in range(cells):
        supply = presence[:, t].copy()
        need = demand[:, t].copy()
        flow = np.zeros((sets, queues))
        for s in range(sets):
            if supply[s] > TINY:
                augment(s, supply, need, serves, flow)
        out[:, :, t] = flow
    return out


@kernel
def served(presence: Floats, demands: Floats, serves: NDArray[np.bool_]) -> Floats:
    """The need met of every queue and cell, (queues, cells), the dearest first.

    ``demands`` are those of nested layers, (layers, queues, cells): a queue keeps what an earlier layer met of it.
    """
    sets, queues = serves.shape
    layers, cells = demands.shape[0], presence.shape[1]
    out = np.zeros((queues, cells))
    flow = np.zeros((sets, queues))
    need = np.zeros(queues)
    for t in range(cells):
        supply = presence[:, t].copy()
        flow[:] = 0.0
        need[:] = 0.0
        for level in range(layers):
            for q in range(queues):
                need[q] += demands[level, q, t] - (demands[level - 1, q, t] if level > 0 else 0.0)
            for s in range(sets):
                if supply[s] > TINY:
                    augment(s, supply, need, serves, flow)
        for q in range(queues):
            out[q, t] = flow[:, q].sum()
    return out


@kernel
def met(presence: Floats, demand: Floats, serves: NDArray[np.bool_]) -> Floats:
    """The need met in every cell."""
    sets, queues = serves.shape
    cells = presence.shape[1]
    out = np.zeros(cells)
    flow = np.zeros((sets, queues))
    for t in range(cells):
        supply = presence[:, t].copy()
        need = demand[:, t].copy()
        flow[:] = 0.0
        for s in range(sets):
            if supply[s] > TINY:
                out[t] += augment(s, supply, need, serves, flow)
    return out
