"""Over- and understaffing as a heat map: days down, time of day across."""

from __future__ import annotations

from math import gcd

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, TwoSlopeNorm
from matplotlib.figure import Figure

from wfm.figures.clock import hour_axis
from wfm.figures.style import BLUE, RED, look, new_figure
from wfm.policy.centre import Centre
from wfm.time.zones import local_day, local_minute

TOO_FEW_TO_TOO_MANY = LinearSegmentedColormap.from_list("gap", [RED, "#F3B48C", "#F7F7F5", "#9CC6E2", BLUE])


def staffing_heat_map(coverage: pd.DataFrame, centre: Centre, queue: str | None = None) -> Figure:
    """Scheduled less required agents by local day and time; orange is short, blue is over, white fits.

    Closed times stay blank. Where the clock shows an hour twice, the cell is the mean of both.

    Args:
        coverage: contract COVERAGE.
        queue: one queue, or None for the sum of all.
    """
    rows = coverage if queue is None else coverage[coverage["queue"] == queue]
    names = sorted(rows["queue"].unique())
    zone = centre.zone_of(queue) if queue is not None else centre.zone
    step_min = gcd(*(centre.queue(name).interval_min for name in names))
    grid = _by_day_and_slot(rows, centre, zone, step_min)
    what = "all queues" if queue is None else centre.queue(queue).name or queue
    with look():
        figure = new_figure(
            11, 1.6 + 0.42 * len(grid), f"Over- and understaffing: {what}",
            f"Scheduled less required agents, local time of {zone}",
        )  # fmt: skip
        axes = figure.subplots()
        reach = max(float(np.nanmax(np.abs(grid.to_numpy()))), 1.0)
        edges = np.arange(grid.shape[1] + 1) * step_min / 60 + int(min(grid.columns)) * step_min / 60
        mesh = axes.pcolormesh(
            edges, np.arange(len(grid) + 1), grid.to_numpy(), cmap=TOO_FEW_TO_TOO_MANY,
            norm=TwoSlopeNorm(0, -reach, reach), edgecolor="white", linewidth=0.6,
        )  # fmt: skip
        axes.set_yticks(np.arange(len(grid)) + 0.5, [f"{day:%a} {day.day} {day:%b}" for day in grid.index])
        axes.invert_yaxis()
        hour_axis(axes, edges[0], edges[-1])
        axes.grid(visible=False)
        axes.spines[:].set_visible(False)
        bar = figure.colorbar(mesh, ax=axes, pad=0.01, aspect=14, shrink=0.9)
        bar.set_label("short  ←  agents  →  over")
        bar.outline.set_visible(False)
    return figure


def _by_day_and_slot(rows: pd.DataFrame, centre: Centre, zone: str, step_min: int) -> pd.DataFrame:
    """Gap by local day (rows) and slot of the clock (columns); coarser queues count in each slot they span."""
    width = rows["queue"].map(lambda name: centre.queue(name).interval_min // step_min).to_numpy(int)
    row = np.repeat(np.arange(len(rows)), width)
    turn = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width, width)
    starts = pd.DatetimeIndex(rows["interval_start"])[row] + turn * pd.Timedelta(minutes=step_min)
    gap = pd.DataFrame({"start": starts, "gap": rows["gap"].to_numpy()[row]}).groupby("start", as_index=False).sum()
    gap["day"] = local_day(gap["start"], zone)
    gap["slot"] = local_minute(gap["start"], zone) // step_min
    grid = gap.pivot_table(index="day", columns="slot", values="gap", aggfunc="mean")
    return grid.reindex(columns=range(int(grid.columns.min()), int(grid.columns.max()) + 1))
