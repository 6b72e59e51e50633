"""One day of a roster as a Gantt chart: a row a shift, in the order of their starts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from wfm.errors import MissingError
from wfm.figures.clock import clock_hours, hour_axis
from wfm.figures.style import BLUE, GREEN, ORANGE, PURPLE, look, new_figure
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.tables.roster import ABSENCES

_COLOURS = {"work": BLUE, "break": "#D5DCE4", "lunch": "#B4BFCC", "meeting": ORANGE, "training": GREEN, "away": PURPLE}
_ROW_INCHES = 0.2
_MARGIN_H = 0.2


def roster_gantt(roster: pd.DataFrame, day: date, centre: Centre, people: People) -> Figure:
    """Every shift of a work date by agent, with breaks, lunch and meetings; absences come last, without their reason.

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
    zones = sorted({centre.site(agent.site).zone for agent in people.agents if agent.id in agents})
    with look():
        figure = new_figure(
            11, 1.4 + _ROW_INCHES * len(agents), f"Roster of {day:%A}, {day.day} {day:%B %Y}",
            f"{len(agents)} agents, local time of {', '.join(zones)}",
        )  # fmt: skip
        axes = figure.subplots()
        position = bars["agent"].map({agent: at for at, agent in enumerate(agents)}).to_numpy(float)
        colours = bars["kind"].map(_COLOURS).to_list()
        axes.barh(position, bars["end"] - bars["start"], 0.66, left=bars["start"], color=colours, lw=0)
        axes.set_yticks(range(len(agents)), [names[agent] for agent in agents], size=8.5)
        axes.set_ylim(len(agents) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
        hour_axis(axes, float(np.floor(bars["start"].min())) - _MARGIN_H, float(np.ceil(bars["end"].max())) + _MARGIN_H)
        shown = [kind for kind in _COLOURS if (bars["kind"] == kind).any()]
        handles = [Patch(color=_COLOURS[kind], label=kind) for kind in shown]
        axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1.0), ncols=len(shown), handlelength=1.2)
    return figure


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
