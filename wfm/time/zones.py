"""Local wall time to instants and back, with the two nights a year on which that is not one to one."""

from __future__ import annotations

from datetime import date
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from wfm.errors import InputError

INSTANT: Final = "datetime64[us, UTC]"
DAY: Final = "datetime64[us]"


def zone_named(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        InputError: no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError("unknown time zone", found=name, expected="an IANA name such as Europe/Berlin") from error


def local_day(instants: pd.DatetimeIndex | pd.Series, zone: str) -> pd.DatetimeIndex:
    """The local day, as a naive midnight, of each instant.

    >>> local_day(pd.DatetimeIndex(["2026-03-28T23:30Z"]), "Europe/Berlin")[0].date().isoformat()
    '2026-03-29'
    """
    index = pd.DatetimeIndex(instants)
    return index.tz_convert(zone).tz_localize(None).normalize().as_unit("us")


def local_minute(instants: pd.DatetimeIndex | pd.Series, zone: str) -> np.ndarray:
    """Minutes on the wall clock since local midnight, 0 to 1439, of each instant."""
    local = pd.DatetimeIndex(instants).tz_convert(zone)
    return (local.hour * 60 + local.minute).to_numpy()


def at_wall_time(days: pd.DatetimeIndex, minutes: np.ndarray | int, zone: str) -> pd.DatetimeIndex:
    """The instants at which the clock of ``zone`` shows ``minutes`` after midnight of ``days``.

    ``minutes`` may pass 1440 (the next day). A wall time that the clock skips becomes the moment after the gap;
    one that it shows twice is the earlier.

    >>> day = pd.DatetimeIndex(["2026-03-29"])
    >>> at_wall_time(day, 150, "Europe/Berlin")[0].isoformat()
    '2026-03-29T01:00:00+00:00'
    """
    wall = pd.DatetimeIndex(days) + pd.to_timedelta(minutes, unit="min")
    earlier = np.ones(len(wall), bool)
    aware = wall.tz_localize(zone, ambiguous=earlier, nonexistent="shift_forward")
    return aware.tz_convert("UTC").as_unit("us")


def midnights(first: date, days: int, zone: str) -> pd.DatetimeIndex:
    """The instants of ``days + 1`` local midnights from ``first``: the borders of ``days`` local days."""
    return at_wall_time(pd.date_range(first, periods=days + 1, freq="D", unit="us"), 0, zone)
