"""Seats: never more agents at work on a site than it has places; a break frees the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduling.rules.rule import TeamRow, TeamRule
from scheduling.rules.words import counted
from wfm.policy.centre import Centre, Site
from wfm.policy.rules import price_of
from wfm.policy.shift import SLOT_MIN

if TYPE_CHECKING:
    from scheduling.staff.team import Team


@dataclass(frozen=True)
class Seats(TeamRule):
    """A row a site with a limit and slot, priced an agent-hour too many."""

    sites: tuple[Site, ...]
    price: float
    name: str = "seats"
    unit: str = "agents"

    def rows(self, team: Team) -> list[TeamRow]:
        """At most ``seats`` of the site's pools; sites that could never fill up need no rows."""
        rows = []
        for site in self.sites:
            if site.seats is None or site.seats >= team.headcount(site.id):
                continue
            pools = team.counting(site=site.id)
            rows += [
                TeamRow(site.id, slot, pools, False, float(site.seats), self.price * SLOT_MIN / 60)
                for slot in range(team.horizon.slots)
            ]
        return rows

    def sentence(self, team: Team, row: TeamRow, count: float) -> str:
        """Which site is full, and when."""
        return f"{counted(count)} at work at {row.subject} {team.slot_name(row.slot)}, {row.limit:g} seats"


def rule(centre: Centre) -> Seats | None:
    """Off where every site has as many seats as needed."""
    sites = tuple(site for site in centre.sites if site.seats is not None)
    return Seats(sites, price_of(centre, "seats", centre.prices.seats)) if sites else None
