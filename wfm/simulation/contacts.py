"""Contacts drawn at random: when they come, how long they take, how long they would wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wfm.simulation.floor import Demand, FloatArray, Floor, IntArray, Queues


@dataclass(frozen=True)
class Contacts:
    """Contacts in order of arrival: one a row.

    ``stretch`` is the row of Demand each came from; ``leaves_s`` the moment it gives up, infinite if never; ``due_s``
    the deadline of deferred work, NaN for the others.
    """

    queue: IntArray
    stretch: IntArray
    arrived_s: FloatArray
    handle_s: FloatArray
    leaves_s: FloatArray
    due_s: FloatArray


def draw_contacts(floor: Floor, rng: np.random.Generator) -> Contacts:
    """One realisation of the demand: a Poisson process whose rate is constant within each stretch.

    Given their number, the arrivals of a stretch are uniform over it, so no thinning is needed. With ``day_cv`` above
    0 every day's volume is multiplied by its own gamma factor of mean 1 (the busy day is busy in all queues).
    """
    demand, queues = floor.demand, floor.queues
    counts = rng.poisson(demand.mean * _day_factor(demand, floor.day_cv, rng))
    stretch = np.repeat(np.arange(len(counts)), counts)
    start, length = demand.start_s[stretch], (demand.end_s - demand.start_s)[stretch]
    arrived = start + length * rng.random(stretch.size)
    order = np.argsort(arrived, kind="stable")
    stretch, arrived = stretch[order], arrived[order]
    queue = demand.queue[stretch]
    handle = demand.aht_s[stretch] * _handle_factor(queues, stretch.size, rng)
    # The exponential is drawn for everyone, so that giving one queue patience leaves the others' fate as it was.
    patience = rng.exponential(size=stretch.size)
    leaves = np.minimum(arrived + patience * queues.patience_s[queue], demand.gone_s[stretch])
    return Contacts(queue, stretch, arrived, handle, leaves, arrived + queues.deadline_s[queue])


def _day_factor(demand: Demand, day_cv: float, rng: np.random.Generator) -> FloatArray:
    if day_cv == 0 or demand.day.size == 0:
        return np.ones(demand.day.size)
    shape = 1.0 / day_cv**2
    factors = rng.gamma(shape, 1.0 / shape, size=int(demand.day.max()) + 1)
    return np.asarray(factors[demand.day], dtype=np.float64)


def _handle_factor(queues: Queues, size: int, rng: np.random.Generator) -> FloatArray:
    if queues.handle_time == "exponential":
        return rng.exponential(size=size)
    variance_log = np.log1p(queues.handle_cv**2)
    return rng.lognormal(-variance_log / 2, np.sqrt(variance_log), size=size)
