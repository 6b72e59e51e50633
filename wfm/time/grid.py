"""The full grid of intervals of a run of local days."""

from __future__ import annotations

from datetime import date

import pandas as pd

from wfm.time.zones import midnights


def interval_grid(first: date, days: int, zone: str, interval_min: int) -> pd.DatetimeIndex:
    """Starts of all intervals of ``days`` local days, as instants.

    >>> len(interval_grid(date(2026, 3, 29), 1, "Europe/Berlin", 15))
    92
    >>> len(interval_grid(date(2026, 10, 25), 1, "Europe/Berlin", 15))
    100
    """
    borders = midnights(first, days, zone)
    step = pd.Timedelta(minutes=interval_min)
    return pd.date_range(borders[0], borders[-1], freq=step, inclusive="left", unit="us")
