"""The protocol's scores, from sums by block: one week of one origin, which is also what the bootstrap draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.forecasting.peers.series import QUANTILES
from benchmarks.forecasting.task import Forecasts
from benchmarks.forecasting.truth import Truth

DECILES = tuple(name for name in QUANTILES if name not in ("q025", "q975"))
LEAST_MEAN = 15.0
"""Below this mean the band of a cell holds what it should only at random, so cells above it are counted apart."""


def block_sums(made: Forecasts, truth: Truth, horizon_days: int, *, daily: bool) -> pd.DataFrame:
    """Sums a block: ``origin``, ``week`` (0: the first seven days) and, over its cells, ``cells``, ``volume``,
    ``abs_error``, ``error``, ``pinball`` (mean of nine quantiles), ``in_80``, ``in_95``, the same two and the number of
    cells with a mean of at least LEAST_MEAN (``_15``); over whole days ``days``, ``day_volume``, ``day_abs_error``,
    ``day_in_80``, ``day_in_95``, empty for a daily series. What a method does not give is empty.

    Raises:
        ValueError: a method left out a cell that is scored.
    """
    blocks = []
    for origin in sorted(made.cells["origin"].unique()):
        window = truth.window(pd.Timestamp(origin).date(), horizon_days)
        cells = window.cells.merge(
            made.cells[made.cells["origin"] == origin], left_on="start", right_on="at", how="left"
        )
        if cells["mean"].isna().any():
            raise ValueError(f"no forecast of {cells.loc[cells['mean'].isna(), 'wall'].iloc[0]} from {origin}")
        sums = _cell_sums(cells, _week(cells["day"], origin))
        if not daily:
            sums = sums.join(_day_sums(cells, made.days[made.days["origin"] == origin], window.whole_days, origin))
        blocks.append(sums.rename_axis("week").reset_index().assign(origin=origin, cpu_s=cells["cpu_s"].iloc[0]))
    return pd.concat(blocks, ignore_index=True)


def _week(days: pd.Series, origin: pd.Timestamp) -> np.ndarray:
    return ((days - origin).dt.days // 7).to_numpy(int)


def _cell_sums(cells: pd.DataFrame, week: np.ndarray) -> pd.DataFrame:
    error = cells["mean"] - cells["actual"]
    large = cells["mean"] >= LEAST_MEAN
    in_80, in_95 = _inside(cells, "q10", "q90"), _inside(cells, "q025", "q975")
    table = pd.DataFrame(
        {
            "cells": 1,
            "volume": cells["actual"],
            "abs_error": error.abs(),
            "error": error,
            "pinball": _pinball(cells),
            "in_80": in_80,
            "in_95": in_95,
            "cells_15": large.astype(int),
            "in_80_15": in_80.where(large, 0 * in_80),
            "in_95_15": in_95.where(large, 0 * in_95),
        }
    )
    return table.groupby(week).sum(min_count=1)


def _day_sums(cells: pd.DataFrame, bands: pd.DataFrame, whole: pd.DatetimeIndex, origin: pd.Timestamp) -> pd.DataFrame:
    """Means of days are sums of the means of their cells, whatever the method says of days."""
    days = cells[cells["day"].isin(whole)].groupby("day", as_index=False)[["mean", "actual"]].sum()
    bands = bands.drop(columns=["mean", "origin", "cpu_s"], errors="ignore")
    days = days.merge(bands, left_on="day", right_on="at", how="left")
    table = pd.DataFrame(
        {
            "days": 1,
            "day_volume": days["actual"],
            "day_abs_error": (days["mean"] - days["actual"]).abs(),
            "day_in_80": _inside(days, "q10", "q90"),
            "day_in_95": _inside(days, "q025", "q975"),
        }
    )
    return table.groupby(_week(days["day"], origin)).sum(min_count=1)


def _inside(table: pd.DataFrame, low: str, high: str) -> pd.Series:
    """1 inside, 0 outside, NaN where there is no band; both ends are inside."""
    if low not in table:
        return pd.Series(np.nan, index=table.index)
    inside = table["actual"].between(table[low], table[high]).astype(float)
    return inside.where(table[low].notna())


def _pinball(table: pd.DataFrame) -> np.ndarray:
    if DECILES[0] not in table:
        return np.full(len(table), np.nan)
    level = np.array([QUANTILES[name] for name in DECILES])
    above = table["actual"].to_numpy()[:, None] - table[list(DECILES)].to_numpy(float)
    return np.asarray(np.maximum(level * above, (level - 1) * above).mean(axis=1))


def score(blocks: pd.DataFrame) -> dict[str, float]:
    """Scores of all blocks together; fractions but for ``mase``, ``cpu_s`` (median of the origins) and ``origins``.

    ``mase`` is the mean over origins of the mean absolute error over ``naive_error``, a column of the blocks.
    """
    total = blocks.drop(columns=["origin", "week"]).select_dtypes("number").sum(min_count=1)
    prefix = "day_" if "days" in total and total["days"] > 0 else ""
    by_origin = blocks.groupby("origin")
    mean_error = by_origin["abs_error"].sum() / by_origin["cells"].sum()
    return {
        "origins": float(by_origin.ngroups),
        "wmape": total["abs_error"] / total["volume"],
        "wmape_day": total[f"{prefix}abs_error"] / total[f"{prefix}volume"],
        "mase": float((mean_error / by_origin["naive_error"].first()).mean()),
        "bias": total["error"] / total["volume"],
        "pinball": total["pinball"] / total["volume"],
        "in_80": total["in_80"] / total["cells"],
        "in_95": total["in_95"] / total["cells"],
        "in_80_15": _share(total["in_80_15"], total["cells_15"]),
        "in_95_15": _share(total["in_95_15"], total["cells_15"]),
        "day_in_80": total[f"{prefix}in_80"] / total["days" if prefix else "cells"],
        "day_in_95": total[f"{prefix}in_95"] / total["days" if prefix else "cells"],
        "cpu_s": float(by_origin["cpu_s"].first().median()),
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
