"""Past days beside what a forecast of the same lead expected of them, and of the days after them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.models.model import Model

DAYS = 40
"""Past open days that an update is learnt from: beyond them little is gained, and each costs a fit."""
LEAST_PAST_DAYS = 21
"""Usable days before a past forecast, so that it says something."""
LEAST_KNOWN = 0.5
"""Share of a day's open minutes that must be known."""
AHEAD = 6
"""Days after each that its surprise may carry over to."""


@dataclass(frozen=True)
class PastDays:
    """n past days of K slots, the oldest first.

    Attributes:
        expected: (n, K) contacts expected when the day was as far ahead as today was to its forecast; 0 where closed.
        came: (n, K) contacts, NaN where closed or unknown.
        surprise_ahead: (n, AHEAD) share by which the days after came above the same forecast; NaN where unknown.
    """

    expected: np.ndarray
    came: np.ndarray
    surprise_ahead: np.ndarray

    @property
    def surprise(self) -> np.ndarray:
        """(n,) share by which more came than expected, over the known slots."""
        return _surprise(self.expected, self.came)


def past_days(book: Daybook, model: Model, lead_days: int, most: int = DAYS) -> PastDays:
    """The last ``most`` usable days of the book's past, each forecast anew from ``lead_days`` days before it.

    The refits keep the slow choices of a fit to the whole past. Outliers, closed days and days known by less than
    half are left out.
    """
    usable = (book.known_share >= LEAST_KNOWN) & ~book.odd
    days = np.flatnonzero(usable[: book.past])
    before = np.searchsorted(book.fit_days, days - lead_days)
    days = days[before >= LEAST_PAST_DAYS][-most:]
    slots = book.open_min.shape[1]
    expected, ahead = np.zeros((len(days), slots)), np.full((len(days), AHEAD), np.nan)
    if len(days) == 0:
        return PastDays(expected, expected.copy(), ahead)
    like = model.fit(book)
    came = np.where(book.known, book.offered, np.nan)
    ordinary = np.where(book.odd[:, None], np.nan, came)
    for at, day in enumerate(days.tolist()):
        then = book.at_origin(day - lead_days, lead_days + 1 + AHEAD)
        means = model.fit(then, like=like).means(then)
        expected[at] = means[day]
        after = slice(day + 1, len(means))
        ahead[at, : len(means) - day - 1] = _surprise(means[after], ordinary[after])
    return PastDays(expected, came[days], ahead)


def _surprise(expected: np.ndarray, came: np.ndarray) -> np.ndarray:
    """(n,) by row; NaN where nothing is known."""
    known = np.isfinite(came) & (expected > 0)
    base = np.where(known, expected, 0.0).sum(axis=1)
    total = np.where(known, came, 0.0).sum(axis=1)
    return np.asarray(np.divide(total - base, base, out=np.full(len(base), np.nan), where=base > 0))
