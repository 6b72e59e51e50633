"""How long one contact keeps one agent: its handle time or the default, over the concurrency, or with its attempts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.forecast import planned_volume


def check_queues(table: pd.DataFrame, centre: Centre, name: str) -> None:
    """Refuse a table that names a queue the policy doesn't.

    Raises:
        MissingError: names table, row, the queue found and those there are.
    """
    known = [queue.id for queue in centre.queues]
    unknown = ~table["queue"].isin(known)
    if unknown.any():
        row = int(np.argmax(unknown))
        raise MissingError(
            "unknown queue",
            where=f"table {name}, row {row}, column queue",
            found=table["queue"].iloc[row],
            expected=", ".join(known),
            mend="add the queue to wfm.toml or remove its rows",
        )


def with_handling(forecast: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """The forecast with every ``aht_s`` filled and what each queue's policy says beside it.

    A handle time that the forecast lacks is the queue's default and marked ``aht_assumed``. An agent who handles k
    chats at once is busy with each of them for AHT / k: the load he takes, though not the exact waiting behaviour
    of slots that fill one by one. A contact that has to be dialled takes what its attempts take.

    Args:
        forecast: a checked FORECAST table of known queues.

    Returns:
        The same rows with ``aht_s``, ``aht_assumed``, ``open_min`` filled, and ``volume`` (contacts to plan for: the
        planner's override, else the mean), ``interval_min``, ``concurrency``, ``deadline_h`` (the least hours that
        deferred contacts have; NaN of others), ``busy_s`` (the seconds of one agent that one contact takes).
    """
    policy = pd.DataFrame(
        {
            "interval_min": [float(queue.interval_min) for queue in centre.queues],
            "concurrency": [queue.concurrency for queue in centre.queues],
            "deadline_h": [np.nan if queue.within_h is None else queue.within_h for queue in centre.queues],
            "default_aht_s": [queue.default_aht_s for queue in centre.queues],
        },
        index=[queue.id for queue in centre.queues],
    )
    own = policy.loc[forecast["queue"]].reset_index(drop=True)
    rows = forecast.reset_index(drop=True)
    aht_s = rows["aht_s"].fillna(own["default_aht_s"])
    return rows.assign(
        volume=planned_volume(rows),
        aht_s=aht_s,
        aht_assumed=rows["aht_assumed"] | rows["aht_s"].isna(),
        open_min=rows["open_min"].fillna(own["interval_min"]),
        interval_min=own["interval_min"],
        concurrency=own["concurrency"],
        deadline_h=own["deadline_h"],
        busy_s=_busy_s(rows["queue"], aht_s / own["concurrency"], centre),
    )


def _busy_s(queue: pd.Series, contact_s: pd.Series, centre: Centre) -> pd.Series:
    """Seconds of one agent that one contact takes; where it is dialled, attempts in vain included."""
    busy_s = contact_s.copy()
    for outbound in centre.queues:
        if outbound.dialling is not None:
            own = queue == outbound.id
            busy_s[own] = outbound.dialling.busy_s(contact_s[own].to_numpy(float))
    return busy_s
