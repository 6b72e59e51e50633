"""Shift staff: how many agents are given a shift template on a day, at least and at most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduling.rules.rule import TeamRow, TeamRule
from scheduling.rules.words import counted
from wfm.policy.centre import Centre
from wfm.policy.floor import ShiftStaff
from wfm.policy.rules import price_of
from wfm.tables.people import WEEKDAY_NAMES

if TYPE_CHECKING:
    from scheduling.staff.team import Team


@dataclass(frozen=True)
class ShiftStaffRule(TeamRule):
    """A row or two an entry and day, over the shifts themselves; priced a shift."""

    staff: tuple[ShiftStaff, ...]
    price_under: float
    price_over: float
    name: str = "shift_staff"
    unit: str = "agents"

    def roles(self) -> frozenset[str]:
        """The grades and teams that entries are for."""
        return frozenset(own.role for own in self.staff if own.role is not None)

    def templates(self) -> frozenset[str]:
        """The templates that are counted."""
        return frozenset(own.template for own in self.staff)

    def rows(self, team: Team) -> list[TeamRow]:
        """Agents of the pools that count, by day: at least ``agents``, at most ``most``."""
        rows = []
        for entry, own in enumerate(self.staff):
            pools = team.counting(queue=own.queue, site=own.site, role=own.role)
            under = self.price_under if own.price_under is None else own.price_under
            over = self.price_over if own.price_over is None else own.price_over
            for day in _days(own, team):
                mark = team.marks.column(day, own.template)
                if own.agents > 0:
                    rows.append(TeamRow(own.template, mark, pools, True, own.agents, under, entry))
                if own.most is not None:
                    rows.append(TeamRow(own.template, mark, pools, False, own.most, over, entry))
        return rows

    def sentence(self, team: Team, row: TeamRow, count: float) -> str:
        """Which shift has too few or too many, and on which day."""
        own = self.staff[row.entry]
        who = counted(count, own.role, own.queue, own.site)
        wanted = f"at least {row.limit:g} needed" if row.at_least else f"at most {row.limit:g}"
        return f"{who} on shift {own.template} {team.slot_name(row.slot)}, {wanted}"


def _days(own: ShiftStaff, team: Team) -> list[int]:
    """The days of the period that an entry speaks of."""
    period = team.horizon.period
    if own.days is not None:
        found = sorted({(day - period.first).days for day in own.days})
        return [day for day in found if 0 <= day < period.days]
    days = range(period.days)
    return [day for day in days if own.weekdays is None or WEEKDAY_NAMES[team.horizon.weekday(day)] in own.weekdays]


def rule(centre: Centre) -> ShiftStaffRule | None:
    """Off where no shift's staff is named."""
    usual = centre.prices.shift_staff_under, centre.prices.shift_staff_over
    under, over = (price_of(centre, "shift_staff", price) for price in usual)
    return ShiftStaffRule(centre.rules.shift_staff, under, over) if centre.rules.shift_staff else None
