"""Ratios per contact over a queue's recent past."""

from __future__ import annotations

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.handling.ratio_profile import WINDOW_DAYS, ratio_profile


def contact_ratio(book: Daybook, part: np.ndarray, whole: np.ndarray) -> np.ndarray | None:
    """``part / whole`` (each (D, K), of the book's days) by weekday and slot, days that fits leave out apart.

    Returns:
        (7, K), or None where the recent past knows nothing of it.
    """
    days = np.arange(max(book.past - WINDOW_DAYS, 0), book.past)
    days = days[~book.odd[days]]
    hour = np.arange(book.offered.shape[1]) * book.interval_min // 60
    return ratio_profile(part[days], whole[days], book.weekday[days], book.past - 1 - days, hour)
