"""Forecast one case by this project: ``python -m benchmarks.forecasting.ours TASK.json``.

``calibration_at`` and ``forecast_origin`` are all that the benchmark knows of the forecasting code. As in use, models
and bands are calibrated now and then, on the history before the origin, and kept for the forecasts that follow.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from benchmarks.forecasting.case import CASES, centre_of, history_of
from benchmarks.forecasting.cpu import cpu_s
from benchmarks.forecasting.method import OURS
from forecasting.calibration import Calibration, calibrate
from forecasting.forecast import forecast
from wfm.policy.centre import Centre
from wfm.policy.cleaning import Cleaning
from wfm.tables.forecast import QUANTILES
from wfm.time.week import Period

KEPT_DAYS = 28
KEPT_SHARE = 0.1
"""A calibration is kept for four weeks, or until the history has grown by this share if that is earlier."""


PLAIN = ("last week", "mean of 4", "mean of 8")
"""Rules that take the history as it is; all others see it cleaned."""


@dataclass(frozen=True)
class Made:
    """FORECAST and FORECAST_DAY rows of one origin, the CPU seconds of this forecast, and those of the calibration it
    rests on (NaN where that was made for an earlier origin)."""

    origin: date
    cells: pd.DataFrame
    days: pd.DataFrame
    cpu_s: float
    calibration_cpu_s: float


def calibration_at(history: pd.DataFrame, centre: Centre, period: Period, method: str) -> Calibration:
    """Model and bands for forecasts from the period's first day; history from that day on is not looked at."""
    model = None if method == OURS else method
    return calibrate(history, centre, first_ahead=period.first, weeks=-(-period.days // 7), model=model)


def forecast_origin(
    history: pd.DataFrame, centre: Centre, period: Period, calibration: Calibration
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """FORECAST and FORECAST_DAY rows of the period; history from its first day on is not looked at."""
    made = forecast(history, centre, period, calibration=calibration)
    return made.intervals, made.days


def forecasts(name: str, method: str, origins: Sequence[date]) -> Iterator[Made]:
    """The forecasts of a case, in order of their origins."""
    case, centre, history = CASES[name], centre_of(name), history_of(name)
    if method in PLAIN:
        kept = Cleaning(keep=tuple(pd.date_range(case.first_day, case.last_day).date))
        centre = centre.model_copy(update={"cleaning": kept})
    calibration: Calibration | None = None
    for origin in origins:
        period = Period(origin, case.horizon_days)
        begun = cpu_s()
        if calibration is None or _stale(calibration, origin, case.first_day):
            calibration = calibration_at(history, centre, period, method)
        calibrated = cpu_s()
        cells, days = forecast_origin(history, centre, period, calibration)
        spent = calibrated - begun if calibration.first_ahead == origin else float("nan")
        yield Made(origin, cells, days, cpu_s() - calibrated, spent)


def _stale(calibration: Calibration, origin: date, first_day: date) -> bool:
    made = calibration.first_ahead
    return (origin - made).days >= min(KEPT_DAYS, KEPT_SHARE * (made - first_day).days)


def main(path: Path) -> None:
    """Carry out the task."""
    task = json.loads(path.read_text(encoding="utf-8"))
    origins = [date.fromisoformat(origin) for origin in task["origins"]]
    next(forecasts(task["case"], "last week", origins[:1]))  # imports and caches are not what is timed
    parts = []
    for made in forecasts(task["case"], task["function"], origins):
        at_days = made.days["day"].dt.strftime("%Y-%m-%d")
        for of, table, at in (("cell", made.cells, made.cells["interval_start"]), ("day", made.days, at_days)):
            columns = ["mean", *(column for column in QUANTILES if column in table)]
            parts.append(
                table[columns].assign(
                    of=of, at=at, origin=made.origin, cpu_s=made.cpu_s, calibration_cpu_s=made.calibration_cpu_s
                )
            )
    pd.concat(parts).to_csv(task["out"], index=False)
    versions = {"python": platform.python_version(), **{package: version(package) for package in task["packages"]}}
    Path(task["out"]).with_suffix(".json").write_text(json.dumps(versions), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
