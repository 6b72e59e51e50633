"""Rates by weekday times the calendar's effects: what several models come down to once they are fitted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.models.calendar_effects import CalendarEffects
from forecasting.models.model import Factor


@dataclass(frozen=True)
class WeekdayRates:
    """Contacts a minute (7, K) of each weekday on a day that the calendar does not move, and what each rests on."""

    rates: np.ndarray
    calendar: CalendarEffects
    ground: tuple[str, ...]

    def means(self, book: Daybook) -> np.ndarray:
        """Expected contacts (D, K), 0 where closed."""
        rates = taken_for(book) @ self.rates
        return np.asarray(rates * book.open_min * self.calendar.of_days(book)[:, None])

    def factors(self, book: Daybook) -> list[Factor]:
        """The weekday's own level over the day's open minutes, and the calendar's factors."""
        level = (taken_for(book) @ self.rates * book.open_min).sum(axis=1)
        grounds = tuple(self.ground[weekday] for weekday in book.weekday)
        return [Factor("level", level, grounds), *self.calendar.factors(book)]


def taken_for(book: Daybook) -> np.ndarray:
    """(D, 7) weights of the weekdays each day is taken for: a day off for the open weekend where there is one, a
    make-up day for the mean workday, any other day for itself."""
    weights = np.eye(7)[book.weekday]
    is_open = book.usual_min.any(axis=1)
    weekend = np.isin(np.arange(7), book.weekday[book.features["weekend"].to_numpy(bool)])
    for days, like in ((book.days_off, weekend & is_open), (book.kinds == "makeup", ~weekend & is_open)):
        if like.any():
            weights[days] = like / like.sum()
    return np.asarray(weights)
