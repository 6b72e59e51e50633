"""Needs: what the queues need in every cell, in steps of a price each.

A step is worth its price to whoever meets it. The first part of a shortage may be cheaper than the rest: the last step
of the demand then has the lower price. Agents beyond the demand cost the idle price at most; where some of them cost
less, they meet a step of a negative price. Steps come dearest first, so what agents are worth falls with their number.

What can be met of needs is the rank of a polymatroid, so meeting the dearest first is best (Edmonds, "Submodular
functions, matroids, and certain polyhedra", 1970), and the worth of all agents is a sum of layers: for every price
level, the rise to the next higher times what can be met of all steps at or above it. Each layer is a maximum flow of
its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from wfm.policy.centre import Centre
from wfm.policy.prices import PriceStep
from wfm.policy.shift import SLOT_MIN
from wfm.time.opening import starts_within

Flags = NDArray[np.bool_]

TINY = 1e-9
QUARTER_H = SLOT_MIN / 60


@dataclass(frozen=True, eq=False)
class Needs:
    """``queue`` of each step, ``amount`` in agent-quarters and ``price`` in points an agent-quarter, (steps, cells)."""

    queue: Ints
    amount: Floats
    price: Floats

    @property
    def short(self) -> float:
        """Points of a floor without anybody on it."""
        return float((self.amount * np.maximum(self.price, 0.0)).sum())

    def demand(self, queues: int) -> Floats:
        """Agent-quarters that cost something while they are missing, (queues, cells)."""
        out = np.zeros((queues, self.amount.shape[1]))
        np.add.at(out, self.queue, np.where(self.price > 0, self.amount, 0.0))
        return out


@dataclass(frozen=True, eq=False)
class Layer:
    """All steps down to one price level.

    Attributes:
        demand: agent-quarters of these steps, (queues, cells).
        price: the level's price by cell.
        gain: what meeting one is worth more than meeting one of the next level; idleness after the last. 0 in cells
            with fewer levels.
    """

    demand: Floats
    price: Floats
    gain: Floats


def layers_of(needs: Needs, queues: int, idle: Floats) -> tuple[Layer, ...]:
    """The layers of ``needs`` where an agent who meets none costs ``idle`` points by cell; at least one layer."""
    counted = (needs.amount > 0) & (needs.price + idle > TINY)
    price = np.where(counted, needs.price, -np.inf)
    order = np.argsort(-price, axis=0, kind="stable")
    ordered = np.take_along_axis(price, order, axis=0)
    new = np.isfinite(ordered)
    new[1:] &= ordered[1:] < ordered[:-1]
    level = np.empty(price.shape, dtype=np.int64)
    np.put_along_axis(level, order, np.cumsum(new, axis=0) - 1, axis=0)
    count = max(int(new.sum(axis=0).max(initial=0)), 1)
    prices = np.repeat(-idle[None], count + 1, axis=0)
    for at in range(count):
        of_level = np.where(counted & (level == at), needs.price, -np.inf).max(axis=0, initial=-np.inf)
        prices[at] = np.where(np.isfinite(of_level), of_level, -idle)
    layers = []
    for at in range(count):
        demand = np.zeros((queues, price.shape[1]))
        np.add.at(demand, needs.queue, np.where(counted & (level <= at), needs.amount, 0.0))
        layers.append(Layer(demand, prices[at], prices[at] - prices[at + 1]))
    return tuple(layers)


def needs_of(demand: Floats, at_work: Flags, centre: Centre, starts: pd.DatetimeIndex, plenty: float) -> Needs:
    """The needs of ``demand`` in agent-quarters, (queues, cells), at the policy's prices.

    ``starts`` are the cells', ``at_work`` says where a queue is open or in need; ``plenty`` is more than all agents.
    """
    over = idle_of(centre, starts)
    steps: list[tuple[int, Floats, Floats]] = []
    for q, queue in enumerate(centre.queues):
        for inside, prices in _entries(centre, queue.id, "understaffing", starts):
            ends = [step.up_to or 1.0 for step in prices]
            for step, share in zip(prices, np.diff([0.0, *ends]), strict=True):
                steps.append((q, demand[q] * share * inside, np.full(len(starts), step.price)))
        for inside, prices in _entries(centre, queue.id, "overstaffing", starts):
            begun = 0.0
            for step in prices:
                amount = plenty if step.up_to is None else demand[q] * (step.up_to - begun)
                begun = step.up_to or begun
                cheaper = inside & at_work[q] & (step.price * QUARTER_H < over)
                steps.append((q, np.where(cheaper, amount, 0.0), np.full(len(starts), -step.price)))
    kept = [(q, amount, price) for q, amount, price in steps if amount.any()]
    shape = (len(kept), len(starts))
    return Needs(
        queue=np.array([q for q, _, _ in kept], dtype=np.int64),
        amount=np.array([amount for _, amount, _ in kept]).reshape(shape),
        price=np.array([price for _, _, price in kept]).reshape(shape) * QUARTER_H,
    )


def idle_of(centre: Centre, starts: pd.DatetimeIndex) -> Floats:
    """Points of an idle agent-quarter in every cell: the dearest price of overstaffing of any queue."""
    dearest = np.zeros(len(starts))
    for queue in centre.queues:
        for inside, prices in _entries(centre, queue.id, "overstaffing", starts):
            dearest = np.where(inside, np.maximum(dearest, prices[-1].price), dearest)
    return dearest * QUARTER_H


def _entries(
    centre: Centre, queue: str, name: str, starts: pd.DatetimeIndex
) -> list[tuple[Flags, tuple[PriceStep, ...]]]:
    """The price steps of a queue and the cells in which they hold: the policy's one price, or the last entry's."""
    everywhere: Flags = np.ones(len(starts), dtype=np.bool_)
    entries: list[tuple[Flags, tuple[PriceStep, ...]]] = [
        (everywhere, (PriceStep(price=getattr(centre.prices, name)),))
    ]
    for own in centre.prices.queues:
        if own.queue == queue and getattr(own, name) is not None:
            holds = starts_within(starts, own.hours, own.weekdays, centre.zone_of(queue))
            entries = [(inside & ~holds, prices) for inside, prices in entries]
            entries.append((holds, getattr(own, name)))
    return entries
