"""Arrays of numbers, by the names the signatures of this room use, and ranges of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def spread(begin: Ints, end: Ints) -> Ints:
    """All numbers from each of ``begin`` up to, but not including, its ``end``, one range after the other.

    >>> spread(np.array([4, 9, 2]), np.array([6, 9, 5])).tolist()
    [4, 5, 2, 3, 4]
    """
    lengths = end - begin
    before = np.cumsum(lengths) - lengths
    return np.repeat(begin - before, lengths) + np.arange(int(lengths.sum()))
