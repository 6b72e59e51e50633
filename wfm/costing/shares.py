"""Shares: how an agent's day is split over the queues that he serves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.people import Agent
from wfm.tables.roster import WORK
from wfm.time.zones import DAY, INSTANT, local_day


def queue_shares(
    roster: pd.DataFrame,
    coverage: pd.DataFrame | None,
    agent_days: pd.DataFrame,
    centre: Centre,
    agents: Mapping[str, Agent],
) -> pd.DataFrame:
    """The share of each queue in each agent-day; the shares of a day sum to 1.

    In every slot a queue's scheduled agents, less those who serve nothing else, are what shared agents give it; an
    agent of several skills is split in that proportion over the day's work slots. Where coverage says nothing (no
    table, a day of training), the split is even over the agent's skills.

    Args:
        agent_days: ``agent``, ``date`` (local to the agent's site), one row each.

    Returns:
        ``agent``, ``date``, ``queue``, ``share``, in this order.
    """
    even = _even(agent_days, agents)
    if coverage is None or coverage.empty or agent_days.empty:
        return even
    slot_min = int(np.gcd.reduce([15, *(centre.queue(name).interval_min for name in coverage["queue"].unique())]))
    on_floor = _on_floor(roster, centre, agents, slot_min)
    if on_floor.empty:
        return even
    split = _split(on_floor, _scheduled(coverage, centre, slot_min))
    covered = pd.MultiIndex.from_frame(split[["agent", "date"]])
    missing = even[~pd.MultiIndex.from_frame(even[["agent", "date"]]).isin(covered)]
    wanted = pd.MultiIndex.from_frame(agent_days)
    shares = pd.concat([split[covered.isin(wanted)], missing], ignore_index=True)
    return shares.sort_values(["agent", "date", "queue"], ignore_index=True)


def _even(agent_days: pd.DataFrame, agents: Mapping[str, Agent]) -> pd.DataFrame:
    """Each day split evenly over the agent's skills."""
    skills = agent_days["agent"].map(lambda name: sorted(agents[name].skills))
    even = agent_days.assign(queue=skills, share=1 / skills.map(len).astype(float))
    return even.explode("queue", ignore_index=True).sort_values(["agent", "date", "queue"], ignore_index=True)


def _on_floor(roster: pd.DataFrame, centre: Centre, agents: Mapping[str, Agent], slot_min: int) -> pd.DataFrame:
    """Every slot of every work segment: ``agent``, ``date`` (local), ``slot``, ``skill_set``."""
    work = roster[roster["activity"] == WORK]
    step = pd.Timedelta(minutes=slot_min)
    first = work["start"].dt.floor(step)
    count = np.ceil((work["end"] - first) / step).to_numpy().astype(int)
    row = np.repeat(np.arange(len(work)), count)
    turn = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    agent = work["agent"].to_numpy()[row]
    own_skills = work["agent"].map({name: known.skill_set for name, known in agents.items()})
    floor = pd.DataFrame(
        {
            "agent": agent,
            "slot": (pd.DatetimeIndex(first)[row] + turn * step).astype(INSTANT),
            "skill_set": work["skill_set"].fillna(own_skills).to_numpy()[row],
        }
    )
    zones = floor["agent"].map({name: centre.site(known.site).zone for name, known in agents.items()})
    floor["date"] = pd.Series(pd.NaT, index=floor.index, dtype=DAY)
    for zone in zones.unique():
        floor.loc[zones == zone, "date"] = local_day(floor.loc[zones == zone, "slot"], zone)
    return floor


def _scheduled(coverage: pd.DataFrame, centre: Centre, slot_min: int) -> pd.DataFrame:
    """Scheduled agents by slot (rows) and queue (columns)."""
    repeats = coverage["queue"].map(lambda name: centre.queue(name).interval_min // slot_min).to_numpy(int)
    row = np.repeat(np.arange(len(coverage)), repeats)
    turn = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    slots = pd.DatetimeIndex(coverage["interval_start"])[row] + turn * pd.Timedelta(minutes=slot_min)
    long = pd.DataFrame(
        {
            "slot": slots.astype(INSTANT),
            "queue": coverage["queue"].to_numpy()[row],
            "scheduled": coverage["scheduled"].to_numpy()[row],
        }
    )
    return long.pivot_table(index="slot", columns="queue", values="scheduled", fill_value=0.0)


def _split(on_floor: pd.DataFrame, scheduled: pd.DataFrame) -> pd.DataFrame:
    """Shares of each agent-day from its slots, one skill set at a time."""
    heads = on_floor.pivot_table(index="slot", columns="skill_set", values="agent", aggfunc="count", fill_value=0)
    dedicated = heads.reindex(index=scheduled.index, columns=scheduled.columns, fill_value=0).fillna(0)
    shared = (scheduled - dedicated).clip(lower=0)
    parts = []
    for skill_set, rows in on_floor.groupby("skill_set"):
        queues = sorted(str(skill_set).split("+"))
        weights = shared.reindex(index=rows["slot"], columns=queues).fillna(0).to_numpy()
        fallback = scheduled.reindex(index=rows["slot"], columns=queues).fillna(0).to_numpy()
        by_slot = pd.DataFrame(_proportions(weights, fallback), columns=queues)
        by_slot[["agent", "date"]] = rows[["agent", "date"]].to_numpy()
        parts.append(by_slot.melt(["agent", "date"], var_name="queue", value_name="share"))
    total = pd.concat(parts).groupby(["agent", "date", "queue"], as_index=False).agg(share=("share", "sum"))
    total["date"] = total["date"].astype(DAY)
    total["share"] /= total.groupby(["agent", "date"])["share"].transform("sum")
    return total


def _proportions(weights: np.ndarray, fallback: np.ndarray) -> np.ndarray:
    """Rows that sum to 1: from ``weights``, where these are 0 from ``fallback``, else even."""
    chosen = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, fallback)
    chosen = np.where(chosen.sum(axis=1, keepdims=True) > 0, chosen, 1.0)
    return np.asarray(chosen / chosen.sum(axis=1, keepdims=True))


def largest_remainder(total: np.ndarray, share: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Whole parts of whole totals that add up exactly (Hamilton's method of apportionment).

    Args:
        total: the total of each row's group, repeated on its rows.
        share: the row's share; the shares of a group sum to 1.
        group: the group's number on each row, rows of a group adjacent.

    >>> largest_remainder(np.array([100, 100, 100]), np.array([1 / 3, 1 / 3, 1 / 3]), np.zeros(3, int)).tolist()
    [34, 33, 33]
    """
    exact = total * share
    part = np.floor(exact).astype("int64")
    left = total - pd.Series(part).groupby(group).transform("sum").to_numpy()
    # A share of 1 - 1e-16 must not lose its unit to a neighbour, so remainders are compared after rounding.
    remainder = pd.Series(np.round(exact - part, 9))
    rank = remainder.groupby(group).rank(method="first", ascending=False).to_numpy()
    return np.asarray(part + (rank <= left), dtype="int64")
