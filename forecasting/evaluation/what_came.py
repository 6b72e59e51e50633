"""What came of a queue: its volumes and handle times where known, beside which forecasts are scored."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook

_WHOLE = 1 - 1e-9


def what_came(book: Daybook) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Known volumes of intervals and of days that are known whole, before any cleaning.

    Returns:
        ``interval_start``, ``actual``, ``handled``, ``handle_s`` (the last two NaN where unknown); ``day``, ``actual``.
        Days that a queue is lent by another never came. On the night when clocks go back, two intervals share what
        came by their open minutes.
    """
    day, slot = book.rows.day, book.rows.slot
    share = book.rows.share
    intervals = pd.DataFrame(
        {
            "interval_start": book.rows.start,
            "actual": book.offered[day, slot] * share,
            "handled": book.handled[day, slot] * share,
            "handle_s": book.handle_s[day, slot] * share,
        }
    )
    whole = (book.known_share > _WHOLE) & (np.arange(len(book.days)) >= book.lent_days)
    days = pd.DataFrame({"day": book.days[whole], "actual": book.totals[whole]})
    came = np.isfinite(intervals["actual"]) & (day >= book.lent_days)
    return intervals[came].reset_index(drop=True), days
