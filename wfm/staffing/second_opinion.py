"""A second opinion on a requirement: the agents that pyworkforce finds, beside those that were found here."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre, Queue
from wfm.staffing.handling import with_handling
from wfm.staffing.pyworkforce_engine import ERLANG_A_PER_S, ERLANG_C_PER_S, has_erlang_a, required_agents_pyworkforce
from wfm.staffing.streams import rate_per_open_h
from wfm.staffing.targets import targets_of


def second_opinion(requirement: pd.DataFrame, forecast: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """The requirement of interactive queues beside pyworkforce's.

    Each interval on its own at the mean rate, for the queue's service level (served in time over offered), caps of
    occupancy and abandonment, and least agents: Erlang A where the queue's model has it and the pyworkforce installed
    too, else Erlang C; chat at AHT over concurrency.
    A requirement by another model or basis differs for that reason, so both are named.

    Args:
        requirement: contract REQUIREMENT, staffed from ``forecast``.

    Returns:
        One row an interactive queue and interval: ``queue``, ``interval_start``, ``agents``, ``pyworkforce``,
        ``difference`` (theirs less ours), ``model`` and ``basis`` of ours, ``pyworkforce_model``.

    Raises:
        MissingError: no interactive queue is forecast.
        InputError: a queue that promises no service level, which is all that pyworkforce can be asked for.
    """
    rows = with_handling(forecast, centre)
    queues = [queue for queue in centre.queues if not queue.deferred and queue.id in set(rows["queue"])]
    if not queues:
        raise MissingError("no queue with a service level is forecast", mend="run `wfm forecast`")
    theirs = pd.concat([_theirs(rows[rows["queue"] == queue.id], queue, centre) for queue in queues])
    table = requirement.merge(theirs, on=["queue", "interval_start"], how="inner")
    table["difference"] = table["pyworkforce"] - table["agents"]
    names = ["queue", "interval_start", "agents", "pyworkforce", "difference", "model", "basis", "pyworkforce_model"]
    return table[names].sort_values(["queue", "interval_start"], ignore_index=True)


def seconds_needed(forecast: pd.DataFrame, centre: Centre) -> float:
    """About how long pyworkforce takes for a forecast, in seconds of one core; large queues take longer."""
    rows = forecast.groupby("queue").size()
    return sum(
        int(rows.get(queue.id, 0)) / (ERLANG_A_PER_S if _patience_s(queue) else ERLANG_C_PER_S)
        for queue in centre.queues
        if not queue.deferred
    )


def _patience_s(queue: Queue) -> float | None:
    """Patience where both the queue's model and the pyworkforce installed know it."""
    return queue.patience_s if queue.waiting != "erlang_c" and has_erlang_a() else None


def _theirs(rows: pd.DataFrame, queue: Queue, centre: Centre) -> pd.DataFrame:
    """Its agents for each interval of one queue, and the model it used."""
    rate_per_h, patience_s = rate_per_open_h(rows), _patience_s(queue)
    targets = targets_of(rows["interval_start"], rows["open_min"].to_numpy(float) > 0, queue, centre.zone_of(queue.id))
    if np.isnan(targets.service_level).any():
        raise InputError(
            "pyworkforce staffs for a service level only",
            where=f"queue {queue.id}",
            expected="a target with service_level",
        )
    agents = required_agents_pyworkforce(
        rate_per_h,
        rows["busy_s"].to_numpy(float),
        targets.service_level,
        targets.threshold_s,
        np.nan_to_num(targets.max_occupancy, nan=1.0),
        patience_s,
        np.nan_to_num(targets.max_abandonment, nan=1.0),
    )
    return rows[["queue", "interval_start"]].assign(
        pyworkforce=np.maximum(agents, targets.min_agents),
        pyworkforce_model="erlang_c" if patience_s is None else "erlang_a",
    )
