"""History by day, with what cleaning found in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wfm.figures.clock import axis_days, day_axis
from wfm.figures.style import BLUE, GREEN, INK, ORANGE, PURPLE, RED, SKY, SOFT, legend_above, look, new_figure
from wfm.time.zones import at_wall_time

_NOON = 720
_MARKS = {
    "outage": ("v", RED),
    "storm": ("^", ORANGE),
    "outlier": ("D", PURPLE),
    "stuck": ("s", SKY),
    "doubled": ("X", GREEN),
    "partial_day": ("o", SOFT),
}
_MASKED = "masked"
_LINE_DAYS, _MEDIAN_DAYS = 400, 7
_LEVEL_DAYS = 28
"""A level shift is drawn as a step of four weeks before and after, or to the next shift."""


def history_with_findings(history_day: pd.DataFrame, findings: pd.DataFrame, queue: str, zone: str) -> Figure:
    """Contacts a local day, findings marked by kind: masked days hollow, others filled, missing days shaded, level
    shifts as steps.

    Args:
        history_day: ``queue``, ``day``, ``offered``, a row a day with data; other queues are left out.
        findings: contract FINDING; other queues, and findings on no day, are left out.
        zone: of the queue's local days.
    """
    came = history_day[history_day["queue"] == queue].sort_values("day").set_index("day")["offered"]
    own = findings[(findings["queue"] == queue) & findings["day"].notna()]
    of_days = _one_row_a_day(own)
    missing = pd.DatetimeIndex(of_days.loc[of_days["kind"] == "missing_day", "day"])
    span = pd.DatetimeIndex(came.index).union(missing)
    with look():
        figure = new_figure(12, 4.6, f"History and findings: {queue}", f"Contacts offered a day, days of {zone}")
        axes = figure.subplots()
        _contacts(axes, came.reindex(came.index.union(missing)), zone)
        _shade(axes, missing, zone)
        for kind, (marker, colour) in _MARKS.items():
            _mark(axes, came, of_days[of_days["kind"] == kind], kind, marker, colour, zone)
        _steps(axes, own[own["kind"] == "level_shift"], zone)
        day_axis(axes, at_wall_time(span, _NOON, zone), zone)
        axes.set_ylabel("contacts a day")
        axes.set_ylim(bottom=0)
        legend_above(axes, columns=9)
    return figure


def _contacts(axes: Axes, by_day: pd.Series, zone: str) -> None:
    """A line, broken where there is no data; over years dots, and a median that shows the level."""
    x = _noons(by_day.index, zone)
    if len(by_day) <= _LINE_DAYS:
        axes.plot(x, by_day, color=BLUE, lw=1.0, alpha=0.8, label="contacts")
        return
    axes.plot(x, by_day, color=BLUE, lw=0, marker=".", ms=3, mew=0, alpha=0.5, label="contacts")
    median = by_day.rolling(_MEDIAN_DAYS, center=True, min_periods=4).median()
    axes.plot(x, median, color=BLUE, lw=1.0, label=f"median of {_MEDIAN_DAYS} days")


def _noons(days: pd.Index | pd.DatetimeIndex, zone: str) -> np.ndarray:
    return axis_days(at_wall_time(pd.DatetimeIndex(days), _NOON, zone))


def _one_row_a_day(findings: pd.DataFrame) -> pd.DataFrame:
    """``day``, ``kind`` and ``treated`` of each day of each finding."""
    last = findings["last_day"].fillna(findings["day"])
    days = [list(pd.date_range(first, end)) for first, end in zip(findings["day"], last, strict=True)]
    each = findings[["kind", "treated"]].assign(day=pd.Series(days, index=findings.index, dtype=object)).explode("day")
    return each.astype({"day": "datetime64[us]"}).reset_index(drop=True)


def _shade(axes: Axes, missing: pd.DatetimeIndex, zone: str) -> None:
    label = "no data"
    for noon in _noons(missing, zone):
        axes.axvspan(noon - 0.5, noon + 0.5, color=SOFT, alpha=0.25, lw=0.8, zorder=0, label=label)
        label = "_"


def _mark(axes: Axes, came: pd.Series, marked: pd.DataFrame, kind: str, marker: str, colour: str, zone: str) -> None:
    """Days of one kind; a legend entry for masked days, and one for kept or replaced ones where there are such."""
    present = marked[marked["day"].isin(came.index)]
    for hollow, days in (
        (True, present[present["treated"] == _MASKED]),
        (False, present[present["treated"] != _MASKED]),
    ):
        if len(days):
            name = kind.replace("_", " ")
            axes.plot(
                _noons(pd.DatetimeIndex(days["day"]), zone), came.loc[days["day"]], lw=0, marker=marker, ms=7,
                color=colour, mfc="white" if hollow else colour, mew=1.6, zorder=4,
                label=f"{name}, masked" if hollow else name,
            )  # fmt: skip


def _steps(axes: Axes, shifts: pd.DataFrame, zone: str) -> None:
    """The level of an ordinary day before and after each shift."""
    at = _noons(pd.DatetimeIndex(shifts["day"]), zone) - 0.5
    label = "level shift"
    for turn, (day, before, after) in enumerate(zip(at, shifts["expected"], shifts["found"], strict=True)):
        first = max(day - _LEVEL_DAYS, at[turn - 1] if turn else -np.inf)
        last = min(day + _LEVEL_DAYS, at[turn + 1] if turn + 1 < len(at) else np.inf)
        axes.plot([first, day, day, last], [before, before, after, after], color=INK, lw=2, zorder=3, label=label)
        label = "_"
