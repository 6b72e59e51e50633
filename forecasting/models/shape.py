"""The shape of the day: how one day's contacts fall on its slots, per weekday, from recent weeks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.book.daybook import Daybook

WINDOW_DAYS = 364
HALF_LIFE_DAYS = 56.0
"""Weights of past days halve in this time; between 2 and 52 weeks it hardly matters."""
FACTORS = 4
SHRINK_CONTACTS = 40.0
"""A weekday's slot counts for as much as that of all weekdays once it has seen this many (discounted) contacts."""


@dataclass(frozen=True)
class Shape:
    """Rates a minute, each (7, K) by weekday, that add up to 1 over the usual minutes of the weekday.

    ``ordinary`` days; ``off``: public holidays and rest days while open; ``makeup``: weekend days that are worked.
    """

    ordinary: np.ndarray
    off: np.ndarray
    makeup: np.ndarray

    def rates(self, book: Daybook) -> np.ndarray:
        """Share of the day's level that comes in one open minute of each slot, (D, K)."""
        rates = self.ordinary[book.weekday]
        makeup = book.kinds == "makeup"
        rates[book.days_off] = self.off[book.weekday[book.days_off]]
        rates[makeup] = self.makeup[book.weekday[makeup]]
        return np.asarray(rates)


@dataclass(frozen=True)
class _Recent:
    """The past days that a shape rests on: counts and minutes (n, K) where known, else 0, and weights (n,)."""

    volume: np.ndarray
    open_min: np.ndarray
    weekday: np.ndarray
    weights: np.ndarray

    def level(self, rates: np.ndarray) -> np.ndarray:
        """What the known part of each day says of its whole, by rates (7, K)."""
        seen = (rates[self.weekday] * self.open_min).sum(axis=1)
        return np.asarray(self.volume.sum(axis=1) / np.maximum(seen, 1e-9))


def fit_shape(book: Daybook) -> Shape:
    """The shape of a book's past days.

    Shares are ratios of discounted sums, so a day of which a part is missing still counts with the rest of it; they
    are shrunk towards the shape of all weekdays and kept to the few factors of the square roots of past days that
    carry most of them, which takes out the noise of single slots (Shen and Huang 2008, Interday forecasting and
    intraday updating of call center arrivals, M&SOM 10(3)).
    """
    off = book.days_off[: book.past]
    held = np.asarray(book.known.any(axis=1))[: book.past]
    usable = held & ~book.odd[: book.past]
    ordinary_days = next((days for days in (usable & ~off, usable) if days.any()), held)
    recent = _recent(book, ordinary_days)
    pooled = _pooled(recent, book.usual_min)
    ordinary = _few_factors(recent, _by_weekday(recent, pooled, book.usual_min), book.usual_min)
    return Shape(ordinary, _off(_recent(book, usable & off), ordinary, pooled, book), _makeup(ordinary, pooled, book))


def _recent(book: Daybook, use: np.ndarray) -> _Recent:
    at = np.flatnonzero(use)
    at = at[at >= book.past - WINDOW_DAYS]
    known = book.known[at]
    return _Recent(
        np.where(known, book.offered[at], 0.0),
        np.where(known, book.open_min[at], 0.0),
        book.weekday[at],
        0.5 ** ((book.past - 1 - at) / HALF_LIFE_DAYS),
    )


def _pooled(recent: _Recent, usual: np.ndarray) -> np.ndarray:
    """Rates (K,) of all weekdays together; a slot never seen has the mean rate of the others."""
    rates = np.ones(usual.shape[1])
    # The level of a day known in part needs the shape, and the shape needs the levels: two rounds settle both.
    for _ in range(2):
        level = recent.level(_normalised(np.tile(rates, (7, 1)), usual))
        minutes = (recent.weights * level) @ recent.open_min
        came = recent.weights @ recent.volume
        overall = came.sum() / max(minutes.sum(), 1e-9)
        rates = np.divide(came, minutes, out=np.full(len(came), overall), where=minutes > 0)
    return rates


def _by_weekday(recent: _Recent, pooled: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Rates (7, K) of each weekday, shrunk towards those of all."""
    base = _normalised(np.tile(pooled, (7, 1)), usual)
    rates = base.copy()
    for _ in range(2):
        exposure = (recent.weights * recent.level(rates))[:, None] * recent.open_min
        for day in np.unique(recent.weekday):
            at = recent.weekday == day
            rates[day] = _shrunk(recent.weights[at] @ recent.volume[at], exposure[at].sum(axis=0), base[day])
        rates = _normalised(rates, usual)
    return rates


def _shrunk(came: np.ndarray, exposure: np.ndarray, towards: np.ndarray) -> np.ndarray:
    strength = SHRINK_CONTACTS / np.maximum(towards, 1e-12)
    return np.asarray((came + strength * towards) / (exposure + strength))


def _few_factors(recent: _Recent, rates: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The weekdays' shapes projected on the leading factors of the root shares of past days."""
    if len(recent.weights) <= FACTORS:
        return rates
    usual_of = usual[recent.weekday]
    share = recent.volume * usual_of / np.maximum(recent.open_min, 1e-9)
    share /= np.maximum(recent.level(rates), 1e-9)[:, None]
    roots = np.sqrt(np.where(recent.open_min > 0, share, rates[recent.weekday] * usual_of))
    roots *= np.sqrt(recent.weights)[:, None]
    factors = np.linalg.eigh(roots.T @ roots)[1][:, -FACTORS:]
    projected = np.square(np.maximum(np.sqrt(rates * usual) @ factors @ factors.T, 0.0))
    return _normalised(np.divide(projected, usual, out=rates.copy(), where=usual > 0), usual)


def _off(recent: _Recent, ordinary: np.ndarray, pooled: np.ndarray, book: Daybook) -> np.ndarray:
    """Days off have the shape of the open weekend, else of their weekday, as far as past days off say nothing."""
    weekend = _open_weekdays(book, weekend=True)
    rates = np.tile(ordinary[weekend].mean(axis=0), (7, 1)) if weekend else ordinary
    rates = _normalised(np.where(rates > 0, rates, pooled), book.usual_min)
    if len(recent.weights) == 0:
        return rates
    exposure = (recent.weights * recent.level(rates)) @ recent.open_min
    return _normalised(_shrunk(recent.weights @ recent.volume, exposure, rates), book.usual_min)


def _makeup(ordinary: np.ndarray, pooled: np.ndarray, book: Daybook) -> np.ndarray:
    """Make-up days have the mean shape of workdays."""
    workdays = _open_weekdays(book, weekend=False)
    rates = np.tile(ordinary[workdays].mean(axis=0), (7, 1)) if workdays else ordinary
    return _normalised(np.where(rates > 0, rates, pooled), book.usual_min)


def _open_weekdays(book: Daybook, *, weekend: bool) -> list[int]:
    in_weekend = np.isin(np.arange(7), book.weekday[book.features["weekend"].to_numpy(bool)])
    chosen: list[int] = np.flatnonzero((book.usual_min.sum(axis=1) > 0) & (in_weekend == weekend)).tolist()
    return chosen


def _normalised(rates: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Rates that add up to 1 over each weekday's usual minutes (over the longest day where it is usually closed)."""
    longest = usual[usual.sum(axis=1).argmax()]
    minutes = np.where(usual.sum(axis=1, keepdims=True) > 0, usual, longest)
    total = (rates * minutes).sum(axis=1, keepdims=True)
    even = 1.0 / np.maximum(minutes.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(np.where(total > 0, rates / np.maximum(total, 1e-300), even))
