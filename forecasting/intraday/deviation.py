"""How far days came from what the morning expected, in blocks of half an hour or more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLOCK_MIN = 30
"""Finer intervals are added up: below half an hour there is nothing but chance to learn from."""


def block_minutes(interval_min: int) -> int:
    """Minutes of a block: the least multiple of the interval that reaches half an hour.

    >>> [block_minutes(interval) for interval in (5, 20, 30, 60)]
    [30, 40, 30, 60]
    """
    return -(-BLOCK_MIN // interval_min) * interval_min


@dataclass(frozen=True)
class Deviations:
    """Relative deviations of n days in B blocks.

    Attributes:
        relative: (n, B), 0.1 where a tenth more came than was expected; 0 where unknown.
        noise: (n, B) variance that chance alone gives them.
        known: (n, B) blocks in which something was expected and what came is known.
    """

    relative: np.ndarray
    noise: np.ndarray
    known: np.ndarray

    def of_days(self, keep: np.ndarray) -> Deviations:
        """Some of the days, by a mask or by indices."""
        return Deviations(self.relative[keep], self.noise[keep], self.known[keep])


def deviations(expected: np.ndarray, came: np.ndarray) -> Deviations:
    """Deviations of contacts that came (n, B) from those expected (n, B), NaN where either is unknown.

    On the scale of roots, where the variance of a count does not depend on its mean: the deviate of Freeman and Tukey
    (1950, Transformations related to the angular and the square root), sqrt(y) + sqrt(y + 1) - sqrt(4 m + 1), which
    has mean 0 and variance 1 for a Poisson count y of mean m, and still nearly so for a mean well below 1. Divided by
    sqrt(m) it is a relative deviation.

    >>> near = deviations(np.array([[400.0, 400.0]]), np.array([[440.0, np.nan]]))
    >>> near.relative.round(3).tolist(), near.known.tolist()
    ([[0.098, 0.0]], [[True, False]])
    """
    known = np.isfinite(came) & (expected > 0)
    mean = np.where(known, expected, 1.0)
    count = np.where(known, came, 0.0)
    deviate = np.sqrt(count) + np.sqrt(count + 1) - np.sqrt(4 * mean + 1)
    return Deviations(np.where(known, deviate / np.sqrt(mean), 0.0), np.where(known, 1 / mean, 1.0), known)


def lifted(mean: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Means that deviate by ``relative``: back from the scale of roots."""
    return np.asarray(mean * np.square(np.maximum(1 + relative / 2, 0.0)))


def in_blocks(values: np.ndarray, per_block: int) -> np.ndarray:
    """Sums over blocks of ``per_block`` columns, (n, K) to (n, B)."""
    return np.asarray(values.reshape(len(values), -1, per_block).sum(axis=2))
