"""The cases: a public file, how its centre works, and the origins from which it is forecast."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.tables.history import HISTORY

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("WFM_SHARED", CHECKOUT.parent / "shared")) / "data"

# The clock of the Israeli file shows only the last digit of the hour, so its days run from 00:00 to 10:00, and its
# short Friday and Saturday evening come in two parts.
ISRAEL = {"daily": "00:00-10:00", "fri": ["00:00-04:30", "06:30-10:00"], "sat": ["00:00-04:00", "08:30-10:00"]}
ONE_HOUR = "00:00-01:00"
"""A daily series is read as a queue that is open one hour a day."""
NEW_YORK = "America/New_York"


@dataclass(frozen=True)
class Case:
    """A file, its centre and the first days of the horizons.

    ``queue`` chooses one of the file's queues (None adds all up). ``slots`` and ``weekdays``: the regular grid on
    which packages that need one see the file, intervals a day from ``first_slot`` on and days a week from Monday.
    ``scale_before``: the day before which the in-sample error of MASE is taken (None: the origin).
    """

    file: str
    zone: str
    opening: Any
    calendar: dict[str, Any]
    first_day: date
    origins: tuple[date, ...]
    horizon_days: int
    interval_min: int
    slots: int
    weekdays: int = 7
    first_slot: int = 0
    queue: str | None = None
    scale_before: date | None = None
    special_easter_monday: bool = False

    @property
    def last_day(self) -> date:
        """The last day of the last horizon."""
        return self.origins[-1] + timedelta(days=self.horizon_days - 1)

    @property
    def daily(self) -> bool:
        """One value a day."""
        return self.slots == 1

    @property
    def path(self) -> Path:
        """Where the file is looked for."""
        return DATA / self.file


def _every(step_days: int, first: date, count: int) -> tuple[date, ...]:
    return tuple(first + timedelta(days=step_days * at) for at in range(count))


def _months(first: date, count: int) -> tuple[date, ...]:
    return tuple(date(first.year + at // 12, at % 12 + 1, 1) for at in range(count))


def _emergency(queue: str | None) -> Case:
    origins = _every(7, date(2016, 5, 23), 12)
    return Case("montco911_15min.csv.gz", NEW_YORK, "00:00-24:00", {"country": "US"}, date(2015, 12, 11), origins,
                horizon_days=14, interval_min=60, slots=24, queue=queue)  # fmt: skip


def _israel(queue: str | None) -> Case:
    calendar = {"country": "IL", "weekend": ["friday", "saturday"]}
    origins = _every(1, date(1999, 2, 2), 21)
    return Case("anonbank_30min_by_queue_jan_feb.csv.gz", "Asia/Jerusalem", ISRAEL, calendar, date(1999, 1, 1), origins,
                horizon_days=7, interval_min=30, slots=48, queue=queue)  # fmt: skip


def _ambulance(queue: str, origins: tuple[date, ...], horizon_days: int, scale_before: date | None = None) -> Case:
    calendar = {"country": "GB", "subdivision": "ENG"}
    return Case("swast_ambulance_daily.csv.gz", "Europe/London", ONE_HOUR, calendar, date(2013, 12, 30), origins,
                horizon_days, interval_min=60, slots=1, queue=queue, scale_before=scale_before)  # fmt: skip


AREAS = ("BNSSG", "Cornwall", "Devon", "Dorset", "Gloucestershire", "Somerset", "Wiltshire")
AREA_CASES = tuple(f"ambulance-{area.lower()}" for area in AREAS)
"""The seven areas by the folds of Monks et al. 2023, read together as the group ``ambulance-areas``."""
AREA_GROUP = "ambulance-areas"

CASES: dict[str, Case] = {
    "bank": Case(
        "bank_na_30min.csv.gz",
        NEW_YORK,
        {"weekdays": "07:00-21:05", "holiday": "closed"},
        {"country": "US"},
        date(2003, 3, 3),
        _every(7, date(2003, 6, 9), 6),
        horizon_days=14,
        interval_min=30,
        slots=29,
        weekdays=5,
        first_slot=14,
    ),
    "911": _emergency(None),
    "911-ems": _emergency("EMS"),
    "israel": _israel(None),
    "israel-ps": _israel("PS"),
    "vancouver": Case(
        "vancouver311_daily_2009_2016.csv.gz",
        "America/Vancouver",
        ONE_HOUR,
        {"country": "CA", "subdivision": "BC"},
        date(2009, 6, 15),
        _every(7, date(2015, 12, 21), 52),
        horizon_days=14,
        interval_min=60,
        slots=1,
        special_easter_monday=True,
    ),
    "ambulance": _ambulance("Trust", _every(7, date(2018, 12, 24), 52), 14),
    "ambulance-84": _ambulance("Trust", _months(date(2018, 1, 1), 22), 84),
    **{
        name: _ambulance(area, _every(7, date(2019, 1, 1), 41), 84, scale_before=date(2019, 1, 1))
        for name, area in zip(AREA_CASES, AREAS, strict=True)
    },
}


def centre_of(name: str) -> Centre:
    """The centre a case's file comes from, as far as its forecast needs it."""
    case = CASES[name]
    queue = {"id": name, "interval_min": case.interval_min, "opening": case.opening}
    site = {"id": "site", "zone": case.zone}
    return policy_of({"centre": {"name": name}, "sites": [site], "calendar": case.calendar, "queues": [queue]})


@cache
def history_of(name: str) -> pd.DataFrame:
    """The file up to the case's last day as a HISTORY table of one queue; wall times become instants."""
    case = CASES[name]
    raw = pd.read_csv(case.path, parse_dates=["timestamp"])
    end = pd.Timestamp(case.last_day) + pd.Timedelta(days=1)
    raw = raw[(raw["timestamp"] >= pd.Timestamp(case.first_day)) & (raw["timestamp"] < end)]
    if case.queue is not None:
        raw = raw[raw["queue"] == case.queue]
    volume = raw.groupby("timestamp")["volume"].sum(min_count=1)
    wall = pd.DatetimeIndex(volume.index)
    starts = wall.tz_localize(case.zone, ambiguous="NaT", nonexistent="NaT")
    table = pd.DataFrame({"queue": name, "interval_start": starts.tz_convert("UTC"), "offered": volume.to_numpy(float)})
    return HISTORY.check(table.dropna(subset=["interval_start"]))
