"""Long-range capacity: what a requirement asks of the payroll week by week, against who will be there."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.time.week import Period, week_of
from wfm.time.zones import local_day


def capacity(requirement: pd.DataFrame, centre: Centre, people: People) -> pd.DataFrame:
    """Paid hours, full-time equivalents and the gap to close, one row a week of the centre.

    Required agent-hours on the floor become paid hours by both kinds of shrinkage: unplanned is in ``rostered``
    already, planned (leave, training, meetings) is added here and nowhere else. Shifts and breaks are not placed yet,
    so a roster needs some hours more. One full-time equivalent is the centre's fullest contract.

    Args:
        requirement: contract REQUIREMENT, of any length.
        people: everyone, with ``since`` and ``until``: the days on which they count.

    Returns:
        ``week`` (its first day), ``days`` of it that the requirement covers, ``floor_hours``, ``paid_hours``,
        ``fte_required``, ``fte_available``, ``fte_gap`` (positive: hire), ``cost`` (currency units at the mean rate of
        contract hours; an estimate).
    """
    full_time = max((contract.hours_week for contract in centre.contracts), default=40.0)
    hours = requirement["queue"].map({queue.id: queue.interval_min / 60 for queue in centre.queues}).to_numpy(float)
    rostered = requirement["rostered"].fillna(requirement["agents"]).to_numpy(float)
    week_starts = centre.centre.week_starts
    days = local_day(requirement["interval_start"], centre.zone)
    distinct = {day: pd.Timestamp(week_of(day.date(), week_starts).first) for day in days.unique()}
    table = pd.DataFrame(
        {
            "week": days.map(distinct),
            "day": days,
            "floor_hours": requirement["agents"].to_numpy(float) * hours,
            "paid_hours": rostered * hours / (1 - centre.shrinkage.planned),
        }
    )
    weeks = table.groupby("week", as_index=False).agg(
        days=("day", "nunique"), floor_hours=("floor_hours", "sum"), paid_hours=("paid_hours", "sum")
    )
    share = weeks["days"] / 7
    weeks["fte_required"] = weeks["paid_hours"] / (full_time * share)
    weeks["fte_available"] = [_available_h(people, centre, week.date()) / full_time for week in weeks["week"]]
    weeks["fte_gap"] = weeks["fte_required"] - weeks["fte_available"]
    weeks["cost"] = weeks["paid_hours"] * mean_rate(people, centre)
    return weeks


def _available_h(people: People, centre: Centre, week: date) -> float:
    """Contract hours of the agents employed in a week, by the share of its days that they are."""
    period = Period(week, 7)
    return sum(centre.contract(agent.contract).hours_week * _share(agent, period) for agent in people.agents)


def _share(agent: Agent, period: Period) -> float:
    first = max(period.first, agent.since or period.first)
    last = min(period.last, agent.until or period.last)
    return max(0, (last - first + timedelta(days=1)).days) / period.days


def mean_rate(people: People, centre: Centre) -> float:
    """Hourly rate of an average contract hour; NaN where there is nobody to pay."""
    hours = np.array([centre.contract(agent.contract).hours_week for agent in people.agents])
    rates = np.array([float(centre.pay.grades[agent.grade]) for agent in people.agents])
    return float(hours @ rates / hours.sum()) if hours.sum() else float("nan")
