"""Forecast and targets to the requirement: the agents each queue needs on the floor, interval by interval."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.queueing.erlang_c import asa_s, occupancy, offered_load, service_level
from wfm.queueing.required import required_agents
from wfm.staffing.deferred import deferred_requirement
from wfm.staffing.handling import check_queues, with_handling
from wfm.staffing.pyworkforce_engine import required_agents_pyworkforce
from wfm.tables.forecast import FORECAST
from wfm.tables.requirement import REQUIREMENT

Engine = Literal["erlang_c", "pyworkforce"]
TARGETS = ("service_level", "threshold_s", "asa_s", "max_occupancy", "min_agents")


def staff(forecast: pd.DataFrame, centre: Centre, engine: Engine = "erlang_c") -> pd.DataFrame:
    """The requirement of a forecast: one row for each of its rows.

    Interactive queues: the smallest whole number of agents that meets the queue's targets under Erlang C, each
    interval on its own, at the rate over the interval's open minutes. No minutes open, no agents. Chat with
    concurrency k is staffed as AHT / k, which its basis says. Deferred queues: the level plan over the whole forecast.

    Args:
        forecast: a FORECAST table; a missing ``aht_s`` takes the queue's default and is marked, a missing
            ``open_min`` is the whole interval.
        centre: the policy, whose queues hold targets, deadlines and concurrency.
        engine: ``erlang_c``, or ``pyworkforce`` as a second opinion on interactive queues.

    Returns:
        A REQUIREMENT table.

    Raises:
        InputError: the forecast broke its contract, an interval is open for longer than it is, a deadline that
            nobody can meet, or a target that the second engine doesn't know.
        MissingError: the forecast is empty or names a queue that the policy doesn't.
    """
    checked = FORECAST.check(forecast)
    if checked.empty:
        raise MissingError("nothing to staff", where="table forecast", found="no rows", expected="a forecast")
    check_queues(checked, centre, FORECAST.name)
    rows = with_handling(checked, centre)
    _check_open_minutes(rows)
    deferred = rows["deadline_h"].notna()
    parts = [
        deferred_requirement(own.reset_index(drop=True), centre.queue(str(queue)), centre)
        for queue, own in rows[deferred].groupby("queue", sort=True)
    ]
    if not deferred.all():
        parts.append(_interactive(rows[~deferred].reset_index(drop=True), centre, engine))
    table = pd.concat(parts, ignore_index=True)
    table["rostered"] = table["agents"] / (1.0 - centre.shrinkage.unplanned)
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


def _interactive(rows: pd.DataFrame, centre: Centre, engine: Engine) -> pd.DataFrame:
    open_min, busy_s = rows["open_min"].to_numpy(float), rows["busy_s"].to_numpy(float)
    is_open = open_min > 0
    rate_per_h = np.where(is_open, rows["mean"].to_numpy(float) * 60 / np.where(is_open, open_min, 1.0), 0.0)
    targets = _targets(centre).loc[rows["queue"]].reset_index(drop=True)
    agents, binding = _agents(rate_per_h, busy_s, is_open, targets, engine)
    load = offered_load(rate_per_h, busy_s)
    concurrency = rows["concurrency"].astype(str)
    return pd.DataFrame(
        {
            "queue": rows["queue"],
            "interval_start": rows["interval_start"],
            "agents": agents.astype(float),
            "offered_load": load,
            "service_level": service_level(load, agents, targets["threshold_s"], busy_s),
            "asa_s": asa_s(load, agents, busy_s),
            "abandonment": 0.0,
            "occupancy": occupancy(load, agents),
            "binding": binding,
            "basis": np.where(rows["concurrency"] > 1, "interval, AHT / " + concurrency, "interval"),
            "aht_assumed": rows["aht_assumed"],
            "released_h": np.nan,
            "due_h": np.nan,
        }
    )


def _targets(centre: Centre) -> pd.DataFrame:
    """The queues' targets, NaN where one isn't set; index: queue id."""

    values = [[getattr(queue.target, name) for name in TARGETS] for queue in centre.queues]
    return pd.DataFrame(values, index=[queue.id for queue in centre.queues], columns=list(TARGETS), dtype=float)


def _agents(
    rate_per_h: np.ndarray, busy_s: np.ndarray, is_open: np.ndarray, targets: pd.DataFrame, engine: Engine
) -> tuple[np.ndarray, np.ndarray]:
    columns = {name: targets[name].to_numpy(float) for name in TARGETS}
    columns["min_agents"] = np.where(is_open, columns["min_agents"], 0.0)
    found = required_agents(rate_per_h, busy_s, **columns)
    if engine == "erlang_c":
        return found.agents, found.binding
    unknown = np.isnan(columns["service_level"]) | ~np.isnan(columns["asa_s"])
    if unknown.any():
        row = int(np.argmax(unknown))
        raise InputError(
            "the engine pyworkforce staffs for a service level only",
            where=f"row {row} of the interactive queues",
            expected="a target with service_level and without asa_s",
            mend="use the engine erlang_c",
        )
    second = required_agents_pyworkforce(
        rate_per_h, busy_s, columns["service_level"], columns["threshold_s"],
        np.where(np.isnan(columns["max_occupancy"]), 1.0, columns["max_occupancy"]),
    )  # fmt: skip
    least = columns["min_agents"].astype(np.int64)
    return np.maximum(second, least), np.where(least > second, "minimum", found.binding)
