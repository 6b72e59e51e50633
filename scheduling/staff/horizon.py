"""The stretch of time a roster covers: local days, weeks and quarter-hour slots, counted from one instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from wfm.policy.shift import SLOT_MIN
from wfm.time.week import Period, week_of
from wfm.time.zones import midnights

OVERHANG_MIN = 24 * 60
"""A shift starts on a day of the period and lasts 24 h at most, so nothing reaches further past its last midnight."""


@dataclass(frozen=True)
class Horizon:
    """A period's slots. ``origin`` is the earliest first midnight among ``zones``; minutes and slots count from it.

    Elapsed time, not wall time, is counted: a day on which clocks change simply has 92 or 100 slots.
    """

    period: Period
    zones: tuple[str, ...]
    week_starts: str
    origin: pd.Timestamp
    slots: int

    def minutes(self, instants: pd.DatetimeIndex | pd.Series) -> np.ndarray:
        """Whole minutes from the origin to each instant."""
        elapsed = pd.DatetimeIndex(instants).as_unit("us") - self.origin
        return np.asarray(elapsed // pd.Timedelta(minutes=1), dtype=np.int64)

    def instants(self, minutes: np.ndarray | list[int]) -> pd.DatetimeIndex:
        """The instants that many minutes after the origin."""
        return pd.DatetimeIndex(self.origin + pd.to_timedelta(np.asarray(minutes), unit="min")).as_unit("us")

    def slot_starts(self) -> pd.DatetimeIndex:
        """The start of every slot, as instants."""
        return self.instants(np.arange(self.slots) * SLOT_MIN)

    def midnights(self, zone: str) -> np.ndarray:
        """Minutes from the origin to each of the ``days + 1`` local midnights of ``zone``."""
        return _midnights(self, zone)

    def date(self, day: int) -> date:
        """The local date of a day of the period; days before and after it count on."""
        return self.period.first + timedelta(days=day)

    def weekday(self, day: int) -> int:
        """Monday 0 to Sunday 6."""
        return self.date(day).weekday()

    def day_of_week(self, day: int) -> int:
        """Days since the working week of ``day`` began, 0 to 6."""
        return (self.days_into_week + day) % 7

    def day_name(self, day: int) -> str:
        """``Tuesday 24 November``."""
        when = self.date(day)
        return f"{when:%A} {when.day} {when:%B}"

    @cached_property
    def days_into_week(self) -> int:
        """How many days of its working week the period's first day leaves before it."""
        return (self.period.first - week_of(self.period.first, self.week_starts).first).days

    def week(self, day: int) -> int:
        """Number of the working week a day falls in, from 0."""
        return _weeks(self.period, self.week_starts)[day]

    def ends_week(self, day: int) -> bool:
        """Whether ``day`` is the last of its week that the period holds."""
        return day + 1 == self.period.days or self.week(day + 1) != self.week(day)

    def week_days(self, day: int) -> range:
        """The days of the period in the same week as ``day``."""
        weeks = _weeks(self.period, self.week_starts)
        same = [other for other, week in enumerate(weeks) if week == weeks[day]]
        return range(same[0], same[-1] + 1)


@lru_cache(maxsize=64)
def _midnights(horizon: Horizon, zone: str) -> np.ndarray:
    return horizon.minutes(midnights(horizon.period.first, horizon.period.days, zone))


@lru_cache(maxsize=64)
def _weeks(period: Period, week_starts: str) -> tuple[int, ...]:
    first = week_of(period.first, week_starts).first
    return tuple((period.first + timedelta(days=day) - first).days // 7 for day in range(period.days))


def horizon_of(period: Period, zones: Iterable[str], week_starts: str = "monday") -> Horizon:
    """The horizon of ``period`` for sites in ``zones``.

    >>> from datetime import date
    >>> week = horizon_of(Period(date(2026, 3, 23), 7), ["Europe/Berlin"])
    >>> int(week.midnights("Europe/Berlin")[-1]) == (7 * 24 - 1) * 60
    True
    """
    names = tuple(sorted(set(zones)))
    borders = [midnights(period.first, period.days, zone) for zone in names]
    origin = min(border[0] for border in borders)
    end = max(border[-1] for border in borders) + pd.Timedelta(minutes=OVERHANG_MIN)
    slots = int((end - origin) / pd.Timedelta(minutes=SLOT_MIN))
    return Horizon(period, names, week_starts, origin, slots)
