"""Working time: averages over a reference period, and the breaks that a shift must hold."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from wfm.policy.part import Part

_CALENDAR_DAYS = {"month": 31, "quarter": 92, "half_year": 184, "year": 366}


class AverageHours(Part):
    """At most ``hours`` a week on average over a reference period, with overtime and paid absence.

    The period is the last ``weeks`` weeks, moving on with every roster, or the ``calendar`` month, quarter, half year
    or year. It is longer than a roster, so that it warns and never limits a single week.
    """

    hours: float = Field(gt=0, le=168)
    weeks: int | None = Field(None, ge=9, le=53)
    calendar: Literal["month", "quarter", "half_year", "year"] | None = None

    @model_validator(mode="after")
    def _one_period(self) -> AverageHours:
        if (self.weeks is None) == (self.calendar is None):
            raise ValueError("average_hours needs weeks or calendar, one of the two")
        return self

    @property
    def reach_days(self) -> int:
        """The longest that the reference period may be.

        >>> AverageHours(hours=48, weeks=17).reach_days
        119
        """
        return 7 * (self.weeks or 0) if self.calendar is None else _CALENDAR_DAYS[self.calendar]


class BreakLaw(Part):
    """What breaks a shift of more than ``over_h`` hours must hold; hours are those of the shift without unpaid breaks.

    A break counts if it lasts ``part_min`` minutes or more and, where ``paid`` is given, is paid or unpaid. Those that
    count are at least ``count``, ``minutes`` together; the ``count``-th begins at most ``by_h`` hours into the shift;
    and nobody works for more than ``stretch_h`` hours without one.
    """

    over_h: float = Field(ge=0, le=24)
    minutes: int = Field(gt=0, le=480)
    part_min: int = Field(1, gt=0, le=480)
    count: int = Field(1, ge=1)
    paid: bool | None = None
    by_h: float | None = Field(None, gt=0, le=24)
    stretch_h: float | None = Field(None, gt=0, le=24)

    @model_validator(mode="after")
    def _fits(self) -> BreakLaw:
        if self.part_min > self.minutes:
            raise ValueError(f"breaks: parts of {self.part_min} minutes are longer than {self.minutes} in all")
        return self
