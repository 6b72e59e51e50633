"""Bands from the model's own past errors: standardised by the level, by week of lead, intervals and days apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from forecasting.book.daybook import Daybook
from forecasting.models.model import FittedModel, Model
from wfm.tables.forecast import QUANTILES

ORIGINS = 8
LEAST_PAST_DAYS = 21
LEAST_ERRORS = 20
"""With fewer errors in a week of lead those of all weeks are taken together."""
GUESSED_SPREAD = 0.2
"""Relative spread of a level where no past forecast could be tried."""
_LEVELS = np.array(list(QUANTILES.values()))
_SMOOTHING = ndtri((np.arange(15) + 0.5) / 15)


@dataclass(frozen=True)
class Errors:
    """Past errors of means: ``mean``, ``actual`` and ``lead_week`` (0 for the first seven days), each (n,)."""

    mean: np.ndarray
    actual: np.ndarray
    lead_week: np.ndarray
    origins: int


@dataclass(frozen=True)
class Band:
    """Quantiles of standardised errors by lead week (W, Q), and the relative spread of the level.

    The standard deviation of a count with mean m is sqrt(m + (relative_spread m)^2): Poisson, and a level that is not
    known exactly.
    """

    quantiles: np.ndarray
    relative_spread: float

    def around(self, means: np.ndarray, lead_week: np.ndarray) -> np.ndarray:
        """Quantiles (n, Q) around means (n,); 0 where the mean is 0."""
        spread = np.sqrt(means + (self.relative_spread * means) ** 2)
        week = np.clip(lead_week, 0, len(self.quantiles) - 1)
        return np.asarray(np.maximum(means[:, None] + spread[:, None] * self.quantiles[week], 0.0))


def past_errors(model: Model, fitted: FittedModel, book: Daybook) -> tuple[Errors, Errors]:
    """Errors of intervals and of days at up to ORIGINS earlier origins, the last a week before the book's own.

    ``fitted`` is the model's fit to the whole past, whose slow choices the refits keep. Origins lie further apart the
    longer the horizon, so that every week of lead has at least a third of them behind it.
    """
    horizon = len(book.days) - book.past
    weeks = -(-horizon // 7)
    step = 7 * max(1, -(-weeks // ORIGINS))
    cells: list[tuple[np.ndarray, ...]] = []
    days: list[tuple[np.ndarray, ...]] = []
    origins = [book.past - step * back for back in range(1, ORIGINS + 1) if book.past > step * back]
    tried = [origin for origin in origins if (book.fit_days < origin).sum() >= LEAST_PAST_DAYS]
    for origin in tried:
        end = min(origin + horizon, book.past)
        then = book.at_origin(origin, end - origin)
        means = model.fit(then, like=fitted).means(then)[origin:end]
        known, offered = book.known[origin:end], book.offered[origin:end]
        lead = np.broadcast_to(np.arange(end - origin)[:, None] // 7, known.shape)
        cells.append((means[known], offered[known], lead[known]))
        whole = book.known_share[origin:end] > 1 - 1e-9
        totals = book.totals[origin:end]
        days.append((means.sum(axis=1)[whole], totals[whole], lead[whole, 0]))
    return _joined(cells, len(tried)), _joined(days, len(tried))


def _joined(parts: list[tuple[np.ndarray, ...]], origins: int) -> Errors:
    if not parts:
        return Errors(np.zeros(0), np.zeros(0), np.zeros(0, int), 0)
    mean, actual, lead = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Errors(mean, actual, lead.astype(int), origins)


def fit_band(errors: Errors) -> Band:
    """Quantiles of past errors, smoothed a little, wider the fewer origins they come from.

    Errors of one origin share the error of its level, so the number of origins limits what they know: deviations are
    stretched by Student's factor for twice as many degrees of freedom. Where there are too few, a normal band with a
    guessed spread is all there is.
    """
    use = errors.mean > 0
    mean, actual, lead = errors.mean[use], errors.actual[use], errors.lead_week[use]
    if len(mean) < LEAST_ERRORS:
        return Band(ndtri(_LEVELS)[None, :], GUESSED_SPREAD)
    excess = ((actual - mean) ** 2 - mean).sum() / (mean**2).sum()
    relative = float(np.sqrt(max(excess, 0.0)))
    standard = (actual - mean) / np.sqrt(mean + (relative * mean) ** 2)
    stretch = _student_stretch(2 * errors.origins)
    rows = []
    for week in range(int(lead.max()) + 1):
        own = standard[lead == week]
        rows.append(_smooth_quantiles(own if len(own) >= LEAST_ERRORS else standard) * stretch)
    return Band(np.array(rows), relative)


def _student_stretch(freedom: int) -> np.ndarray:
    """Quantiles of Student's t over those of the normal distribution, 1 at the median."""
    normal = ndtri(_LEVELS)
    ratio = np.divide(stdtrit(freedom, _LEVELS), normal, out=np.ones(len(normal)), where=np.abs(normal) > 1e-9)
    return np.asarray(ratio)


def _smooth_quantiles(values: np.ndarray) -> np.ndarray:
    """Quantiles of the values, each spread over a narrow normal kernel, so that tails do not end at the extremes."""
    width = 0.9 * values.std() * len(values) ** -0.2
    return np.asarray(np.quantile((values[:, None] + width * _SMOOTHING).ravel(), _LEVELS))
