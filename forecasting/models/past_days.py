"""The past days that a model learns a usual day from: what came on them, and what it was exposed to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.book.daybook import Daybook

WINDOW_DAYS = 364
LEAST_EFFECT = 0.2
"""Days that the calendar holds below this share of a usual day say little about a usual one."""
_ORDINARY = ("workday", "weekend")


@dataclass(frozen=True)
class PastDays:
    """``days`` (n,) of a book, oldest first, with their ``weekday`` and discounted ``weights``; ``volume`` and
    ``minutes`` (n, K), both 0 where unknown or closed. Minutes hold the calendar's effect, so that their ratio is the
    rate of a day that the calendar does not move."""

    days: np.ndarray
    weekday: np.ndarray
    weights: np.ndarray
    volume: np.ndarray
    minutes: np.ndarray

    def by_weekday(self, values: np.ndarray) -> np.ndarray:
        """Discounted sums (7, ...) of values (n, ...) of the days."""
        member = np.equal.outer(np.arange(7), self.weekday) * self.weights
        return np.asarray(member @ values)


def past_days(book: Daybook, effect: np.ndarray, half_life_days: float) -> PastDays:
    """Normal days, the last year of them, weights halved every ``half_life_days``; ``effect`` (D,) of the calendar."""
    days = normal_days(book, effect)
    days = days[days > days[-1] - WINDOW_DAYS]
    known = book.known[days]
    return PastDays(
        days,
        book.weekday[days],
        0.5 ** ((book.past - 1 - days) / half_life_days),
        np.where(known, book.offered[days], 0.0),
        np.where(known, book.open_min[days] * effect[days, None], 0.0),
    )


def normal_days(book: Daybook, effect: np.ndarray) -> np.ndarray:
    """Past days (indices) of ordinary kinds that are not odd and known well enough; where there are none, days of any
    kind, then whatever is known, and at last all of them."""
    fit_days = book.fit_days[effect[book.fit_days] >= LEAST_EFFECT]
    ordinary = np.intersect1d(fit_days, np.flatnonzero(np.isin(book.kinds, _ORDINARY)))
    held = np.flatnonzero(np.asarray(book.known.any(axis=1))[: book.past])
    return next((days for days in (ordinary, fit_days, held) if len(days)), np.arange(book.past))
