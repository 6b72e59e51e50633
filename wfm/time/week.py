"""Planning periods: weeks by any date in them or by ISO name, months, and any run of days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from wfm.errors import UsageError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Period:
    """A run of whole local days, ``first`` to ``last`` inclusive."""

    first: date
    days: int

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.first + timedelta(days=self.days - 1)

    def dates(self) -> pd.DatetimeIndex:
        """The days as naive midnights."""
        return pd.date_range(self.first, periods=self.days, freq="D", unit="us")

    def __str__(self) -> str:
        return f"{self.first.isoformat()} to {self.last.isoformat()}"


def week_of(day: date, week_starts: str = "monday") -> Period:
    """The week that holds ``day``.

    >>> str(week_of(date(2026, 11, 25), "sunday"))
    '2026-11-22 to 2026-11-28'
    """
    back = (day.weekday() - WEEKDAYS.index(week_starts)) % 7
    return Period(day - timedelta(days=back), 7)


def read_date(text: str) -> date:
    """A date as people type it at the command line.

    Raises:
        UsageError: not a date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("not a date", found=text, expected="YYYY-MM-DD") from error


def read_week(text: str, week_starts: str = "monday") -> Period:
    """A planning period: any date in the week, an ISO week, a month, or an interval as ISO 8601 writes it.

    An ISO week names the centre's week that holds its Thursday, so a centre whose week starts on Sunday may use it too.
    An interval is a first day and, behind a slash, the last day (included) or a duration in days or weeks; its ends may
    be weeks and months as well: ``2026-W48/2026-W51``, ``2026-11-23/P4W``, ``2026-11-24/2026-11-24`` for one day.

    Raises:
        UsageError: none of these, or an interval that ends before it begins.

    >>> str(read_week("2026-W48"))
    '2026-11-23 to 2026-11-29'
    >>> str(read_week("2026-02"))
    '2026-02-01 to 2026-02-28'
    >>> str(read_week("2026-11-23/P4W"))
    '2026-11-23 to 2026-12-20'
    """
    if text.count("/") == 1:
        first, _, second = text.partition("/")
        return _interval(first, second, week_starts)
    if match := re.fullmatch(r"(\d{4})-?W(\d{2})", text):
        try:
            return week_of(date.fromisocalendar(int(match[1]), int(match[2]), 4), week_starts)
        except ValueError as error:
            raise UsageError("no such ISO week", found=text, expected="for example 2026-W48") from error
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        year, month = int(match[1]), int(match[2])
        return Period(date(year, month, 1), calendar.monthrange(year, month)[1])
    try:
        return week_of(read_date(text), week_starts)
    except UsageError as error:
        raise UsageError(
            "cannot read the planning period",
            found=text,
            expected="a date in the week, 2026-W48, a month 2026-11, or days 2026-11-23/2026-12-20",
        ) from error


def _interval(first: str, second: str, week_starts: str) -> Period:
    start = _part(first, week_starts).first
    if match := re.fullmatch(r"P([1-9]\d{0,2})([DW])", second):
        return Period(start, int(match[1]) * (7 if match[2] == "W" else 1))
    last = _part(second, week_starts).last
    if last < start:
        raise UsageError("the planning period ends before it begins", found=f"{first}/{second}")
    return Period(start, (last - start).days + 1)


def _part(text: str, week_starts: str) -> Period:
    """One end of an interval: a date is that day alone, a week or a month the whole of it."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return Period(read_date(text), 1)
    return read_week(text, week_starts)
