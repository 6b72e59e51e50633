"""Cleaning: what in a history is not the volume that came, or not like it; masked for fits, always reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook
from forecasting.book.note import Note
from forecasting.models.level_regression import LevelRegression
from forecasting.models.mixed_regression import Tuning
from forecasting.models.shape import fit_shape

OUTAGE_EXPECTED = 25.0
"""A run of open intervals without a contact in which this many were expected is an outage: by chance it does not
occur, even where the day's level is a third of what is expected."""
OUTLIER_SDS = 4.0
OUTLIER_LEAST = 0.10
"""A day is an outlier beyond so many robust standard deviations of log levels, and at least 10 per cent."""
SHIFT_DAYS = 4
"""So many outliers in a row on one side are a new level, and stay."""
LISTED = 8
"""Findings of one sort beyond this many become one note."""

_CALM = Tuning(slow_share=0.3, quick_share=0.1, spread=1.0, noise_sd=0.08)
_FROM_DAYS = 28


def clean(book: Daybook) -> tuple[Daybook, list[Note]]:
    """The book with outages unknown and outliers marked as odd, and a note on everything found.

    Missing and partial days are reported, too: of a partial day the rest counts, by the share of the usual day it is.
    """
    holes = _holes(book)
    book, outages = _without_outages(book)
    book, outliers = _without_outliers(book)
    return book, holes + outages + outliers


def _without_outages(book: Daybook) -> tuple[Daybook, list[Note]]:
    rates = fit_shape(book).rates(book)
    seen = (rates * book.open_min * book.known).sum(axis=1)
    level = np.divide(book.totals, seen, out=np.full(len(seen), np.nan), where=seen > 0.3)
    expected = rates * book.open_min * _neighbours_median(level, book.weekday)[:, None]
    silent = book.known & (book.offered == 0)
    ordinary = (~book.days_off & (book.features["lift"].to_numpy(float) > 0))[:, None]
    is_open = (book.open_min > 0).ravel()
    quiet = (silent & ordinary).ravel()[is_open]
    run = np.cumsum(~quiet)
    weight = np.where(quiet, np.nan_to_num(expected.ravel()[is_open]), 0.0)
    outage = quiet & (np.bincount(run, weights=weight)[run] >= OUTAGE_EXPECTED)
    lost = np.zeros(book.open_min.shape, bool)
    lost[book.open_min > 0] = outage
    hours = (lost * book.open_min).sum(axis=1) / 60
    notes = _notes(
        book,
        hours > 0,
        lambda day: f"outage or closure: no contact in {hours[day]:.1f} open hours",
        "these hours count as unknown",
    )
    return replace(book, offered=np.where(lost, np.nan, book.offered)), notes


def _neighbours_median(level: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Median level of the same weekday over four weeks before to four weeks after each day."""
    centred = np.full(len(level), np.nan)
    for day in np.unique(weekday):
        at = np.flatnonzero(weekday == day)
        centred[at] = pd.Series(level[at]).rolling(9, center=True, min_periods=1).median().to_numpy()
    return centred


def _holes(book: Daybook) -> list[Note]:
    opens = (book.open_min > 0).any(axis=1) & (np.arange(len(book.days)) < book.past)
    known = book.known_share
    absent = opens & (known == 0)
    partial = opens & (known > 0) & (known < 1 - 1e-9)
    notes = _notes(
        book, absent, lambda _: "no data on an open day", "left out; taken for a closure by the day after it"
    )
    return notes + _notes(
        book,
        partial,
        lambda day: f"{100 * (1 - known[day]):.0f} % of the open minutes have no data",
        "the rest counts, by its share of the usual day",
    )


def _without_outliers(book: Daybook) -> tuple[Daybook, list[Note]]:
    if book.past < _FROM_DAYS:
        return book, []
    odd, apart = book.odd.copy(), np.zeros(len(book.days))
    for _ in range(2):  # an outlier pulls the level of its neighbours; once it is out, others show
        fitted = LevelRegression(tuning=_CALM).fit(replace(book, odd=odd))
        expected = np.where(book.known, fitted.means(book), 0.0).sum(axis=1)
        tested = (np.arange(len(book.days)) < book.past) & (book.known_share > 0.5) & (expected > 0)
        tested[: max(book.past - fitted.window_days, 0)] = False
        apart = np.where(tested, np.log((np.nan_to_num(book.totals) + 0.5) / np.maximum(expected + 0.5, 0.5)), 0.0)
        spread = 1.4826 * float(np.median(np.abs(apart[tested]))) if tested.any() else 0.0
        chance = OUTLIER_SDS * np.sqrt(np.maximum(expected, 1.0))
        far = np.abs(apart) > max(OUTLIER_SDS * spread, OUTLIER_LEAST)
        found = tested & far & (np.abs(np.nan_to_num(book.totals) - expected) > chance)
        odd = found & ~_shifts(found, np.sign(apart), tested)
    notes = _notes(
        book,
        odd,
        lambda day: f"volume {100 * np.expm1(apart[day]):+.0f} % beside what the calendar and its neighbours suggest",
        "left out of the fit",
    )
    return replace(book, odd=odd), notes


def _shifts(found: np.ndarray, side: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Outliers that belong to a run of at least SHIFT_DAYS tested days on one side."""
    at = np.flatnonzero(tested)
    mark = np.where(found[at], side[at], 0.0)
    run = np.cumsum(np.concatenate([[True], mark[1:] != mark[:-1]])) - 1 if len(at) else np.zeros(0, int)
    long = np.bincount(run, minlength=1)[run] >= SHIFT_DAYS if len(at) else np.zeros(0, bool)
    shifts = np.zeros(len(found), bool)
    shifts[at] = long & (mark != 0)
    return shifts


def _notes(book: Daybook, at: np.ndarray, found: Callable[[int], str], treated: str) -> list[Note]:
    days: Sequence[int] = np.flatnonzero(at).tolist()
    if len(days) <= LISTED:
        return [Note(book.queue, book.days[day].date(), found(day), treated) for day in days]
    span = f"{book.days[days[0]].date()} to {book.days[days[-1]].date()}"
    return [Note(book.queue, None, f"{len(days)} days from {span}, the last: {found(days[-1])}", treated)]
