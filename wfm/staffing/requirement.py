"""Forecast and targets to the requirement: the agents each queue needs on the floor, interval by interval."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.staffing.blend import blend_requirement
from wfm.staffing.deferred import deferred_requirement
from wfm.staffing.handling import check_queues, with_handling
from wfm.staffing.interactive import interactive_requirement
from wfm.staffing.unplanned import unplanned_share
from wfm.tables.forecast import FORECAST
from wfm.tables.requirement import REQUIREMENT


def staff(
    forecast: pd.DataFrame,
    centre: Centre,
    shrinkage: pd.DataFrame | None = None,
    handle_time_by_level: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The requirement of a forecast: one row for each of its rows.

    Interactive queues: the fewest agents that keep the queue's targets, as ``interactive_requirement`` has them.
    Deferred queues: the level plan over the whole forecast, or in a blend what is to be added for them.

    Args:
        forecast: a FORECAST table; a missing ``aht_s`` takes the queue's default and is marked, a missing
            ``open_min`` is the whole interval.
        centre: the policy, whose queues hold targets, deadlines and concurrency.
        shrinkage: a SHRINKAGE_FORECAST table; intervals that it lacks lose the policy's flat unplanned share.
        handle_time_by_level: a HANDLE_TIME_BY_LEVEL table, for queues of several chats at once.

    Returns:
        A REQUIREMENT table.

    Raises:
        InputError: the forecast or the shrinkage broke its contract, an interval is open for longer than it is, or a
            deadline that nobody can meet.
        MissingError: the forecast is empty or names a queue that the policy doesn't.
    """
    checked = FORECAST.check(forecast)
    if checked.empty:
        raise MissingError("nothing to staff", where="table forecast", found="no rows", expected="a forecast")
    check_queues(checked, centre, FORECAST.name)
    rows = with_handling(checked, centre)
    _check_open_minutes(rows)
    parts = []
    for name, own in rows.groupby("queue", sort=True):
        queue = centre.queue(str(name))
        own = own.reset_index(drop=True)
        if queue.deferred:
            parts.append(deferred_requirement(own, queue, centre))
        else:
            parts.append(interactive_requirement(own, queue, centre, handle_time_by_level))
    table = pd.concat(parts, ignore_index=True)
    if centre.blends:
        table = blend_requirement(table, rows, centre)
    table["rostered"] = table["agents"] / (1.0 - unplanned_share(table, centre, shrinkage))
    return REQUIREMENT.check(table)


def _check_open_minutes(rows: pd.DataFrame) -> None:
    wrong = (rows["open_min"] > rows["interval_min"]).to_numpy()
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            "an interval is open for longer than it is",
            where=f"table forecast, row {row}, column open_min",
            found=rows["open_min"].iloc[row],
            expected=f"at most the queue's interval of {rows['interval_min'].iloc[row]:g} minutes",
        )
