"""What moves the volume of queues, as wfm.toml describes it: events, drivers, and contacts that a bot takes."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from wfm.policy.part import Part, located
from wfm.time.opening import read_clock

LAST_OF_MONTH = -1


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _day_of_month(day: int) -> int:
    if day != LAST_OF_MONTH and not 1 <= day <= 31:
        raise ValueError("a day of the month is 1 to 31, or -1 for the last")
    return day


Lifts = Annotated[tuple[Annotated[float, Field(ge=0)], ...], BeforeValidator(_as_tuple), Field(min_length=1)]
"""A factor for all days, or one a day, of which the last holds on."""
Clock = Annotated[int, BeforeValidator(located(read_clock)), Field(ge=0, le=1440)]


class Occurrence(NamedTuple):
    """One span of days of an event, both included."""

    first: date
    last: date


class Event(Part):
    """What moves the volume on some days: a campaign, an outage, a tariff change, a billing date.

    From ``first_day`` to ``last_day``; with ``days_of_month`` (-1: the last) it recurs on these, ``days`` long,
    between the two where they are given. ``start`` and ``end`` are times of the first and the last day, for what lasts
    some hours. ``lift`` is the expected factor on the volume (1.2 = a fifth more), one number or one a day of the
    event; None learns it from past events of the kind. ``aftermath_days`` days after it move, too (callers who catch
    up): by ``aftermath_lift``, or as past ones did.
    """

    name: str
    kind: str
    first_day: date | None = None
    last_day: date | None = None
    start: Clock | None = None
    end: Clock | None = None
    days_of_month: Annotated[tuple[Annotated[int, AfterValidator(_day_of_month)], ...], BeforeValidator(_as_tuple)] = ()
    days: int = Field(1, ge=1, le=28)
    queues: tuple[str, ...] = ()
    lift: Lifts | None = None
    aftermath_days: int = Field(0, ge=0, le=14)
    aftermath_lift: Lifts | None = None

    @model_validator(mode="after")
    def _sense(self) -> Event:
        if not self.days_of_month and (self.first_day is None or self.last_day is None):
            raise ValueError(f"event {self.name} needs first_day and last_day, or days_of_month")
        if self.first_day is not None and self.last_day is not None and self.last_day < self.first_day:
            raise ValueError(f"event {self.name} ends before it begins")
        hours = (self.start, self.end) if self.first_day == self.last_day else (None, None)
        if hours[0] is not None and hours[1] is not None and hours[1] <= hours[0]:
            raise ValueError(f"event {self.name} ends before it begins")
        if not self.days_of_month and self.days != 1:
            raise ValueError(f"event {self.name}: days belong to days_of_month; first_day and last_day say the span")
        if self.days_of_month and self.by_hours:
            raise ValueError(f"event {self.name}: start and end belong to first_day and last_day")
        if self.aftermath_lift is not None and not self.aftermath_days:
            raise ValueError(f"event {self.name}: aftermath_lift needs aftermath_days")
        return self

    @property
    def by_hours(self) -> bool:
        """Whether it takes a part of its first or last day only."""
        return self.start is not None or self.end is not None

    def occurrences(self, first: date, last: date) -> list[Occurrence]:
        """Its spans of days that touch the days from ``first`` to ``last``, in order.

        >>> bill = Event(name="bills", kind="bill", days_of_month=(-1,), days=2)
        >>> [str(span.first) for span in bill.occurrences(date(2026, 2, 1), date(2026, 4, 15))]
        ['2026-01-31', '2026-02-28', '2026-03-31']
        """
        if not self.days_of_month:
            assert self.first_day is not None
            assert self.last_day is not None
            spans = [Occurrence(self.first_day, self.last_day)]
        else:
            from_day = first - timedelta(days=self.days - 1)
            spans = [
                Occurrence(day, day + timedelta(days=self.days - 1))
                for day in _days_of_months(self.days_of_month, from_day, last)
                if (self.first_day is None or day >= self.first_day) and (self.last_day is None or day <= self.last_day)
            ]
        return [span for span in spans if span.last >= first and span.first <= last]


def _days_of_months(numbers: Sequence[int], first: date, last: date) -> list[date]:
    """Those days of each month; a day that a month does not have is its last."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    found = set()
    for month in months:
        year, of_year = divmod(month, 12)
        length = monthrange(year, of_year + 1)[1]
        found |= {date(year, of_year + 1, length if day == LAST_OF_MONTH else min(day, length)) for day in numbers}
    return sorted(day for day in found if first <= day <= last)


class Driver(Part):
    """A daily figure that volume follows (subscribers, letters sent); its values are imported: ``wfm import drivers``.

    ``proportional``: twice the figure is twice the volume. ``learnt``: volume goes as the figure to the power of an
    elasticity that is learnt from history, beginning from ``elasticity`` give or take ``elasticity_sd``. ``spread``
    are the shares of a day's figure that act on the day itself and on those after it. ``missing`` days, ahead or in
    between, carry the last value on, count as zero, or are refused.
    """

    name: str
    queues: tuple[str, ...] = ()
    how: Literal["proportional", "learnt"] = "learnt"
    elasticity: float = Field(0.5, ge=-5, le=5)
    elasticity_sd: float = Field(0.5, gt=0, le=5)
    spread: tuple[Annotated[float, Field(ge=0)], ...] = Field((1.0,), min_length=1, max_length=60)
    missing: Literal["carry", "zero", "refuse"] = "carry"

    @model_validator(mode="after")
    def _sense(self) -> Driver:
        if sum(self.spread) <= 0:
            raise ValueError(f"driver {self.name}: the shares of spread add up to nothing")
        return self


class Deflection(Part):
    """The share of contacts that a bot or self-service takes before they reach the queue, from the day ``since`` on."""

    since: date
    share: float = Field(ge=0, lt=1)
