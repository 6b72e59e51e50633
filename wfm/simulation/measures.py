"""From flat records to figures: what adds up is tallied for each stretch of demand, ratios come last.

Definitions. Service level: served within the threshold over offered (deferred work: finished by its deadline, over
all that was offered but what still waits for a deadline after the horizon). ASA: mean wait of those served.
Abandonment: gone over offered. Occupancy: time spent handling over time on the floor, of the agents who serve the
queue, whatever they handle; finishing a contact after a period's end counts as both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.simulation.confidence import ratio_interval
from wfm.simulation.contacts import Contacts
from wfm.simulation.floor import FloatArray, Floor
from wfm.simulation.service import ABANDONED, SERVED, WAITING, Service

TALLIES = ("offered", "measured", "in_target", "served", "abandoned", "wait_s", "busy_s", "staffed_s")
"""What is counted; every one adds up over intervals, queues and days (the last two within a queue only)."""

RATIOS = {
    "service_level": ("in_target", "measured"),
    "asa_s": ("wait_s", "served"),
    "abandonment": ("abandoned", "offered"),
    "occupancy": ("busy_s", "staffed_s"),
}


def tally(floor: Floor, contacts: Contacts, service: Service) -> tuple[FloatArray, FloatArray]:
    """Tallies of one replication.

    Returns:
        Stretches x TALLIES, and busy and staffed seconds of the whole floor, each agent counted once.
    """
    counts = _counts(floor, contacts, service)
    busy_from = contacts.arrived_s + service.waited_s
    busy_to = np.where(service.outcome == SERVED, busy_from + service.served_s, busy_from)
    extra_from, extra_to = _after_period(floor, service, busy_from, busy_to)
    presence, demand = floor.presence, floor.demand
    worked = np.zeros((len(demand.queue), 2))
    served = service.period >= 0
    for queue in np.unique(demand.queue):
        cells = demand.queue == queue
        window = demand.start_s[cells], demand.end_s[cells]
        on_floor = presence.speed[:, queue] > 0
        theirs = served.copy()
        theirs[served] = on_floor[service.period[served]]
        worked[cells, 0] = _within(busy_from[theirs], busy_to[theirs], *window)
        worked[cells, 1] = _within(presence.start_s[on_floor], presence.end_s[on_floor], *window)
        worked[cells, 1] += _within(extra_from[theirs], extra_to[theirs], *window)
    everyone = np.array(
        [
            (busy_to - busy_from)[served].sum(),
            (presence.end_s - presence.start_s).sum() + (extra_to - extra_from)[served].sum(),
        ]
    )
    return np.column_stack([counts, worked]), everyone


def pooled(tallies: FloatArray, keys: pd.DataFrame | None = None) -> pd.DataFrame:
    """Figures with 95 % intervals: one row a group of ``keys``, or a single row without.

    Args:
        tallies: replications x stretches x TALLIES.
        keys: columns that name each stretch's group; None adds up everything.

    Returns:
        The keys in order; ``offered`` (mean a replication); every ratio with ``_low`` and ``_high``, NaN where
        nothing was there to measure.
    """
    if keys is None:
        return pd.DataFrame(_figures(tallies.sum(axis=1, keepdims=True)))
    code = keys.groupby(list(keys.columns), sort=True).ngroup().to_numpy()
    groups = keys.drop_duplicates().sort_values(list(keys.columns), ignore_index=True)
    by_group = np.argsort(code, kind="stable")
    first = np.searchsorted(code[by_group], np.arange(len(groups)))
    return groups.assign(**_figures(np.add.reduceat(tallies[:, by_group], first, axis=1)))


def _figures(sums: FloatArray) -> dict[str, NDArray[np.float64]]:
    figures = {"offered": sums[:, :, 0].mean(axis=0)}
    for name, (above, below) in RATIOS.items():
        middle, low, high = ratio_interval(sums[:, :, TALLIES.index(above)], sums[:, :, TALLIES.index(below)])
        highest = np.inf if name == "asa_s" else 1.0
        figures |= {name: middle, f"{name}_low": np.maximum(low, 0.0), f"{name}_high": np.minimum(high, highest)}
    return figures


def _counts(floor: Floor, contacts: Contacts, service: Service) -> FloatArray:
    queues = floor.queues
    deferred = ~np.isnan(contacts.due_s)
    served = service.outcome == SERVED
    finished = contacts.arrived_s + service.waited_s + np.where(served, service.served_s, 0.0)
    in_time = np.where(deferred, finished <= contacts.due_s, service.waited_s <= queues.threshold_s[contacts.queue])
    undecided = deferred & (service.outcome == WAITING) & (contacts.due_s > floor.horizon_s)
    weights = (
        np.ones(served.size), ~undecided, served & in_time, served, service.outcome == ABANDONED,
        np.where(served, service.waited_s, 0.0),
    )  # fmt: skip
    cells = len(floor.demand.queue)
    return np.column_stack([np.bincount(contacts.stretch, weight, minlength=cells) for weight in weights])


def _after_period(
    floor: Floor, service: Service, busy_from: FloatArray, busy_to: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The part of each contact beyond its agent's period and before his next: work, though not planned as such."""
    presence = floor.presence
    next_start = np.full(len(presence.agent) + 1, np.inf)  # the last entry stands for contacts that nobody took
    same = presence.agent[1:] == presence.agent[:-1]
    next_start[:-2][same] = presence.start_s[1:][same]
    end = np.append(presence.end_s, np.inf)[service.period]
    extra_to = np.minimum(busy_to, next_start[service.period])
    extra_from = np.minimum(np.maximum(busy_from, end), extra_to)
    return extra_from, extra_to


def _within(start: FloatArray, end: FloatArray, opens: FloatArray, closes: FloatArray) -> FloatArray:
    """Seconds of all spans ``start`` to ``end`` that fall inside each window."""
    starts, ends = np.sort(start), np.sort(end)
    return _elapsed(starts, closes) - _elapsed(starts, opens) - _elapsed(ends, closes) + _elapsed(ends, opens)


def _elapsed(moments: FloatArray, at: FloatArray) -> FloatArray:
    before = np.searchsorted(moments, at)
    return np.asarray(before * at - np.append(0.0, np.cumsum(moments))[before])
