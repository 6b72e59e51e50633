"""Means of recent same weekdays: last week, the mean of four, and what there is on a cold start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.models.model import Factor, FittedModel


@dataclass(frozen=True)
class FittedMean:
    """Mean rates a minute (7, K) of each weekday, and what each weekday's mean rests on."""

    rates: np.ndarray
    ground: tuple[str, ...]

    def means(self, book: Daybook) -> np.ndarray:
        """Expected contacts (D, K), 0 where closed."""
        lift = book.features["lift"].to_numpy()[:, None]
        return np.asarray(self.rates[book.weekday] * book.open_min * lift)

    def factors(self, book: Daybook) -> list[Factor]:
        """The mean of the weekday itself, and events with a given lift."""
        lift = book.features["lift"].to_numpy()
        level = (self.rates[book.weekday] * book.open_min).sum(axis=1)
        grounds = tuple(self.ground[weekday] for weekday in book.weekday)
        return [Factor("level", level, grounds), Factor("event", lift, ("lift given in the policy",))]


@dataclass(frozen=True)
class RecentMean:
    """Model: the mean of the last ``weeks`` same weekdays, slot by slot, nothing cleaned.

    A day of which nothing is known is filled from its nearest same weekdays before and after; a weekday without any
    takes the mean of all weekdays.
    """

    weeks: int
    name: str

    def fit(self, book: Daybook, like: FittedModel | None = None) -> FittedMean:
        """Means of the book's last days; ``like`` has nothing to carry over."""
        del like
        held = np.flatnonzero(book.known.any(axis=1))
        overall = _rates(book, held[-7 * self.weeks :])
        told = overall[np.isfinite(overall)]
        overall = np.where(np.isfinite(overall), overall, told.mean() if len(told) else 0.0)
        rates, ground = np.tile(overall, (7, 1)), ["all weekdays together"] * 7
        weekday = book.weekday
        for day in range(7):
            days = _last_weeks(held, np.flatnonzero(weekday[: book.past] == day)[-self.weeks :])
            if len(days):
                rates[day] = _mean_known(np.array([_rates(book, near) for near in days]), overall)
                ground[day] = f"mean of the last {len(days)} same weekdays"
        return FittedMean(rates, tuple(ground))


def _last_weeks(held: np.ndarray, days: np.ndarray) -> list[np.ndarray]:
    """Each day itself, or where nothing is known of it its nearest known same weekdays before and after."""
    found = []
    for day in days:
        same = held[(held - day) % 7 == 0]
        before, after = same[same <= day][-1:], same[same >= day][:1]
        near = np.unique(np.concatenate([before, after]))
        if len(near):
            found.append(near)
    return found


def _mean_known(values: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Mean over rows of the known values of each column; ``otherwise`` where there are none."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), otherwise))


def _rates(book: Daybook, days: np.ndarray) -> np.ndarray:
    """Contacts a minute of each slot over ``days``, NaN where never known."""
    known = book.known[days]
    minutes = np.where(known, book.open_min[days], 0.0).sum(axis=0)
    came = np.where(known, book.offered[days], 0.0).sum(axis=0)
    return np.asarray(np.divide(came, minutes, out=np.full(len(came), np.nan), where=minutes > 0))


LAST_WEEK = RecentMean(1, "last week")
MEAN_OF_4 = RecentMean(4, "mean of 4")
