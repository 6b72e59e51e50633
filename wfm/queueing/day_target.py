"""A service level promised over the day or week instead of in every interval: the same promise with fewer agents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.inputs import FloatArray, reject

ROUNDING = 1e-9

Levels = Callable[[FloatArray, NDArray[np.intp]], FloatArray]
"""Service level of ``agents`` (m,) in the intervals ``rows`` (m,)."""


@dataclass(frozen=True)
class DayAgents:
    """``agents`` (n,) and the ``service_level`` (n,) of each interval, of all contacts together, and of the worst.

    ``proven``: no smaller sum of agents keeps the promise. ``bound``: that sum is at least this.
    """

    agents: NDArray[np.int64]
    service_level: FloatArray
    overall: float
    worst: float
    bound: int
    proven: bool


def agents_for_the_day(
    contacts: FloatArray, levels: Levels, target: float, least: NDArray[np.int64], enough: NDArray[np.int64]
) -> DayAgents:
    """The smallest sum of agents whose service level over all contacts is at least ``target``.

    Each next agent goes where it lifts the sum of contacts served in time most (Koole and van der Sluis 2003, Optimal
    shift scheduling with a global service level constraint, IIE Transactions 35). Where first agents alone lift nothing
    (below the load), they come as one block, with its mean lift: the concave hull of the curve. The linear relaxation
    of that choice is the bound; when the last to come is a single agent, the sum is the least there is.

    Args:
        contacts: (n,) offered in each interval.
        levels: service level by agents; grows with them.
        target: least share of all contacts served in time.
        least: (n,) agents that there must be: those that exceed the load, or keep the worst interval above a floor.
            With less, an interval may be given up altogether where that is cheapest.
        enough: (n,) agents with which an interval alone meets more than the target; more are not looked at.

    Raises:
        InputError: a target of 1 or more, which no number of agents meets.

    >>> from wfm.queueing.erlang_c import service_level
    >>> load = np.array([1.0, 5.0, 10.0])
    >>> day = agents_for_the_day(load * 20, lambda N, rows: service_level(load[rows], N, 20, 180), 0.8,
    ...                          np.array([2, 6, 11]), np.array([8, 16, 24]))
    >>> day.agents.tolist(), round(day.overall, 5), day.proven
    ([2, 7, 14], 0.83046, True)
    """
    reject("service_level", np.asarray(target), np.asarray(not 0 <= target < 1), "0 or more and less than 1")
    total = float(contacts.sum())
    count, span = len(contacts), int(np.max(enough - least, initial=0)) + 1
    number = least[:, None] + np.minimum(np.arange(span), (enough - least)[:, None])
    rows = np.broadcast_to(np.arange(count)[:, None], number.shape)
    level = levels(number.ravel().astype(float), rows.ravel()).reshape(number.shape)
    lift, size = _hull(level * contacts[:, None])
    order = np.argsort(-lift / np.maximum(size, 1), axis=None, kind="stable")
    order = order[size.ravel()[order] > 0]
    reached = np.concatenate([[0.0], np.cumsum(lift.ravel()[order])]) + level[:, 0] @ contacts
    taken = order[: int(np.searchsorted(reached, target * total - ROUNDING * total))]
    came_last = int(size.ravel()[taken[-1]]) if len(taken) else 1
    agents = least + np.bincount(taken // max(span - 1, 1), size.ravel()[taken], count).astype(np.int64)
    at = np.minimum(agents - least, span - 1)
    delivered = level[np.arange(count), at]
    busy = contacts > 0
    return DayAgents(
        agents,
        delivered,
        float(delivered @ contacts) / total if total > 0 else 1.0,
        float(delivered[busy].min()) if busy.any() else 1.0,
        int(agents.sum()) - came_last + 1,
        came_last == 1,
    )


def _hull(served: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lifts and sizes (n, span - 1) of the blocks of the concave hull of curves (n, span).

    The first block reaches to where the mean lift from the start is highest; beyond it the curves are concave, so that
    each agent is a block of its own. Agents inside the first block have no lift and no size.
    """
    gain = np.diff(served, axis=1)
    if gain.shape[1] == 0:
        return gain, gain
    mean = np.cumsum(gain, axis=1) / np.arange(1, served.shape[1])
    first = mean.argmax(axis=1)[:, None]
    after = np.arange(gain.shape[1]) > first
    lift, size = np.where(after, gain, 0.0), after.astype(np.float64)
    np.put_along_axis(lift, first, np.take_along_axis(mean, first, axis=1) * (first + 1.0), axis=1)
    np.put_along_axis(size, first, first + 1.0, axis=1)
    return lift, size
