"""Forecast accuracy on public data: ours beside last week and the mean of four.

Rolling origins, expanding history, nothing looked ahead; every open interval of the horizon is scored. wMAPE is the
sum of absolute errors over the sum of volumes; bands are scored by the share of actuals inside. CPU seconds are those
of one fit and forecast of ours, bands included. A daily series is read as a queue that is open one hour a day.

Repeat with::

    python -m benchmarks.forecasting             # in the checkout: all cases
    python -m benchmarks.forecasting bank 911    # some

The data is looked for in ``../shared/data`` beside the checkout (or ``$WFM_SHARED/data``); a case whose file is absent
is skipped, visibly. Results are appended to ``benchmarks/forecasting.csv`` with date and versions.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting.evaluation.backtest import backtest
from forecasting.forecast import forecast
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.tables.history import HISTORY
from wfm.time.week import Period

CHECKOUT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("WFM_SHARED", CHECKOUT.parent / "shared")) / "data"
RESULTS = Path(__file__).with_suffix(".csv")

# The clock of the Israeli file shows only the last digit of the hour, so its days run from 00:00 to 10:00, and its
# short Friday and Saturday evening come in two parts.
ISRAEL = {"daily": "00:00-10:00", "fri": ["00:00-04:30", "06:30-10:00"], "sat": ["00:00-04:00", "08:30-10:00"]}
NEW_YORK = "America/New_York"


@dataclass(frozen=True)
class Case:
    """A file, how its centre works, and the origins: ``origins`` of them ``step_days`` apart, the last horizon ending
    on ``last_day``. ``queue`` chooses one of the file's queues (None adds all up)."""

    file: str
    zone: str
    opening: Any
    calendar: dict[str, Any]
    first_day: str
    last_day: str
    origins: int
    horizon_days: int
    step_days: int = 7
    interval_min: int = 30
    queue: str | None = None
    volume: str = "volume"


CASES = {
    "bank": Case(
        "bank_na_30min.csv.gz",
        NEW_YORK,
        {"weekdays": "07:00-21:05", "holiday": "closed"},
        {"country": "US"},
        "2003-03-03",
        "2003-07-27",
        origins=6,
        horizon_days=14,
    ),
    **{
        name: Case(
            "montco911_15min.csv.gz",
            NEW_YORK,
            "00:00-24:00",
            {"country": "US"},
            "2015-12-11",
            "2016-08-21",
            origins=12,
            horizon_days=14,
            interval_min=60,
            queue=queue,
        )
        for name, queue in (("911", None), ("911-ems", "EMS"))
    },
    **{
        name: Case(
            "anonbank_30min_by_queue_jan_feb.csv.gz",
            "Asia/Jerusalem",
            ISRAEL,
            {"country": "IL", "weekend": ["friday", "saturday"]},
            "1999-01-01",
            "1999-02-28",
            origins=21,
            horizon_days=7,
            step_days=1,
            queue=queue,
        )
        for name, queue in (("israel", None), ("israel-ps", "PS"))
    },
    "vancouver": Case(
        "vancouver311_daily_2009_2016.csv.gz",
        "America/Vancouver",
        "00:00-01:00",
        {"country": "CA", "subdivision": "BC"},
        "2009-06-15",
        "2016-12-25",
        origins=52,
        horizon_days=14,
        interval_min=60,
        volume="volume",
    ),
    "ambulance": Case(
        "swast_ambulance_daily.csv.gz",
        "Europe/London",
        "00:00-01:00",
        {"country": "GB", "subdivision": "ENG"},
        "2013-12-30",
        "2019-12-29",
        origins=52,
        horizon_days=14,
        interval_min=60,
        queue="Trust",
    ),
}


def centre_of(name: str, case: Case) -> Centre:
    """The centre a case's file comes from, as far as its forecast needs it."""
    queue = {"id": name, "interval_min": case.interval_min, "opening": case.opening}
    site = {"id": "site", "zone": case.zone}
    return policy_of({"centre": {"name": name}, "sites": [site], "calendar": case.calendar, "queues": [queue]})


def history_of(name: str, case: Case) -> pd.DataFrame:
    """The file as a HISTORY table of one queue; wall times become instants."""
    raw = pd.read_csv(DATA / case.file, parse_dates=["timestamp"])
    end = pd.Timestamp(case.last_day) + pd.Timedelta(days=1)
    raw = raw[(raw["timestamp"] >= case.first_day) & (raw["timestamp"] < end)]
    if case.queue is not None:
        raw = raw[raw["queue"] == case.queue]
    volume = raw.groupby("timestamp")[case.volume].sum(min_count=1)
    wall = pd.DatetimeIndex(volume.index)
    starts = wall.tz_localize(case.zone, ambiguous="NaT", nonexistent="NaT")
    table = pd.DataFrame({"queue": name, "interval_start": starts.tz_convert("UTC"), "offered": volume.to_numpy(float)})
    return HISTORY.check(table.dropna(subset=["interval_start"]))


def run(name: str, case: Case) -> pd.DataFrame:
    """Scores of one case, with the CPU seconds of one forecast of ours."""
    history, centre = history_of(name, case), centre_of(name, case)
    after = date.fromisoformat(case.last_day) + timedelta(days=1)
    forecast(history, centre, Period(after, case.horizon_days))  # imports and caches are not what is timed
    started = time.process_time()
    forecast(history, centre, Period(after, case.horizon_days))
    cpu_s = time.process_time() - started
    made = backtest(
        history, centre, origins=case.origins, horizon_days=case.horizon_days, step_days=case.step_days
    ).scores
    return made.rename(columns={"queue": "case"}).assign(cpu_s=[cpu_s, *[float("nan")] * (len(made) - 1)])


def main(names: list[str]) -> int:
    """Run the named cases, print, and append to the results."""
    unknown = sorted(set(names) - set(CASES))
    if unknown:
        print(f"unknown case {unknown[0]}; known: {', '.join(CASES)}", file=sys.stderr)
        return 2
    tables = []
    for name in names or list(CASES):
        if not (DATA / CASES[name].file).is_file():
            print(f"SKIPPED {name}: {DATA / CASES[name].file} is not here", file=sys.stderr)
            continue
        table = run(name, CASES[name])
        print(table.round(4).to_string(index=False), end="\n\n", flush=True)
        tables.append(table)
    if tables:
        stamp = {"date": datetime.now(UTC).date().isoformat(), "python": platform.python_version()}
        stamp |= {package: version(package) for package in ("numpy", "pandas", "statsmodels", "holidays")}
        pd.concat(tables).round(6).assign(**stamp).to_csv(
            RESULTS, mode="a", header=not RESULTS.exists(), index=False, lineterminator="\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
