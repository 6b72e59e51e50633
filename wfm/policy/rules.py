"""Working-time rules of every agent, and which of them are soft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.floor import FloorMinimum, Mentor, ShiftLead, ShiftStaff
from wfm.policy.hours import AverageHours, BreakLaw
from wfm.policy.part import SPAN, Part
from wfm.policy.preset import over_preset

if TYPE_CHECKING:
    from wfm.policy.centre import Centre


MONTH_AND_WEEK_DAYS = 37
"""A month of 31 days, and what the week has had in which it begins."""


class WeeklyRest(Part):
    """An unbroken rest of ``hours`` in each week, or in every ``days`` days in a row if they are given.

    A week is the centre's, from its ``week_starts``.
    """

    hours: float = Field(gt=0, le=168)
    days: int | None = Field(None, ge=2, le=28)

    @model_validator(mode="after")
    def _fits(self) -> WeeklyRest:
        if self.days is not None and self.hours > 24 * self.days:
            raise ValueError(f"weekly rest: {self.hours:g} h don't fit into {self.days} days")
        return self


class FreeWeekends(Part):
    """At least ``free`` weekends without a shift among every ``of`` weekends in a row."""

    free: int = Field(ge=1)
    of: int = Field(ge=1, le=13)

    @model_validator(mode="after")
    def _fits(self) -> FreeWeekends:
        if self.free > self.of:
            raise ValueError(f"free weekends: {self.free} of {self.of}")
        return self


class Forbidden(Part):
    """After a shift of the template ``after`` comes none of the templates ``never`` on the next day.

    With ``days_off`` n it is the same for the shift that follows after up to n days off.
    """

    after: str
    never: tuple[str, ...] = Field(min_length=1)
    days_off: int = Field(0, ge=0, le=7)


class Rules(Part):
    """Working-time rules of every agent; a contract's own value, where it has one, holds instead. None: no such rule.

    A run is of consecutive local days. The least run of work or days off spares runs that touch the period's last day,
    and its first if nothing of what was before is known. A night is a shift with at least ``night_h`` hours within
    ``night`` on the clock of its site. Starts lie within ``start_within_min`` of one another on consecutive days, and
    within ``start_spread_min`` in a week, on the clock. A weekend is worked if a shift begins on one of the calendar's
    weekend days. ``soft`` maps names of rules to points per unit outside.

    Hours are paid hours. A day has ``max_day_h``, or up to ``max_day_overtime_h`` where that is given, told as
    overtime; overtime of a week or month is what lies beyond the contract's week. ``preset`` names rules that hold
    where this section says nothing, ``off`` keys of the preset or of the program that shall not hold.
    """

    daily_rest_h: float | None = Field(11.0, ge=0, le=24)
    weekly_rest: WeeklyRest | None = None
    max_consecutive_days: int | None = Field(6, ge=1)
    min_consecutive_days: int | None = Field(None, ge=1)
    min_days_off: int | None = Field(None, ge=1)
    night: Annotated[tuple[int, int], BeforeValidator(SPAN)] = (1380, 1800)
    night_h: float = Field(3.0, gt=0, le=24)
    max_consecutive_nights: int | None = Field(None, ge=1)
    max_weekends: int | None = Field(None, ge=0)
    free_weekends: FreeWeekends | None = None
    forbidden: tuple[Forbidden, ...] = ()
    start_within_min: int | None = Field(None, ge=0, lt=1440)
    start_spread_min: int | None = Field(None, ge=0, lt=1440)
    max_day_h: float | None = Field(None, gt=0, le=24)
    max_day_overtime_h: float | None = Field(None, gt=0, le=24)
    max_week_h: float | None = Field(None, gt=0, le=168)
    max_overtime_week_h: float | None = Field(None, ge=0, le=128)
    max_overtime_month_h: float | None = Field(None, ge=0, le=300)
    average_hours: AverageHours | None = None
    breaks: tuple[BreakLaw, ...] = ()
    preset: str | None = None
    off: tuple[str, ...] = ()
    comprehensive_hours_approved: bool | None = None
    minimum_on_floor: tuple[FloorMinimum, ...] = ()
    shift_leads: tuple[ShiftLead, ...] = ()
    mentors: tuple[Mentor, ...] = ()
    shift_staff: tuple[ShiftStaff, ...] = ()
    soft: Mapping[str, Annotated[float, Field(ge=0)]] = {}

    @model_validator(mode="before")
    @classmethod
    def _over_preset(cls, values: Any) -> Any:
        lists = [name for name, field in cls.model_fields.items() if field.default == ()]
        return over_preset(values, "rules", lists)

    @model_validator(mode="after")
    def _overtime(self) -> Rules:
        if self.max_day_overtime_h is None:
            return self
        if self.max_day_h is None or self.max_day_overtime_h < self.max_day_h:
            raise ValueError("max_day_overtime_h is the limit with overtime, at least max_day_h, which it needs")
        return self

    @model_validator(mode="after")
    def _once(self) -> Rules:
        after = [entry.after for entry in self.forbidden]
        if len(set(after)) < len(after):
            raise ValueError("forbidden: two entries of the same template `after`; name all of `never` in one")
        return self

    @property
    def memory_days(self) -> int:
        """So many days before a roster its averages and its month's overtime reach back; 0 where there are none."""
        reach = [0 if self.max_overtime_month_h is None else MONTH_AND_WEEK_DAYS]
        if self.average_hours is not None:
            reach.append(self.average_hours.reach_days)
        return max(reach)

    def floor_references(self) -> list[tuple[str, str, str]]:
        """Which part of a team rule's policy names what: (part, queue | site | shift template, its id)."""
        parts: list[tuple[str, FloorMinimum | ShiftLead | Mentor | ShiftStaff]] = [
            *(("minimum_on_floor", minimum) for minimum in self.minimum_on_floor),
            *(("shift_leads", lead) for lead in self.shift_leads),
            *(("mentors", mentor) for mentor in self.mentors),
            *(("shift_staff", staff) for staff in self.shift_staff),
        ]
        named = [(part, noun, own) for part, entry in parts for noun, own in entry.references()]
        return [(part, noun, own) for part, noun, own in named if own is not None]


def priced(centre: Centre, name: str) -> float | None:
    """Points that ``[rules.soft]`` asks per unit outside the rule ``name``; None: the rule is hard."""
    return centre.rules.soft.get(name)


def price_of(centre: Centre, name: str, usual: float) -> float:
    """Points per unit outside the team rule ``name``, which is always soft: of ``[rules.soft]``, else the usual."""
    own = priced(centre, name)
    return usual if own is None else own
