"""Given duties: shifts read back from a roster, for locked days and for the audit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from scheduling.duty import DAY_MIN, Duty
from scheduling.horizon import Horizon
from scheduling.worker import Worker
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
    starts, ends = (horizon.minutes(pd.DatetimeIndex(table[column])) for column in ("start", "end"))
    found: dict[str, Worked] = {}
    rows = zip(table["agent"], days, starts, ends, table["paid_min"], table["template"], strict=True)
    for agent, day, start, end, paid_min, template in rows:
        if 0 <= day < horizon.period.days:
            wall = _wall_minute(staff[agent], int(day), int(start))
            duty = Duty(
                day=int(day),
                template=template if isinstance(template, str) else "",
                starts=int(start),
                ends=int(end),
                wall_start=wall,
                wall_end=wall + int(end - start),
                paid_min=round(float(paid_min)),
                given=True,
            )
            found.setdefault(agent, {})[int(day)] = duty
    return found


def _wall_minute(worker: Worker, day: int, minute: int) -> int:
    local = worker.horizon.instants([minute])[0].tz_convert(worker.zone).tz_localize(None)
    since = local - pd.Timestamp(worker.horizon.date(day))
    return int(since // pd.Timedelta(minutes=1)) if abs(since.days) < 2 else minute % DAY_MIN
