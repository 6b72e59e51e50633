"""Fair shares: how many weekends, nights, early starts, late ends and hours of overtime would be each agent's part.

The share of a kind is what the team had in the past weeks and is about to have in the period, divided among those who
can work it in proportion to contract hours times days present. What the period will hold is read off the requirement
before there is a roster: for nights the agents needed in the middle of the night, for early starts and late ends those
needed just before and after the border hour, for a weekend the shifts that its fuller day asks for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scheduling.arrays import Floats
from scheduling.costs.kinds import SHIFT_KINDS, Kinds, past_overtime_h, past_present_days, past_units
from scheduling.staff.duty import DAY_MIN, Duty
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Windows, Worker
from wfm.policy.centre import Centre
from wfm.policy.objective import Kind
from wfm.policy.shift import SLOT_MIN, ShiftTemplate
from wfm.tables.people import WEEKDAY_NAMES

DAYS_OF_TARGET = 28


@dataclass(frozen=True)
class Share:
    """One agent's part of a kind: units he had in the past weeks, and his fair share of those and the period's."""

    before: float
    fair: float


def fair_shares(
    centre: Centre, kinds: Kinds, past_days: int, workers: Sequence[Worker], expected: Mapping[Kind, float]
) -> dict[Kind, dict[str, Share]]:
    """By kind, the share of each agent who can work it. ``past_days`` before the period count,
    and ``expected`` units of the team in it."""
    weight = {worker.id: presence_weight(worker, past_days) for worker in workers}
    shares: dict[Kind, dict[str, Share]] = {}
    for kind in SHIFT_KINDS:
        able = able_workers(centre, kinds, kind, [worker for worker in workers if weight[worker.id] > 0])
        before = {worker.id: float(past_units(kinds, kind, worker, past_days)) for worker in able}
        shares[kind] = _divided(centre, kind, able, weight, before, expected.get(kind, 0.0))
    able = [worker for worker in workers if worker.contract.most_hours > worker.contract.hours_week]
    hours = {worker.id: past_overtime_h(worker, past_days) for worker in able}
    shares["overtime"] = _divided(centre, "overtime", able, weight, hours, expected.get("overtime", 0.0))
    return shares


def _divided(
    centre: Centre,
    kind: Kind,
    able: Sequence[Worker],
    weight: Mapping[str, float],
    before: Mapping[str, float],
    expected: float,
) -> dict[str, Share]:
    if not able:
        return {}
    target = centre.objective.fairness.target.get(kind)
    if target is not None:
        fullest = max(contract.hours_week for contract in centre.contracts) * DAYS_OF_TARGET
        return {worker.id: Share(before[worker.id], target * weight[worker.id] / fullest) for worker in able}
    whole = sum(before.values()) + expected
    total = sum(weight[worker.id] for worker in able) or 1.0
    return {worker.id: Share(before[worker.id], whole * weight[worker.id] / total) for worker in able}


def presence_weight(worker: Worker, past_days: int) -> float:
    """Contract hours times the days present, past weeks and period together."""
    days = range(worker.horizon.period.days)
    present = sum(worker.employed[day] and worker.away[day] is None for day in days)
    return worker.contract.hours_week * (present + past_present_days(worker, past_days))


def able_workers(centre: Centre, kinds: Kinds, kind: Kind, workers: Sequence[Worker]) -> list[Worker]:
    """Those whom contract, absence and availability leave any shift of ``kind`` in the period.

    Agents of like templates and days are asked once.
    """
    shapes: dict[tuple[str, ...] | None, list[tuple[ShiftTemplate, Duty]]] = {}
    known: dict[Hashable, bool] = {}
    able = []
    for worker in workers:
        allowed = worker.contract.templates
        if allowed not in shapes:
            templates = [own for own in centre.shift_templates if allowed is None or own.id in allowed]
            shapes[allowed] = [(own, duty) for own in templates for duty in _shapes(own) if kinds.shows(kind, duty)]
        present = (d for d in range(worker.horizon.period.days) if worker.employed[d] and worker.away[d] is None)
        days = frozenset(
            (worker.horizon.weekday(day), None if worker.windows is None else worker.windows[day]) for day in present
        )
        if (allowed, days) not in known:
            known[allowed, days] = any(
                _offered(own, weekday) and (kind != "weekends" or weekday in kinds.weekend) and _inside(windows, duty)
                for weekday, windows in days
                for own, duty in shapes[allowed]
            )
        if known[allowed, days]:
            able.append(worker)
    return able


def _shapes(template: ShiftTemplate) -> Iterable[Duty]:
    """The hours on the clock that a template's shifts may have."""
    for start in template.starts():
        for length_h in template.lengths_h:
            begin, length = start % DAY_MIN, int(length_h * 60)
            yield Duty(0, template.id, begin, begin + length, begin, begin + length, template.paid_min(length_h))


def _offered(template: ShiftTemplate, weekday: int) -> bool:
    return template.weekdays is None or WEEKDAY_NAMES[weekday] in template.weekdays


def _inside(windows: Windows | None, duty: Duty) -> bool:
    return windows is None or any(opens <= duty.wall_start and duty.wall_end <= closes for opens, closes in windows)


def expected_units(centre: Centre, kinds: Kinds, horizon: Horizon, need: Floats) -> dict[Kind, float]:
    """The team's units of each kind in the period; ``need`` is agents needed, (slots,), on the clock of the centre."""
    night = sum(kinds.night) // 2
    return {
        "weekends": _weekends(centre, kinds, horizon, need),
        "nights": _needed_at(centre, horizon, need, night),
        "early": _needed_at(centre, horizon, need, kinds.early_before - SLOT_MIN),
        "late": _needed_at(centre, horizon, need, kinds.late_after),
    }


def _needed_at(centre: Centre, horizon: Horizon, need: Floats, minute: int) -> float:
    slots = (horizon.midnights(centre.zone)[:-1] + minute) // SLOT_MIN
    return float(need[slots[(slots >= 0) & (slots < len(need))]].sum())


def _weekends(centre: Centre, kinds: Kinds, horizon: Horizon, need: Floats) -> float:
    """Each weekend's fuller day, in shifts of mean length."""
    paid = [own.paid_min(length) / 60 for own in centre.shift_templates for length in own.lengths_h]
    if not paid:
        return 0.0
    borders = horizon.midnights(centre.zone) // SLOT_MIN
    fullest, total = 0.0, 0.0
    for day in range(horizon.period.days):
        if horizon.weekday(day) in kinds.weekend:
            fullest = max(fullest, float(need[borders[day] : borders[day + 1]].sum()) * SLOT_MIN / 60)
        else:
            fullest, total = 0.0, total + fullest
    return (total + fullest) / float(np.mean(paid))
