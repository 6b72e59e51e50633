"""What a roster costs, built up pay class by pay class."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from wfm.costing.lines import PAY_CLASSES
from wfm.costing.money import minor_exponent, show_amount
from wfm.figures.style import BLUE, INK, ORANGE, SOFT, look, new_figure


def cost_waterfall(lines: pd.DataFrame, currency: str, title: str = "") -> Figure:
    """Base pay, absence, each premium, and the total they add up to.

    Args:
        lines: contract COST_LINE.
        currency: the ISO 4217 code of the amounts.
    """
    amounts = lines.groupby("pay_class")["amount"].sum()
    order = ["base", "absence", *(name for name in PAY_CLASSES if name not in ("base", "absence"))]
    classes = [name for name in order if amounts.get(name, 0) > 0]
    heights = np.array([int(amounts[name]) for name in classes], dtype="int64")
    scale = 10 ** minor_exponent(currency)
    starts = np.concatenate([[0], np.cumsum(heights)[:-1]]) if len(heights) else heights
    total = int(heights.sum())
    with look():
        figure = new_figure(8.5, 4.6, "Cost by pay class", title or f"Amounts in {currency}")
        axes = figure.subplots()
        colours = [BLUE, *[ORANGE] * (len(classes) - 1), INK][-(len(classes) + 1) :]
        at = np.arange(len(classes) + 1)
        axes.bar(at, np.append(heights, total) / scale, 0.6, np.append(starts, 0) / scale, color=colours)
        tops = np.append(starts + heights, total) / scale
        for left, top in zip(at[:-1], tops[:-1], strict=True):
            axes.plot([left + 0.3, left + 0.7], [top, top], color=SOFT, lw=0.8)
        for x, top, amount in zip(at, tops, np.append(heights, total), strict=True):
            share = f"\n{amount / total:.1%}" if total and x < len(classes) else ""
            label = show_amount(int(amount), currency).rsplit(" ", 1)[0] + share
            axes.annotate(label, (x, top), (0, 4), textcoords="offset points", ha="center", size=8.5)
        axes.set_xticks(at, [*(name.replace("_", " ") for name in classes), "total"])
        axes.set_ylim(0, max(total / scale, 1) * 1.14)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.set_ylabel(currency)
        axes.grid(axis="x", visible=False)
    return figure
