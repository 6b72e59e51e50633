"""Rows: all team rows of a problem as arrays.

Rows are many (each slot of the period, each rule), their weights by pool few: a rule's entry asks the same of every
slot. So counts are taken by kind of weights first, and looked up by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats
from scheduling.rules.rule import TeamRow


@dataclass(frozen=True, eq=False)
class Rows:
    """Row ``i`` counts with ``weights[kind[i]]`` (kinds, pools) what is present in column ``slot[i]``.

    ``sign`` is 1 for at least and -1 for at most ``limit``; ``price`` is in points for each unit short or too many.
    """

    slot: NDArray[np.int64]
    kind: NDArray[np.int64]
    weights: Floats
    sign: Floats
    limit: Floats
    price: Floats

    def counts(self, presence: Floats) -> Floats:
        """What every row counts where ``presence`` is (pools, width)."""
        return np.asarray((self.weights @ presence)[self.kind, self.slot])

    def worth(self, price: Floats, width: int) -> Floats:
        """What one more agent is worth, (pools, width), where a unit of each row is worth ``price``."""
        by_kind = np.zeros((len(self.weights), width))
        np.add.at(by_kind, (self.kind, self.slot), self.sign * price)
        return np.asarray(self.weights.T @ by_kind)

    def costs(self, counts: Floats) -> Floats:
        """Points of every row at ``counts``."""
        return self.price * np.maximum(self.sign * (self.limit - counts), 0.0)


def rows_of(rows: Sequence[TeamRow], pools: int) -> Rows:
    """Team rows as arrays.

    >>> half = TeamRow("general", 4, np.array([1.0, 0.0]), at_least=True, limit=2, price=10)
    >>> rows = rows_of([half], 2)
    >>> rows.costs(rows.counts(np.ones((2, 8)))).tolist()
    [10.0]
    """
    kinds: dict[bytes, int] = {}
    weights: list[Floats] = []
    kind = np.empty(len(rows), dtype=np.int64)
    for at, row in enumerate(rows):
        own = np.asarray(row.pools, dtype=float)
        kind[at] = kinds.setdefault(own.tobytes(), len(weights))
        if kind[at] == len(weights):
            weights.append(own)
    return Rows(
        slot=np.array([row.slot for row in rows], dtype=np.int64),
        kind=kind,
        weights=np.array(weights, dtype=float).reshape(len(weights), pools),
        sign=np.array([1.0 if row.at_least else -1.0 for row in rows]),
        limit=np.array([row.limit for row in rows], dtype=float),
        price=np.array([row.price for row in rows], dtype=float),
    )
