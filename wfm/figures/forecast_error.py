"""Where forecasts err: error and bias by lead and by weekday, and bias over the week and the day as a heat map."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from wfm.figures.clock import hour_axis
from wfm.figures.heat_map import TOO_FEW_TO_TOO_MANY
from wfm.figures.style import CYCLE, SOFT, look, new_figure
from wfm.time.week import WEEKDAYS


def error_by_lead_and_weekday(by_lead: pd.DataFrame, by_weekday: pd.DataFrame, queue: str) -> Figure:
    """wMAPE (above) and bias (below) by week of lead and by weekday, one line a method.

    Args:
        by_lead: ``method``, ``lead_week`` (from 1), ``wmape``, ``bias`` as fractions.
        by_weekday: the same with ``weekday``, its name, in place of the lead.
    """
    methods = list(dict.fromkeys(by_lead["method"]))
    open_days = [name for name in WEEKDAYS if (by_weekday["weekday"] == name).any()]
    with look():
        figure = new_figure(
            11, 5.6, f"Forecast error: {queue}", "Errors of intervals; a bias above 0 is a forecast too high"
        )
        grid = figure.subplots(2, 2, sharey="row", sharex="col", width_ratios=[1, 1.3])
        for row, score in enumerate(("wmape", "bias")):
            for turn, method in enumerate(methods):
                colour, width = CYCLE[turn % len(CYCLE)], 2.0 if turn == 0 else 1.3
                style = {"color": colour, "lw": width, "marker": "o", "ms": 4, "label": method}
                lead = by_lead[by_lead["method"] == method]
                grid[row, 0].plot(lead["lead_week"], 100 * lead[score], **style)
                weekday = by_weekday[by_weekday["method"] == method]
                at = [open_days.index(str(name)) for name in weekday["weekday"]]
                grid[row, 1].plot(at, 100 * weekday[score].to_numpy(float), **style)
            grid[row, 0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g} %"))
        _finish(grid, open_days)
    return figure


def _finish(grid: np.ndarray, open_days: list[str]) -> None:
    error, bias = grid
    error[0].set_ylabel("wMAPE")
    error[0].set_ylim(0, 1.06 * error[0].get_ylim()[1])
    bias[0].set_ylabel("bias")
    for axes in bias:
        axes.axhline(0, color=SOFT, lw=0.9)
    bias[0].set_xlabel("week of lead")
    bias[0].xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    bias[1].set_xticks(range(len(open_days)), [name[:3].capitalize() for name in open_days])
    bias[1].set_xlim(-0.3, len(open_days) - 0.7)
    error[1].legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=4, borderaxespad=0.2, handlelength=1.6)


def bias_heat_map(errors: pd.DataFrame, queue: str, zone: str, interval_min: int) -> Figure:
    """Mean of forecast less actual by weekday and time of day; orange is a forecast too low, blue too high.

    Times that the queue was never open, or of which nothing is known, stay blank.

    Args:
        errors: ``weekday`` (its name), ``minute`` (of the wall clock), ``error`` in contacts an interval.
    """
    table = errors.pivot_table(index="weekday", columns="minute", values="error", aggfunc="mean", observed=True)
    days = [name for name in WEEKDAYS if name in table.index]
    first, last = int(table.columns.min()), int(table.columns.max())
    grid = table.reindex(index=days, columns=range(first, last + 1, interval_min)).to_numpy(float)
    with look():
        figure = new_figure(
            11, 1.6 + 0.42 * len(days), f"Bias by weekday and time of day: {queue}",
            f"Forecast less actual, mean contacts in {interval_min} min, local time of {zone}",
        )  # fmt: skip
        axes: Axes = figure.subplots()
        reach = max(float(np.nanmax(np.abs(grid))), 1e-9)
        edges = (first + interval_min * np.arange(grid.shape[1] + 1)) / 60
        mesh = axes.pcolormesh(
            edges, np.arange(len(days) + 1), grid, cmap=TOO_FEW_TO_TOO_MANY, norm=TwoSlopeNorm(0, -reach, reach),
            edgecolor="white", linewidth=0.6,
        )  # fmt: skip
        axes.set_yticks(np.arange(len(days)) + 0.5, [name.capitalize() for name in days])
        axes.invert_yaxis()
        hour_axis(axes, edges[0], edges[-1])
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        bar = figure.colorbar(mesh, ax=axes, pad=0.01, aspect=14, shrink=0.9)
        bar.set_label("too low  ←  contacts  →  too high")
        bar.outline.set_visible(False)
    return figure
