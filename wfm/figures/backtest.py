"""Backtest scores as bars: each method against the naive baselines."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from wfm.errors import TableError
from wfm.figures.style import CYCLE, SOFT, YELLOW, look, new_figure

_COLOURS = (*CYCLE, YELLOW, SOFT)


def backtest_scores(
    scores: pd.DataFrame, metric: str, title: str = "", *, percent: bool = True, lower_is_better: bool = True
) -> Figure:
    """One group of bars a queue, one bar a method, the value written at its end.

    Args:
        scores: ``method``, ``queue`` and the column ``metric``; one row each.
        metric: the column to show, such as ``wmape``.
        title: what the metric is called; the column's name where empty.
        percent: fractions shown as percentages.

    Raises:
        TableError: a column is missing.
    """
    for column in ("method", "queue", metric):
        if column not in scores:
            raise TableError(
                "column is missing", where=f"table of scores, column {column}", found=", ".join(map(str, scores))
            )
    table = scores.pivot_table(index="queue", columns="method", values=metric, sort=False)
    methods = list(table.mean().sort_values(ascending=lower_is_better).index)
    thickness = 0.8 / len(methods)
    better = "lower is better" if lower_is_better else "higher is better"
    name = title or metric
    with look():
        height = 1.7 + (0.26 * len(methods) + 0.18) * len(table)
        figure = new_figure(9, height, f"Backtest: {name}", f"By queue and method, best first; {better}")
        axes = figure.subplots()
        for turn, method in enumerate(methods):
            position = np.arange(len(table)) + (turn - (len(methods) - 1) / 2) * thickness
            values = table[method].to_numpy(float) * (100 if percent else 1)
            bars = axes.barh(position, values, thickness * 0.86, color=_COLOURS[turn % len(_COLOURS)], label=method)
            texts = [f"{value:.1f} %" if percent else f"{value:.3g}" for value in values]
            axes.bar_label(bars, texts, padding=3, size=8.5)
        axes.set_yticks(range(len(table)), list(table.index))
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.margins(x=0.09)
        axes.set_xlabel(f"{name} (%)" if percent else name)
        axes.grid(axis="y", visible=False)
        columns = min(len(methods), 4)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=columns, handlelength=1.2)
    return figure
