"""Hours in which nothing came, or far less or far more than usual."""

from __future__ import annotations

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.cleaning.usual import Usual, robust_sd

SILENT_CONTACTS = 25.0
"""A run of open cells without a contact in which so many were expected is an outage: by chance it does not occur,
even where the day's level is a third of what is expected."""
CUT_OFF_CONTACTS = 12.0
"""At either end of the history so many are enough: exports often begin or end within a day."""

FROM_DAYS = 14
"""With fewer days than this nobody can say what is usual in an hour."""
WINDOWS_H = (1, 2, 3, 4, 6, 8, 12, 16, 24)
"""Runs of open hours that are looked at."""
LOW_SDS, HIGH_SDS = 7.0, 6.0
LOW_RATIO, HIGH_RATIO = 0.5, 2.0
"""Hours are an outage or a storm beyond so many standard deviations, and below or above this share of the usual."""
EDGE_LOW, EDGE_HIGH = 0.7, 1.4
"""Hours at the edges of a run that are closer to the usual than this do not belong to it."""


def silent_cells(book: Daybook, usual: Usual) -> np.ndarray:
    """(P, K) cells of runs of silence in which many contacts were expected."""
    known = book.known[: book.past]
    quiet = ((book.offered[: book.past] == 0) & usual.tested[:, None])[known]
    silent = np.zeros(known.shape, bool)
    if not quiet.any():
        return silent
    run = np.cumsum(~quiet)
    expected = np.bincount(run, weights=np.where(quiet, usual.cells[known], 0.0))
    needed = np.full(len(expected), SILENT_CONTACTS * (1 + 4 * float(np.median(usual.spread)) ** 2))
    needed[[run[end] for end in (0, -1) if quiet[end]]] = CUT_OFF_CONTACTS
    silent[known] = quiet & (expected >= needed)[run]
    return silent


def unusual_cells(book: Daybook, usual: Usual) -> np.ndarray:
    """(P, K) -1 in cells of hours with far less than usual, 1 in those with far more, else 0.

    Sums over runs of 1 to 24 open hours are held against the usual on the scale of square roots, where a Poisson count
    has the same spread at any mean (Anscombe 1948, Biometrika 35); their spread beyond that is the queue's own.
    """
    side = np.zeros(usual.cells.shape, int)
    counted = book.known[: book.past] & usual.tested[:, None] & (usual.cells > 0)
    hours = _by_hour(counted, book.interval_min).any(axis=2)
    if (hours.sum(axis=1) > 1).sum() < FROM_DAYS:
        return side
    offered = np.where(counted, book.offered[: book.past], 0.0)
    came = _by_hour(offered, book.interval_min).sum(axis=2)[hours]
    expected = _by_hour(np.where(counted, usual.cells, 0.0), book.interval_min).sum(axis=2)[hours]
    found = np.zeros(hours.shape, int)
    found[hours] = 1 * _far_hours(came, expected, low=False) - _far_hours(came, expected, low=True)
    return np.asarray(np.repeat(found, 60 // book.interval_min, axis=1) * counted)


def _by_hour(cells: np.ndarray, interval_min: int) -> np.ndarray:
    """Cells (P, K) as (P, 24, cells an hour)."""
    return cells.reshape(len(cells), 24, 60 // interval_min)


def _far_hours(came: np.ndarray, expected: np.ndarray, *, low: bool) -> np.ndarray:
    """Hours of runs far below (``low``) or far above the usual."""
    far = np.zeros(len(came), bool)
    for hours in WINDOWS_H:
        sds, ratio = _windows(came, expected, hours)
        beyond = (sds < -LOW_SDS) & (ratio < LOW_RATIO) if low else (sds > HIGH_SDS) & (ratio > HIGH_RATIO)
        far |= _covered(beyond, hours, len(came))
    return _without_edges(far, came > EDGE_LOW * expected if low else came < EDGE_HIGH * expected)


def _windows(came: np.ndarray, expected: np.ndarray, hours: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each run of ``hours`` hours: standard deviations from the usual, and ratio to it."""
    if len(came) < hours:
        return np.zeros(0), np.zeros(0)
    total, usual = (np.convolve(values, np.ones(hours), "valid") for values in (came, expected))
    roots = 2 * (np.sqrt(total + 0.375) - np.sqrt(usual + 0.375))
    excess = max(robust_sd(roots) ** 2 - 1, 0.0) / max(float(np.median(usual)), 1e-9)
    return roots / np.sqrt(1 + excess * usual), total / np.maximum(usual, 1e-9)


def _covered(windows: np.ndarray, hours: int, count: int) -> np.ndarray:
    """(count,) hours that lie in any of the chosen windows, each named by its first hour."""
    edges = np.zeros(count + 1)
    first = np.flatnonzero(windows)
    np.add.at(edges, first, 1.0)
    np.add.at(edges, first + hours, -1.0)
    return np.asarray(np.cumsum(edges)[:-1] > 0)


def _without_edges(far: np.ndarray, ordinary: np.ndarray) -> np.ndarray:
    """Hours from the first to the last of each run that are not ordinary."""
    run = np.cumsum(np.diff(far, prepend=False))
    core = np.flatnonzero(far & ~ordinary)
    if len(core) == 0:
        return np.zeros(len(far), bool)
    place, count = np.arange(len(far)), int(run.max()) + 1
    first, last = np.full(count, len(far)), np.full(count, -1)
    np.minimum.at(first, run[core], core)
    np.maximum.at(last, run[core], core)
    return np.asarray(far & (place >= first[run]) & (place <= last[run]))
