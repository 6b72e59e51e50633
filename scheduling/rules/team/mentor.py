"""Mentor: no trainees on the floor without a mentor, one for at most so many of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduling.rules.floor_hours import floor_slots
from scheduling.rules.rule import TeamRow, TeamRule
from scheduling.rules.words import counted
from wfm.policy.centre import Centre
from wfm.policy.floor import Mentor
from wfm.policy.rules import price_of
from wfm.policy.shift import SLOT_MIN

if TYPE_CHECKING:
    from scheduling.staff.team import Team


@dataclass(frozen=True)
class MentorRule(TeamRule):
    """A row an entry and slot, priced an hour of a trainee without a mentor."""

    centre: Centre
    mentors: tuple[Mentor, ...]
    price: float
    name: str = "mentor"
    unit: str = "agents"

    def roles(self) -> frozenset[str]:
        """The grades and teams of trainees and mentors."""
        return frozenset(role for own in self.mentors for role in (own.trainees, own.mentors))

    def rows(self, team: Team) -> list[TeamRow]:
        """``trainees_each`` times mentors, less trainees, is not below 0: for whole people, one mentor begun for each.

        Who is of both roles is a mentor.
        """
        rows = []
        for entry, own in enumerate(self.mentors):
            mentors = team.counting(queue=own.queue, site=own.site, role=own.mentors)
            trainees = team.counting(queue=own.queue, site=own.site, role=own.trainees) * (1 - mentors)
            price = (self.price if own.price is None else own.price) * SLOT_MIN / 60
            balance = own.trainees_each * mentors - trainees
            rows += [
                TeamRow(own.trainees, slot, balance, True, 0.0, price, entry)
                for slot in floor_slots(own, self.centre, team).tolist()
            ]
        return rows

    def sentence(self, team: Team, row: TeamRow, count: float) -> str:
        """How many trainees nobody looks after, and when."""
        own = self.mentors[row.entry]
        alone = f"{counted(-count, own.trainees, own.queue, own.site)} on the floor {team.slot_name(row.slot)}"
        return f"{alone} without one of {own.mentors}, each of whom looks after {own.trainees_each}"


def rule(centre: Centre) -> MentorRule | None:
    """Off where no trainees are named."""
    mentors = centre.rules.mentors
    return MentorRule(centre, mentors, price_of(centre, "mentor", centre.prices.mentor)) if mentors else None
