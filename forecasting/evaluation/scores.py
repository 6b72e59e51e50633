"""Scores of forecasts against what came; every one a pure function of arrays, and a fraction unless said otherwise."""

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
    """(Forecast - actual) / actual: positive is too high.

    >>> bias(np.array([90.0, 130.0]), np.array([100.0, 100.0]))
    0.1
    """
    return _ratio(float((mean - actual).sum()), float(actual.sum()))


def mase(mean: np.ndarray, actual: np.ndarray, naive_error: np.ndarray, origin: np.ndarray) -> float:
    """Mean absolute scaled error, no fraction: 1 is as good as taking over last week.

    Of each origin the mean absolute error over ``naive_error``, the mean absolute error of "same cell one week before"
    in the history up to then; the mean over the origins that have one. Source: Hyndman & Koehler, "Another look at
    measures of forecast accuracy", International Journal of Forecasting 22 (2006).

    Args:
        mean, actual, naive_error, origin: (n,) each; ``naive_error`` is the same in all rows of an origin.

    >>> mase(np.array([1.0, 5.0]), np.array([3.0, 4.0]), np.array([2.0, 4.0]), np.array([0, 1]))
    0.625
    """
    error = np.abs(mean - actual)
    known = np.isfinite(naive_error) & (naive_error > 0)
    if not known.any():
        return float("nan")
    _, group = np.unique(origin[known], return_inverse=True)
    scaled = np.bincount(group, error[known] / naive_error[known]) / np.bincount(group)
    return float(scaled.mean())


def pinball(table: pd.DataFrame, actual: np.ndarray) -> float:
    """Mean pinball loss over the quantiles .1 to .9, as a share of the mean volume.

    Source: Koenker & Bassett, "Regression quantiles", Econometrica 46 (1978).
    """
    if not len(actual):
        return float("nan")
    level = np.array([QUANTILES[name] for name in _PINBALL])
    above = actual[:, None] - table[list(_PINBALL)].to_numpy(float)
    return _ratio(float(np.maximum(level * above, (level - 1) * above).mean()), float(actual.mean()))


def share_inside(table: pd.DataFrame, actual: np.ndarray, low: str, high: str) -> float:
    """Share of actuals inside the band of two quantile columns, both ends included, of the rows that have the band."""
    lower, upper = table[low].to_numpy(float), table[high].to_numpy(float)
    banded = np.isfinite(lower) & np.isfinite(upper)
    inside = ((actual >= lower) & (actual <= upper))[banded]
    return float(inside.mean()) if len(inside) else float("nan")


def share_below(table: pd.DataFrame, actual: np.ndarray) -> pd.DataFrame:
    """Of each quantile the share of actuals below it and the share at or below it: true quantiles lie between the two.

    Returns:
        One row a quantile: ``level``, ``below``, ``up_to``. For counts the two differ by the share that hits exactly.
    """
    quantiles = table[list(QUANTILES)].to_numpy(float)
    known = np.isfinite(quantiles).all(axis=1)
    came, quantiles = actual[known, None], quantiles[known]
    shares = {"level": list(QUANTILES.values())}
    if not known.any():
        return pd.DataFrame({**shares, "below": np.nan, "up_to": np.nan})
    return pd.DataFrame({**shares, "below": (came < quantiles).mean(axis=0), "up_to": (came <= quantiles).mean(axis=0)})


def handle_time_error(handled: np.ndarray, handle_s: np.ndarray, aht_s: np.ndarray) -> tuple[float, float]:
    """Error and bias of a forecast of handle times, weighted by volume: shares of the handle seconds that came.

    Args:
        handled, handle_s: contacts handled and their total seconds, (n,); NaN where unknown.
        aht_s: forecast average handle time, (n,).

    >>> handle_time_error(np.array([10.0, 30.0]), np.array([2000.0, 9000.0]), np.array([220.0, 290.0]))
    (0.045454545454545456, -0.00909090909090909)
    """
    known = np.isfinite(handled) & np.isfinite(handle_s) & np.isfinite(aht_s)
    expected, came = (handled * aht_s)[known], handle_s[known]
    return wmape(expected, came), bias(expected, came)


def score_row(intervals: pd.DataFrame, days: pd.DataFrame) -> dict[str, float]:
    """All scores of forecast rows that carry their ``actual``, intervals and days.

    ``mase`` where the intervals carry ``naive_error`` and ``origin``; handle times where they carry ``handled``,
    ``handle_s`` and ``aht_s``.
    """
    came, mean = intervals["actual"].to_numpy(float), intervals["mean"].to_numpy(float)
    day_came, day_mean = days["actual"].to_numpy(float), days["mean"].to_numpy(float)
    row = {"wmape": wmape(mean, came), "wmape_day": wmape(day_mean, day_came), "bias": bias(mean, came)}
    if "naive_error" in intervals:
        row["mase"] = mase(mean, came, intervals["naive_error"].to_numpy(float), intervals["origin"].to_numpy())
    row |= {
        "pinball": pinball(intervals, came),
        "in_80": share_inside(intervals, came, "q10", "q90"),
        "in_95": share_inside(intervals, came, "q025", "q975"),
        "day_in_80": share_inside(days, day_came, "q10", "q90"),
        "day_in_95": share_inside(days, day_came, "q025", "q975"),
    }
    if {"handled", "handle_s", "aht_s"} <= set(intervals):
        times = (intervals[name].to_numpy(float) for name in ("handled", "handle_s", "aht_s"))
        row["aht_wmape"], row["aht_bias"] = handle_time_error(*times)
    return row


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
