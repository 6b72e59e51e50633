"""The coverage of a day as a small drawing: what is scheduled against what is required, in SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.time.grid import interval_grid

SLOT_MIN = 5
"""The finest interval that a queue may have: every queue's intervals are whole slots."""


@dataclass(frozen=True)
class DayCoverage:
    """All queues of one day together, slot by slot: required and scheduled agents, and those that a queue lacks.

    What one queue has too many does not help another: agents who can serve both are shared out already.
    """

    day: date
    required: np.ndarray
    scheduled: np.ndarray
    lacking: np.ndarray

    @property
    def under_h(self) -> float:
        """Agent hours required and not scheduled."""
        return float(self.lacking.sum() * SLOT_MIN / 60)

    @property
    def required_h(self) -> float:
        """Agent hours required."""
        return float(self.required.sum() * SLOT_MIN / 60)

    @property
    def scheduled_h(self) -> float:
        """Agent hours scheduled."""
        return float(self.scheduled.sum() * SLOT_MIN / 60)


def day_coverages(coverage: pd.DataFrame, first: date, days: int, zone: str, centre: Centre) -> list[DayCoverage]:
    """One DayCoverage a local day of ``zone``; a day on which clocks change has 276 or 300 slots."""
    grid = interval_grid(first, days, zone, SLOT_MIN)
    required, scheduled, lacking = np.zeros((3, len(grid)))
    widths = coverage["queue"].map(lambda name: centre.queue(name).interval_min // SLOT_MIN).to_numpy(int)
    row = np.repeat(np.arange(len(coverage)), widths)
    turn = np.arange(widths.sum()) - np.repeat(np.cumsum(widths) - widths, widths)
    starts = pd.DatetimeIndex(coverage["interval_start"])[row] + turn * pd.Timedelta(minutes=SLOT_MIN)
    slot = grid.get_indexer(pd.DatetimeIndex(starts).as_unit("us"))
    inside = slot >= 0
    np.add.at(required, slot[inside], coverage["required"].to_numpy()[row][inside])
    np.add.at(scheduled, slot[inside], coverage["scheduled"].to_numpy()[row][inside])
    np.add.at(lacking, slot[inside], np.clip(-coverage["gap"].to_numpy(), 0, None)[row][inside])
    local = grid.tz_convert(zone).tz_localize(None).normalize()
    return [
        DayCoverage(day.date(), required[local == day], scheduled[local == day], lacking[local == day])
        for day in pd.date_range(first, periods=days, freq="D")
    ]


def strip_svg(day: DayCoverage, highest: float, first_minute: int, last_minute: int) -> str:
    """The drawing of one day: scheduled as an area, what lacks in red above it, the requirement as a line.

    Args:
        highest: agents at the top edge, the same for all days of a page.
        first_minute, last_minute: the span of the clock that the drawing's width shows.
    """
    width, height = last_minute - first_minute, 100.0
    minutes = np.arange(len(day.required) + 1) * SLOT_MIN * (1440 / (len(day.required) * SLOT_MIN)) - first_minute
    scale = height / max(highest, 1.0)
    scheduled = _steps(minutes, height - day.scheduled * scale)
    required = _steps(minutes, height - day.required * scale)
    lacking = _steps(minutes, height - np.maximum(day.required, day.scheduled) * scale)
    close = f"V{height:g}H{minutes[0]:g}Z"
    label = f"{day.scheduled_h:.0f} agent hours scheduled for {day.required_h:.0f} required, {day.under_h:.1f} short"
    return (
        f'<svg class="strip" viewBox="0 0 {width} {height:g}" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}">'
        f"<title>{label}</title>"
        f'<path class="lacking" d="{lacking}{close}"/><path class="scheduled" d="{scheduled}{close}"/>'
        f'<path class="required" d="{required}"/></svg>'
    )


def _steps(x: np.ndarray, y: np.ndarray) -> str:
    """A path of steps that holds each ``y`` from its ``x`` to the next, one command where the height changes."""
    turns = np.flatnonzero(np.diff(y, prepend=np.nan) != 0)
    path = [f"M{x[0]:g},{y[0]:.1f}"]
    path += [f"H{x[at]:g}V{y[at]:.1f}" for at in turns[1:]]
    return "".join(path) + f"H{x[-1]:g}"
