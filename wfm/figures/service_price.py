"""What service costs: cost by promised service level, and the price of one point more."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from wfm.figures.style import CYCLE, look, new_figure

STYLES = {"interval": "-", "day": "--", "week": ":"}


def service_price_chart(price: pd.DataFrame, currency: str, title: str = "") -> Figure:
    """Two panels: cost against the promised level, and what a point more costs on the way there.

    Args:
        price: ``queue``, ``per``, ``target``, ``cost``, ``cost_of_a_point``, as the price of service has them.
        currency: the ISO 4217 code of the amounts.
    """
    with look():
        lines = price.groupby(["queue", "per"]).ngroups
        figure = new_figure(9, 4.6 + 0.2 * -(-lines // 4), "The price of service", title or f"Amounts in {currency}")
        cost, point = figure.subplots(1, 2)
        for number, (queue, own) in enumerate(price.groupby("queue")):
            colour = CYCLE[number % len(CYCLE)]
            for per, rows in own.groupby("per"):
                look_of = {"color": colour, "ls": STYLES.get(str(per), "-"), "marker": "o", "ms": 3.5, "lw": 1.6}
                cost.plot(rows["target"], rows["cost"], label=f"{queue}, per {per}", **look_of)
                steps = rows.dropna(subset="cost_of_a_point")
                point.plot(steps["target"], steps["cost_of_a_point"], **look_of)
        for axes, name in ((cost, f"cost, {currency}"), (point, f"one point more, {currency}")):
            axes.set_xticks(sorted(price["target"].unique()))
            axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
            axes.set_ylim(0, None)
            axes.set_xlabel("promised service level")
            axes.set_ylabel(name)
        handles, labels = cost.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=4)
    return figure
