"""Contracts and shift templates: what an agent may be asked to work, and the shapes a shift may take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.part import Part, Weekday, located
from wfm.policy.rota import Rota
from wfm.time.opening import read_clock, read_span

SLOT_MIN = 15
"""The roster's grid: every start, end and break falls on it."""


def _start_window(text: str) -> tuple[int, int]:
    """``07:00-11:00``, or one moment as ``07:00``."""
    return read_span(text) if "-" in text else (read_clock(text), read_clock(text))


class Contract(Rota):
    """Hours and days an agent works. Maximum hours are hard; minimum hours are soft, with a price, or ``hard``.

    ``hours_week`` are the contract's paid hours: what a full week of leave credits, and where overtime begins. They
    fall on ``days_week`` days, each of which credits its part. Hours a period are of the whole planning period, with
    paid absence credited. ``lengths_h`` are the lengths from start to end that a shift may have, ``templates`` the
    shift templates; None: all. ``average_opt_out``: has agreed to work beyond the average that the rules name.
    """

    id: str
    hours_week: float = Field(gt=0, le=168)
    min_hours_week: float | None = Field(None, ge=0)
    max_hours_week: float | None = Field(None, gt=0, le=168)
    max_days_week: int = Field(5, ge=1, le=7)
    min_hours: Literal["hard", "soft"] = "soft"
    max_hours_day: float | None = Field(None, gt=0, le=24)
    min_hours_period: float | None = Field(None, ge=0)
    max_hours_period: float | None = Field(None, gt=0)
    days_week: int = Field(5, ge=1, le=7)
    lengths_h: tuple[Annotated[float, Field(gt=0, le=24)], ...] | None = Field(None, min_length=1)
    average_opt_out: bool = False
    templates: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _bounds(self) -> Contract:
        if self.least_hours > self.most_hours:
            raise ValueError(
                f"contract {self.id}: minimum hours {self.least_hours:g} exceed maximum hours {self.most_hours:g}"
            )
        if (self.min_hours_period or 0) > (self.max_hours_period or float("inf")):
            raise ValueError(
                f"contract {self.id}: minimum hours {self.min_hours_period:g} a period exceed its maximum hours "
                f"{self.max_hours_period:g}"
            )
        return self

    @property
    def day_hours(self) -> float:
        """Hours that a day of paid absence credits."""
        return self.hours_week / self.days_week

    @property
    def least_hours(self) -> float:
        """Minimum paid hours a week; the contract's hours where no minimum is named."""
        return self.hours_week if self.min_hours_week is None else self.min_hours_week

    @property
    def most_hours(self) -> float:
        """Maximum paid hours a week; the contract's hours where no maximum is named."""
        return self.hours_week if self.max_hours_week is None else self.max_hours_week


class Break(Part):
    """A break inside a shift, starting within ``window_h`` hours after the shift's start (last start included).

    It may start every ``step_min`` minutes from the beginning of its window on.
    """

    kind: Literal["break", "lunch"] = "break"
    minutes: int = Field(gt=0, le=120)
    window_h: tuple[float, float]
    step_min: int = Field(SLOT_MIN, gt=0)
    paid: bool = True

    @model_validator(mode="after")
    def _on_grid(self) -> Break:
        if self.minutes % SLOT_MIN or self.step_min % SLOT_MIN or any((hour * 60) % SLOT_MIN for hour in self.window_h):
            raise ValueError(f"breaks, their windows and steps fall on the {SLOT_MIN}-minute grid")
        if self.window_h[0] > self.window_h[1] or self.window_h[0] < 0:
            raise ValueError("a break's window ends before it starts")
        return self


class ShiftTemplate(Part):
    """A family of shifts: local starts from ``start`` (both ends included) by ``step_min``, of one or more lengths.

    ``lengths_h`` are from start to end, unpaid breaks included. Breaks come in order and their windows, each with
    its break's length, do not overlap, so that each is placed on its own.
    """

    id: str
    start: Annotated[tuple[int, int], BeforeValidator(located(_start_window))]
    step_min: int = Field(30, gt=0)
    lengths_h: tuple[float, ...] = Field(min_length=1)
    breaks: tuple[Break, ...] = ()
    weekdays: tuple[Weekday, ...] | None = None

    @model_validator(mode="after")
    def _shape(self) -> ShiftTemplate:
        if self.step_min % SLOT_MIN or any(minute % SLOT_MIN for minute in self.start):
            raise ValueError(f"template {self.id}: starts fall on the {SLOT_MIN}-minute grid")
        if any((hours * 60) % SLOT_MIN or not 0 < hours <= 24 for hours in self.lengths_h):
            raise ValueError(f"template {self.id}: lengths fall on the {SLOT_MIN}-minute grid, up to 24 h")
        free_from = 0.0
        for rest in self.breaks:
            if rest.window_h[0] * 60 < free_from:
                raise ValueError(f"template {self.id}: windows of two breaks overlap")
            free_from = rest.window_h[1] * 60 + rest.minutes
        if free_from > min(self.lengths_h) * 60:
            raise ValueError(f"template {self.id}: a break may fall after the end of a {min(self.lengths_h):g} h shift")
        return self

    def starts(self) -> list[int]:
        """Start minutes after local midnight."""
        return list(range(self.start[0], self.start[1] + 1, self.step_min))

    def paid_min(self, length_h: float) -> int:
        """Paid minutes of a shift of that length."""
        return int(length_h * 60) - sum(rest.minutes for rest in self.breaks if not rest.paid)
