"""Carried: what the days before the period leave behind of each agent, read from the roster before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from scheduling.staff.horizon import Horizon
from wfm.tables.roster import ABSENCES, shifts
from wfm.time.zones import DAY

MEMORY_DAYS = 98
"""Thirteen weekends and a week: nothing that is further back matters to any rule."""


class Past(NamedTuple):
    """A shift before the period: ``day`` is below 0, ``starts`` and ``ends`` minutes from the origin.

    ``wall_start`` and ``wall_end`` are on the site's clock after midnight of its work date, as a duty has them.
    """

    day: int
    template: str
    starts: int
    ends: int
    wall_start: int
    wall_end: int
    paid_min: int


@dataclass(frozen=True)
class Carried:
    """What the days before the period leave behind.

    ``last_end`` is the end of the last shift in minutes from the origin (0 or less, unless it reaches into the
    period); ``run_days`` the working days in a row up to the eve; ``week_min`` and ``week_days`` what the week that
    the period cuts has had already. ``known_days`` is how many days before the period the roster reaches back, taken to
    have no gap; in ``past`` are the agent's shifts of these, in order, in ``away`` his days of absence.
    """

    last_end: int | None = None
    run_days: int = 0
    week_min: int = 0
    week_days: int = 0
    known_days: int = 0
    past: tuple[Past, ...] = ()
    away: frozenset[int] = frozenset()

    def run(self, counts: Callable[[Past], bool] | None = None) -> int:
        """Days in a row up to the eve with a shift that ``counts``, if that is given."""
        days = {shift.day for shift in self.past if counts is None or counts(shift)}
        run = 0
        while -run - 1 in days:
            run += 1
        return run

    @property
    def eve(self) -> Past | None:
        """The shift of the day before the period."""
        return self.past[-1] if self.past and self.past[-1].day == -1 else None


def carried_by_agent(previous: pd.DataFrame | None, horizon: Horizon, zones: Mapping[str, str]) -> dict[str, Carried]:
    """What each agent of ``zones`` (by id, the zone of his site) carries into ``horizon`` from the roster before."""
    if previous is None or previous.empty:
        return {}
    first = pd.Timestamp(horizon.period.first)
    ago = (first - previous["work_date"].astype(DAY)).dt.days
    known = int(min(max(ago.max(), 0), MEMORY_DAYS))
    rows = previous[((ago > 0) & (ago <= MEMORY_DAYS)).to_numpy() & previous["agent"].isin(list(zones)).to_numpy()]
    away = _away(rows, first)
    carried = {agent: Carried(known_days=known, away=away.get(agent, frozenset())) for agent in zones}
    for agent, past in _past(rows, horizon, zones).items():
        this_week = [shift for shift in past if shift.day >= -horizon.days_into_week]
        run_of = Carried(past=past)
        carried[agent] = Carried(
            last_end=max(shift.ends for shift in past),
            run_days=run_of.run(),
            week_min=sum(shift.paid_min for shift in this_week),
            week_days=len(this_week),
            known_days=known,
            past=past,
            away=away.get(agent, frozenset()),
        )
    return carried


def _past(rows: pd.DataFrame, horizon: Horizon, zones: Mapping[str, str]) -> dict[str, tuple[Past, ...]]:
    """The shifts of each agent in order of their days."""
    table = shifts(rows)
    if table.empty:
        return {}
    day = (table["work_date"].astype(DAY) - pd.Timestamp(horizon.period.first)).dt.days.to_numpy(np.int64)
    starts, ends = (horizon.minutes(pd.DatetimeIndex(table[column])) for column in ("start", "end"))
    wall = _wall_minutes(table, table["agent"].map(zones).to_numpy(object))
    template = table["template"].astype(object).where(table["template"].notna(), "")
    columns = (day, template, starts, ends, wall, wall + ends - starts, table["paid_min"].round().astype(np.int64))
    shifts_in_order = map(Past, *(np.asarray(column).tolist() for column in columns))
    by_agent = groupby(zip(table["agent"].tolist(), shifts_in_order, strict=True), key=lambda pair: pair[0])
    return {str(agent): tuple(shift for _, shift in own) for agent, own in by_agent}


def _wall_minutes(table: pd.DataFrame, zones: np.ndarray) -> np.ndarray:
    """Minutes of each shift's start on the clock of its zone after midnight of its work date."""
    wall = np.zeros(len(table), dtype=np.int64)
    for zone in dict.fromkeys(zones):
        own = zones == zone
        local = table.loc[own, "start"].dt.tz_convert(zone).dt.tz_localize(None)
        wall[own] = (local - table.loc[own, "work_date"]) // pd.Timedelta(minutes=1)
    return wall


def _away(rows: pd.DataFrame, first: pd.Timestamp) -> dict[str, frozenset[int]]:
    """The days before the period on which each agent was absent."""
    absent = rows[rows["activity"].isin(ABSENCES)]
    day = (absent["work_date"].astype(DAY) - first).dt.days
    return {str(agent): frozenset(own.tolist()) for agent, own in day.groupby(absent["agent"])}
