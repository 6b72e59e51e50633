"""The mean of the last normal same weekdays, the calendar's effects taken out before and put back after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.models.calendar_effects import CalendarEffects, learn_calendar
from forecasting.models.model import FittedModel
from forecasting.models.past_days import normal_days
from forecasting.models.weekday_rates import WeekdayRates


@dataclass(frozen=True)
class CleanedMean:
    """Model: the mean of the last ``weeks`` normal same weekdays, slot by slot, times the calendar's effects.

    Normal is a day of an ordinary kind that is not odd and known well enough. A weekday, or a slot of it, without any
    takes the mean of all weekdays.
    """

    weeks: int
    name: str

    def fit(self, book: Daybook, like: FittedModel | None = None) -> WeekdayRates:
        """Fit to the book's past; the calendar's variance parameters are those of ``like`` where given."""
        return self.fit_given(book, learn_calendar(book, like))

    def fit_given(self, book: Daybook, calendar: CalendarEffects) -> WeekdayRates:
        """Fit to the book's past with the calendar's effects as given."""
        effect = calendar.of_days(book)
        normal = normal_days(book, effect)
        overall = _mean_rates(book, effect, normal[-7 * self.weeks :])
        known = overall[np.isfinite(overall)]
        overall = np.where(np.isfinite(overall), overall, known.mean() if len(known) else 0.0)
        rates, ground = np.tile(overall, (7, 1)), ["mean of all weekdays"] * 7
        for day in range(7):
            days = normal[book.weekday[normal] == day][-self.weeks :]
            if len(days):
                own = _mean_rates(book, effect, days)
                rates[day] = np.where(np.isfinite(own), own, overall)
                ground[day] = f"mean of the last {len(days)} normal same weekdays"
        return WeekdayRates(rates, calendar, tuple(ground))


def _mean_rates(book: Daybook, effect: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Contacts a minute (K,) over ``days``, each divided by its effect; NaN where never known."""
    known = book.known[days]
    exposure = np.where(known, book.open_min[days] * effect[days, None], 0.0).sum(axis=0)
    came = np.where(known, book.offered[days], 0.0).sum(axis=0)
    return np.asarray(np.divide(came, exposure, out=np.full(len(came), np.nan), where=exposure > 0))


CLEANED_MEAN = CleanedMean(8, "cleaned mean of 8 x calendar")
