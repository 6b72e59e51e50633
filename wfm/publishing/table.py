"""The published roster as CSV: one row a segment, names included, cells that a spreadsheet would run made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date

from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.publishing.shift_view import ShiftView
from wfm.tables.roster import AWAY

HEADER = ("agent", "name", "team", "site", "zone", "work_date", "start", "end", "activity", "skill_set", "paid")
_RUNS_IN_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what would start one.

    Source: OWASP, CSV injection.

    >>> harmless("=1+1"), harmless("Ada"), harmless("-5")
    ("'=1+1", 'Ada', "'-5")
    """
    return f"'{cell}" if cell.startswith(_RUNS_IN_SPREADSHEETS) else cell


def roster_csv(
    views: Mapping[tuple[str, date], ShiftView], centre: Centre, people: People, encoding: str = "utf-8"
) -> bytes:
    """The roster as a CSV file's bytes; instants are ISO 8601 on the site's clock, with their offset.

    Args:
        encoding: ``utf-8``, or ``utf-8-sig`` for spreadsheets that ask for a byte order mark.
    """
    agents = {agent.id: agent for agent in people.agents}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for (agent_id, day), view in views.items():
        agent = agents[agent_id]
        about = [agent.id, agent.name, agent.team, agent.site, centre.site(agent.site).zone, day.isoformat()]
        for segment in view.segments:
            activity = AWAY if view.away else segment.activity
            cells = [segment.start.isoformat(), segment.end.isoformat(), activity, segment.skill_set or ""]
            writer.writerow([harmless(cell) for cell in (*about, *cells, "yes" if segment.paid else "no")])
    return text.getvalue().encode(encoding)
