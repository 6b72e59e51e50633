"""Days as a whole far from what their neighbours suggest, and levels that shift and stay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook
from forecasting.cleaning.usual import Usual, turn_of_year

OUTLIER_SDS = 4.2
OUTLIER_LEAST = 0.10
"""A day is an outlier beyond so many standard deviations, and at least so far in logarithms."""
ONE_SIDED_LEAST = 0.3
"""At least so far at either end of the history, where nobody knows yet whether volume returns to where it was."""
FROM_DAYS = 28
"""With fewer ordinary days than this nobody can say what is usual."""
NEIGHBOURS = 7
"""A day is held against the median of so many ordinary days before, and against that of so many after."""
END_DAYS = 5
"""The first and the last days are also held against the other ones of so many at their end of the history."""

SHIFT_DAYS = 28
SHIFT_LEAST_AFTER = 10
"""A level is the median of so many ordinary days; a new one shows after the lesser number of days."""
SHIFT_LEAST = 0.18
SHIFT_SDS = 6.0
"""A shift is at least so far in logarithms, and so many standard deviations of the difference of two medians."""
SHIFT_SHARP = 0.6
"""This share of a shift shows between the week before and the week after; else the level only drifts."""


@dataclass(frozen=True)
class Shift:
    """A level that changed on day ``day`` (row of the book) and stayed: contacts of an ordinary day."""

    day: int
    before: float
    after: float


def outlier_days(book: Daybook, usual: Usual) -> tuple[np.ndarray, np.ndarray]:
    """Outlying days (P,), and the contacts (P,) that the nearer of their neighbours' levels suggests.

    A day must be far from the days before and from those after alike, so the first days of a new level are none.
    """
    outlying, expected = np.zeros(book.past, bool), usual.cells.sum(axis=1)
    at = np.flatnonzero(usual.tested)
    if len(at) < FROM_DAYS:
        return outlying, expected
    calm = usual.calm[at]
    before, after, one_sided = _levels_beside(calm)
    nearest = usual.calm.copy()
    nearest[at] = np.clip(calm, np.minimum(before, after), np.maximum(before, after))
    expected[at] = usual.contacts(nearest)[at]
    came = np.nan_to_num(book.totals[: book.past])[at]
    roots = 2 * (np.sqrt(came + 0.375) - np.sqrt(expected[at] + 0.375))
    deviation = np.abs(calm - nearest[at])
    spread = usual.spread[at]
    sds = np.abs(roots) / np.sqrt(1 + spread**2 * expected[at])
    least = np.where(one_sided, ONE_SIDED_LEAST, OUTLIER_LEAST)
    outlying[at] = (sds > OUTLIER_SDS) & (deviation > np.maximum(least, OUTLIER_SDS * spread))
    return outlying, expected


def _levels_beside(calm: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Levels before and after each day, and the first and last days, which have too few days on one side: what they
    lack there is made good by the other days at their end, so that a new level counts once it holds."""
    before, after = _medians_beside(calm, NEIGHBOURS, NEIGHBOURS // 2 + 1)
    first, last = calm[:END_DAYS], calm[-END_DAYS:]
    beside_first, beside_last = np.full(len(calm), np.nan), np.full(len(calm), np.nan)
    beside_first[:END_DAYS] = [np.median(np.delete(first, day)) for day in range(END_DAYS)]
    beside_last[-END_DAYS:] = [np.median(np.delete(last, day)) for day in range(END_DAYS)]
    one_sided = np.isnan(before) | np.isnan(after)
    before = np.where(np.isnan(before), beside_first, before)
    return before, np.where(np.isnan(after), beside_last, after), one_sided


def _medians_beside(values: np.ndarray, reach: int, least: int) -> tuple[np.ndarray, np.ndarray]:
    """Medians of the ``reach`` values before and after each, NaN with fewer than ``least``."""

    def before(ordered: np.ndarray) -> np.ndarray:
        rolled = pd.Series(ordered).rolling(reach, min_periods=least).median()
        return np.asarray(rolled.shift(1))

    return before(values), before(values[::-1])[::-1]


def level_shifts(book: Daybook, usual: Usual) -> list[Shift]:
    """Days from which the level is another, by medians of four weeks before and after that differ, and sharply so."""
    at = np.flatnonzero(usual.tested & ~(book.odd | turn_of_year(book))[: book.past])
    if len(at) < 2 * FROM_DAYS:
        return []
    calm = usual.calm[at]
    step = _step_at_each(calm, SHIFT_DAYS, SHIFT_LEAST_AFTER)
    week = _step_at_each(calm, NEIGHBOURS, NEIGHBOURS)
    chance = 1 / np.maximum(usual.cells.sum(axis=1)[at], 0.5)
    noise = 1.25 * np.sqrt(2 / SHIFT_DAYS * np.median(usual.spread[at] ** 2 + chance))
    size = np.nan_to_num(np.where(week * step > 0, np.abs(step), 0.0))
    size[np.nan_to_num(np.abs(week)) < SHIFT_SHARP * size] = 0.0
    size[size < max(SHIFT_LEAST, SHIFT_SDS * noise)] = 0.0
    found = []
    while size.any():
        # Near a shift every split looks like one: the true one leaves the least within its two sides.
        top = int(size.argmax())
        near = slice(max(top - NEIGHBOURS, 0), top + NEIGHBOURS + 1)
        best = near.start + int(np.where(size[near] > 0, np.abs(_jump(calm)[near]), -1).argmax())
        sides = calm[max(best - SHIFT_DAYS, 0) : best], calm[best : best + SHIFT_DAYS]
        before, after = (float(np.exp(np.median(side))) for side in sides)
        found.append(Shift(int(at[best]), before, after))
        size[max(best - SHIFT_DAYS // 2, 0) : best + SHIFT_DAYS // 2] = 0.0
        size[top] = 0.0
    return sorted(found, key=lambda shift: shift.day)


def _step_at_each(values: np.ndarray, reach: int, least: int) -> np.ndarray:
    """Median of each value and those after it less the median of those before."""
    before, after = _medians_beside(values, reach, least)
    with_itself = np.concatenate([[np.nan], after[:-1]])
    return np.asarray(with_itself - before)


def _jump(values: np.ndarray) -> np.ndarray:
    """Mean of three from each value on less the mean of three before."""
    mean = pd.Series(values).rolling(3).mean()
    return np.asarray((mean.shift(-2) - mean.shift(1)).fillna(0.0))
