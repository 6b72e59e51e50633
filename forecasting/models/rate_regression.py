"""Discounted quasi-Poisson regression of contacts a minute: weekday by a smooth time of day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import block_diag

from forecasting.book.daybook import Daybook
from forecasting.models.calendar_effects import CalendarEffects, learn_calendar
from forecasting.models.model import FittedModel
from forecasting.models.past_days import PastDays, past_days
from forecasting.models.weekday_rates import WeekdayRates

HALF_LIFE_DAYS = 70.0
SMOOTHING = 0.15
"""Weight of the newest day in the exponentially smoothed level."""
SPLINES = 20
COMMON_SD, WEEKDAY_SD, OWN_SD = 3.0, 1.0, 0.15
"""Prior standard deviations, in logarithms: of the common shape around an even rate, of a weekday's level, and of its
own shape beside the common one. They matter only where contacts are few."""
ROUNDS = 30
TOLERANCE = 1e-8
LARGEST_STEP = 2.0


@dataclass(frozen=True)
class RateRegression:
    """Model: log rate a minute = weekday + cubic spline of the time of day, one common and one of each weekday.

    Past days are discounted, and exposed as the calendar says. Given weekday and slot, discounted sums of contacts and
    of minutes are all that the quasi-likelihood asks for (it has no cell of its own for a day), so that the fit is one
    on 7 K cells however long the history. An exponentially smoothed ratio of what came to what the fit expected then
    brings the level to that of the last days.
    """

    name: str = "rate regression"

    def fit(self, book: Daybook, like: FittedModel | None = None) -> WeekdayRates:
        """Fit to the book's past; the calendar's variance parameters are those of ``like`` where given."""
        return self.fit_given(book, learn_calendar(book, like))

    def fit_given(self, book: Daybook, calendar: CalendarEffects) -> WeekdayRates:
        """Fit to the book's past with the calendar's effects as given."""
        past = past_days(book, calendar.of_days(book), HALF_LIFE_DAYS)
        rates = fit_rates(past.by_weekday(past.volume), past.by_weekday(past.minutes))
        ground = f"{len(past.days)} days of history, weights halved every {HALF_LIFE_DAYS / 7:.0f} weeks"
        return WeekdayRates(_level(past, rates) * rates, calendar, (ground,) * 7)


def _level(past: PastDays, rates: np.ndarray) -> float:
    """Smoothed ratio of what came to what was expected; before the first day it is 1."""
    came, expected = past.volume.sum(axis=1), (rates[past.weekday] * past.minutes).sum(axis=1)
    if expected.sum() <= 0:
        return 1.0
    weights = SMOOTHING * (1 - SMOOTHING) ** np.arange(len(came))[::-1]
    before = (1 - SMOOTHING) ** len(came) * expected.mean()
    return float((weights @ came + before) / (weights @ expected + before))


def fit_rates(volume: np.ndarray, minutes: np.ndarray) -> np.ndarray:
    """Contacts a minute (7, K) by penalised Poisson regression of ``volume`` on ``minutes`` of exposure, both (7, K).

    Iteratively reweighted least squares (McCullagh and Nelder 1989, Generalized linear models, 2.5); splines are held
    together by ridges (Eilers and Marx 1996, Flexible smoothing with B-splines and penalties, Statistical Science
    11(2)), so that cells without contacts do no harm. A slot or a weekday without exposure has what the others suggest.

    >>> fit_rates(np.full((7, 3), 30.0), np.full((7, 3), 60.0)).round(6)[0].tolist()
    [0.5, 0.5, 0.5]
    """
    overall = float(volume.sum()) / max(float(minutes.sum()), 1e-9)
    if overall <= 0:
        return np.zeros(volume.shape)
    design, prior_sd = _design(spline_basis(np.asarray(minutes.any(axis=0))))
    seen = minutes.ravel() > 0
    came, exposure, columns = volume.ravel()[seen], minutes.ravel()[seen] * overall, design[seen]
    effects = np.zeros(len(prior_sd))
    for _ in range(ROUNDS):
        linear = columns @ effects
        expected = exposure * np.exp(linear)
        curvature = (columns.T * expected) @ columns + np.diag(prior_sd**-2.0)
        step = np.linalg.solve(curvature, columns.T @ (came - expected) - effects / prior_sd**2)
        # A full step from far away may overshoot where the exponential is steep.
        effects = effects + np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        if np.abs(step).max() < TOLERANCE:
            break
    return np.asarray(overall * np.exp(design @ effects).reshape(volume.shape))


def spline_basis(slots: np.ndarray) -> np.ndarray:
    """Cubic B-splines (K, columns) from the first to the last of the slots that are ever open (K,), constant beyond."""
    at = np.flatnonzero(slots)
    first, last = float(at[0]), float(at[-1])
    columns = min(SPLINES, len(at))
    if columns < 4:
        return np.ones((len(slots), 1))
    knots = np.concatenate([[first] * 3, np.linspace(first, last, columns - 2), [last] * 3])
    where = np.clip(np.arange(len(slots)), first, last)
    return np.asarray(BSpline.design_matrix(where, knots, 3).toarray())


def _design(basis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns (7 K, p) of common spline, weekdays and weekdays' own splines, and their prior standard deviations."""
    common = np.tile(basis, (7, 1))
    weekdays = np.repeat(np.eye(7), len(basis), axis=0)
    own = block_diag(*[basis] * 7)
    counts = [columns.shape[1] for columns in (common, weekdays, own)]
    return np.hstack([common, weekdays, own]), np.repeat([COMMON_SD, WEEKDAY_SD, OWN_SD], counts)
