"""Floor minimum: at least so many agents on the floor, of a queue, a site, a grade or team, at some hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduling.rules.floor_hours import floor_slots
from scheduling.rules.rule import TeamRow, TeamRule
from scheduling.rules.words import counted
from wfm.policy.centre import Centre
from wfm.policy.floor import FloorMinimum
from wfm.policy.rules import price_of
from wfm.policy.shift import SLOT_MIN

if TYPE_CHECKING:
    from scheduling.staff.team import Team


@dataclass(frozen=True)
class FloorMinimumRule(TeamRule):
    """A row a minimum and slot, priced an agent-hour short."""

    centre: Centre
    minima: tuple[FloorMinimum, ...]
    price: float
    name: str = "floor_minimum"
    unit: str = "agents"

    def roles(self) -> frozenset[str]:
        """The grades and teams that minima are for."""
        return frozenset(minimum.role for minimum in self.minima if minimum.role is not None)

    def rows(self, team: Team) -> list[TeamRow]:
        """At least ``agents`` of the pools that count."""
        rows = []
        for entry, own in enumerate(self.minima):
            pools = team.counting(queue=own.queue, site=own.site, role=own.role)
            price = (self.price if own.price is None else own.price) * SLOT_MIN / 60
            subject = own.queue or own.site or own.role or "floor"
            rows += [
                TeamRow(subject, slot, pools, True, float(own.agents), price, entry)
                for slot in floor_slots(own, self.centre, team).tolist()
            ]
        return rows

    def sentence(self, team: Team, row: TeamRow, count: float) -> str:
        """Who is short, and when."""
        own = self.minima[row.entry]
        who = counted(count, own.role, own.queue, own.site)
        return f"{who} on the floor {team.slot_name(row.slot)}, at least {row.limit:g} needed"


def rule(centre: Centre) -> FloorMinimumRule | None:
    """Off where no minimum is named."""
    minima, price = centre.rules.minimum_on_floor, price_of(centre, "floor_minimum", centre.prices.floor_minimum)
    return FloorMinimumRule(centre, minima, price) if minima else None
