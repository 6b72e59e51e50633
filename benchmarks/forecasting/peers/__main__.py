"""Forecast one case by one package: ``python -m benchmarks.forecasting.peers TASK.json``, in the peers' environment.

The task names the grid's file, the origins, the method and where to write; see ``benchmarks.forecasting.task``.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from benchmarks.forecasting.cpu import cpu_s
from benchmarks.forecasting.peers.series import Prediction, Series, series_at


def main(path: Path) -> None:
    """Carry out the task."""
    task = json.loads(path.read_text(encoding="utf-8"))
    warnings.simplefilter("ignore")
    grid = pd.read_csv(task["grid"], parse_dates=["wall", "day"], keep_default_na=False, na_values={"volume": [""]})
    module = importlib.import_module(f"benchmarks.forecasting.peers.{task['module']}")
    method = getattr(module, task["function"])
    parts = []
    for origin in map(pd.Timestamp, task["origins"]):
        series = series_at(grid, origin, task["horizon_days"], task["slots"], task["weekdays"])
        begun = cpu_s()
        prediction = method(series, 0)
        spent = cpu_s() - begun
        parts += [part.assign(origin=origin.date(), cpu_s=spent) for part in _tables(series, prediction)]
    packages = {"python": platform.python_version(), **{name: version(name) for name in task["packages"]}}
    pd.concat(parts).to_csv(task["out"], index=False)
    Path(task["out"]).with_suffix(".json").write_text(json.dumps(packages), encoding="utf-8")


def _tables(series: Series, prediction: Prediction) -> list[pd.DataFrame]:
    """Rows of cells that are open, and rows of days where the package gives bands for days."""
    cells = pd.DataFrame({"of": "cell", "at": series.ahead["start"], "mean": prediction.mean})
    if prediction.quantiles is not None:
        cells = cells.join(prediction.quantiles)
    tables = [cells[series.ahead["open"].to_numpy(bool)]]
    if prediction.day_quantiles is not None:
        days = series.ahead["day"].drop_duplicates().dt.strftime("%Y-%m-%d")
        tables.append(prediction.day_quantiles.assign(of="day", at=days.to_numpy()))
    return tables


if __name__ == "__main__":
    main(Path(sys.argv[1]))
