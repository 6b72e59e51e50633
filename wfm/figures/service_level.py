"""The service-level curve: what one agent more or less does to service, waiting, occupancy and cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from wfm.figures.style import BLUE, GREEN, INK, ORANGE, PURPLE, RED, SOFT, legend_above, look, new_figure

MOST_WAIT_S = 600.0
"""Longer waits are cut off: just above the load they grow without end and would hide the others."""


def service_level_curve(
    curve: pd.DataFrame,
    title: str,
    target: float | None = None,
    threshold_s: float | None = None,
    *,
    column: str = "service_level",
    definition: str | None = None,
    currency: str = "",
) -> Figure:
    """Service level, and what else the curve has, against agents on the floor.

    Occupancy and abandonment share the axis of the service level; ASA and cost an hour get one each below it.

    Args:
        curve: ``agents``, ``service_level``, and optionally ``occupancy``, ``abandonment`` (fractions), ``asa_s`` and
            ``cost_h`` (of one hour, currency units); one row a number of agents.
        title: what the curve is of, such as ``general, Monday 10:00: 22.4 Erlangs``.
        target: the promised service level, drawn as a line; the first number of agents that keeps it is marked.
        threshold_s: the answer-time threshold of the service level's definition.
        column: the column of the definition that was promised; ``definition`` says it in words, for the axis.
    """
    rows = curve.sort_values("agents")
    below = [name for name in ("asa_s", "cost_h") if name in rows]
    height = 4.4 + 1.5 * len(below)
    with look():
        figure = new_figure(8, height, "Service level against agents", title)
        panels = figure.subplots(1 + len(below), sharex=True, height_ratios=[3.4, *[1.0] * len(below)], squeeze=False)
        top, *rest = panels[:, 0]
        within = f" within {threshold_s:g} s" if threshold_s is not None else ""
        _shares(top, rows, column)
        if target is not None:
            _promise(top, rows, column, target, f"target {target:.0%}{within}")
        top.set_ylabel(definition or f"contacts answered{within}")
        legend_above(top)
        for axes, name in zip(rest, below, strict=True):
            draw = _waits if name == "asa_s" else _costs
            draw(axes, rows, currency)
        panels[-1, 0].xaxis.set_major_locator(MaxNLocator(integer=True))
        panels[-1, 0].set_xlabel("agents on the floor")
    return figure


def _shares(axes: Axes, rows: pd.DataFrame, column: str) -> None:
    axes.plot(rows["agents"], rows[column], color=BLUE, lw=2, marker="o", ms=4, label="service level")
    if "occupancy" in rows:
        axes.plot(rows["agents"], rows["occupancy"], color=ORANGE, lw=1.4, ls="--", label="occupancy")
    if "abandonment" in rows and (rows["abandonment"] > 0).any():
        axes.plot(rows["agents"], rows["abandonment"], color=PURPLE, lw=1.4, ls="-.", label="abandonment")
    axes.set_ylim(0, 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1))


def _promise(axes: Axes, rows: pd.DataFrame, column: str, target: float, label: str) -> None:
    axes.axhline(target, color=INK, lw=1, ls=":", label=label)
    kept = rows[rows[column] >= target]
    if len(kept):
        at, level = kept[["agents", column]].iloc[0]
        axes.plot([at], [level], marker="o", ms=9, mfc="none", mec=RED, mew=1.8)
        axes.annotate(
            f"{at:g} agents: {level:.1%}", (at, level), (-8, 9), textcoords="offset points", color=SOFT, ha="right"
        )


def _waits(axes: Axes, rows: pd.DataFrame, _currency: str) -> None:
    wait_s = rows["asa_s"].where(np.isfinite(rows["asa_s"]))
    axes.plot(rows["agents"], wait_s, color=GREEN, lw=1.6, marker="o", ms=3)
    axes.set_ylim(0, max(1.0, min(MOST_WAIT_S, float(wait_s.max()) * 1.05)) if wait_s.notna().any() else 1.0)
    axes.set_ylabel("ASA, s")


def _costs(axes: Axes, rows: pd.DataFrame, currency: str) -> None:
    axes.plot(rows["agents"], rows["cost_h"], color=SOFT, lw=1.6, marker="o", ms=3)
    axes.set_ylim(0, None)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.set_ylabel(f"{currency} an hour".strip())
