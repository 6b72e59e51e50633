"""Counts that were recorded wrongly: a value that got stuck, a day that was counted twice."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from forecasting.book.daybook import Daybook
from forecasting.cleaning.usual import Usual

STUCK_LOG_CHANCE = 18.0
"""The same count over a run of cells is stuck where the run's chance is below exp(-18), were each cell's most likely
count the very one."""
NATURE_SHARE = 0.1
"""Where more of the history than this repeats itself so, it is the queue's nature (or the file's): kept."""

DOUBLED_RATIO = (1.6, 2.5)
DOUBLED_CELLS = 16
"""A day is doubled when its total is about twice the usual and each of at least so many counts is even."""


def stuck_cells(book: Daybook) -> np.ndarray:
    """(P, K) cells of runs of one and the same count, other than 0, that chance does not bring about."""
    known = book.known[: book.past]
    counts = book.offered[: book.past][known]
    stuck = np.zeros(known.shape, bool)
    if len(counts) < 2:
        return stuck
    run = np.cumsum(np.diff(counts, prepend=counts[0]) != 0)
    length = np.bincount(run)[run]
    log_chance = (length - 1) * (counts * np.log(np.maximum(counts, 1e-9)) - counts - gammaln(counts + 1))
    stuck[known] = (counts > 0) & (-log_chance > STUCK_LOG_CHANCE)
    return stuck


def doubled_days(book: Daybook, usual: Usual) -> np.ndarray:
    """(P,) days whose every count is even and whose total is about twice what the day usually brings."""
    known = book.known[: book.past]
    counts = np.where(known, book.offered[: book.past], 0.0)
    even = (counts % 2 == 0).all(axis=1) & ((counts > 0).sum(axis=1) >= DOUBLED_CELLS)
    expected = np.where(known, usual.cells, 0.0).sum(axis=1)
    ratio = counts.sum(axis=1) / np.maximum(expected, 1e-9)
    doubled = even & (ratio > DOUBLED_RATIO[0]) & (ratio < DOUBLED_RATIO[1])
    # Counts that are always even say nothing of a single day.
    return np.asarray(doubled & (doubled.mean() < NATURE_SHARE))
