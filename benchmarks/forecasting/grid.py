"""A case as the packages want it: one regular grid of days by slots, with open cells and special days marked."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import numpy as np
import pandas as pd

from benchmarks.forecasting.case import CASES, Case, history_of
from benchmarks.forecasting.truth import truth_of


def grid_of(name: str) -> pd.DataFrame:
    """One row a cell from the first day of history to the last day scored.

    Returns:
        ``start`` (instant; empty in the hour that a clock skips), ``wall``, ``day``, ``slot``, ``volume`` (empty where
        unknown), ``open`` (1 where scored, else 0) and ``special`` (type of special day, empty on others).
    """
    case = CASES[name]
    days = pd.date_range(case.first_day, case.last_day, freq="D")
    days = days[days.day_of_week < case.weekdays]
    slot = np.arange(case.slots) + case.first_slot
    wall = pd.DatetimeIndex((days.to_numpy()[:, None] + slot * np.timedelta64(case.interval_min, "m")).ravel())
    start = wall.tz_localize(case.zone, ambiguous=np.ones(len(wall), bool), nonexistent="NaT").tz_convert("UTC")
    table = pd.DataFrame({"start": start, "wall": wall, "day": days.repeat(case.slots)})
    table["slot"] = np.tile(np.arange(case.slots), len(days))
    table["volume"] = _wall_volumes(name, case).reindex(wall).to_numpy()
    table["open"] = wall.isin(truth_of(name).cells["wall"]).astype(int)
    return table.assign(special=np.repeat(special_days(case, days), case.slots))


def _wall_volumes(name: str, case: Case) -> pd.Series:
    history = history_of(name)
    wall = pd.DatetimeIndex(history["interval_start"]).tz_convert(case.zone).tz_localize(None)
    return history.groupby(wall.floor(f"{case.interval_min}min"))["offered"].sum(min_count=1)


def special_days(case: Case, days: pd.DatetimeIndex) -> np.ndarray:
    """The type of each day: public holiday, the day after one, 24 to 31 December, 1 January, or nothing."""
    span = range(case.first_day.year - 1, case.last_day.year + 2)
    named = dict(
        holidays.country_holidays(case.calendar["country"], subdiv=case.calendar.get("subdivision"), years=span)
    )
    off = np.array([day.date() in named or _easter_monday(case, day.date(), named) for day in days])
    after = np.concatenate([[False], off[:-1]]) & ~off
    kind = np.where(off, "holiday", np.where(after, "day after", ""))
    christmas = (days.month == 12) & (days.day >= 24)
    kind = np.where(christmas, [f"december {day.day}" for day in days], kind)
    return np.asarray(np.where((days.month == 1) & (days.day == 1), "january 1", kind))


def _easter_monday(case: Case, day: date, named: dict[date, str]) -> bool:
    """Three days after a Good Friday, where a case says that offices keep that day too."""
    return case.special_easter_monday and "Good Friday" in named.get(day - timedelta(days=3), "")
