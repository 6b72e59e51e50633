"""Backtest scores as bars: each model against the naive baselines."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from wfm.errors import TableError
from wfm.figures.style import CYCLE, look, new_figure


def backtest_scores(scores: pd.DataFrame, metric: str, unit: str = "", lower_is_better: bool = True) -> Figure:
    """One group of bars a queue, one bar a model, the value written at its end.

    Args:
        scores: ``model``, ``queue`` and the column ``metric``; one row each.
        metric: the column to show, such as ``wape``.
        unit: of the metric, such as ``%``; shown on the axis.

    Raises:
        TableError: a column is missing.
    """
    for column in ("model", "queue", metric):
        if column not in scores:
            raise TableError(
                "column is missing", where=f"table of scores, column {column}", found=", ".join(map(str, scores))
            )
    table = scores.pivot_table(index="queue", columns="model", values=metric, sort=False)
    models = list(table.mean().sort_values(ascending=lower_is_better).index)
    thickness = 0.8 / len(models)
    better = "lower is better" if lower_is_better else "higher is better"
    with look():
        height = 1.5 + (0.26 * len(models) + 0.18) * len(table)
        figure = new_figure(9, height, f"Backtest: {metric}", f"By queue and model, best first; {better}")
        axes = figure.subplots()
        for turn, model in enumerate(models):
            position = np.arange(len(table)) + (turn - (len(models) - 1) / 2) * thickness
            values = table[model].to_numpy(float)
            bars = axes.barh(position, values, thickness * 0.86, color=CYCLE[turn % len(CYCLE)], label=model)
            axes.bar_label(bars, [f"{value:.3g}" for value in values], padding=3, size=8.5)
        axes.set_yticks(range(len(table)), list(table.index))
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.margins(x=0.09)
        axes.set_xlabel(f"{metric} ({unit})" if unit else metric)
        axes.grid(axis="y", visible=False)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=min(len(models), 5), handlelength=1.2)
    return figure
