"""Forecast against actual, with the bands of 80 and 95 percent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wfm.figures.clock import axis_days, day_axis
from wfm.figures.style import BLUE, INK, legend_above, look, new_figure
from wfm.time.zones import at_wall_time

_NOON = 720
_BANDS = (("q025", "q975", "95% band", 0.16), ("q10", "q90", "80% band", 0.30))


def forecast_by_day(
    forecast_day: pd.DataFrame,
    history_day: pd.DataFrame | None,
    queue: str,
    zone: str,
    heading: str = "Forecast by day",
) -> Figure:
    """Contacts a local day: forecast mean and bands, a planner's override, and what came.

    Args:
        forecast_day: contract FORECAST_DAY; other queues are left out.
        history_day: ``queue``, ``day``, ``offered``; None before anything came. Missing days are gaps.
    """
    rows = forecast_day[forecast_day["queue"] == queue].sort_values("day")
    with look():
        figure = new_figure(10, 4.4, f"{heading}: {queue}", f"Contacts offered a day, days of {zone}")
        axes = figure.subplots()
        days = at_wall_time(pd.DatetimeIndex(rows["day"]), _NOON, zone)
        _bands(axes, axis_days(days), rows, step=False)
        axes.plot(axis_days(days), rows["mean"], color=BLUE, lw=1.8, marker="o", ms=3.5, label="forecast")
        _override(axes, axis_days(days), rows, step=False)
        if history_day is not None:
            came = history_day[history_day["queue"] == queue].sort_values("day")
            noons = at_wall_time(pd.DatetimeIndex(came["day"]), _NOON, zone)
            axes.plot(axis_days(noons), came["offered"], "o", color=INK, ms=4.5, mfc="white", mew=1.3, label="actual")
            days = days.union(noons)
        day_axis(axes, days, zone)
        _finish(axes, "contacts a day")
    return figure


def forecast_by_interval(
    forecast: pd.DataFrame,
    history: pd.DataFrame | None,
    queue: str,
    zone: str,
    interval_min: int,
    heading: str = "Forecast by interval",
) -> Figure:
    """Contacts an interval over a week or so: forecast mean and bands as steps, overrides, and what came.

    Args:
        forecast: contract FORECAST; other queues are left out. Closed times are gaps.
        history: contract HISTORY, of which the forecast's span is shown; None before anything came.
    """
    rows = _held(forecast[forecast["queue"] == queue], interval_min)
    subtitle = f"Contacts offered in {interval_min} minutes, local time of {zone}"
    with look():
        figure = new_figure(12, 4.4, f"{heading}: {queue}", subtitle)
        axes = figure.subplots()
        starts = axis_days(rows["interval_start"])
        _bands(axes, starts, rows, step=True)
        axes.plot(starts, rows["mean"], color=BLUE, lw=1.5, drawstyle="steps-post", label="forecast")
        _override(axes, starts, rows, step=True)
        if history is not None:
            span = history["interval_start"].between(rows["interval_start"].iloc[0], rows["interval_start"].iloc[-2])
            came = history[(history["queue"] == queue) & span]
            middle = pd.DatetimeIndex(came["interval_start"]) + pd.Timedelta(minutes=interval_min / 2)
            axes.plot(
                axis_days(middle), came["offered"], color=INK, lw=0, marker="o", ms=2.2, alpha=0.8, label="actual"
            )
        day_axis(axes, rows["interval_start"].iloc[:-1], zone)
        _finish(axes, f"contacts in {interval_min} min")
    return figure


def _held(rows: pd.DataFrame, interval_min: int) -> pd.DataFrame:
    """The full grid from the first interval to the end of the last: each stretch holds to its end, the rest is missing.

    So a line of steps shows the last interval in its full width and does not cross closed hours.
    """
    step = pd.Timedelta(minutes=interval_min)
    indexed = rows.drop(columns="queue").set_index("interval_start").sort_index()
    grid = pd.date_range(indexed.index[0], indexed.index[-1] + step, freq=step, unit="us")
    return indexed.reindex(grid).ffill(limit=1).reset_index(names="interval_start")


def _bands(axes: Axes, x: np.ndarray, rows: pd.DataFrame, step: bool) -> None:
    for low, high, label, alpha in _BANDS:
        if low in rows and high in rows and rows[low].notna().any():
            lower, upper = rows[low].to_numpy(float), rows[high].to_numpy(float)
            axes.fill_between(
                x, lower, upper, where=np.isfinite(lower).tolist(), color=BLUE, alpha=alpha, lw=0,
                label=label, step="post" if step else None,
            )  # fmt: skip


def _override(axes: Axes, x: np.ndarray, rows: pd.DataFrame, step: bool) -> None:
    """What a planner says instead of the model, where he does."""
    if "override" in rows and rows["override"].notna().any():
        drawn = "steps-post" if step else "default"
        values = rows["override"].to_numpy(float)
        axes.plot(x, values, color=INK, lw=1.5, ls="--", drawstyle=drawn, marker="" if step else "D", ms=4,
                  label="planner's override")  # fmt: skip


def _finish(axes: Axes, unit: str) -> None:
    axes.set_ylabel(unit)
    axes.set_ylim(bottom=0)
    legend_above(axes)
