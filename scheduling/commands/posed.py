"""What a roster is made for beside its requirement: shift demand, promises over days and weeks, work that was moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.commands.output import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from scheduling.outcome import Solved
    from wfm.policy.centre import Centre
    from wfm.store.runs import RunRecord
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period

PRICES = "promise_prices"
"""The parameter of a roster run that holds what a contact in time was worth, by queue, for each day or week."""


def shift_demand_of(place: Workspace, period: Period) -> pd.DataFrame | None:
    """The shift demand stored for days of ``period``, of templates that the policy still has; None if none."""
    table = place.store.facts("shift_demand")
    known = {template.id for template in place.centre.shift_templates}
    dates = period.dates()
    own = table[table["day"].between(dates[0], dates[-1])]
    lost = own[~own["template"].isin(known)]
    if len(lost):
        names = ", ".join(sorted(set(lost["template"])))
        say(f"shift demand of {names} is left out: no such shift template in wfm.toml any more")
    own = own[own["template"].isin(known)].reset_index(drop=True)
    return own if len(own) else None


def curves_of(place: Workspace, period: Period, requirement: RunRecord) -> pd.DataFrame | None:
    """Curves of service level of the queues with targets over days or weeks, from the forecast of the requirement.

    None where no queue has such a target, and, said on stderr, where no forecast covers the days.
    """
    from wfm.errors import MissingError

    queues = [queue.id for queue in place.centre.queues if queue.target.per != "interval" and not queue.deferred]
    if not queues:
        return None
    try:
        forecast = _forecast(place, period, requirement)
    except MissingError:
        say(f"no forecast covers {period}: {', '.join(queues)} rostered by the requirement of each interval")
        return None
    from wfm.staffing.service_level_curves import service_level_curves

    own = forecast[forecast["queue"].isin(queues)].reset_index(drop=True)
    return service_level_curves(own, place.centre) if len(own) else None


def _forecast(place: Workspace, period: Period, requirement: RunRecord) -> pd.DataFrame:
    from wfm.errors import MissingError

    run = requirement.parameters.get("forecast_run")
    try:
        return place.planned("forecast", period, None if run is None else int(run))[1]
    except MissingError:  # a requirement put together from runs of several weeks
        return place.planned("forecast", period)[1]


def as_made(place: Workspace, roster: RunRecord, requirement: pd.DataFrame) -> pd.DataFrame:
    """The requirement with deferred work where the roster run ``roster`` was made for it to be done.

    As stored in the run's coverage; what has none there, an imported roster above all, stays at its level plan.
    """
    coverage = place.store.read("coverage", roster.number)
    deferred = [queue.id for queue in place.centre.queues if queue.deferred]
    coverage = coverage[coverage["queue"].isin(deferred)]
    if coverage.empty:
        return requirement
    key = ["queue", "interval_start"]
    planned = requirement[key].merge(coverage[[*key, "required"]], on=key, how="left")["required"]
    known = planned.notna().to_numpy()
    told = requirement["rostered"].fillna(requirement["agents"])
    agents = requirement["agents"].where(~known, planned.to_numpy() * _on_floor(requirement))
    return requirement.assign(agents=agents, rostered=told.where(~known, planned.to_numpy()))


def _on_floor(requirement: pd.DataFrame) -> pd.Series:
    """Agents on the floor of each one rostered, by queue."""
    told = requirement["rostered"].fillna(requirement["agents"])
    sums = requirement.assign(told=told).groupby("queue")[["agents", "told"]].transform("sum")
    return (sums["agents"] / sums["told"]).where(sums["told"] > 0, 1.0)


def prices_of(roster: RunRecord) -> dict[str, list[float]]:
    """What a contact in time was worth when ``roster`` was made, by queue; empty where nothing is promised."""
    return dict(roster.parameters.get(PRICES) or {})


def prices_told(solved: Solved) -> dict[str, list[float]]:
    """The same, of a roster just made."""
    return {promised.queue: list(promised.prices) for promised in solved.promised}


def moved_sentences(requirement: pd.DataFrame, coverage: pd.DataFrame, centre: Centre) -> Iterator[str]:
    """How much deferred work was moved to where agents would be idle, a sentence a queue."""
    key = ["queue", "interval_start"]
    both = requirement.merge(coverage[[*key, "required"]], on=key)
    told = both["rostered"].fillna(both["agents"])
    for queue in centre.queues:
        if queue.deferred:
            own = (both["queue"] == queue.id).to_numpy()
            hours = queue.interval_min / 60
            moved = float((both["required"] - told)[own].abs().sum()) / 2 * hours
            if moved >= hours / 2:
                total = float(told[own].sum()) * hours
                yield f"{queue.id}: {moved:,.1f} of {total:,.1f} agent-hours moved to where agents are free, none late"
