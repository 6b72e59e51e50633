"""Duties: the shifts that may start on each local day, with the windows of their breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from scheduling.staff.horizon import Horizon
from scheduling.staff.marks import Marks
from wfm.policy.shift import SLOT_MIN, Break, ShiftTemplate
from wfm.tables.people import WEEKDAY_NAMES
from wfm.time.zones import at_wall_time

DAY_MIN = 1440


@dataclass(frozen=True)
class BreakWindow:
    """A break of ``slots`` quarter-hours that may start in any ``step``-th slot from ``first`` to ``last``."""

    kind: str
    first: int
    last: int
    slots: int
    paid: bool
    step: int = 1


@dataclass(frozen=True)
class Rest:
    """A pause of ``minutes`` that begins between ``first_min`` and ``last_min`` after the shift's start."""

    first_min: int
    last_min: int
    minutes: int
    paid: bool


@dataclass(frozen=True)
class Duty:
    """One shift an agent could work, or did.

    Attributes:
        day: its local work date, as a day of the period.
        starts, ends: minutes from the horizon's origin.
        wall_start, wall_end: minutes on the site's clock after midnight of the work date; past 1440 is the next day.
        paid_min: paid minutes.
        breaks: windows in order; none of them overlap. Empty for a given duty, whose cover is counted elsewhere.
        given: fixed from outside (locked, or read from a roster) instead of made from a template.
        pauses: when a given duty pauses, by its roster: its breaks and what lies between its segments.
        mark: column of presence that counts this shift, or -1; locked shifts are counted where their roster is.
    """

    day: int
    template: str
    starts: int
    ends: int
    wall_start: int
    wall_end: int
    paid_min: int
    breaks: tuple[BreakWindow, ...] = ()
    given: bool = False
    mark: int = -1
    pauses: tuple[Rest, ...] = ()

    @property
    def rests(self) -> tuple[Rest, ...]:
        """All pauses in order: where they were, or the windows in which they may be placed."""
        if self.given:
            return self.pauses
        return tuple(
            Rest(
                first_min=rest.first * SLOT_MIN - self.starts,
                last_min=rest.last * SLOT_MIN - self.starts,
                minutes=rest.slots * SLOT_MIN,
                paid=rest.paid,
            )
            for rest in self.breaks
        )

    @property
    def slots(self) -> range:
        """The slots from start to end, breaks included."""
        return range(self.starts // SLOT_MIN, self.ends // SLOT_MIN)


@dataclass(frozen=True)
class DutyArrays:
    """The duties of a menu as flat arrays, in the menu's order; a given duty has no slots to cover."""

    first: np.ndarray
    last: np.ndarray
    break_at: np.ndarray
    break_first: np.ndarray
    break_last: np.ndarray
    break_slots: np.ndarray
    break_step: np.ndarray
    mark: np.ndarray


@dataclass(frozen=True, eq=False)
class Menu:
    """What an agent may be given on each day: ``days[d]`` are the duties, ``must[d]`` whether a day off is none."""

    days: tuple[tuple[Duty, ...], ...]
    must: tuple[bool, ...]

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """All duties, day after day."""
        return tuple(duty for day in self.days for duty in day)

    @cached_property
    def day_at(self) -> np.ndarray:
        """Where each day begins in ``duties``; length days + 1."""
        return np.concatenate([[0], np.cumsum([len(day) for day in self.days])]).astype(np.int64)

    @cached_property
    def arrays(self) -> DutyArrays:
        """The duties as the one-person programme reads them."""
        covers = [range(0) if duty.given else duty.slots for duty in self.duties]
        windows = [window for duty in self.duties for window in duty.breaks]
        return DutyArrays(
            first=np.array([slots.start for slots in covers], dtype=np.int64),
            last=np.array([slots.stop for slots in covers], dtype=np.int64),
            break_at=np.concatenate([[0], np.cumsum([len(duty.breaks) for duty in self.duties])]).astype(np.int64),
            break_first=np.array([window.first for window in windows], dtype=np.int64),
            break_last=np.array([window.last for window in windows], dtype=np.int64),
            break_slots=np.array([window.slots for window in windows], dtype=np.int64),
            break_step=np.array([window.step for window in windows], dtype=np.int64),
            mark=np.array([duty.mark for duty in self.duties], dtype=np.int64),
        )


def menu_of(horizon: Horizon, zone: str, templates: Sequence[ShiftTemplate], marks: Marks | None = None) -> Menu:
    """Every duty of ``templates`` at a site in ``zone``, by local work date, with its column of ``marks``.

    A start past midnight (25:00 of a Friday template) belongs to the date on which it falls. Lengths are elapsed
    hours, so a night shift over a change of clocks is paid as it is worked.
    """
    days: list[dict[tuple[int, int, str], Duty]] = [{} for _ in range(horizon.period.days)]
    dates = horizon.period.dates()
    for template in templates:
        for minute in template.starts():
            starts = horizon.minutes(at_wall_time(dates, minute % DAY_MIN, zone))
            for day, start in enumerate(starts):
                if not _offered(template, horizon.weekday(day - minute // DAY_MIN)):
                    continue
                for length_h in template.lengths_h:
                    mark = -1 if marks is None else marks.column(day, template.id)
                    duty = _duty(template, length_h, day, int(start), minute % DAY_MIN, mark)
                    days[day].setdefault((duty.starts, duty.ends, template.id), duty)
    return Menu(tuple(tuple(by_key.values()) for by_key in days), (False,) * len(days))


def _offered(template: ShiftTemplate, weekday: int) -> bool:
    return template.weekdays is None or WEEKDAY_NAMES[weekday] in template.weekdays


def _duty(template: ShiftTemplate, length_h: float, day: int, start: int, wall_start: int, mark: int) -> Duty:
    length_min = int(length_h * 60)
    return Duty(
        day=day,
        template=template.id,
        starts=start,
        ends=start + length_min,
        wall_start=wall_start,
        wall_end=wall_start + length_min,
        paid_min=template.paid_min(length_h),
        breaks=tuple(_window(rest, start) for rest in template.breaks),
        mark=mark,
    )


def _window(rest: Break, start_min: int) -> BreakWindow:
    first, last = ((start_min + int(hours * 60)) // SLOT_MIN for hours in rest.window_h)
    return BreakWindow(rest.kind, first, last, rest.minutes // SLOT_MIN, rest.paid, rest.step_min // SLOT_MIN)
