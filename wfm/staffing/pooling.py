"""Agents for queues together and apart: the two bounds between which every multi-skill answer lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.inputs import FloatArray
from wfm.queueing.required import required_agents
from wfm.queueing.required_a import required_agents_a
from wfm.queueing.required_priority import RequiredByClass, required_agents_priority
from wfm.staffing.traffic import Traffic


@dataclass(frozen=True)
class Bounds:
    """Agents of n slots: each queue on its own (n, k), all together (n,), and what decided the latter.

    ``binding`` (n,) is a target; ``decisive`` (n,) the position of the queue whose target it is, -1 where it is of no
    single queue; ``separate`` where pooling saves nobody.
    """

    by_queue: NDArray[np.int64]
    pooled: NDArray[np.int64]
    binding: NDArray[np.str_]
    decisive: NDArray[np.int64]

    @property
    def separate(self) -> NDArray[np.int64]:
        """Agents (n,) with one team a queue."""
        return np.asarray(self.by_queue.sum(axis=1))

    def at(self, slots: NDArray[np.intp]) -> Bounds:
        """The bounds of some slots only."""
        return Bounds(self.by_queue[slots], self.pooled[slots], self.binding[slots], self.decisive[slots])


def bounds(traffic: Traffic) -> Bounds:
    """The least agents for queues apart, and for one team that serves them all; each slot on its own.

    Apart, each queue is Erlang C's, or Erlang A's where the patience of every queue is known. Together, all contacts
    are one stream with the mean handling time and patience of the mixture, queues of a higher priority are served
    first, and each queue keeps its own target: exact for queues of one handling time and patience, else an
    approximation (against simulation of 56 pools of handling times from 120 to 900 s: right in 41, an agent off in
    14, two in 1). The strictest occupancy cap and the largest
    minimum hold for all. Agents who can do everything can also sit apart, so together never takes more.

    Service level is served in time over all offered.
    """
    by_queue = _apart(traffic)
    rate = traffic.rate_per_h.sum(axis=1)
    aht = np.where(rate > 0, (traffic.rate_per_h * traffic.aht_s).sum(axis=1) / np.where(rate > 0, rate, 1.0), 1.0)
    rounds = [_together(traffic, aht, members) for members in _one_queue_a_class(traffic.priority)]
    found = [required for required, _ in rounds]
    agents = np.stack([required.agents for required in found])
    hardest = agents.argmax(axis=0), np.arange(agents.shape[1])
    pooled, separate = agents[hardest], by_queue.sum(axis=1)
    queue = np.stack(
        [np.where(required.decisive >= 0, members[required.decisive], -1) for required, members in rounds]
    )[hardest]  # fmt: skip
    binding = np.stack([required.binding for required in found])[hardest]
    no_gain = pooled >= separate
    return Bounds(
        by_queue,
        np.minimum(pooled, separate),
        np.where(no_gain & (separate > 0), "separate", binding),
        np.where(no_gain, -1, queue),
    )


def _apart(traffic: Traffic) -> NDArray[np.int64]:
    asked = traffic.targets.by_name()
    if traffic.gives_up:
        return required_agents_a(
            traffic.rate_per_h, traffic.aht_s, traffic.patience_s, definition="offered", **asked
        ).agents
    del asked["max_abandonment"]  # nobody leaves
    return required_agents(traffic.rate_per_h, traffic.aht_s, **asked).agents


def _one_queue_a_class(priority: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rounds in which each class of priority speaks by one of its queues, (classes,) positions; each queue does once.

    Queues of one class wait in one line, but each has its own target: only one target a class is looked at at a time.
    """
    classes = [np.flatnonzero(priority == level) for level in np.unique(priority)]
    return [
        np.array([members[min(turn, len(members) - 1)] for members in classes])
        for turn in range(max(len(members) for members in classes))
    ]


def _together(
    traffic: Traffic, aht_s: FloatArray, members: NDArray[np.int64]
) -> tuple[RequiredByClass, NDArray[np.int64]]:
    levels, targets = traffic.priority[members], traffic.targets
    rate = np.stack([traffic.rate_per_h[:, traffic.priority == level].sum(axis=1) for level in levels], axis=1)
    asks = traffic.rate_per_h[:, members] > 0
    cap = np.where(traffic.is_open & ~np.isnan(targets.max_occupancy), targets.max_occupancy, 1.0).min(axis=1)
    gone = np.where(asks & traffic.gives_up, targets.max_abandonment[:, members], np.nan)
    required = required_agents_priority(
        rate,
        aht_s,
        patience_s=_mean_patience(traffic) if traffic.gives_up else None,
        service_level=np.where(asks, targets.service_level[:, members], np.nan),
        threshold_s=targets.threshold_s[:, members],
        asa_s=np.where(asks, targets.asa_s[:, members], np.nan),
        max_abandonment=gone,
        max_occupancy=cap,
        min_agents=targets.min_agents.max(axis=1),
    )
    return required, members


def _mean_patience(traffic: Traffic) -> FloatArray:
    rate = traffic.rate_per_h.sum(axis=1)
    leaving = (traffic.rate_per_h * traffic.patience_s).sum(axis=1)
    return np.asarray(np.where(rate > 0, leaving / np.where(rate > 0, rate, 1.0), traffic.patience_s.mean()))
