"""Kinds of shifts that a team shares out: weekends, nights, early starts, late ends; how many of each there were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scheduling.staff.carried import Past
from scheduling.staff.duty import DAY_MIN, Duty
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.objective import Kind
from wfm.tables.people import WEEKDAY_NAMES
from wfm.time.week import week_of

SHIFT_KINDS: tuple[Kind, ...] = ("weekends", "nights", "early", "late")


@dataclass(frozen=True)
class Kinds:
    """What makes a shift one of a kind, by its hours on the site's clock; for weekends, the weekday it starts on."""

    night: tuple[int, int]
    night_min: float
    early_before: int
    late_after: int
    weekend: frozenset[int]

    def shows(self, kind: Kind, duty: Duty | Past) -> bool:
        """Whether the hours of ``duty`` make it one of ``kind``; any hours do on a weekend."""
        if kind == "weekends":
            return True
        at_night = self._night_min(duty) >= self.night_min
        if kind == "nights":
            return at_night
        early = duty.wall_start < self.early_before if kind == "early" else duty.wall_end > self.late_after
        return early and not at_night

    def _night_min(self, duty: Duty | Past) -> int:
        spans = [(self.night[0] + shift * DAY_MIN, self.night[1] + shift * DAY_MIN) for shift in (-1, 0, 1)]
        return sum(max(0, min(duty.wall_end, end) - max(duty.wall_start, start)) for start, end in spans)

    def days(self, kind: Kind, horizon: Horizon, duties: Mapping[int, Duty] | Mapping[int, Past]) -> list[int]:
        """The days on which a unit of ``kind`` begins: its shifts, or the first shift of each weekend."""
        days = sorted(day for day, duty in duties.items() if self.shows(kind, duty))
        if kind != "weekends":
            return days
        days = [day for day in days if horizon.weekday(day) in self.weekend]
        return [day for at, day in enumerate(days) if at == 0 or not self._one_weekend(horizon, days[at - 1], day)]

    def _one_weekend(self, horizon: Horizon, one: int, other: int) -> bool:
        return all(horizon.weekday(day) in self.weekend for day in range(one, other + 1))


def kinds_of(centre: Centre) -> Kinds:
    """The kinds as the policy defines them."""
    rules, fairness = centre.rules, centre.objective.fairness
    return Kinds(
        night=rules.night,
        night_min=rules.night_h * 60,
        early_before=fairness.early_before,
        late_after=fairness.late_after,
        weekend=frozenset(WEEKDAY_NAMES.index(name) for name in centre.calendar.weekend),
    )


def known_days(centre: Centre, workers: Sequence[Worker]) -> int:
    """How many days before the period are known and count for fairness."""
    known = max((worker.carried.known_days for worker in workers), default=0)
    return min(known, centre.objective.fairness_weeks * 7)


def past_units(kinds: Kinds, kind: Kind, worker: Worker, past_days: int) -> int:
    """Units of ``kind`` that the agent had in the last ``past_days`` before the period."""
    own = {shift.day: shift for shift in worker.carried.past if shift.day >= -past_days}
    return len(kinds.days(kind, worker.horizon, own))


def past_present_days(worker: Worker, past_days: int) -> int:
    """Days among the last ``past_days`` on which the agent was employed and not absent."""
    first, since, until = worker.horizon.period.first, worker.agent.since, worker.agent.until
    begins = -past_days if since is None else max((since - first).days, -past_days)
    ends = 0 if until is None else min((until - first).days + 1, 0)
    return sum(day not in worker.carried.away for day in range(begins, ends))


def past_overtime_h(worker: Worker, past_days: int) -> float:
    """Paid hours beyond the contract's in the centre's weeks among the last ``past_days``."""
    by_week: dict[date, float] = defaultdict(float)
    for shift in worker.carried.past:
        if shift.day >= -past_days:
            week = week_of(worker.horizon.date(shift.day), worker.horizon.week_starts).first
            by_week[week] += shift.paid_min / 60
    return sum(max(0.0, hours - worker.contract.hours_week) for hours in by_week.values())
