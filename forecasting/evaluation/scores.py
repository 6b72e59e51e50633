"""Scores of forecasts against what came; every one a pure function of arrays, and a fraction."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.tables.forecast import QUANTILES

_PINBALL = ("q10", "q20", "q30", "q40", "q50", "q60", "q70", "q80", "q90")


def wmape(mean: np.ndarray, actual: np.ndarray) -> float:
    """Sum of absolute errors over the sum of volumes; NaN where nothing came.

    >>> wmape(np.array([90.0, 110.0]), np.array([100.0, 100.0]))
    0.1
    """
    return _ratio(float(np.abs(mean - actual).sum()), float(actual.sum()))


def bias(mean: np.ndarray, actual: np.ndarray) -> float:
    """(Forecast - actual) / actual: positive is too high."""
    return _ratio(float((mean - actual).sum()), float(actual.sum()))


def pinball(table: pd.DataFrame, actual: np.ndarray) -> float:
    """Mean pinball loss over the quantiles .1 to .9, as a share of the mean volume."""
    losses = []
    for name in _PINBALL:
        above = actual - table[name].to_numpy(float)
        losses.append(np.maximum(QUANTILES[name] * above, (QUANTILES[name] - 1) * above).mean())
    return _ratio(float(np.mean(losses)), float(actual.mean())) if len(actual) else float("nan")


def share_inside(table: pd.DataFrame, actual: np.ndarray, low: str, high: str) -> float:
    """Share of actuals inside the band of two quantile columns, both ends included."""
    inside = (actual >= table[low].to_numpy(float)) & (actual <= table[high].to_numpy(float))
    return float(inside.mean()) if len(inside) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def score_row(intervals: pd.DataFrame, days: pd.DataFrame) -> dict[str, float]:
    """All scores of forecast rows that carry their ``actual``, intervals and days."""
    came, day_came = intervals["actual"].to_numpy(float), days["actual"].to_numpy(float)
    mean, day_mean = intervals["mean"].to_numpy(float), days["mean"].to_numpy(float)
    return {
        "wmape": wmape(mean, came),
        "wmape_day": wmape(day_mean, day_came),
        "bias": bias(mean, came),
        "pinball": pinball(intervals, came),
        "in_80": share_inside(intervals, came, "q10", "q90"),
        "in_95": share_inside(intervals, came, "q025", "q975"),
        "day_in_80": share_inside(days, day_came, "q10", "q90"),
        "day_in_95": share_inside(days, day_came, "q025", "q975"),
    }
