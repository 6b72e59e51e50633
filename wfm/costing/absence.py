"""Paid absence: each day away credits one of the contract's days, a fifth of its week where it names no number."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from wfm.costing.pieces import workweek
from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.tables.roster import ABSENCES
from wfm.time.week import Period
from wfm.time.zones import DAY


def absence_credits(
    roster: pd.DataFrame,
    worked: pd.DataFrame,
    centre: Centre,
    people: People,
    agents: Mapping[str, Agent],
    period: Period,
) -> pd.DataFrame:
    """Seconds credited for each paid day away, from time off and from the roster's own absence segments.

    A day credits the contract's weekly hours over its ``days_week``, less what was worked on it. Days worked and days
    credited together stay within as many a pay workweek, the earliest first: of five, a fortnight off costs ten days.

    Args:
        worked: ``agent``, ``date``, ``seconds`` of paid presence.

    Returns:
        ``agent``, ``date``, ``kind`` (leave, sick, training), ``seconds``, only where there is a credit.
    """
    away = pd.concat([_days_off(people, period), _rostered_absences(roster)], ignore_index=True)
    away = away[away["agent"].isin(list(agents))].drop_duplicates(["agent", "date"]).sort_values(["agent", "date"])
    by_day = worked.groupby(["agent", "date"])["seconds"].sum()
    present = by_day.reindex(pd.MultiIndex.from_frame(away[["agent", "date"]])).fillna(0).to_numpy()
    away["week"] = workweek(away["date"], centre.pay.workweek_starts)
    contracts = {name: centre.contract(agent.contract) for name, agent in agents.items()}
    days_week = {name: contract.days_week for name, contract in contracts.items()}
    room = away["agent"].map(days_week).to_numpy(float) - _days_worked(away, by_day, centre)
    away["turn"] = (present == 0).astype(int)
    turn = away.groupby(["agent", "week"])["turn"].cumsum().to_numpy()
    day_seconds = {name: round(contract.day_hours * 3600) for name, contract in contracts.items()}
    credit = away["agent"].map(day_seconds).to_numpy(float) - present
    away["seconds"] = np.where((turn <= room) | (present > 0), np.clip(credit, 0, None), 0).astype("int64")
    return away.loc[away["seconds"] > 0, ["agent", "date", "kind", "seconds"]].reset_index(drop=True)


def _days_worked(away: pd.DataFrame, by_day: pd.Series, centre: Centre) -> np.ndarray:
    """Days with paid presence in the workweek of each row."""
    days = by_day[by_day > 0].reset_index()
    days["week"] = workweek(days["date"].astype(DAY), centre.pay.workweek_starts)
    count = days.groupby(["agent", "week"]).size()
    return count.reindex(pd.MultiIndex.from_frame(away[["agent", "week"]])).fillna(0).to_numpy()


def _days_off(people: People, period: Period) -> pd.DataFrame:
    """The days of paid time off that lie in the period, one row an agent and day."""
    paid = people.time_off[people.time_off["paid"]]
    first = np.maximum(paid["first_day"].to_numpy(), np.datetime64(period.first))
    last = np.minimum(paid["last_day"].to_numpy(), np.datetime64(period.last))
    days = np.clip((last - first) // np.timedelta64(1, "D") + 1, 0, None)
    row = np.repeat(np.arange(len(paid)), days)
    step = np.arange(days.sum()) - np.repeat(np.cumsum(days) - days, days)
    dates = pd.DatetimeIndex(first[row]) + pd.to_timedelta(step, unit="D")
    return pd.DataFrame(
        {"agent": paid["agent"].to_numpy()[row], "date": dates.astype(DAY), "kind": paid["kind"].to_numpy()[row]}
    )


def _rostered_absences(roster: pd.DataFrame) -> pd.DataFrame:
    """The roster's own paid absence segments, one row an agent and date of work."""
    absent = roster[roster["paid"] & roster["activity"].isin(ABSENCES)]
    return pd.DataFrame({"agent": absent["agent"], "date": absent["work_date"].astype(DAY), "kind": absent["activity"]})
