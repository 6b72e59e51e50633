"""The blend: the equal-weight mean of several models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.models.calendar_effects import LEAST_DAYS, CalendarEffects, CalendarModel
from forecasting.models.factor_model import FactorModel
from forecasting.models.level_regression import FittedRegression, LevelRegression
from forecasting.models.model import Factor, FittedModel, Model
from forecasting.models.rate_regression import RateRegression


@dataclass(frozen=True)
class FittedBlend:
    """Fits of the members, in their order, and the members' names."""

    fits: tuple[FittedModel, ...]
    names: tuple[str, ...]

    def means(self, book: Daybook) -> np.ndarray:
        """Expected contacts (D, K), 0 where closed."""
        return np.asarray(np.mean([fit.means(book) for fit in self.fits], axis=0))

    def factors(self, book: Daybook) -> list[Factor]:
        """The first member's factors, and one that leads from its mean to that of all."""
        by_day = np.array([fit.means(book).sum(axis=1) for fit in self.fits])
        first = by_day[0]
        towards = np.divide(by_day.mean(axis=0), first, out=np.ones(len(first)), where=first > 0)
        return [*self.fits[0].factors(book), Factor("blend of members", towards, _figures(self.names, by_day))]


def _figures(names: Sequence[str], by_day: np.ndarray) -> tuple[str, ...]:
    """One phrase a day: each member's mean of it."""
    return tuple(
        "equal mean of " + ", ".join(f"{name} {mean:.4g}" for name, mean in zip(names, day, strict=True))
        for day in by_day.T
    )


@dataclass(frozen=True)
class Blend:
    """Model: the mean of its members with equal weights.

    Weights by past errors do not beat equal ones on the few origins that a history allows (Bates and Granger 1969, The
    combination of forecasts; Smith and Wallis 2009, A simple explanation of the forecast combination puzzle).
    ``daily`` are the members for a history of one figure a day, where models of the time of day would all say the
    same. A level regression in the first place teaches the calendar's effects to the members that take them.
    """

    members: tuple[Model, ...]
    daily: tuple[Model, ...]
    name: str = "blend"

    def fit(self, book: Daybook, like: FittedModel | None = None) -> FittedBlend:
        """The members fitted to the book's past; each carries over what its own fit in ``like`` holds."""
        members = self.members_for(book)
        names = tuple(member.name for member in members)
        known = like.fits if isinstance(like, FittedBlend) and like.names == names else (None,) * len(members)
        fits: list[FittedModel] = []
        for member, own in zip(members, known, strict=True):
            first = fits[0] if fits else None
            if isinstance(first, FittedRegression) and isinstance(member, CalendarModel):
                fits.append(member.fit_given(book, CalendarEffects(first)))
            else:
                fits.append(member.fit(book, own))
        return FittedBlend(tuple(fits), names)

    def members_for(self, book: Daybook) -> tuple[Model, ...]:
        """The members that a book is forecast by: on a cold start those that need nothing learnt of the calendar."""
        one_figure_a_day = (book.open_min > 0).any(axis=0).sum() == 1
        members = self.daily if one_figure_a_day else self.members
        if len(book.fit_days) >= LEAST_DAYS:
            return members
        return tuple(member for member in members if isinstance(member, CalendarModel)) or members


BLEND = Blend(
    members=(LevelRegression(), RateRegression(), FactorModel()),
    daily=(LevelRegression(), RateRegression()),
)
