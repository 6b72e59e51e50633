"""Axes of local time: days named by weekday and date, hours of the clock.

Instants lie on an axis as days since 1970 in UTC, so that a day on which clocks change is as wide as it is long.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MultipleLocator, NullFormatter

from wfm.time.zones import local_day, midnights

_US_PER_DAY = 86_400_000_000
_NAMED_DAYS = 10
"""Up to so many days, each is named in its middle; beyond, every n-th midnight bears its date."""


def axis_days(instants: pd.DatetimeIndex | pd.Series) -> np.ndarray:
    """The place of each instant on a time axis."""
    return np.asarray(pd.DatetimeIndex(instants).as_unit("us").asi8 / _US_PER_DAY)


def day_axis(axes: Axes, instants: pd.DatetimeIndex | pd.Series, zone: str) -> None:
    """A time axis over the local days of ``instants``, from midnight to midnight, with ticks at midnights."""
    days = local_day(instants, zone)
    first, count = days.min(), (days.max() - days.min()).days + 1
    borders = midnights(first.date(), count, zone)
    dates = pd.date_range(first, periods=count + 1, freq="D")
    x = axis_days(borders)
    axes.set_xlim(x[0], x[-1])
    if count <= _NAMED_DAYS:
        axes.xaxis.set_major_locator(FixedLocator(x.tolist()))
        axes.xaxis.set_major_formatter(NullFormatter())
        axes.xaxis.set_minor_locator(FixedLocator(((x[:-1] + x[1:]) / 2).tolist()))
        axes.xaxis.set_minor_formatter(FixedFormatter([f"{day:%a} {day.day} {day:%b}" for day in dates[:-1]]))
        axes.tick_params(axis="x", which="minor", length=0)
    else:
        step = -(-count // 9)
        axes.xaxis.set_major_locator(FixedLocator(x[::step].tolist()))
        axes.xaxis.set_major_formatter(FixedFormatter([f"{day.day} {day:%b %Y}" for day in dates[::step]]))


def hour_axis(axes: Axes, first_hour: float, last_hour: float) -> None:
    """A horizontal axis in hours after midnight, labelled as the clock shows them; 26 is 02:00."""
    axes.set_xlim(first_hour, last_hour)
    axes.xaxis.set_major_locator(MultipleLocator(2 if last_hour - first_hour <= 26 else 3))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda hour, _: f"{round(hour) % 24:02d}:00"))


def clock_hours(instants: pd.Series, zone: str, day: pd.Timestamp) -> np.ndarray:
    """Hours on the wall clock of ``zone`` after midnight of ``day``; the next day goes on past 24."""
    wall = pd.DatetimeIndex(instants).tz_convert(zone).tz_localize(None)
    return np.asarray((wall - day) / pd.Timedelta(hours=1), dtype=float)
