"""A day as it was expected in the morning, as it came so far, and as its rest is expected now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wfm.errors import MissingError
from wfm.figures.clock import clock_hours, hour_axis
from wfm.figures.style import INK, ORANGE, SOFT, look, new_figure
from wfm.policy.centre import Centre
from wfm.time.zones import local_day

_BANDS = (("q025", "q975", "95% band", 0.16), ("q10", "q90", "80% band", 0.32))


def intraday_update(
    before: pd.DataFrame,
    after: pd.DataFrame,
    history: pd.DataFrame,
    queues: Sequence[str],
    at: pd.Timestamp,
    centre: Centre,
) -> Figure:
    """One small plot a queue: contacts an interval of the day on which ``at`` falls.

    Args:
        before: the morning's forecast, contract FORECAST.
        after: the updated one, contract FORECAST; of it the rest of the day is drawn, with its bands.
        history: contract HISTORY; what came up to ``at`` is drawn filled, what came later hollow.
        queues: those to draw, in this order.
        at: the instant of the update.

    Raises:
        MissingError: none of the queues has a forecast of the day.
    """
    plots = [one for queue in queues if not (one := _Plot(before, after, history, queue, at, centre)).before.empty]
    if not plots:
        raise MissingError("no queue has a forecast of this day", mend="name an open day")
    zone = centre.zone_of(plots[0].queue)
    local = at.tz_convert(zone)
    with look():
        figure = new_figure(
            10, 1.1 + 2.6 * len(plots), f"{local:%A}, {local.day} {local:%B %Y}, as of {local:%H:%M}",
            f"Contacts offered an interval, local time of {', '.join(sorted({plot.zone for plot in plots}))}",
        )  # fmt: skip
        every = figure.subplots(len(plots), 1, squeeze=False)[:, 0]
        for axes, plot in zip(every, plots, strict=True):
            plot.draw(axes)
        figure.legend(*every[0].get_legend_handles_labels(), loc="upper right", ncols=3, handlelength=1.6)
    return figure


class _Plot:
    """One queue's rows of the day, and how they are drawn."""

    def __init__(
        self, before: pd.DataFrame, after: pd.DataFrame, history: pd.DataFrame, queue: str, at: pd.Timestamp,
        centre: Centre,
    ) -> None:  # fmt: skip
        self.queue, self.at, self.zone = queue, at, centre.zone_of(queue)
        self.name, self.step = centre.queue(queue).name or queue, pd.Timedelta(minutes=centre.queue(queue).interval_min)
        self.day = local_day(pd.DatetimeIndex([at - pd.Timedelta(microseconds=1)]), self.zone)[0]
        self.before = self._of_day(before)
        after = self._of_day(after)
        self.after = after[(after["interval_start"] + self.step > at).to_numpy(bool)]
        self.came = self._of_day(history)

    def _of_day(self, table: pd.DataFrame) -> pd.DataFrame:
        own = table[(table["queue"] == self.queue).to_numpy(bool)]
        own = own[np.asarray(local_day(own["interval_start"], self.zone) == self.day)]
        return own.sort_values("interval_start")

    def _hours(self, instants: pd.Series) -> np.ndarray:
        return clock_hours(instants, self.zone, self.day)

    def draw(self, axes: Axes) -> None:
        """The morning's line, what came as points, the rest as a line in its bands, and the instant itself."""
        x, mean = self._steps(self.before, "mean")
        axes.plot(x, mean, color=SOFT, lw=1.3, ls=(0, (4, 2)), label="forecast before")
        for low, high, label, alpha in _BANDS:
            if low in self.after and self.after[low].notna().any():
                (x, lower), (_, upper) = self._steps(self.after, low), self._steps(self.after, high)
                axes.fill_between(x, lower, upper, color=ORANGE, alpha=alpha, lw=0, label=label)
        x, mean = self._steps(self.after, "mean")
        axes.plot(x, mean, color=ORANGE, lw=1.9, label="now")
        ended = (self.came["interval_start"] + self.step <= self.at).to_numpy(bool)
        middle = self._hours(self.came["interval_start"]) + self.step / pd.Timedelta(hours=2)
        offered = self.came["offered"].to_numpy(float)
        axes.plot(middle[ended], offered[ended], "o", color=INK, ms=4, label="came")
        if (~ended).any():
            axes.plot(middle[~ended], offered[~ended], "o", color=INK, mfc="white", ms=4, mew=1.1, label="came later")
        at_hour = self._hours(pd.Series([self.at]))[0]
        axes.axvline(at_hour, color=INK, lw=0.9)
        axes.set_title(self.name)
        axes.set_ylabel(f"contacts in {self.step // pd.Timedelta(minutes=1)} min")
        axes.set_ylim(bottom=0)
        hours = self._hours(self.before["interval_start"])
        hour_axis(axes, float(np.floor(hours.min())), float(np.ceil(hours.max() + self.step / pd.Timedelta(hours=1))))

    def _steps(self, rows: pd.DataFrame, column: str) -> tuple[np.ndarray, np.ndarray]:
        """A line that is level over each interval and broken where the queue is closed between two."""
        start = self._hours(rows["interval_start"])
        length = self.step / pd.Timedelta(hours=1)
        value = rows[column].to_numpy(float)
        broken = np.append(np.diff(start) > length * 1.01, False)
        x = np.column_stack([start, start + length, start + length])
        y = np.column_stack([value, value, np.where(broken, np.nan, value)])
        return x.ravel(), y.ravel()
