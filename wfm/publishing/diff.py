"""What changed for whom between two rosters."""

from __future__ import annotations

import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.people import People, unknown_agent
from wfm.publishing.shift_view import ShiftView, shift_views
from wfm.tables.roster import ROSTER
from wfm.time.zones import DAY

KINDS = ("added", "cancelled", "moved", "breaks")
COLUMNS = ["agent", "name", "work_date", "kind", "before", "after"]

_DAY = ["agent", "work_date"]
_TOLD = [*_DAY, "start", "end", "activity", "skill_set", "paid"]
"""What a segment is to the one who works it."""


def diff(before: pd.DataFrame, after: pd.DataFrame, people: People, centre: Centre) -> pd.DataFrame:
    """The shifts that differ, one row an agent and work date.

    Args:
        before, after: contract ROSTER.
        centre: tells the zone of each agent's site, in which times are shown.

    Returns:
        ``agent``, ``name``, ``work_date``, ``kind``, ``before``, ``after`` (``09:00–17:30``, empty where there is no
        shift, ``away`` for an absence). Kinds: ``added`` and ``cancelled`` shifts, ``moved`` (start or end), ``breaks``
        (same hours, but something inside them differs: breaks, meetings, the queues served).

    Raises:
        InputError: an agent of either roster is unknown.
    """
    names = {agent.id: agent.name for agent in people.agents}
    rosters = [ROSTER.check(roster).reset_index(drop=True) for roster in (before, after)]
    for roster in rosters:
        unknown = roster.loc[~roster["agent"].isin(list(names)), "agent"]
        if len(unknown):
            raise unknown_agent(str(unknown.min()))
    old, new = (shift_views(roster, centre, people) for roster in _touched(*rosters))
    rows = []
    for agent, day in sorted(old.keys() | new.keys()):
        kind = kind_of_change(old.get((agent, day)), new.get((agent, day)))
        if kind is not None:
            spans = [view.span if view else "" for view in (old.get((agent, day)), new.get((agent, day)))]
            rows.append([agent, names[agent], day, kind, *spans])
    return pd.DataFrame(rows, columns=COLUMNS).astype({"work_date": DAY})


def _touched(before: pd.DataFrame, after: pd.DataFrame) -> list[pd.DataFrame]:
    """The segments of both rosters on the agents' days of which some segment is in one of them only."""
    both = pd.concat([before, after], ignore_index=True)
    alone = both[~both.duplicated([name for name in _TOLD if name in both], keep=False)]
    days = pd.MultiIndex.from_frame(alone[_DAY].drop_duplicates())
    return [roster[pd.MultiIndex.from_frame(roster[_DAY]).isin(days)] for roster in (before, after)]


def kind_of_change(before: ShiftView | None, after: ShiftView | None) -> str | None:
    """One of KINDS, or None where nothing that an agent would notice has changed."""
    worked, works = before is not None and not before.away, after is not None and not after.away
    if not worked and not works:
        return None
    if before is None or not worked:
        return "added"
    if after is None or not works:
        return "cancelled"
    if (before.start.timestamp(), before.end.timestamp()) != (after.start.timestamp(), after.end.timestamp()):
        return "moved"
    return None if before.content == after.content else "breaks"
