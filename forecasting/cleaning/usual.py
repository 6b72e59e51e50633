"""The usual volume: what each past day and cell would have brought had it been like its neighbours.

No forecast: it looks both ways, and at medians, so that what is to be found does not move what it is held against.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook

NEAR_WEEKS = 8
"""Same weekdays before and after a day that its shape and its weekday effect are learnt from."""
NEAR_DAYS = 7
"""Ordinary days before and after a day whose median is its level."""
LEAST_SEEN = 0.2
"""A day says something of its level once its known cells usually hold this share of the day."""
SHRINK_CONTACTS = 40.0
SHRINK_DAYS, SHRINK_RECURRING = 4.0, 0.5
"""Days of its own after which an effect counts for half: of the calendar's groups, and of days that recur yearly."""
SPREAD_WEEKS = 53
BESIDE, NEAR_HOLIDAY_SD = 3, 0.1
"""Up to so many days from a holiday volume is less sure, by so much in logarithms."""
ROUNDS = 3


@dataclass(frozen=True)
class Usual:
    """The usual volume of a book's past P days.

    ``cells`` (P, K): contacts, 0 where closed. ``calm`` (P,): logarithms of the day's level with weekday, phase of
    the month and day after a closure taken out, NaN where the day is not ``tested``. ``effects`` (P,): what was taken
    out. ``tested`` (P,): ordinary days of which enough is known; holidays, special days and days of events have
    reasons of their own to be different. ``seen`` (P,): share of the usual day in its known cells. ``spread`` (P,):
    robust standard deviation of ``calm`` about its neighbours' median beyond what chance (Poisson) explains, wider
    near holidays.
    """

    cells: np.ndarray
    calm: np.ndarray
    effects: np.ndarray
    tested: np.ndarray
    seen: np.ndarray
    spread: np.ndarray

    def contacts(self, calm: np.ndarray) -> np.ndarray:
        """Contacts (P,) that the known cells usually hold where the calm level is ``calm``."""
        # log(n + 0.5) stands half a contact too high where next to nothing comes.
        return np.asarray(np.maximum(np.exp(calm + self.effects) * self.seen - 0.5, 0.0))


def usual_volume(book: Daybook) -> Usual:
    """Level by running medians, times calendar effects by medians, times the shape of the surrounding weeks."""
    ordinary = ordinary_days(book)
    shares = _shares(book, ordinary)
    known = book.known[: book.past]
    seen = np.where(known, shares, 0.0).sum(axis=1)
    total = np.where(known, book.offered[: book.past], 0.0).sum(axis=1)
    tested = ordinary & (seen >= LEAST_SEEN)
    level = np.full(book.past, np.nan)
    level[tested] = np.log((total[tested] + 0.5) / seen[tested])
    calm, effects = _calm(book, level)
    base = _running_median(calm, 2 * NEAR_DAYS + 1)
    day = np.exp(base + effects)
    spread = _spread(book, calm - base, 1 / np.maximum(day * seen, 0.5))
    volume = np.maximum(day - 0.5 / np.maximum(seen, LEAST_SEEN), 0.0)
    return Usual(np.nan_to_num(volume)[:, None] * shares, calm, effects, tested, seen, spread)


def ordinary_days(book: Daybook) -> np.ndarray:
    """(P,) past days without a holiday, special day or event, as far as the calendar and the policy know."""
    features = book.features.iloc[: book.past]
    special = np.isin(book.kinds[: book.past], ("holiday", "rest", "makeup", "special"))
    special |= features["lift"].to_numpy(float) != 1.0
    for kind in book.event_kinds:
        special |= book.during(kind)[: book.past]
    return np.asarray(~special)


def robust_sd(values: np.ndarray) -> float:
    """Standard deviation of a normal distribution with the values' median absolute deviation from 0."""
    return 1.4826 * float(np.median(np.abs(values))) if len(values) else 0.0


def _shares(book: Daybook, ordinary: np.ndarray) -> np.ndarray:
    """(P, K) contacts in each open cell where a full day of usual hours brings one: the shape of the same weekdays of
    the weeks around, shrunk towards that of all days around."""
    past = book.past
    known = book.known[:past] & ordinary[:, None]
    volume = np.where(known, book.offered[:past], 0.0)
    minutes = np.where(known, book.open_min[:past], 0.0)
    weekday = book.weekday[:past]
    usual = _usual_minutes(book)[weekday]
    rates = np.tile(_ratio(volume.sum(axis=0), minutes.sum(axis=0)), (past, 1))
    # The level of a day known in part needs the shape, and the shape needs the levels.
    for _ in range(2):
        rates = _normalised(rates, usual)
        level = _ratio(volume.sum(axis=1), (rates * minutes).sum(axis=1))
        exposure = level[:, None] * minutes
        around = _ratio(_rolling_sum(volume, 28), _rolling_sum(exposure, 28))
        rates = around.copy()
        for day in np.unique(weekday):
            at = np.flatnonzero(weekday == day)
            came, seen = _rolling_sum(volume[at], NEAR_WEEKS), _rolling_sum(exposure[at], NEAR_WEEKS)
            rates[at] = (came + SHRINK_CONTACTS) / (seen + SHRINK_CONTACTS / np.maximum(around[at], 1e-12))
    return np.asarray(_normalised(rates, usual) * book.open_min[:past])


def _usual_minutes(book: Daybook) -> np.ndarray:
    """(7, K) usual open minutes of each weekday, of the longest where it is usually closed."""
    minutes = book.usual_min.sum(axis=1)
    return np.where(minutes[:, None] > 0, book.usual_min, book.usual_min[minutes.argmax()])


def _normalised(rates: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Rates a minute that add up to 1 over the usual minutes of each day; even ones where nothing is known."""
    total = (rates * usual).sum(axis=1, keepdims=True)
    even = 1 / np.maximum(usual.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray(np.where(total > 0, rates / np.maximum(total, 1e-300), even))


def _calm(book: Daybook, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log levels without calendar effects, and these effects (P,), by medians in turn."""
    weekday, groups = book.weekday[: book.past], _groups(book)
    of_weekday, of_group = np.zeros(len(level)), np.zeros(len(level))
    for _ in range(ROUNDS):
        base = _running_median(level - of_weekday - of_group, 2 * NEAR_DAYS + 1)
        apart = level - base
        for day in np.unique(weekday):
            at = np.flatnonzero(weekday == day)
            of_weekday[at] = np.nan_to_num(_running_median((apart - of_group)[at], 2 * NEAR_WEEKS + 1))
        of_group = np.zeros(len(level))
        for member, prior in groups:
            own = (apart - of_weekday - of_group)[member & np.isfinite(level)]
            if len(own):
                typical = _in_common(own) if prior == SHRINK_RECURRING else float(np.median(own))
                of_group[member] += typical * len(own) / (len(own) + prior)
    return level - of_weekday - of_group, of_weekday + of_group


def _in_common(values: np.ndarray) -> float:
    """The median, of three values or fewer what all have in common: one alone moves nothing."""
    if len(values) > 3:
        return float(np.median(values))
    return float(max(values.min(), 0.0) + min(values.max(), 0.0))


def _spread(book: Daybook, apart: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Standard deviations (P,) beyond chance, by weekday over the year around, at least that of all days."""
    known = np.isfinite(apart)
    if not known.any():
        return np.zeros(len(apart))
    wide = np.full(len(apart), robust_sd(apart[known]) ** 2)
    for day in range(7):
        at = np.flatnonzero(book.weekday[: len(apart)] == day)
        own = 1.4826 * _running_median(np.abs(apart[at]), SPREAD_WEEKS)
        wide[at] = np.fmax(wide[at], own**2)
    beyond = np.maximum(wide - np.nan_to_num(chance, nan=0.0), 0.0)
    return np.asarray(np.sqrt(beyond + NEAR_HOLIDAY_SD**2 * _near_holiday(book)))


def _near_holiday(book: Daybook) -> np.ndarray:
    """(P,) days up to BESIDE days from a holiday, and those around the turn of the year."""
    off = book.days_off
    near = np.convolve(off, np.ones(2 * BESIDE + 1))[BESIDE : BESIDE + len(off)] > 0
    return np.asarray(near | turn_of_year(book))[: book.past]


def turn_of_year(book: Daybook) -> np.ndarray:
    """(D,) days from 23 December to 3 January."""
    month, day = book.days.month, book.days.day
    return np.asarray(((month == 12) & (day >= 23)) | ((month == 1) & (day <= 3)))


def _groups(book: Daybook) -> list[tuple[np.ndarray, float]]:
    """Members (P,) of each group of days that the calendar sets apart, and for how many days its prior counts.

    Days at the same distance from the same holiday, and the same days around the turn of the year, are groups once
    they have come back: what recurs is no outlier.
    """
    features, past = book.features.iloc[: book.past], book.past
    phase = features["phase"].to_numpy()
    groups = [(phase == one, SHRINK_DAYS) for one in np.unique(phase)]
    groups.append((features["after"].to_numpy(bool), SHRINK_DAYS))
    names = book.features["name"].to_numpy(object)[:past]
    for name in sorted({str(name) for name in names[book.days_off[:past]]}):
        at = np.flatnonzero((names == name) & book.days_off[:past])
        groups += [
            (np.bincount(np.clip(at + beside, 0, past - 1), minlength=past) > 0, SHRINK_RECURRING)
            for beside in range(-BESIDE, BESIDE + 1)
            if beside
        ]
    date = np.where(turn_of_year(book)[:past], 100 * book.days.month[:past] + book.days.day[:past], 0)
    groups += [(date == one, SHRINK_RECURRING) for one in np.unique(date[date > 0])]
    return [(member, prior) for member, prior in groups if prior == SHRINK_DAYS or member.sum() > 1]


def _running_median(values: np.ndarray, width: int) -> np.ndarray:
    """Centred running median of the known values; unknown where none is near."""
    return np.asarray(pd.Series(values).rolling(width, center=True, min_periods=1).median())


def _rolling_sum(values: np.ndarray, reach: int) -> np.ndarray:
    """Sums over ``reach`` rows before to ``reach`` rows after each, shape of ``values``."""
    running = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    row = np.arange(len(values))
    return np.asarray(running[np.minimum(row + reach + 1, len(values))] - running[np.maximum(row - reach, 0)])


def _ratio(came: np.ndarray, seen: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(came, seen, out=np.zeros(came.shape), where=seen > 1e-12))
