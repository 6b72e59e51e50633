"""What a forecasting model is: one protocol of two methods, and the factors that explain a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from forecasting.book.daybook import Daybook


@dataclass(frozen=True)
class Factor:
    """One factor of the days' means: ``by_day`` (D,), whose product over all factors is the mean, and its ground."""

    name: str
    by_day: np.ndarray
    rests_on: tuple[str, ...]


class FittedModel(Protocol):
    """What a fit can say about every day of a book that starts on the same day as the book of the fit."""

    def means(self, book: Daybook) -> np.ndarray:
        """Expected contacts (D, K), 0 where closed."""
        ...

    def factors(self, book: Daybook) -> list[Factor]:
        """Factors whose product is each day's mean; ``rests_on`` has one phrase for all days or one a day."""
        ...


class Model(Protocol):
    """A way to forecast. ``fit`` looks at the past days of a book only; ``like`` carries over slow choices (variance
    parameters) from a fit of a longer past, so that refits at earlier origins stay cheap."""

    @property
    def name(self) -> str:
        """Name in tables and reports."""
        ...

    def fit(self, book: Daybook, like: FittedModel | None = None) -> FittedModel:
        """The model fitted to the book's past."""
        ...
