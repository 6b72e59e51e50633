"""What the calendar does to a day beside its weekday, learnt once and shared by the models that need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.models.level_regression import FittedRegression, LevelRegression
from forecasting.models.model import Factor, FittedModel

LEAST_DAYS = 14
"""With fewer days to learn from the calendar is taken to move nothing."""

_NOT_CALENDAR = ("level", "weekday", "opening")


@dataclass(frozen=True)
class CalendarEffects:
    """Factors of month phase, season, special days and events, by the level regression (None: nothing learnt)."""

    regression: FittedRegression | None

    def factors(self, book: Daybook) -> list[Factor]:
        """The factors, each (D,), with what they rest on."""
        if self.regression is None:
            return [Factor("event", book.features["lift"].to_numpy(float), ("lift given in the policy, else none",))]
        return [factor for factor in self.regression.factors(book) if factor.name not in _NOT_CALENDAR]

    def of_days(self, book: Daybook) -> np.ndarray:
        """Their product (D,)."""
        return np.asarray(np.prod([factor.by_day for factor in self.factors(book)], axis=0))


@runtime_checkable
class RestsOnCalendar(Protocol):
    """A fit that carries the calendar's effects, so that refits at other origins keep its variance parameters."""

    @property
    def calendar(self) -> CalendarEffects:
        """The effects the fit rests on."""
        ...


@runtime_checkable
class CalendarModel(Protocol):
    """A model that can be fitted given the calendar's effects, so that several learn them only once."""

    def fit_given(self, book: Daybook, calendar: CalendarEffects) -> FittedModel:
        """The model fitted to the book's past, calendar effects as given."""
        ...


def learn_calendar(book: Daybook, like: FittedModel | None = None) -> CalendarEffects:
    """The calendar's effects by the book's past; variance parameters are those of ``like`` where it holds any."""
    if len(book.fit_days) < LEAST_DAYS:
        return CalendarEffects(None)
    return CalendarEffects(LevelRegression().fit(book, _regression_of(like)))


def _regression_of(like: object) -> FittedRegression | None:
    if isinstance(like, FittedRegression):
        return like
    return like.calendar.regression if isinstance(like, RestsOnCalendar) else None
