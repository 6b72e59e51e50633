"""Average handle time per weekday and slot, volume-weighted, from recent weeks."""

from __future__ import annotations

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.book.note import Note

WINDOW_DAYS = 182
HALF_LIFE_DAYS = 28.0
SHRINK_CONTACTS = 200.0
"""A cell's own handle time counts for half once so many (discounted) contacts were handled in it."""


def handle_times(book: Daybook, default_aht_s: float) -> tuple[np.ndarray, bool, list[Note]]:
    """AHT (7, K) in seconds by weekday and slot, whether it is assumed, and a note where it is.

    Discounted totals of handle seconds over handled contacts, shrunk in steps: a slot towards the queue's mean, a
    weekday's hour towards the slot. Without any handled contact it is ``default_aht_s``.
    """
    first = max(book.past - WINDOW_DAYS, 0)
    window = slice(first, book.past)
    usable = np.isfinite(book.handled[window]) & np.isfinite(book.handle_s[window]) & (book.handled[window] > 0)
    usable &= ~book.odd[window, None]
    slots = book.offered.shape[1]
    if not usable.any():
        note = Note(book.queue, None, "no handle times in the history", f"AHT assumed: {default_aht_s:g} s")
        return np.full((7, slots), default_aht_s), True, [note]
    weights = 0.5 ** ((book.past - 1 - np.arange(first, book.past)) / HALF_LIFE_DAYS)[:, None]
    count = np.where(usable, book.handled[window], 0.0) * weights
    seconds = np.where(usable, book.handle_s[window], 0.0) * weights
    overall = seconds.sum() / count.sum()
    of_slot = _shrunk(seconds.sum(axis=0), count.sum(axis=0), np.full(slots, overall))
    hour = np.arange(slots) * book.interval_min // 60
    weekday = book.weekday[window]
    table = np.tile(of_slot, (7, 1))
    for day in np.unique(weekday):
        in_hour = (
            np.bincount(hour, seconds[weekday == day].sum(axis=0)),
            np.bincount(hour, count[weekday == day].sum(axis=0)),
        )
        expected = np.bincount(hour, of_slot) / np.bincount(hour)
        table[day] = of_slot * (_shrunk(*in_hour, expected) / expected)[hour]
    return table, False, []


def _shrunk(seconds: np.ndarray, count: np.ndarray, towards: np.ndarray) -> np.ndarray:
    return np.asarray((seconds + SHRINK_CONTACTS * towards) / (count + SHRINK_CONTACTS))
