"""What a blend saves against separate teams, and the rule by which agents keep the promise to callers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.deferred import Blend
from wfm.staffing.blend import BASIS, TimeLine, deferred_aht_s
from wfm.staffing.deferred import deferred_requirement
from wfm.staffing.handling import with_handling
from wfm.staffing.idle_time import blended_team, joined_queue, load_of
from wfm.tables.forecast import FORECAST

TOTAL = "all"


def blend_saving(
    requirement: pd.DataFrame, forecast: pd.DataFrame, centre: Centre, cost_per_h: float | None = None
) -> pd.DataFrame:
    """Agent-hours and cost of the blends beside those of separate teams.

    Args:
        requirement: a REQUIREMENT table of ``staff``, whose blended rows count extra agents.
        forecast: the FORECAST table it is of.
        centre: the policy with its blends.
        cost_per_h: of an agent; None for the mean of the policy's grades (NaN where it has none).

    Returns:
        For each blend one row a queue, and one of all its queues (``queue`` is ``all``): ``blend`` (its position in the
        policy, from 1), ``queue``, ``separate_h``, ``blended_h`` (agent-hours on the floor), ``saved_h``,
        ``saved_share``, ``separate_peak``, ``blended_peak`` (agents), ``separate_cost``, ``blended_cost``,
        ``saved_cost`` (of rostered hours), ``currency``. No rows where nothing is blended.
    """
    rows = with_handling(FORECAST.check(forecast), centre)
    grades = [float(rate) for rate in centre.pay.grades.values()]
    rate = cost_per_h if cost_per_h is not None else float(np.mean(grades)) if grades else float("nan")
    tables = [
        _of_blend(number, blend, requirement, rows, centre, rate) for number, blend in enumerate(centre.blends, 1)
    ]
    return pd.concat(tables, ignore_index=True) if tables else _of_hours([], 0, rate, centre)


def _of_blend(
    number: int, blend: Blend, requirement: pd.DataFrame, rows: pd.DataFrame, centre: Centre, rate: float
) -> pd.DataFrame:
    found = []
    for queue in blend.interactive + blend.deferred:
        own = requirement[requirement["queue"] == queue].reset_index(drop=True)
        if own.empty:
            continue
        blended = own["basis"].str.startswith(BASIS, na=False).any()
        alone = own
        if blended:
            forecast = rows[rows["queue"] == queue].reset_index(drop=True)
            alone = deferred_requirement(forecast, centre.queue(queue), centre)
        # What a roster needs for an agent on the floor is the same in both plans.
        factor = (own["rostered"] / own["agents"].where(own["agents"] > 0)).fillna(1 / (1 - centre.shrinkage.unplanned))
        found.append(
            pd.DataFrame(
                {
                    "queue": queue,
                    "interval_start": own["interval_start"],
                    "hours": centre.queue(queue).interval_min / 60,
                    "separate": alone["agents"].to_numpy(float),
                    "blended": own["agents"],
                    "factor": factor,
                }
            )
        )
    return _of_hours(found, number, rate, centre)


def _of_hours(found: list[pd.DataFrame], number: int, rate: float, centre: Centre) -> pd.DataFrame:
    """The rows of one blend from the agents of each of its queues, and their sum."""
    names = ("separate", "blended")
    records: list[dict[str, object]] = []
    for part in [*found, *([pd.concat(found)] if found else [])]:
        queues = part["queue"].unique()
        record: dict[str, object] = {"blend": number, "queue": queues[0] if len(records) < len(found) else TOTAL}
        hours = {name: float((part[name] * part["hours"]).sum()) for name in names}
        cost = {name: float((part[name] * part["hours"] * part["factor"]).sum()) * rate for name in names}
        saved = hours["separate"] - hours["blended"]
        record |= {f"{name}_h": hours[name] for name in names}
        record |= {"saved_h": saved, "saved_share": saved / hours["separate"] if hours["separate"] else 0.0}
        record |= {f"{name}_peak": _peak(part, name) for name in names}
        record |= {f"{name}_cost": cost[name] for name in names}
        records.append(record | {"saved_cost": cost["separate"] - cost["blended"], "currency": centre.centre.currency})
    columns = ["blend", "queue", *(f"{name}_h" for name in names), "saved_h", "saved_share"]
    columns += [f"{name}_{what}" for what in ("peak", "cost") for name in names] + ["saved_cost", "currency"]
    return pd.DataFrame(records, columns=columns)


def _peak(part: pd.DataFrame, name: str) -> float:
    """The most agents of all queues together at the moments at which some interval begins."""
    moments = _microseconds(part).unique().sort_values()
    total = np.zeros(moments.size)
    for _, own in part.groupby("queue"):
        starts = _microseconds(own)
        at = np.searchsorted(starts, moments, side="right") - 1
        inside = (at >= 0) & (moments < starts[at] + round(own["hours"].iloc[0] * 3.6e9))
        total += np.where(inside, own[name].to_numpy(float)[at], 0.0)
    return float(total.max(initial=0.0))


def _microseconds(part: pd.DataFrame) -> pd.Index[int]:
    return pd.Index(pd.DatetimeIndex(part["interval_start"]).as_unit("us").asi8)


def blend_rule(requirement: pd.DataFrame, forecast: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """When agents may begin deferred work, so that callers still get what is promised: a row an interval of a queue.

    Args:
        requirement, forecast, centre: as of :func:`blend_saving`.

    Returns:
        ``queue`` (interactive, of a blend that is not interruptible), ``interval_start``, ``agents`` (its requirement
        and the whole extra agents of the blend that join it: the largest queue's), ``keep_free`` (deferred work is
        begun only while more than these are free), ``deferred_agents`` (the mean number on deferred work if it lies
        ready all the time), ``service_level`` and ``asa_s`` then (NaN where none may be begun).
    """
    rows = with_handling(FORECAST.check(forecast), centre)
    own = {str(queue): part.reset_index(drop=True) for queue, part in rows.groupby("queue")}
    parts = [
        part for blend in centre.blends if not blend.interruptible for part in _rules(blend, requirement, own, centre)
    ]
    names = ["queue", "interval_start", "agents", "keep_free", "deferred_agents", "service_level", "asa_s"]
    return pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame(columns=names)


def _rules(blend: Blend, requirement: pd.DataFrame, own: dict[str, pd.DataFrame], centre: Centre) -> list[pd.DataFrame]:
    interactive = [queue for queue in blend.interactive if queue in own]
    deferred = [queue for queue in blend.deferred if queue in own]
    if not interactive or not deferred:
        return []
    agents = {queue: part["agents"].to_numpy(float) for queue, part in requirement.groupby("queue")}
    line = TimeLine.of([own[queue] for queue in deferred], [own[queue] for queue in interactive])
    extra = sum(line.values(agents[queue][:, None], own[queue], otherwise=np.zeros(1))[:, 0] for queue in deferred)
    joined = joined_queue(
        [line.values(load_of(own[queue])[:, None], own[queue], np.zeros(1))[:, 0] for queue in interactive]
    )
    aht_s = deferred_aht_s([own[queue] for queue in deferred])
    parts = []
    for number, queue in enumerate(interactive):
        team = agents[queue] + np.floor(line.means(np.where(joined == number, extra, 0.0), own[queue]) + 1e-6)
        does = blended_team(own[queue], team, aht_s, centre)
        part = own[queue][["queue", "interval_start"]].assign(agents=team, keep_free=does.keep_free)
        parts.append(
            part.assign(deferred_agents=does.deferred_agents, service_level=does.service_level, asa_s=does.asa_s)
        )
    return parts
