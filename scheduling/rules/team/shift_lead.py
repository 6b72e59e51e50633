"""Shift lead: somebody of a grade or team among those on the floor, each for at most so many others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduling.rules.floor_hours import floor_slots
from scheduling.rules.rule import TeamRow, TeamRule
from scheduling.rules.words import counted
from wfm.policy.centre import Centre
from wfm.policy.floor import ShiftLead
from wfm.policy.rules import price_of
from wfm.policy.shift import SLOT_MIN

if TYPE_CHECKING:
    from scheduling.staff.team import Team


@dataclass(frozen=True)
class ShiftLeadRule(TeamRule):
    """A row a slot for the number of leads, one for their span; both priced an hour."""

    centre: Centre
    leads: tuple[ShiftLead, ...]
    price: float
    name: str = "shift_lead"
    unit: str = "agents"

    def roles(self) -> frozenset[str]:
        """The grades and teams of the leads."""
        return frozenset(lead.role for lead in self.leads)

    def rows(self, team: Team) -> list[TeamRow]:
        """Leads are at least ``agents``; span times leads, less everybody else, is not below 0."""
        rows = []
        for entry, own in enumerate(self.leads):
            leads = team.counting(queue=own.queue, site=own.site, role=own.role)
            others = team.counting(queue=own.queue, site=own.site) - leads
            price = (self.price if own.price is None else own.price) * SLOT_MIN / 60
            slots = floor_slots(own, self.centre, team).tolist()
            if own.agents:
                rows += [TeamRow(own.role, slot, leads, True, float(own.agents), price, entry) for slot in slots]
            if own.span is not None:
                balance, subject = own.span * leads - others, f"{own.role}, span"
                rows += [TeamRow(subject, slot, balance, True, 0.0, price, entry) for slot in slots]
        return rows

    def sentence(self, team: Team, row: TeamRow, count: float) -> str:
        """Which lead is missing, or has too many to look after, and when."""
        own = self.leads[row.entry]
        when = team.slot_name(row.slot)
        if row.subject == own.role:
            who = counted(count, own.role, own.queue, own.site)
            return f"{who} on the floor {when}, at least {row.limit:g} needed"
        beyond = counted(-count, None, own.queue, own.site)
        return f"{beyond} on the floor {when} beyond the {own.span} that each of {own.role} looks after"


def rule(centre: Centre) -> ShiftLeadRule | None:
    """Off where no lead is named."""
    leads = centre.rules.shift_leads
    return ShiftLeadRule(centre, leads, price_of(centre, "shift_lead", centre.prices.shift_lead)) if leads else None
