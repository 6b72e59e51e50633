"""Few factors of the square roots of past day profiles, and their scores carried ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from forecasting.book.daybook import Daybook
from forecasting.models.calendar_effects import CalendarEffects, learn_calendar
from forecasting.models.model import Factor, FittedModel
from forecasting.models.past_days import PastDays, past_days
from forecasting.models.weekday_rates import taken_for

HALF_LIFE_DAYS = 56.0
FACTORS = 4
LEVEL_SMOOTHING, SHAPE_SMOOTHING = 0.15, 0.03
"""Weights of the newest day in the smoothed deviations: of the first score, which is the level, and of the others."""
CARRY_PRIOR_DAYS = 20.0
"""The correlation from one day to the next is shrunk to none by as many days without any."""
SHRINK_CONTACTS = 20.0
"""A slot's own correction counts for as much as that of all slots once it has seen this many contacts."""


@dataclass(frozen=True)
class FittedFactors:
    """Factors of root rates and the scores on them.

    ``profiles`` (K, J): the factors. ``weekday_scores`` (7, J). ``slow`` and ``quick`` (J,): deviations of the scores
    at ``last_day``, as shares of the first score; the quick ones fade by ``carry`` (J,) a day. ``correction`` (K,):
    mean rate over the square of the mean root.
    """

    profiles: np.ndarray
    weekday_scores: np.ndarray
    slow: np.ndarray
    quick: np.ndarray
    carry: np.ndarray
    correction: np.ndarray
    last_day: int
    past_days: int
    calendar: CalendarEffects

    def means(self, book: Daybook) -> np.ndarray:
        """Expected contacts (D, K), 0 where closed."""
        return np.asarray(self._rates(book, moved=True) * book.open_min * self.calendar.of_days(book)[:, None])

    def factors(self, book: Daybook) -> list[Factor]:
        """The weekday's own level over the day's open minutes, what recent days add to it, and the calendar's."""
        usual = (self._rates(book, moved=False) * book.open_min).sum(axis=1)
        now = (self._rates(book, moved=True) * book.open_min).sum(axis=1)
        moved = np.divide(now, usual, out=np.ones(len(now)), where=usual > 0)
        return [
            Factor("level", usual, (f"{self.profiles.shape[1]} factors of {self.past_days} days of history",)),
            Factor("recent days", moved, ("slow level, and what the last days left, fading with the lead",)),
            *self.calendar.factors(book),
        ]

    def _rates(self, book: Daybook, *, moved: bool) -> np.ndarray:
        """Contacts a minute (D, K) without the calendar's effects; ``moved`` by the deviations of recent days."""
        scores = taken_for(book) @ self.weekday_scores
        if moved:
            lead = np.maximum(np.arange(len(book.days)) - self.last_day, 0)[:, None]
            scores = scores + scores[:, :1] * (self.slow + self.quick * self.carry**lead)
        return np.asarray(np.square(np.maximum(scores @ self.profiles.T, 0.0)) * self.correction)


@dataclass(frozen=True)
class FactorModel:
    """Model: root rates of a day by a few factors, whose scores are weekday + slow level + AR(1).

    Square roots make the noise of counts even over the day, and the leading factors of past days leave most of it out
    (Shen and Huang 2008, Interday forecasting and intraday updating of call center arrivals, M&SOM 10(3)). Days are
    brought to what they would be without the calendar's effects, which are put back at the end.
    """

    name: str = "factors of root counts"

    def fit(self, book: Daybook, like: FittedModel | None = None) -> FittedFactors:
        """Fit to the book's past; the calendar's variance parameters are those of ``like`` where given."""
        return self.fit_given(book, learn_calendar(book, like))

    def fit_given(self, book: Daybook, calendar: CalendarEffects) -> FittedFactors:
        """Fit to the book's past with the calendar's effects as given."""
        past = past_days(book, calendar.of_days(book), HALF_LIFE_DAYS)
        roots = _filled_roots(past)
        profiles = _leading(roots, past.weights)
        scores = roots @ profiles
        usual = _weekday_scores(scores, past)
        base = np.maximum(usual[past.weekday, :1], 1e-12)
        slow, quick, carry = _carried((scores - usual[past.weekday]) / base, past.days)
        correction = _correction(np.square(np.maximum(usual @ profiles.T, 0.0)), past)
        last_day, count = int(past.days[-1]), len(past.days)
        return FittedFactors(profiles, usual, slow, quick, carry, correction, last_day, count, calendar)


def _filled_roots(past: PastDays) -> np.ndarray:
    """Root rates (n, K); cells without exposure have their weekday's (else their slot's) mean root at the day's level.

    A quarter is added to counts: it makes the mean root nearly the root of the mean (Brown et al. 2005, Statistical
    analysis of a telephone call center, JASA 100(469)).
    """
    held = past.minutes > 0
    roots = np.sqrt(np.where(held, (past.volume + 0.25) / np.where(held, past.minutes, 1.0), 0.0))
    sums, masses = past.by_weekday(roots), past.by_weekday(held.astype(float))
    overall = sums.sum() / max(masses.sum(), 1e-12)
    slot = (sums.sum(axis=0) + 1e-6 * overall) / (masses.sum(axis=0) + 1e-6)
    usual = ((sums + 0.5 * slot) / (masses + 0.5))[past.weekday]
    level = (held * roots * usual).sum(axis=1) / np.maximum((held * usual**2).sum(axis=1), 1e-12)
    return np.asarray(np.where(held, roots, usual * level[:, None]))


def _leading(roots: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Leading right singular vectors (K, J) of the weighted rows, each with a sum that is not negative."""
    count = min(FACTORS, *roots.shape)
    vectors = np.linalg.eigh((roots.T * weights) @ roots)[1][:, ::-1][:, :count]
    return np.asarray(vectors * np.where(vectors.sum(axis=0) < 0, -1.0, 1.0))


def _weekday_scores(scores: np.ndarray, past: PastDays) -> np.ndarray:
    """Discounted mean scores (7, J). Beside the first score the others make the shape: as shares of it they are drawn
    to those of all days as far as weekdays differ by chance only (Efron and Morris 1975, Data analysis using Stein's
    estimator, JASA 70(350)). A weekday never seen has the mean of all days."""
    mass = past.by_weekday(np.ones((len(scores), 1)))
    seen = mass[:, 0] > 0
    of_all = past.weights @ scores / past.weights.sum()
    means = np.where(mass > 0, past.by_weekday(scores) / np.where(mass > 0, mass, 1.0), of_all)
    level = np.maximum(means[:, :1], 1e-12)
    shares, share_of_all = means[:, 1:] / level, of_all[1:] / max(of_all[0], 1e-12)
    apart = scores[:, 1:] / np.maximum(scores[:, :1], 1e-12) - shares[past.weekday]
    noise = past.weights @ np.square(apart) / past.weights.sum()
    chance = noise * past.by_weekday(past.weights[:, None]) / np.maximum(mass, 1e-12) ** 2
    differ = np.maximum((np.square(shares - share_of_all) - chance)[seen].mean(axis=0), 0.0)
    kept = differ / np.maximum(differ + chance, 1e-12)
    return np.hstack([means[:, :1], level * (share_of_all + kept * (shares - share_of_all))])


def _carried(apart: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slow and quick deviations (J,) after the last of ``days``, of deviations (n, J), and the quick ones' AR(1)."""
    weights = np.array([LEVEL_SMOOTHING, *[SHAPE_SMOOTHING] * (apart.shape[1] - 1)])
    slow = np.column_stack([lfilter([w], [1.0, w - 1.0], part) for w, part in zip(weights, apart.T, strict=True)])
    quick = apart - slow
    next_day = np.diff(days) == 1
    products = (quick[1:] * quick[:-1])[next_day].sum(axis=0)
    squares = np.square(quick[:-1])[next_day].sum(axis=0) + CARRY_PRIOR_DAYS * np.square(quick).mean(axis=0)
    return slow[-1], quick[-1], np.clip(products / np.maximum(squares, 1e-12), 0.0, 0.95)


def _correction(rates: np.ndarray, past: PastDays) -> np.ndarray:
    """What came over what squares of mean roots (7, K) expect, by slot (K,), shrunk to that of all slots."""
    came, expected = past.weights @ past.volume, past.weights @ (rates[past.weekday] * past.minutes)
    overall = came.sum() / max(expected.sum(), 1e-12)
    return np.asarray((came + SHRINK_CONTACTS * overall) / (expected + SHRINK_CONTACTS))
