"""The calendar section: public holidays by country, weekend days, and the centre's own days with their hours."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, model_validator

from wfm.errors import InputError
from wfm.policy.opening import read_spans
from wfm.policy.part import Part, Weekday
from wfm.time.holidays import check_country
from wfm.time.opening import Spans


def _spans(value: Any) -> Any:
    return read_spans(value) if isinstance(value, str | list) else value


class OwnDay(Part):
    """A day of the centre's own calendar; it wins over the country's.

    ``opening`` replaces every other hours of the day, of ``queues`` or of all: a short day, or ``"closed"``.
    ``works_as`` is the weekday whose hours a make-up day has. ``yearly``: the same month and day of every year.
    """

    day: date
    name: str
    kind: Literal["workday", "weekend", "holiday", "rest", "makeup", "special"] = "special"
    opening: Annotated[Spans | None, BeforeValidator(_spans)] = None
    queues: tuple[str, ...] = ()
    works_as: Weekday | None = None
    yearly: bool = False

    @model_validator(mode="after")
    def _sense(self) -> OwnDay:
        if self.queues and self.opening is None:
            raise ValueError(f"day {self.day} names queues, but no opening: its kind is the whole centre's")
        return self

    def dates(self, first: date, last: date) -> list[date]:
        """The day itself, or where it is yearly that of each year, from ``first`` to ``last``.

        >>> OwnDay(day=date(2024, 2, 29), name="leap", yearly=True).dates(date(2025, 1, 1), date(2028, 12, 31))
        [datetime.date(2028, 2, 29)]
        """
        years = range(first.year, last.year + 1) if self.yearly else (self.day.year,)
        days = [_in_year(self.day, year) for year in years]
        return [day for day in days if day is not None and first <= day <= last]


def _in_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return None


class Calendar(Part):
    """Public holidays by country of the ``holidays`` package, weekend days, and the centre's own days."""

    country: str | None = None
    subdivision: str | None = None
    weekend: tuple[Weekday, ...] = ("saturday", "sunday")
    days: tuple[OwnDay, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Calendar:
        try:
            check_country(self.country, self.subdivision)
        except InputError as error:
            raise ValueError(str(error)) from error
        return self
