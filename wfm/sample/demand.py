"""What the sample centre should expect: mean contacts of every queue and interval, before chance has its say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.calendar import Calendar
from wfm.policy.centre import Queue
from wfm.sample.occasions import Occasion
from wfm.time.grid import interval_grid
from wfm.time.holidays import day_kinds
from wfm.time.opening import open_minutes
from wfm.time.zones import local_day, local_minute

FloatArray = NDArray[np.float64]

# Weights by hour of the day; the queue's opening hours cut them.
_CALLS = (5, 3, 2, 2, 2, 3, 7, 18, 46, 74, 82, 74, 56, 52, 64, 71, 68, 60, 52, 50, 46, 36, 22, 11)
_CALLS_OFF = (6, 4, 3, 2, 2, 3, 6, 14, 34, 58, 68, 66, 56, 50, 54, 58, 58, 56, 54, 53, 48, 38, 24, 12)
_FAULTS = (12, 9, 7, 6, 6, 7, 12, 24, 44, 54, 56, 52, 48, 46, 48, 50, 52, 58, 68, 78, 80, 66, 42, 22)
_CHAT = (0, 0, 0, 0, 0, 0, 0, 0, 30, 48, 56, 54, 58, 50, 48, 50, 52, 54, 60, 68, 72, 62, 42, 20)
_ORDERS = (0, 0, 0, 0, 0, 0, 0, 0, 30, 70, 85, 80, 50, 50, 75, 80, 75, 60, 34, 20, 0, 0, 0, 0)
_WISHES = (0, 0, 0, 0, 0, 0, 0, 0, 24, 56, 72, 70, 60, 50, 56, 60, 62, 64, 56, 40, 24, 10, 0, 0)

_MONTHS = (1.02, 0.95, 1.0, 0.99, 0.98, 1.0, 1.03, 1.04, 1.0, 0.98, 1.0, 1.01)
_STORMS = (0.92, 0.92, 0.95, 1.0, 1.05, 1.12, 1.2, 1.18, 1.05, 0.95, 0.92, 0.92)


@dataclass(frozen=True)
class Demand:
    """One queue's habits. Factors multiply; 1 is no effect. ``per_week``: contacts of an ordinary week, 80 agents."""

    per_week: float
    hours: tuple[float, ...]
    hours_off: tuple[float, ...]
    weekdays: tuple[float, ...]
    months: tuple[float, ...] = _MONTHS
    growth_year: float = 1.05
    holiday: float = 0.6
    new_year: float = 0.45
    billing: tuple[float, ...] = (1.0,)
    campaign: float = 1.0
    outage: float = 1.0


DEMANDS = {
    "general": Demand(
        6900, _CALLS, _CALLS_OFF, (1.15, 1.05, 1.02, 1.0, 1.03, 0.88, 0.82),
        billing=(1.22, 1.16, 1.1, 1.06, 1.03), campaign=1.26, outage=2.2,
    ),
    "vip": Demand(
        1300, _CALLS, _CALLS_OFF, (1.18, 1.1, 1.06, 1.04, 1.04, 0.83, 0.72),
        growth_year=1.1, billing=(1.12, 1.08, 1.04), campaign=1.1,
    ),
    "faults": Demand(
        2420, _FAULTS, _FAULTS, (1.02, 0.98, 0.97, 0.97, 1.0, 1.04, 1.06), months=_STORMS, growth_year=0.98,
        holiday=1.08, new_year=1.02, outage=5.0,
    ),
    "chat": Demand(
        2150, _CHAT, _CHAT, (1.06, 1.0, 0.98, 0.98, 1.0, 1.0, 0.98),
        growth_year=1.22, holiday=0.8, new_year=0.65, billing=(1.12, 1.08, 1.05), campaign=1.32, outage=1.8,
    ),
    "callback": Demand(
        640, _WISHES, _WISHES, (1.14, 1.06, 1.02, 1.0, 1.04, 0.9, 0.84), billing=(1.15, 1.1, 1.05), campaign=1.2,
    ),
    "complaint_24h": Demand(
        480, _ORDERS, _ORDERS, (1.3, 1.14, 1.08, 1.04, 1.02, 0.75, 0.67), holiday=0.5, new_year=0.3,
        billing=(1.1, 1.15, 1.1, 1.05), outage=1.9,
    ),
    "complaint_72h": Demand(
        220, _ORDERS, _ORDERS, (1.34, 1.16, 1.1, 1.06, 1.02, 0.7, 0.62), holiday=0.4, new_year=0.2,
    ),
}  # fmt: skip
"""The demand of every queue of the sample's policy."""


@dataclass(frozen=True)
class Expected:
    """One queue's open intervals. ``planned`` is what a planner could know; ``mean`` has the outage in it too.

    ``day`` is the position of the local day, ``hour`` the local hour as a fraction, ``campaign`` 1 on campaign days.
    """

    starts: pd.DatetimeIndex
    day: NDArray[np.intp]
    hour: FloatArray
    planned: FloatArray
    mean: FloatArray
    campaign: FloatArray


def expected(
    queue: Queue, zone: str, calendar: Calendar, first: date, days: int, happened: list[Occasion], scale: float
) -> Expected:
    """Mean contacts of each open interval of ``days`` local days from ``first``; ``scale`` 1 suits 80 agents."""
    demand = DEMANDS[queue.id]
    starts = interval_grid(first, days, zone, queue.interval_min)
    open_min = open_minutes(starts, queue.interval_min, queue.opening, zone)
    starts, open_min = starts[open_min > 0], open_min[open_min > 0]
    all_days = pd.date_range(first, periods=days, freq="D", unit="us")
    day = all_days.get_indexer(local_day(starts, zone)).astype(np.intp)
    minute = local_minute(starts, zone)
    kinds = day_kinds(all_days, calendar.country)
    off = kinds["kind"].isin(["weekend", "holiday", "rest"]).to_numpy()
    shape = np.where(off[day], _hourly(demand.hours_off, minute), _hourly(demand.hours, minute))
    # Each local day's shape sums to 1 over its open intervals.
    shape = shape * open_min / np.bincount(day, shape * open_min, minlength=days)[day]
    campaign = _campaign_days(all_days, queue.id, happened)
    per_day = demand.per_week / 7 * scale * _day_factors(demand, all_days, kinds)
    per_day = per_day * (1 + (demand.campaign - 1) * campaign)
    planned = per_day[day] * shape
    lift = 1 + (demand.outage - 1) * _outage_pulse(all_days, day, minute, queue.id, happened)
    return Expected(starts, day, minute / 60, planned, planned * lift, (campaign > 0).astype(float)[day])


def _hourly(weights: tuple[float, ...], minute: NDArray[np.int64]) -> FloatArray:
    """Weights by hour, each taken to hold at half past, joined by straight lines around the clock."""
    return np.interp(minute + 15, np.arange(24) * 60 + 30, weights, period=1440)


def _day_factors(demand: Demand, days: pd.DatetimeIndex, kinds: pd.DataFrame) -> FloatArray:
    kind, name = kinds["kind"].to_numpy(), kinds["name"]
    # A make-up workday is worked like a Friday; a rest day of a holiday block is a Sunday and a little less.
    weekday = np.select([kind == "makeup", kind == "rest"], [4, 6], days.day_of_week)
    factor = np.asarray(demand.weekdays)[weekday]
    factor = factor * np.where(kind == "holiday", demand.holiday, 1.0) * np.where(kind == "rest", 0.95, 1.0)
    spring = name.str.contains("Chinese New Year").to_numpy()
    factor = np.where(spring, np.asarray(demand.weekdays)[6] * demand.new_year, factor)
    after = np.r_[False, (kind[:-1] != "workday") & (kind[:-1] != "weekend") & (kind[:-1] != "makeup")]
    factor = factor * np.where(after & (kind == "workday"), 1.15, 1.0)
    # Months change gradually: each factor holds at the month's middle.
    middle = (np.arange(12) + 0.5) / 12 * 365.25
    factor = factor * np.interp(days.day_of_year, middle, demand.months, period=365.25)
    billing = np.ones(32)
    billing[1 : 1 + len(demand.billing)] = demand.billing
    factor = factor * billing[days.day]
    years_to_go = (len(days) - 1 - np.arange(len(days))) / 365.25
    return np.asarray(factor / demand.growth_year**years_to_go)


def _campaign_days(days: pd.DatetimeIndex, queue: str, happened: list[Occasion]) -> FloatArray:
    """Strength of campaigns on each day: strong at first, then fading, mean about 1."""
    strength = np.zeros(len(days))
    for occasion in happened:
        if occasion.kind == "campaign" and queue in occasion.queues:
            since = (days - pd.Timestamp(occasion.first_day)).days.to_numpy()
            inside = (since >= 0) & (days <= pd.Timestamp(occasion.last_day))
            strength[inside] = 1.45 - 0.15 * since[inside]
    return strength


def _outage_pulse(
    days: pd.DatetimeIndex, day: NDArray[np.intp], minute: NDArray[np.int64], queue: str, happened: list[Occasion]
) -> FloatArray:
    """1 while the network is down (10:30 to 13:00), then dying away over the afternoon."""
    pulse = np.zeros(len(day))
    for occasion in happened:
        if occasion.kind == "outage" and queue in occasion.queues:
            struck = (days == pd.Timestamp(occasion.first_day))[day]
            fading = np.where(minute < 780, 1.0, np.exp(-(minute - 780) / 120))
            pulse += np.where(struck & (minute >= 630), fading, 0.0)
    return pulse
