"""Trials: candidate models run at common past origins, and what came; one ground for choosing models and for bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook
from forecasting.models.blend import FittedBlend
from forecasting.models.calendar_effects import CalendarEffects, CalendarModel
from forecasting.models.level_regression import FittedRegression
from forecasting.models.model import FittedModel, Model

ORIGINS = 16
"""Past origins that are tried where the history is long enough."""
LEAST_PAST_DAYS = 21
"""Usable days before an origin, so that a forecast from it says something."""
FRESH_FITS = 8
"""Slow choices (variance parameters) are made anew at every so many origins, and carried to the later ones only."""
_WHOLE = 1 - 1e-9


@dataclass(frozen=True)
class Tried:
    """Past forecasts beside what came, n of them.

    Attributes:
        origin: (n,) datetime64[D], the first day not known to the forecast.
        day: (n,) datetime64[D], the day that was forecast.
        special: (n,) whether the calendar calls the day anything but an ordinary workday or weekend day.
        actual: (n,) contacts that came.
        means: (n,) contacts that each method expected, by its name.
    """

    origin: np.ndarray
    day: np.ndarray
    special: np.ndarray
    actual: np.ndarray
    means: Mapping[str, np.ndarray]

    @property
    def lead_week(self) -> np.ndarray:
        """(n,) week of lead, 0 for the first seven days."""
        return np.asarray((self.day - self.origin).astype(int) // 7)

    @property
    def origins(self) -> np.ndarray:
        """The distinct origins, in order."""
        return np.unique(self.origin)

    def where(self, keep: np.ndarray) -> Tried:
        """The rows of a mask (n,)."""
        return Tried(
            self.origin[keep],
            self.day[keep],
            self.special[keep],
            self.actual[keep],
            {name: mean[keep] for name, mean in self.means.items()},
        )


@dataclass(frozen=True)
class Trials:
    """The trials of one queue: ``intervals`` that were known, and ``days`` that were known whole."""

    queue: str
    intervals: Tried
    days: Tried

    def before(self, day: date) -> Trials:
        """The latest ORIGINS as they stood on the morning of ``day``: a backtest runs trials once and looks so."""
        origins = self.intervals.origins
        latest = origins[origins < np.datetime64(day)][-ORIGINS:]

        def seen(tried: Tried) -> Tried:
            return tried.where((tried.day < np.datetime64(day)) & np.isin(tried.origin, latest))

        return Trials(self.queue, seen(self.intervals), seen(self.days))

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods that were tried."""
        return tuple(self.days.means)


def trial_origins(first_ahead: date, horizon_days: int, most: int = ORIGINS) -> np.ndarray:
    """Past origins (datetime64[D], ascending) for forecasts of ``horizon_days`` from ``first_ahead``.

    They are whole weeks before it, and lie further apart the longer the horizon, so that every week of lead has at
    least half of them behind it. They depend on dates alone, so that errors of several queues can be added up.

    >>> trial_origins(date(2026, 3, 2), 14, most=4).astype(str).tolist()
    ['2026-02-02', '2026-02-09', '2026-02-16', '2026-02-23']
    """
    step = 7 * max(1, -(-horizon_days // (7 * max(most // 2, 1))))
    return np.datetime64(first_ahead) - step * np.arange(most, 0, -1)


def run_trials(book: Daybook, models: Sequence[Model], origins: np.ndarray, horizon_days: int) -> Trials:
    """Forecast the book's past from each of ``origins`` by each of ``models``.

    The members of a blend are tried in their own names beside it, from the same fit. Nothing is looked ahead but the
    cleaning of the book: what its later days showed to be an outlier is one at every origin. Origins with fewer than
    LEAST_PAST_DAYS usable days before them are left out.
    """
    at = np.array([(origin - _day(book.days[0])).astype(int) for origin in origins], int)
    at = at[(at > 0) & (at < book.past)]
    at = at[np.searchsorted(book.fit_days, at) >= LEAST_PAST_DAYS]
    cells: list[Tried] = []
    sums: list[Tried] = []
    carried: dict[str, FittedModel] = {}
    for number, origin in enumerate(at.tolist()):
        if number % FRESH_FITS == 0:
            carried = {}
        end = min(origin + horizon_days, book.past)
        means = _means_at(book.at_origin(origin, end - origin), models, carried)
        cells.append(_tried_cells(book, origin, end, means))
        sums.append(_tried_days(book, origin, end, means))
    names = list(cells[0].means) if cells else [model.name for model in models]
    return Trials(book.queue, joined(cells, names), joined(sums, names))


def _tried_cells(book: Daybook, origin: int, end: int, means: Mapping[str, np.ndarray]) -> Tried:
    row, slot = np.nonzero(book.known[origin:end])
    row += origin
    return _tried(book, origin, row, book.offered[row, slot], {name: mean[row, slot] for name, mean in means.items()})


def _tried_days(book: Daybook, origin: int, end: int, means: Mapping[str, np.ndarray]) -> Tried:
    """Days that are known whole; a closed day is one without contacts, so that queues can be added up."""
    is_open = book.open_min[origin:end].any(axis=1)
    row = np.flatnonzero((book.known_share[origin:end] > _WHOLE) | ~is_open) + origin
    sums = {name: mean[row].sum(axis=1) for name, mean in means.items()}
    return _tried(book, origin, row, np.nan_to_num(book.totals[row]), sums)


def _tried(book: Daybook, origin: int, row: np.ndarray, actual: np.ndarray, means: dict[str, np.ndarray]) -> Tried:
    days = book.days.to_numpy().astype("datetime64[D]")
    return Tried(np.full(len(row), days[origin]), days[row], special_days(book)[row], actual, means)


def joined(parts: Sequence[Tried], names: Sequence[str]) -> Tried:
    """Several trials of the same methods as one; without any, an empty one."""
    nothing = np.zeros(0)
    no_days = np.zeros(0, "datetime64[D]")
    return Tried(
        np.concatenate([no_days, *(part.origin for part in parts)]),
        np.concatenate([no_days, *(part.day for part in parts)]),
        np.concatenate([np.zeros(0, bool), *(part.special for part in parts)]),
        np.concatenate([nothing, *(part.actual for part in parts)]),
        {name: np.concatenate([nothing, *(part.means[name] for part in parts)]) for name in dict.fromkeys(names)},
    )


def _means_at(then: Daybook, models: Sequence[Model], carried: dict[str, FittedModel]) -> dict[str, np.ndarray]:
    """Means (D, K) of each model and of a blend's members, by name; ``carried`` keeps fits for their slow choices."""
    means: dict[str, np.ndarray] = {}
    of_members: dict[str, np.ndarray] = {}
    calendar: CalendarEffects | None = None
    for model in models:
        if calendar is not None and isinstance(model, CalendarModel):
            # It would learn the very effects that the blend before it has learnt.
            fitted: FittedModel = model.fit_given(then, calendar)
        else:
            fitted = model.fit(then, like=carried.get(model.name))
            carried.setdefault(model.name, fitted)
        if isinstance(fitted, FittedBlend):
            own = {name: fit.means(then) for name, fit in zip(fitted.names, fitted.fits, strict=True)}
            of_members |= own
            means[model.name] = np.mean(list(own.values()), axis=0)
            calendar = next((CalendarEffects(fit) for fit in fitted.fits if isinstance(fit, FittedRegression)), None)
        else:
            means[model.name] = fitted.means(then)
    return {**of_members, **means}


def special_days(book: Daybook) -> np.ndarray:
    """(D,) days that the calendar calls anything but ordinary workdays and weekend days, and days after a closure."""
    ordinary = np.isin(book.kinds, ("workday", "weekend"))
    return np.asarray(~ordinary | book.features["after"].to_numpy(bool))


def _day(midnight: pd.Timestamp) -> np.datetime64:
    return np.datetime64(midnight.date())
