"""What changed for whom between two rosters."""

from __future__ import annotations

import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.publishing.shift_view import ShiftView, shift_views
from wfm.tables.roster import ROSTER
from wfm.time.zones import DAY

KINDS = ("added", "cancelled", "moved", "breaks")
COLUMNS = ["agent", "name", "work_date", "kind", "before", "after"]


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
    old, new = (shift_views(ROSTER.check(roster), centre, people) for roster in (before, after))
    names = {agent.id: agent.name for agent in people.agents}
    rows = []
    for agent, day in sorted(old.keys() | new.keys()):
        kind = kind_of_change(old.get((agent, day)), new.get((agent, day)))
        if kind is not None:
            spans = [view.span if view else "" for view in (old.get((agent, day)), new.get((agent, day)))]
            rows.append([agent, names[agent], day, kind, *spans])
    return pd.DataFrame(rows, columns=COLUMNS).astype({"work_date": DAY})


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
