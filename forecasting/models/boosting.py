"""Boosted trees on day totals, times the shape of the day; an extra, there where LightGBM is installed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.models.model import Factor, FittedModel
from forecasting.models.shape import Shape, fit_shape
from wfm.errors import UsageError

PACKAGE = "lightgbm"
WINDOW_DAYS = 4 * 365
BASE_DAYS = 28
LAG_WEEKS = 4
YEAR_DAYS = 364
NEAR_DAYS = 3
LEAST_SEEN = 0.3
"""A day's level is known once its known intervals hold this share of a usual day's volume."""
TRAINED_LEADS = (1, 2, 4, 8, 12)
"""Weeks of lead that trees are grown for, as far as the horizon reaches; the lead is a feature among others."""
TREES = 200
GROWTH = {
    "objective": "poisson",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "lambda_l2": 5.0,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
}
_NORMAL = ("workday", "weekend")


def boosting_available() -> bool:
    """Whether LightGBM is installed, without importing it."""
    return find_spec(PACKAGE) is not None


@dataclass(frozen=True)
class _Levels:
    """What the past says of the level: logarithms (P,) of each day's level, of normal days only in ``calm`` (else
    NaN), and ``overall``, their mean."""

    log_level: np.ndarray
    calm: np.ndarray
    overall: float

    def at(self, days: np.ndarray) -> np.ndarray:
        """Calm log levels of days (of any shape), NaN outside the past."""
        inside = (days >= 0) & (days < len(self.calm))
        return np.where(inside, self.calm[np.clip(days, 0, len(self.calm) - 1)], np.nan)

    def mean(self, last: np.ndarray, count: int) -> np.ndarray:
        """Mean (n,) of the calm log levels of ``count`` days up to each of ``last`` (n,), NaN where none is known."""
        values = self.at(last[:, None] - np.arange(count))
        known = np.isfinite(values)
        total = np.where(known, values, 0.0).sum(axis=1)
        return np.where(known.any(axis=1), total / np.maximum(known.sum(axis=1), 1), np.nan)

    def base(self, days: np.ndarray, lead: np.ndarray) -> np.ndarray:
        """Log level (n,) of the weeks before, as known ``lead`` weeks ahead of each day."""
        base = self.mean(days - 7 * lead, BASE_DAYS)
        return np.where(np.isfinite(base), base, self.overall)


@dataclass(frozen=True)
class FittedBoosting:
    """Trees grown on ratios of day levels to those of the weeks before, and the shape of the day."""

    booster: Any
    levels: _Levels
    names: tuple[str, ...]
    shape: Shape
    past: int

    def means(self, book: Daybook) -> np.ndarray:
        """Expected contacts (D, K), 0 where closed."""
        level = np.prod([factor for factor, _ in self._level_factors(book).values()], axis=0)
        return np.asarray(level[:, None] * self.shape.rates(book) * book.open_min)

    def factors(self, book: Daybook) -> list[Factor]:
        """The level of the weeks before, what the trees make of the day, given lifts, share of the usual hours."""
        exposure = (self.shape.rates(book) * book.open_min).sum(axis=1)
        level = [Factor(name, by_day, (ground,)) for name, (by_day, ground) in self._level_factors(book).items()]
        return [*level, Factor("opening", exposure, ("share of the usual open hours",))]

    def _level_factors(self, book: Daybook) -> dict[str, tuple[np.ndarray, str]]:
        days = np.arange(len(book.days))
        lead = np.maximum((days - self.past) // 7 + 1, 1)
        ratio = np.asarray(self.booster.predict(_features(book, self.levels, self.names, days, lead)), float)
        lift = book.features["lift"].to_numpy(float)
        return {
            "level": (np.exp(self.levels.base(days, lead)), f"mean of the {BASE_DAYS} days before, normal ones only"),
            "boosted trees": (ratio, "calendar, season, same weekdays of the weeks before"),
            "event": (lift, "lift given in the policy, else none"),
        }


@dataclass(frozen=True)
class BoostedTrees:
    """Model: gradient boosted trees (LightGBM) on day totals, times the shape of the day.

    Trees cannot reach beyond what they have seen, so what they are grown on is a ratio: a day's level over that of
    the four weeks known so many weeks ahead. One set of trees serves every week of lead directly, nothing is fed back.
    The same seed grows the same trees, on one thread.

    Source: Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision tree, NeurIPS 30.
    """

    seed: int = 0
    name: str = "boosted trees"

    def fit(self, book: Daybook, like: FittedModel | None = None) -> FittedBoosting:
        """Trees grown on the book's past; there is nothing to carry over from ``like`` that would not look ahead.

        Raises:
            UsageError: LightGBM is not installed.
        """
        del like
        lightgbm = _lightgbm()
        shape = fit_shape(book)
        level = _level(book, shape)
        levels, names = _levels(book, level), _names(book)
        days, lead = _training(book, level)
        ratio = level[days] / np.exp(levels.base(days, lead))
        data = lightgbm.Dataset(_features(book, levels, names, days, lead), label=ratio)
        settings = {"seed": self.seed, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1}
        booster = lightgbm.train({**GROWTH, **settings}, data, num_boost_round=TREES)
        return FittedBoosting(booster, levels, names, shape, book.past)


def _lightgbm() -> Any:
    if not boosting_available():
        raise UsageError(
            "boosted trees need a package that is not installed",
            found=f"no {PACKAGE}",
            mend="pip install 'wfm[boosting]' or choose another model",
        )
    return import_module(PACKAGE)


def _level(book: Daybook, shape: Shape) -> np.ndarray:
    """Contacts (P,) that each past day's known cells stand for over usual hours, NaN where too little is known."""
    rates = shape.rates(book)
    seen = np.where(book.known, rates * book.open_min, 0.0).sum(axis=1)[: book.past]
    usable = np.isin(np.arange(book.past), book.fit_days) & (seen > LEAST_SEEN)
    exposure = seen * book.features["lift"].to_numpy(float)[: book.past]
    level = np.divide(book.totals[: book.past], exposure, out=np.full(book.past, np.nan), where=usable)
    return np.asarray(level)


def _levels(book: Daybook, level: np.ndarray) -> _Levels:
    log_level = np.log(level + 0.5)
    calm = np.where(np.isin(book.kinds[: book.past], _NORMAL), log_level, np.nan)
    held = next((known for known in (calm[np.isfinite(calm)], log_level[np.isfinite(log_level)]) if len(known)), [0.0])
    return _Levels(log_level, calm, float(np.mean(held)))


def _names(book: Daybook) -> tuple[str, ...]:
    """Names and kinds of special days of the past, in the order of their codes."""
    return tuple(sorted(set(_special(book)[: book.past]) - {""}))


def _special(book: Daybook) -> np.ndarray:
    """What makes each day special (D,): its name, else its kind, else what it is the eve of; empty where nothing."""
    names, before = book.features["name"].to_numpy(object), book.features["before"].to_numpy(object)
    normal = np.isin(book.kinds, _NORMAL)
    own = np.where(normal, "", np.where(names == "", book.kinds, names))
    eve = np.where(before == "", "", "before " + before)
    return np.where(own == "", eve, own)


def _training(book: Daybook, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Past days to learn from, and weeks of lead, each pair a row."""
    known = np.flatnonzero(np.isfinite(level))
    known = known[known >= book.past - WINDOW_DAYS]
    weeks = max(-(-(len(book.days) - book.past) // 7), 1)
    leads = [lead for lead in TRAINED_LEADS if lead <= weeks]
    days, lead = np.tile(known, len(leads)), np.repeat(leads, len(known))
    deep = days - 7 * lead >= min(BASE_DAYS, book.past // 2)
    return (days[deep], lead[deep]) if deep.any() else (days, lead)


def _features(book: Daybook, levels: _Levels, names: tuple[str, ...], days: np.ndarray, lead: np.ndarray) -> np.ndarray:
    """(n, p): the calendar of each day, and log levels beside the base as known ``lead`` weeks ahead."""
    base = levels.base(days, lead)
    week = days - 7 * lead
    lags = [levels.at(week - 7 * back) - base for back in range(LAG_WEEKS)]
    year = days - YEAR_DAYS
    season = levels.mean(year + NEAR_DAYS, 2 * NEAR_DAYS + 1) - levels.mean(year - 7 * lead, BASE_DAYS)
    code = {name: at for at, name in enumerate(names)}
    special = np.array([code.get(name, -1) for name in _special(book)], float)
    of_day = book.days[days]
    calendar: list[np.ndarray] = [
        book.weekday[days],
        special[days],
        book.days_off[days],
        book.features["after"].to_numpy(float)[days],
        book.features["phase"].to_numpy(float)[days],
        of_day.day.to_numpy(),
        (of_day.days_in_month - of_day.day).to_numpy(),
        of_day.day_of_year.to_numpy(),
        *(book.during(kind)[days] for kind in book.event_kinds),
        *(book.driven_by(driver)[days] for driver in book.drivers),
    ]
    return np.column_stack([*calendar, lead, *lags, levels.mean(week, 7) - base, season]).astype(float)
