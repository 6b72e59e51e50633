"""Shifts as people read them: wall-clock times of the agent's site, breaks in order, absences without their reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.people import People, unknown_agent
from wfm.tables.roster import ABSENCES, AWAY, WORK
from wfm.time.zones import zone_named


class Segment(NamedTuple):
    """One segment on the wall clock of the agent's site (aware datetimes)."""

    activity: str
    start: datetime
    end: datetime
    paid: bool
    skill_set: str | None

    @property
    def minutes(self) -> float:
        """Minutes that pass, across a clock change too."""
        return (self.end.timestamp() - self.start.timestamp()) / 60

    @property
    def span(self) -> str:
        """``12:30–13:00``."""
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


@dataclass(frozen=True)
class ShiftView:
    """One agent's shift of one work date; with no segments of presence it is an absence."""

    agent: str
    work_date: date
    segments: tuple[Segment, ...]
    away: bool
    template: str | None = None

    @property
    def start(self) -> datetime:
        """When the shift begins."""
        return self.segments[0].start

    @property
    def end(self) -> datetime:
        """When the shift ends; of a night shift, on the next day."""
        return self.segments[-1].end

    @property
    def span(self) -> str:
        """``22:00–06:00 +1``, or ``away``."""
        if self.away:
            return AWAY
        days = (self.end.date() - self.work_date).days
        return f"{self.start:%H:%M}–{self.end:%H:%M}" + (f" +{days}" if days > 0 else "")

    @property
    def content(self) -> tuple[tuple[object, ...], ...]:
        """What an agent would notice if it changed; instants, so that the doubled hour is told apart."""
        return tuple(
            (segment.activity, segment.start.timestamp(), segment.end.timestamp(), segment.paid, segment.skill_set)
            for segment in self.segments
        )

    @property
    def inner(self) -> tuple[Segment, ...]:
        """Everything in the shift that is not work on the floor: breaks, lunch, meetings, training."""
        return tuple(segment for segment in self.segments if segment.activity != WORK)

    @property
    def paid_h(self) -> float:
        """Paid hours of presence."""
        return 0.0 if self.away else sum(segment.minutes for segment in self.segments if segment.paid) / 60

    @property
    def skills(self) -> tuple[str, ...]:
        """The queues served in this shift."""
        named = {queue for segment in self.segments if segment.skill_set for queue in segment.skill_set.split("+")}
        return tuple(sorted(named))


def shift_views(roster: pd.DataFrame, centre: Centre, people: People) -> dict[tuple[str, date], ShiftView]:
    """The shifts and absences of a roster by agent and work date, in that order.

    A day that holds both presence and absence shows the presence.

    Raises:
        InputError: an agent of the roster is unknown.
    """
    views = {}
    for (agent, day), rows in groupby(_segments(roster, centre, people), key=lambda row: (row[0], row[1])):
        told = list(rows)
        present = tuple(segment for _, _, _, segment in told if segment.activity not in ABSENCES)
        template = next((name for _, _, name, segment in told if segment in present and name), None)
        views[agent, day] = ShiftView(agent, day, present or tuple(row[3] for row in told), not present, template)
    return views


def _segments(roster: pd.DataFrame, centre: Centre, people: People) -> Iterator[tuple[str, date, str | None, Segment]]:
    """Agent, work date, template and segment, in the order of agent, work date and time."""
    ordered = roster.sort_values(["agent", "work_date", "start"], kind="stable")
    zones = ordered["agent"].map({agent.id: centre.site(agent.site).zone for agent in people.agents})
    if zones.isna().any():
        raise unknown_agent(str(ordered["agent"].to_numpy()[zones.isna().to_numpy().argmax()]))
    columns = (
        ordered["agent"],
        ordered["work_date"].dt.date,
        ordered["template"],
        ordered["activity"],
        _on_clocks(ordered["start"], zones),
        _on_clocks(ordered["end"], zones),
        ordered["paid"],
        ordered["skill_set"],
    )
    for agent, day, template, activity, start, end, paid, skill_set in zip(*columns, strict=True):
        yield str(agent), day, template or None, Segment(activity, start, end, bool(paid), skill_set or None)


def _on_clocks(instants: pd.Series, zones: pd.Series) -> np.ndarray:
    """Each instant as an aware datetime of its own zone."""
    clocks = np.empty(len(instants), dtype=object)
    for zone in zones.unique():
        own = (zones == zone).to_numpy(bool)
        clocks[own] = pd.DatetimeIndex(instants[own]).tz_convert(zone_named(zone)).to_pydatetime()
    return clocks
