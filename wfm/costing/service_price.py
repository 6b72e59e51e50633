"""The price of service: what each service level would cost, queue by queue, and what one point more costs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.staffing.change import Change
from wfm.staffing.requirement import staff
from wfm.staffing.scenario import Scenario
from wfm.tables.forecast import planned_volume

LEVELS = (0.75, 0.80, 0.85, 0.90, 0.95)
SPANS = ("interval", "day")


def service_price(
    forecast: pd.DataFrame,
    centre: Centre,
    rate: float,
    levels: Sequence[float] = LEVELS,
    spans: Sequence[str] = SPANS,
    shrinkage: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Agent-hours and cost of the forecast at each service level, promised for every interval and over the day.

    Thresholds, other targets and handle times stay as the policy has them, so that a queue whose occupancy cap or
    minimum decides pays nothing for a point until the level does. Agents are whole: over few intervals the price of a
    point comes in steps.

    Args:
        forecast: contract FORECAST, such as one week of it.
        rate: cost of a paid hour, in currency units.
        levels: service levels in growing order, above 0 and below 1.
        spans: for what each level is promised: every ``interval``, the ``day`` or the ``week``.
        shrinkage: contract SHRINKAGE_FORECAST; None: the policy's flat share.

    Returns:
        One row an interactive queue, span and level: ``queue``, ``per``, ``target``, ``agent_hours``, ``service_level``
        (over all contacts), ``cost`` (of agent-hours with both kinds of shrinkage), ``cost_of_a_point``: of one
        percentage point more, on the way from the level below (NaN for the lowest).

    Raises:
        MissingError: no interactive queue is forecast.
    """
    there = set(forecast["queue"])
    queues = [queue.id for queue in centre.queues if queue.id in there and not queue.deferred]
    if not queues:
        raise MissingError("no queue with a service level is forecast", mend="run `wfm forecast`")
    rows = forecast[forecast["queue"].isin(queues)].reset_index(drop=True)
    parts = [
        _priced(staff(rows, policy, shrinkage), rows, policy, rate).assign(per=per, target=level)
        for per in spans
        for level in levels
        for policy in [_promising(centre, queues, level, per)]
    ]
    names = ["queue", "per", "target", "agent_hours", "service_level", "cost"]
    table = pd.concat(parts, ignore_index=True)[names].sort_values(["queue", "per", "target"], ignore_index=True)
    steps = table.groupby(["queue", "per"])[["cost", "target"]].diff()
    return table.assign(cost_of_a_point=steps["cost"] / (steps["target"] * 100))


def _promising(centre: Centre, queues: Sequence[str], level: float, per: str) -> Centre:
    """The policy with that service level in each of the queues, within its own threshold."""
    changes = [
        change
        for name in queues
        for change in (
            Change("target", "level", (level * 100, centre.queue(name).target.threshold_s), name),
            Change("per", "span", (), name, per),
        )
    ]
    return Scenario(f"{level:.0%} per {per}", tuple(changes)).centre(centre)


def _priced(requirement: pd.DataFrame, forecast: pd.DataFrame, centre: Centre, rate: float) -> pd.DataFrame:
    """Agent-hours, service level and cost of each queue."""
    keys = ["queue", "interval_start"]
    rows = requirement.merge(forecast[keys].assign(contacts=planned_volume(forecast)), on=keys, how="left")
    hours = rows["queue"].map({queue.id: queue.interval_min / 60 for queue in centre.queues})
    parts = {
        "queue": rows["queue"],
        "agent_hours": rows["agents"] * hours,
        "cost": rows["rostered"] * hours * rate / (1 - centre.shrinkage.planned),
        "served": rows["service_level"] * rows["contacts"],
        "contacts": rows["contacts"],
    }
    sums = pd.DataFrame(parts).groupby("queue", as_index=False).sum()
    return sums.assign(service_level=sums["served"] / sums["contacts"].where(sums["contacts"] > 0))
