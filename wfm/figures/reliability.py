"""Whether bands are true: what was asked of each quantile and what came, and where in its distribution each fell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from wfm.figures.style import BLUE, INK, LINE, ORANGE, SOFT, look, new_figure

_BINS = 10


def reliability(shares: pd.DataFrame, pit: np.ndarray, queue: str, words: str, independent: float) -> Figure:
    """Left: share of actuals up to each quantile against its level. Right: histogram of the randomised PIT.

    Args:
        shares: ``scope`` (interval or day), ``level``, ``below``, ``up_to``: shares of actuals below a quantile and at
            or below it. A true quantile has its level between the two.
        pit: probability integral transforms, 0 to 1; the right side stays empty without any.
        words: what the histogram says, such as ``true``.
        independent: chance is shown for so many values; fewer than there are, since errors of one day go together.
    """
    with look():
        figure = new_figure(10, 4.6, f"Bands against what came: {queue}", _subtitle(words))
        left, right = figure.subplots(1, 2)
        _shares(left, shares)
        _histogram(right, pit, independent)
    return figure


def _subtitle(words: str) -> str:
    return "True bands follow the line and fill evenly" + (f"; here: {words}" if words else "")


def _shares(axes: Axes, shares: pd.DataFrame) -> None:
    axes.plot([0, 1], [0, 1], color=SOFT, lw=1.0)
    for (scope, own), colour in zip(shares.groupby("scope", sort=False), (ORANGE, BLUE), strict=False):
        level, below, up_to = (own[name].to_numpy(float) for name in ("level", "below", "up_to"))
        middle = (below + up_to) / 2
        axes.errorbar(
            level, middle, yerr=[middle - below, up_to - middle], color=colour, marker="o", ms=4, lw=1.2,
            elinewidth=1.6, label=f"{scope}s",
        )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_xlabel("level of the quantile")
    axes.set_ylabel("actuals up to it (bar: those equal to it)")
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1.0), ncols=2, handlelength=1.6)


def _histogram(axes: Axes, pit: np.ndarray, independent: float) -> None:
    share = np.histogram(pit, _BINS, (0, 1))[0] / max(len(pit), 1)
    edges = np.arange(_BINS) / _BINS
    chance = 1.96 * np.sqrt((1 / _BINS) * (1 - 1 / _BINS) / max(independent, 1.0))
    axes.axhspan(max(1 / _BINS - chance, 0), 1 / _BINS + chance, color=LINE, lw=0, label="chance")
    axes.bar(edges, share, 1 / _BINS * 0.94, align="edge", color=BLUE, alpha=0.85)
    axes.axhline(1 / _BINS, color=INK, lw=1.0)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.set_xlabel("place in the forecast distribution (randomised PIT)")
    axes.set_ylabel("intervals")
    axes.grid(axis="x", visible=False)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1.0), handlelength=1.6)
