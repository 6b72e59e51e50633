"""Scores broken down: by queue, lead, weekday, time of day, kind of day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from forecasting.evaluation.by import KEY, OF_PARTS_OF_DAYS, By, ByOfStored
from forecasting.evaluation.cost_in_agents import agent_row, open_hours_a_week
from forecasting.evaluation.pit import evenness, pit_of
from forecasting.evaluation.scores import score_row
from wfm.policy.centre import Centre
from wfm.time.week import WEEKDAYS
from wfm.time.zones import local_day, local_minute

_DAY_SCORES = ("wmape_day", "day_in_80", "day_in_95")


def add_keys(intervals: pd.DataFrame, days: pd.DataFrame, centre: Centre) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scored rows with the columns that they are broken down by.

    Args:
        intervals: columns of FORECAST, ``first_day`` (of the forecast, a naive midnight), ``origin_day`` (the first
            local day of which nothing was known).
        days: columns of FORECAST_DAY and the same two.

    Returns:
        Both with ``lead_day`` (1: the first unknown day), ``lead_week`` (1: the first seven), ``weekday`` (its name,
        ordered), ``kind`` of the day; intervals also with ``day`` and ``time`` (HH:MM of the wall clock).
    """
    clock = np.array([f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(1440)], object)
    day, time = np.full(len(intervals), np.datetime64("NaT", "us")), np.full(len(intervals), "", object)
    for queue_id, at in intervals.groupby("queue").indices.items():
        zone, starts = centre.zone_of(str(queue_id)), intervals["interval_start"].iloc[at]
        day[at], time[at] = local_day(starts, zone).to_numpy(), clock[local_minute(starts, zone)]
    timed = intervals.assign(day=day, time=time)
    kinds = days[["queue", "day", "kind"]].drop_duplicates(["queue", "day"])
    return _of_days(timed.merge(kinds, on=["queue", "day"], how="left")), _of_days(days)


def _of_days(rows: pd.DataFrame) -> pd.DataFrame:
    lead = (rows["day"] - rows["origin_day"]).dt.days
    names = pd.Categorical(np.array(WEEKDAYS)[rows["day"].dt.day_of_week.to_numpy(int)], WEEKDAYS, ordered=True)
    kinds = rows["kind"].astype(object).fillna("unknown")
    return rows.assign(lead_day=lead + 1, lead_week=lead // 7 + 1, weekday=names, kind=kinds)


def breakdown(
    intervals: pd.DataFrame, days: pd.DataFrame, by: By | ByOfStored, extra: Sequence[str] = ()
) -> pd.DataFrame:
    """Scores of rows with keys and agents: one row a queue, method and value of ``by``.

    Args:
        extra: further columns to tell rows apart by, first of all, such as ``run``.

    Returns:
        The key columns, ``intervals`` and ``days`` scored, the scores of ``score_row`` and ``agent_row``. Scores of
        days are left out where the breakdown is by parts of days. Methods come in the order of the rows.
    """
    whose, more = [*extra, "queue", "method"], [KEY[by]] if by in KEY else []
    keys = [*whose, *more]
    days_of = _groups(days, keys) if by not in OF_PARTS_OF_DAYS else {}
    rows = []
    for key, own in _groups(intervals, keys).items():
        of_days = days_of.get(key, days.iloc[:0])
        counts = {"intervals": len(own), "days": len(of_days)}
        rows.append({**dict(zip(keys, key, strict=True)), **counts, **score_row(own, of_days), **agent_row(own)})
    table = pd.DataFrame(rows)
    if by in OF_PARTS_OF_DAYS:
        table = table.drop(columns=["days", *_DAY_SCORES])
    return table


def _groups(rows: pd.DataFrame, keys: list[str]) -> dict[tuple[object, ...], pd.DataFrame]:
    """Rows by key: by the order of values, but methods by that in which they come."""
    methods = pd.Categorical(rows["method"], list(dict.fromkeys(rows["method"])), ordered=True)
    return dict(list(rows.assign(method=methods).groupby(keys, observed=True, sort=True)))


def summary(
    intervals: pd.DataFrame, days: pd.DataFrame, centre: Centre, extra: Sequence[str] = (), *, seed: int = 0
) -> pd.DataFrame:
    """The breakdown by queue and method, with agent-hours a week of normal opening, and whether the bands are even.

    ``seed`` is that of the randomised PIT.
    """
    table = breakdown(intervals, days, By.queue, extra)
    open_h = np.array([open_hours_a_week(centre.queue(name).opening) for name in table["queue"]])
    even = []
    for own in _groups(intervals, [*extra, "queue", "method"]).values():
        pit = pit_of(own, own["actual"].to_numpy(float), seed)
        even.append(evenness(pit, own["day"].to_numpy()))
    return table.assign(
        hours_over_week=table["agents_over"] * open_h,
        hours_under_week=table["agents_under"] * open_h,
        pit_distance=[one.distance for one in even],
        bands=[one.words for one in even],
    )
