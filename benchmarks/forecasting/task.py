"""One case by one method, in a process of its own on one core: its forecasts with the CPU seconds of each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.forecasting.case import CASES, CHECKOUT
from benchmarks.forecasting.grid import grid_of
from benchmarks.forecasting.method import Method
from benchmarks.forecasting.peers.environment import interpreter

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NIXTLA_NUMBA_CACHE"), "1"
)


@dataclass(frozen=True)
class Forecasts:
    """``cells`` and ``days``: ``origin`` and ``at`` (instant, day) of each forecast, its ``mean`` and quantiles as far
    as the method gives them, ``cpu_s`` of its origin. ``versions`` of the packages behind them."""

    cells: pd.DataFrame
    days: pd.DataFrame
    versions: dict[str, str]

    def calibration_column(self, origins: pd.Series) -> dict[str, pd.Series]:
        """``calibration_cpu_s``: CPU seconds of the calibration made at each origin; nothing from other methods."""
        if CALIBRATION not in self.cells:
            return {}
        return {CALIBRATION: origins.map(self.cells.groupby("origin")[CALIBRATION].first())}


CALIBRATION = "calibration_cpu_s"


def forecasts_of(name: str, method: Method, origins: Sequence[date]) -> Forecasts:
    """Forecasts of one case from ``origins``.

    Raises:
        subprocess.CalledProcessError: the method failed; its own words are on stderr.
    """
    case = CASES[name]
    with tempfile.TemporaryDirectory(prefix="wfm-benchmark-") as folder:
        grid, out, task = (Path(folder) / file for file in ("grid.csv", "forecasts.csv", "task.json"))
        what: dict[str, Any] = {
            "case": name,
            "module": method.module,
            "function": method.function,
            "packages": method.packages,
        }
        what |= {"origins": [origin.isoformat() for origin in origins], "horizon_days": case.horizon_days}
        what |= {"slots": case.slots, "weekdays": case.weekdays, "grid": str(grid), "out": str(out)}
        task.write_text(json.dumps(what), encoding="utf-8")
        if method.is_peer:
            grid_of(name).to_csv(grid, index=False)
        python, module = (interpreter(), "peers") if method.is_peer else (sys.executable, "ours")
        call = [str(python), "-m", f"benchmarks.forecasting.{module}", str(task)]
        subprocess.run(call, cwd=CHECKOUT, env=os.environ | ONE_THREAD, check=True, stdout=sys.stderr)
        return _read(out)


def _read(out: Path) -> Forecasts:
    table = pd.read_csv(out, parse_dates=["origin"], dtype={"at": str})
    cells, days = (table[table["of"] == of].drop(columns="of") for of in ("cell", "day"))
    cells = cells.assign(at=pd.to_datetime(cells["at"], utc=True))
    days = days.assign(at=pd.to_datetime(days["at"]))
    return Forecasts(cells, days, json.loads(out.with_suffix(".json").read_text(encoding="utf-8")))
