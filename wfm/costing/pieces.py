"""Paid pieces: a roster's paid time cut at local midnights and at the edges of the night, each of one kind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.days import day_kinds_of
from wfm.policy.people import Agent, unknown_agent
from wfm.tables.roster import ABSENCES
from wfm.time.week import WEEKDAYS
from wfm.time.zones import DAY, at_wall_time, local_day

_SECOND = 1_000_000


def paid_pieces(roster: pd.DataFrame, centre: Centre, agents: Mapping[str, Agent]) -> pd.DataFrame:
    """The paid segments that are no absence, cut so that each piece lies on one local date, by day or by night.

    Returns:
        ``agent``, ``start`` (instant), ``seconds`` (whole), ``date`` (local to the agent's site), ``night`` (flag),
        in the order of agent and time.

    Raises:
        InputError: an agent of the roster is unknown.
    """
    paid = roster[roster["paid"] & ~roster["activity"].isin(ABSENCES)]
    unknown = sorted(set(roster["agent"]) - set(agents))
    if unknown:
        raise unknown_agent(unknown[0])
    zones = paid["agent"].map({name: centre.site(agent.site).zone for name, agent in agents.items()})
    cut = [_cut(rows, str(zone), centre.pay.night) for zone, rows in paid.groupby(zones, sort=True)]
    if not cut:
        return _cut(paid, centre.zone, centre.pay.night)
    return pd.concat(cut, ignore_index=True).sort_values(["agent", "start"], kind="stable", ignore_index=True)


def _cut(segments: pd.DataFrame, zone: str, night: tuple[int, int]) -> pd.DataFrame:
    """Segments of one zone, each cut at every edge that lies inside it."""
    start = pd.DatetimeIndex(segments["start"]).as_unit("us").asi8
    end = pd.DatetimeIndex(segments["end"]).as_unit("us").asi8
    edges = _edges(segments, zone, night)
    borders = np.sort(np.clip(edges, start[:, None], end[:, None]), axis=1)
    borders = np.column_stack([start, borders, end])
    row, column = np.nonzero(np.diff(borders, axis=1))
    begins = pd.DatetimeIndex(pd.to_datetime(borders[row, column], unit="us", utc=True)).as_unit("us")
    return pd.DataFrame(
        {
            "agent": segments["agent"].to_numpy()[row],
            "start": begins,
            "seconds": (borders[row, column + 1] - borders[row, column]) // _SECOND,
            "date": local_day(begins, zone),
            "night": at_night(begins, zone, night),
        }
    )


def _edges(segments: pd.DataFrame, zone: str, night: tuple[int, int]) -> np.ndarray:
    """Midnights and edges of the night around each segment, as microseconds: shape (segments, edges)."""
    first = local_day(segments["start"], zone) - pd.Timedelta(days=1)
    longest = (segments["end"] - segments["start"]).max() if len(segments) else pd.Timedelta(0)
    moments = (0, night[0], night[1])
    columns = [
        at_wall_time(first + pd.Timedelta(days=day), minute, zone).asi8
        for day in range(longest.days + 3)
        for minute in moments
    ]
    return np.column_stack(columns)


def at_night(instants: pd.DatetimeIndex, zone: str, night: tuple[int, int]) -> np.ndarray:
    """Whether each instant lies in the night, on the wall clock: ``night`` may pass midnight."""
    local = instants.tz_convert(zone)
    minute = (local.hour * 60 + local.minute).to_numpy()
    return np.asarray(
        ((minute >= night[0]) & (minute < night[1])) | ((minute + 1440 >= night[0]) & (minute + 1440 < night[1]))
    )


def workweek(dates: pd.Series, workweek_starts: str) -> pd.Series:
    """The first day of each date's pay workweek."""
    back = (dates.dt.day_of_week - WEEKDAYS.index(workweek_starts)) % 7
    first: pd.Series = (dates - pd.to_timedelta(back, unit="D")).astype(DAY)
    return first


def kinds_of(dates: pd.Series, centre: Centre) -> pd.Series:
    """The kind of each date in the centre's calendar: workday, weekend, holiday, rest, makeup or special."""
    kinds = day_kinds_of(pd.DatetimeIndex(sorted(dates.unique())), centre)
    return dates.map(dict(zip(kinds["day"], kinds["kind"], strict=True)))
