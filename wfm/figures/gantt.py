"""One day of a roster as a Gantt chart: a row a shift, in the order of their starts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from wfm.errors import MissingError
from wfm.figures.clock import clock_hours, hour_axis
from wfm.figures.style import BLUE, GREEN, ORANGE, PURPLE, look, new_figure
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.tables.roster import ABSENCES

_COLOURS = {"work": BLUE, "break": "#D5DCE4", "lunch": "#B4BFCC", "meeting": ORANGE, "training": GREEN, "away": PURPLE}
_ROW_INCHES, _BAR = 0.2, 0.66
_MOST_NAMED, _THIN_INCHES = 200, 0.02
"""Of more agents, rows are thin and without names: the shape of the day, no higher than so many names would be."""
_MARGIN_H = 0.2


def roster_gantt(roster: pd.DataFrame, day: date, centre: Centre, people: People) -> Figure:
    """Every shift of a work date by agent, with breaks, lunch and meetings; absences come last, without their reason.

    More than 200 agents have thin rows without names.

    Args:
        roster: contract ROSTER; times are shown on the clock of each agent's site.

    Raises:
        MissingError: nobody works or is away that day.
    """
    rows = roster[roster["work_date"] == pd.Timestamp(day)]
    if rows.empty:
        raise MissingError(
            "nobody is rostered on this day", found=day.isoformat(), expected="a work date of the roster"
        )
    bars = _bars(rows, day, centre, people)
    order = bars.groupby("agent")["start"].min().sort_values(kind="stable")
    last = bars.groupby("agent")["away"].all()
    agents = [*order.index[~last[order.index]], *order.index[last[order.index]]]
    names = {agent.id: agent.name for agent in people.agents}
    named = len(agents) <= _MOST_NAMED
    zones = sorted({centre.site(agent.site).zone for agent in people.agents if agent.id in agents})
    with look():
        figure = new_figure(
            11, 1.4 + _height(len(agents)), f"Roster of {day:%A}, {day.day} {day:%B %Y}",
            f"{len(agents):,} agents{'' if named else ', too many for names'}, local time of {', '.join(zones)}",
        )  # fmt: skip
        axes = figure.subplots()
        position = bars["agent"].map({agent: at for at, agent in enumerate(agents)}).to_numpy(float)
        _draw(axes, bars, position, _BAR if named else 1.0)
        axes.set_yticks(*(range(len(agents)), [names[agent] for agent in agents]) if named else ([], []), size=8.5)
        axes.set_ylim(len(agents) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
        hour_axis(axes, float(np.floor(bars["start"].min())) - _MARGIN_H, float(np.ceil(bars["end"].max())) + _MARGIN_H)
        shown = [kind for kind in _COLOURS if (bars["kind"] == kind).any()]
        handles = [Patch(color=_COLOURS[kind], label=kind) for kind in shown]
        axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1.0), ncols=len(shown), handlelength=1.2)
    return figure


def _height(agents: int) -> float:
    """Inches that the rows of so many agents take."""
    return _ROW_INCHES * agents if agents <= _MOST_NAMED else min(_THIN_INCHES * agents, _ROW_INCHES * _MOST_NAMED)


def _draw(axes: Axes, bars: pd.DataFrame, position: np.ndarray, thick: float) -> None:
    """All bars as one collection: thousands of rectangles one by one would take most of a minute."""
    left, right = bars["start"].to_numpy(float), bars["end"].to_numpy(float)
    top, bottom = position - thick / 2, position + thick / 2
    corners = np.stack([np.stack([left, top], 1), np.stack([right, top], 1),
                        np.stack([right, bottom], 1), np.stack([left, bottom], 1)], axis=1)  # fmt: skip
    axes.add_collection(PolyCollection(list(corners), facecolors=bars["kind"].map(_COLOURS).to_list(), linewidths=0))


def _bars(rows: pd.DataFrame, day: date, centre: Centre, people: People) -> pd.DataFrame:
    """Segments in hours after midnight: ``agent``, ``start``, ``end``, ``kind``, ``away``."""
    zone_of = {agent.id: centre.site(agent.site).zone for agent in people.agents}
    zones = rows["agent"].map(zone_of)
    parts = []
    for zone, part in rows.groupby(zones):
        start, end = (clock_hours(part[column], str(zone), pd.Timestamp(day)) for column in ("start", "end"))
        parts.append(part[["agent", "activity"]].assign(start=start, end=end))
    bars = pd.concat(parts, ignore_index=True)
    bars["away"] = bars["activity"].isin(ABSENCES)
    bars["kind"] = bars["activity"].where(~bars["away"], "away")
    return bars
