"""The service-level curve: what one agent more or less does."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from wfm.figures.style import BLUE, INK, ORANGE, RED, SOFT, legend_above, look, new_figure


def service_level_curve(
    curve: pd.DataFrame, title: str, target: float | None = None, threshold_s: float | None = None
) -> Figure:
    """Service level, and occupancy where given, against agents on the floor.

    Args:
        curve: ``agents``, ``service_level`` and optionally ``occupancy``, as fractions; one row a number of agents.
        title: what the curve is of, such as ``general, Monday 10:00: 22.4 Erlangs``.
        target: the promised service level, drawn as a line; the first number of agents that keeps it is marked.
        threshold_s: the answer-time threshold of the service level's definition.
    """
    rows = curve.sort_values("agents")
    within = f" within {threshold_s:g} s" if threshold_s is not None else ""
    with look():
        figure = new_figure(8, 4.4, "Service level against agents", title)
        axes = figure.subplots()
        axes.plot(rows["agents"], rows["service_level"], color=BLUE, lw=2, marker="o", ms=4, label="service level")
        if "occupancy" in rows:
            axes.plot(rows["agents"], rows["occupancy"], color=ORANGE, lw=1.4, ls="--", label="occupancy")
        if target is not None:
            axes.axhline(target, color=INK, lw=1, ls=":", label=f"target {target:.0%}{within}")
            kept = rows[rows["service_level"] >= target]
            if len(kept):
                at, level = kept[["agents", "service_level"]].iloc[0]
                axes.plot([at], [level], marker="o", ms=9, mfc="none", mec=RED, mew=1.8)
                axes.annotate(
                    f"{at:g} agents: {level:.1%}",
                    (at, level),
                    (-8, 9),
                    textcoords="offset points",
                    color=SOFT,
                    ha="right",
                )
        axes.set_ylim(0, 1.03)
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlabel("agents on the floor")
        axes.set_ylabel(f"contacts answered{within}")
        legend_above(axes)
    return figure
