"""Given duties: shifts read back from a roster, for locked days and for the audit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scheduling.staff.duty import DAY_MIN, Duty
from scheduling.staff.horizon import Horizon
from scheduling.staff.pauses import pauses_of
from scheduling.staff.worker import Worker
from wfm.tables.roster import ABSENCES, shifts

Worked = dict[int, Duty]
"""The duties of one agent by day of the period."""


def day_of(work_date: pd.Series, horizon: Horizon) -> np.ndarray:
    """The day of the period of each work date; outside of the period it is below 0 or at least its length."""
    return np.asarray((work_date - pd.Timestamp(horizon.period.first)).dt.days, dtype=np.int64)


def present(roster: pd.DataFrame, workers: Iterable[Worker]) -> pd.DataFrame:
    """The segments that are no absence: without leave and sickness, and without whole days of training."""
    frame = roster[~roster["activity"].isin(ABSENCES) & (roster["end"] > roster["start"])]
    training = [
        (worker.id, pd.Timestamp(worker.horizon.date(day)))
        for worker in workers
        for day, kind in enumerate(worker.away)
        if kind == "training"
    ]
    if not training or frame.empty:
        return frame
    away = pd.MultiIndex.from_arrays([frame["agent"], frame["work_date"]]).isin(training)
    return frame[~(away & (frame["activity"] == "training").to_numpy())]


def worked(roster: pd.DataFrame, workers: Iterable[Worker], horizon: Horizon) -> dict[str, Worked]:
    """Each agent's duties within the period, from the segments of ``roster``; agents without any are absent."""
    staff = {worker.id: worker for worker in workers}
    segments = present(roster[roster["agent"].isin(list(staff))], staff.values())
    if segments.empty:
        return {}
    table = shifts(segments)
    days = day_of(table["work_date"], horizon)
    inside = (days >= 0) & (days < horizon.period.days)
    pauses = [own for own, kept in zip(pauses_of(segments), inside.tolist(), strict=True) if kept]
    table, days = table[inside], days[inside]
    starts, ends = (horizon.minutes(pd.DatetimeIndex(table[column])) for column in ("start", "end"))
    walls = _wall_minutes(table, [staff[agent].zone for agent in table["agent"]], starts)
    paid = table["paid_min"].round().to_numpy(np.int64)
    templates = table["template"].astype(object).where(table["template"].notna(), "")
    found: dict[str, Worked] = {}
    columns = (days, starts, ends, walls, paid)
    for agent, template, own, day, start, end, wall, paid_min in zip(
        table["agent"], templates, pauses, *(column.tolist() for column in columns), strict=True
    ):
        found.setdefault(agent, {})[day] = Duty(
            day=day,
            template=template,
            starts=start,
            ends=end,
            wall_start=wall,
            wall_end=wall + end - start,
            paid_min=paid_min,
            given=True,
            pauses=own,
        )
    return found


def _wall_minutes(table: pd.DataFrame, zones: list[str], starts: np.ndarray) -> np.ndarray:
    """Minutes of each shift's start on the clock of its agent's site after midnight of its work date."""
    wall = starts % DAY_MIN
    for zone, rows in table.groupby(np.asarray(zones, dtype=object)).indices.items():
        local = table["start"].iloc[rows].dt.tz_convert(zone).dt.tz_localize(None)
        since = local - table["work_date"].iloc[rows]
        # A start days away from its work date is an error of form, told as such; here any minute of a day will do.
        near = ((since >= pd.Timedelta(days=-2)) & (since < pd.Timedelta(days=2))).to_numpy()
        wall[rows] = np.where(near, since // pd.Timedelta(minutes=1), wall[rows])
    return wall
