"""Scenarios side by side: what each asks of the floor and of the payroll, what it delivers, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from wfm.costing.capacity import capacity
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.staffing.requirement import staff
from wfm.staffing.scenario import Scenario
from wfm.tables.forecast import planned_volume


def side_by_side(
    forecast: pd.DataFrame,
    centre: Centre,
    people: People,
    scenarios: Sequence[Scenario],
    shrinkage: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a scenario, each staffed anew from the changed forecast under the changed policy.

    Args:
        forecast: contract FORECAST.
        people: for the mean rate, at which the cost is estimated.
        scenarios: the first is what the others are compared with.
        shrinkage: contract SHRINKAGE_FORECAST; a scenario that changes shrinkage has its flat share instead.

    Returns:
        ``scenario``, ``contacts``, ``agent_hours`` on the floor, ``rostered_hours`` (with unplanned shrinkage),
        ``peak_agents`` of all queues together, ``service_level`` over all interactive contacts, ``paid_hours`` (with
        planned shrinkage too), ``peak_fte`` of the fullest week, ``cost``, ``currency``, ``change`` of the cost.

    Raises:
        UsageError: a scenario that the forecast or the policy cannot follow.
    """
    table = pd.DataFrame([_row(case, forecast, centre, people, shrinkage) for case in scenarios])
    return table.assign(currency=centre.centre.currency, change=table["cost"] / table["cost"].iloc[0] - 1)


def _row(
    case: Scenario, forecast: pd.DataFrame, centre: Centre, people: People, shrinkage: pd.DataFrame | None
) -> dict[str, object]:
    policy, changed = case.centre(centre), case.forecast(forecast, centre)
    flat = any(change.quantity == "shrinkage" for change in case.changes)
    requirement = staff(changed, policy, None if flat else shrinkage)
    weeks = capacity(requirement, policy, people)
    hours = _hours(requirement, policy)
    return {
        "scenario": case.name,
        "contacts": planned_volume(changed).sum(),
        "agent_hours": weeks["floor_hours"].sum(),
        "rostered_hours": float(requirement["rostered"].to_numpy(float) @ hours),
        "peak_agents": peak_agents(requirement, policy),
        "service_level": overall_service_level(requirement, changed),
        "paid_hours": weeks["paid_hours"].sum(),
        "peak_fte": weeks["fte_required"].max(),
        "cost": weeks["cost"].sum(),
    }


def _hours(requirement: pd.DataFrame, centre: Centre) -> np.ndarray:
    """The length of each row's interval."""
    return requirement["queue"].map({queue.id: queue.interval_min / 60 for queue in centre.queues}).to_numpy(float)


def peak_agents(requirement: pd.DataFrame, centre: Centre) -> float:
    """The most agents that all queues need at one moment, if each were alone; intervals may differ in length."""
    start = requirement["interval_start"]
    end = start + pd.to_timedelta(_hours(requirement, centre), unit="h")
    agents = requirement["agents"].to_numpy(float)
    steps = pd.Series(np.concatenate([agents, -agents]), index=pd.DatetimeIndex(pd.concat([start, end])))
    return float(steps.groupby(level=0).sum().cumsum().max())


def overall_service_level(requirement: pd.DataFrame, forecast: pd.DataFrame) -> float:
    """Service level over all contacts of the queues that have one; NaN where none has."""
    keys = ["queue", "interval_start"]
    rows = requirement[[*keys, "service_level"]].merge(
        forecast[keys].assign(contacts=planned_volume(forecast)), on=keys, how="left"
    )
    level, contacts = rows["service_level"].to_numpy(float), rows["contacts"].to_numpy(float)
    known = ~np.isnan(level) & (contacts > 0)
    return float(np.average(level[known], weights=contacts[known])) if known.any() else float("nan")
