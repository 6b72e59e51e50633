"""Lasting shifts of a daily level: days from which it stands elsewhere, found by running medians."""

from __future__ import annotations

import numpy as np

DAYS_AFTER, DAYS_BEFORE = 6, 14
"""A shift shows once so many days have come after it; they are held against so many before it."""
LEAST_JUMP = 0.18
"""In logarithms: volume up or down by less than about a fifth is left to the wandering level."""
NOISE_SDS = 4.5
LASTS_DAYS = 28
LASTING_SHARE = 0.6
"""So many days later this share of the jump must still be there, as far as these days have come."""
LEAST_APART = 14


def lasting_shifts(level: np.ndarray) -> np.ndarray:
    """First days (indices) of lasting shifts of log levels (n,) from which calendar effects are taken out.

    A wandering level learnt from quiet years follows a sudden lasting move (an outsourced product, a merger) only over
    months; where it is told of the day it can start anew. Medians do not see single odd days. Levels that come back
    within four weeks, as after a campaign, are no shifts.

    >>> lasting_shifts(np.repeat([5.0, 5.4], [60, 8])).tolist()
    [60]
    """
    count = len(level)
    if count < DAYS_BEFORE + DAYS_AFTER:
        return np.zeros(0, int)
    starts = np.arange(DAYS_BEFORE, count - DAYS_AFTER + 1)
    before = _medians(level, DAYS_BEFORE)[starts - DAYS_BEFORE]
    after = _medians(level, DAYS_AFTER)[starts]
    later = _later(level, starts)
    jump = after - before
    noise = 1.4826 * float(np.median(np.abs(np.diff(level)))) / np.sqrt(2)
    lasting = (later - before) * np.sign(jump) >= LASTING_SHARE * np.abs(jump)
    height = np.where(lasting & (np.abs(jump) > max(LEAST_JUMP, NOISE_SDS * noise)), np.abs(jump), 0.0)
    found: list[int] = []
    while height.any():
        start = _sharpest(level, starts[height == height.max()])
        found.append(start)
        height[np.abs(starts - start) < LEAST_APART] = 0.0
    return np.sort(np.array(found, int))


def _medians(level: np.ndarray, days: int) -> np.ndarray:
    """Median of ``days`` values from each position on."""
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(level, days), axis=1))


def _later(level: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Median of the last DAYS_BEFORE of the LASTS_DAYS days from each start on, as far as these have come."""
    whole = starts + LASTS_DAYS <= len(level)
    medians = _medians(level, DAYS_BEFORE)[starts[whole] + LASTS_DAYS - DAYS_BEFORE]
    return np.array([*medians, *(np.median(level[start:][-DAYS_BEFORE:]) for start in starts[~whole])])


def _sharpest(level: np.ndarray, starts: np.ndarray) -> int:
    """Of starts with equal medians the one that parts the days about it best, by least absolute deviations."""
    first, last = max(int(starts[0]) - DAYS_AFTER, 1), min(int(starts[0]) + DAYS_AFTER, len(level) - DAYS_AFTER)

    def left(start: int) -> float:
        old, new = level[max(start - DAYS_BEFORE, 0) : start], level[start : start + DAYS_AFTER]
        window = level[max(first - DAYS_BEFORE, 0) : last + DAYS_AFTER]
        parted = np.arange(len(window)) + max(first - DAYS_BEFORE, 0) >= start
        return float(np.abs(window - np.where(parted, np.median(new), np.median(old))).sum())

    return min(range(first, last + 1), key=left)
