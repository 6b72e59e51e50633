"""Wages: the paid hours of a duty with their premiums, as costing pays them, overtime apart."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduling.arrays import Floats
from scheduling.staff.duty import Duty, Menu
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Worker
from wfm.costing.factors import pay_factors
from wfm.policy.centre import Centre
from wfm.policy.shift import SLOT_MIN, ShiftTemplate


@dataclass(frozen=True, eq=False)
class Wages:
    """Prices of paid time over a horizon.

    A break that is not paid is taken in the middle of its window: where it falls at last is settled by coverage, and
    matters only where a premium begins or ends within the window.
    """

    centre: Centre
    horizon: Horizon
    _paid: dict[str, Floats] = field(default_factory=dict)

    def of_menu(self, menu: Menu, zone: str) -> Floats:
        """Hours at the bare rate that each duty of ``menu`` is paid like: a night hour at a quarter more is 1.25."""
        paid = self._minutes(zone)
        duties = menu.duties
        starts = np.array([duty.starts for duty in duties], dtype=np.int64)
        ends = np.array([duty.ends for duty in duties], dtype=np.int64)
        hours = (paid[ends] - paid[starts]) / 60
        unpaid = [
            (at, *_middle(w.first, w.last, w.slots)) for at, d in enumerate(duties) for w in d.breaks if not w.paid
        ]
        if unpaid:
            at, begin, end = np.array(unpaid, dtype=np.int64).T
            np.subtract.at(hours, at, (paid[end] - paid[begin]) / 60)
        for at in (at for at, duty in enumerate(duties) if duty.given):
            hours[at] = self.of_given(duties[at], zone)
        return np.asarray(hours)

    def of_given(self, duty: Duty, zone: str) -> float:
        """The same for a duty read from a roster, whose unpaid breaks only its template knows.

        Where its unpaid minutes are not those of its template, they are taken off at the shift's mean.
        """
        paid = self._minutes(zone)
        whole = float(paid[duty.ends] - paid[duty.starts]) / 60
        unpaid_min = duty.ends - duty.starts - duty.paid_min
        template = {own.id: own for own in self.centre.shift_templates}.get(duty.template)
        spans = _unpaid(template, duty.starts) if template is not None else []
        if sum(end - begin for begin, end in spans) != unpaid_min or any(end > duty.ends for _, end in spans):
            return whole * duty.paid_min / max(duty.ends - duty.starts, 1)
        return whole - sum(float(paid[end] - paid[begin]) for begin, end in spans) / 60

    def _minutes(self, zone: str) -> Floats:
        """Pay factors summed over the minutes from the horizon's origin up to each minute."""
        if zone not in self._paid:
            instants = self.horizon.instants(np.arange(self.horizon.slots * SLOT_MIN))
            self._paid[zone] = np.concatenate([[0.0], np.cumsum(pay_factors(instants, zone, self.centre))])
        return self._paid[zone]


def _middle(first: int, last: int, slots: int) -> tuple[int, int]:
    """Minutes from start to end of a break in the middle of its window of first slots."""
    begin = (first + last) // 2
    return begin * SLOT_MIN, (begin + slots) * SLOT_MIN


def _unpaid(template: ShiftTemplate, starts: int) -> list[tuple[int, int]]:
    windows = [
        ([(starts + int(hours * 60)) // SLOT_MIN for hours in rest.window_h], rest.minutes // SLOT_MIN)
        for rest in template.breaks
        if not rest.paid
    ]
    return [_middle(first, last, slots) for (first, last), slots in windows]


def rate_of(centre: Centre, worker: Worker) -> float:
    """Units of currency an hour; 0 for a grade without a rate."""
    return float(centre.pay.grades.get(worker.agent.grade, 0))


def wage_points(centre: Centre) -> float:
    """Points for each unit of currency paid."""
    if centre.objective.wage is not None:
        return centre.objective.wage
    rates = [float(rate) for rate in centre.pay.grades.values()]
    return len(rates) / sum(rates) if sum(rates) > 0 else 0.0
