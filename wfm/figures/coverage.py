"""Required against scheduled agents: step lines, one small plot a queue."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wfm.figures.clock import axis_days, day_axis
from wfm.figures.style import BLUE, INK, RED, legend_above, look, new_figure
from wfm.policy.centre import Centre


def required_against_scheduled(coverage: pd.DataFrame, centre: Centre) -> Figure:
    """Agents required and scheduled of every queue; time without enough agents is filled.

    Args:
        coverage: contract COVERAGE.
    """
    queues = sorted(coverage["queue"].unique())
    zones = sorted({centre.zone_of(queue) for queue in queues})
    with look():
        height = 1.0 + 1.9 * len(queues)
        figure = new_figure(12, height, "Required against scheduled", f"Agents, local time of {', '.join(zones)}")
        plots = figure.subplots(len(queues), 1, squeeze=False, sharex=True)[:, 0]
        for axes, queue in zip(plots, queues, strict=True):
            _draw(axes, coverage[coverage["queue"] == queue], centre.queue(queue).interval_min)
            axes.set_title(centre.queue(queue).name or queue)
            day_axis(axes, coverage["interval_start"], centre.zone_of(queue))
        legend_above(plots[0], 3)
    return figure


def _draw(axes: Axes, rows: pd.DataFrame, interval_min: int) -> None:
    """Steps of one queue; the last is closed by the end of its interval, and closed hours are left out."""
    step = pd.Timedelta(minutes=interval_min)
    grid = pd.date_range(rows["interval_start"].min(), rows["interval_start"].max() + step, freq=step)
    values = rows.set_index("interval_start")[["required", "scheduled"]].reindex(grid)
    held = values.ffill(limit=1)
    x = axis_days(grid)
    required, scheduled = held["required"].to_numpy(float), held["scheduled"].to_numpy(float)
    axes.fill_between(
        x, scheduled, required, where=(required > scheduled).tolist(), step="post", color=RED, alpha=0.4, lw=0,
        label="short",
    )  # fmt: skip
    axes.plot(x, scheduled, drawstyle="steps-post", color=BLUE, lw=1.4, label="scheduled")
    axes.plot(x, required, drawstyle="steps-post", color=INK, lw=1.1, label="required")
    axes.set_ylabel("agents")
    axes.set_ylim(bottom=0)
