"""Floor minimum: at least so many agents with a queue's skill on the floor while the queue is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduling.rules.rule import TeamRow
from wfm.policy.centre import Centre, FloorMinimum
from wfm.policy.days import closing_days
from wfm.policy.shift import SLOT_MIN
from wfm.time.opening import OpeningHours, open_minutes

if TYPE_CHECKING:
    from scheduling.team import Team


@dataclass(frozen=True)
class FloorMinimumRule:
    """A row a minimum and slot, priced an agent-hour short."""

    centre: Centre
    minima: tuple[FloorMinimum, ...]
    name: str = "floor_minimum"
    unit: str = "agents"

    def rows(self, team: Team) -> list[TeamRow]:
        """At least ``agents`` of the pools that have the skill."""
        price = self.centre.prices.floor_minimum * SLOT_MIN / 60
        rows = []
        for minimum in self.minima:
            pools = np.array([minimum.queue in pool.queues for pool in team.pools], dtype=float)
            rows += [
                TeamRow(minimum.queue, int(slot), pools, True, float(minimum.agents), price)
                for slot in self._slots(minimum, team)
            ]
        return rows

    def sentence(self, team: Team, row: TeamRow, count: float) -> str:
        """Which skill is short, and when."""
        floor = f"{count:g} agents with skill {row.subject} on the floor"
        return f"{floor} {team.slot_name(row.slot)}, at least {row.limit:g} needed"

    def _slots(self, minimum: FloorMinimum, team: Team) -> np.ndarray:
        zone = self.centre.zone_of(minimum.queue)
        own = self.centre.queue(minimum.queue).opening
        hours = own if minimum.hours is None else OpeningHours(week=(minimum.hours,) * 7)
        starts = team.horizon.slot_starts()
        holidays = closing_days(team.horizon.period.dates(), self.centre)
        is_open = open_minutes(starts, SLOT_MIN, hours, zone, holidays) >= SLOT_MIN
        return np.flatnonzero(is_open & team.in_period(zone))


def rule(centre: Centre) -> FloorMinimumRule | None:
    """Off where no minimum is named."""
    minima = centre.rules.minimum_on_floor
    return FloorMinimumRule(centre, minima) if minima else None
