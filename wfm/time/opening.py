"""Opening hours: which minutes of which local day a queue is open."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import InputError
from wfm.time.week import WEEKDAYS
from wfm.time.zones import at_wall_time, local_day, local_minute

DAY_MIN = 1440
DAY_KEYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Spans = tuple[tuple[int, int], ...]
"""Minutes after local midnight, half-open; an end past 1440 reaches into the next day."""


def read_clock(text: str) -> int:
    """Minutes after midnight of ``HH:MM``; 24:00 is 1440.

    Raises:
        InputError: not a time of day.
    """
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text.strip())
    if not match or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > 1440:
        raise InputError("not a time of day", found=repr(text), expected="HH:MM between 00:00 and 24:00")
    return int(match[1]) * 60 + int(match[2])


def read_span(text: str) -> tuple[int, int]:
    """``07:00-21:00`` as minutes; an end at or before the start is on the next day.

    >>> read_span("18:00-02:00")
    (1080, 1560)

    Raises:
        InputError: not a span of the clock.
    """
    parts = text.split("-")
    if len(parts) != 2:
        raise InputError("not a span of time", found=repr(text), expected="HH:MM-HH:MM")
    start, end = read_clock(parts[0]), read_clock(parts[1])
    return start, end if end > start else end + 1440


@dataclass(frozen=True)
class OpeningHours:
    """Spans for each weekday (Monday first), and those of special kinds of days where they differ.

    ``holiday``: statutory holidays, and rest days unless ``rest`` says otherwise. ``makeup``: weekend days that are
    worked instead of another day, whose hours they else have.
    """

    week: tuple[Spans, ...] = field(default=(((0, 1440),),) * 7)
    holiday: Spans | None = None
    rest: Spans | None = None
    makeup: Spans | None = None

    def spans(self, days: pd.DatetimeIndex, kinds: np.ndarray, works_as: np.ndarray | None = None) -> list[Spans]:
        """The open spans of each local day of a kind (as ``day_kinds`` names them).

        ``works_as`` are the weekdays whose hours the days have, their own where None.
        """
        by_kind = {
            "holiday": self.holiday,
            "rest": self.holiday if self.rest is None else self.rest,
            "makeup": self.makeup,
        }
        weekdays = days.day_of_week.to_numpy() if works_as is None else works_as
        chosen = [by_kind.get(kind) for kind in kinds]
        return [self.week[weekday] if spans is None else spans for weekday, spans in zip(weekdays, chosen, strict=True)]

    @property
    def always(self) -> bool:
        """Open around the clock, every day."""
        special = (self.holiday, self.rest, self.makeup)
        return all(spans == ((0, 1440),) for spans in self.week) and all(spans is None for spans in special)


def open_minutes(
    starts: pd.DatetimeIndex,
    interval_min: int,
    hours: OpeningHours,
    zone: str,
    holidays: pd.DatetimeIndex | None = None,
) -> np.ndarray:
    """Open minutes of each interval, shape of ``starts``, 0 to ``interval_min``.

    ``holidays`` are the local days on which the holiday spans apply.

    >>> half_hours = pd.date_range("2026-11-23T07:00Z", periods=3, freq="30min")
    >>> open_minutes(half_hours, 30, OpeningHours(week=(((0, 485),),) * 7), "UTC").tolist()
    [30.0, 30.0, 5.0]
    """
    days = days_that_reach(starts, zone)
    off = np.zeros(len(days), bool) if holidays is None else np.asarray(days.isin(holidays))
    spans = hours.spans(days, np.where(off, "holiday", "workday"))
    return minutes_within(starts, interval_min, days, spans, zone)


def days_that_reach(starts: pd.DatetimeIndex, zone: str) -> pd.DatetimeIndex:
    """The local days of the instants and the one before, whose spans may reach past midnight; none for none."""
    if len(starts) == 0:
        return pd.DatetimeIndex([]).as_unit("us")
    local = local_day(starts, zone)
    return pd.date_range(local.min() - pd.Timedelta(days=1), local.max(), freq="D", unit="us")


def minutes_within(
    starts: pd.DatetimeIndex, interval_min: int, days: pd.DatetimeIndex, day_spans: Sequence[Spans], zone: str
) -> np.ndarray:
    """Minutes of each interval that lie in the spans of ``days`` (consecutive; a sequence of spans a day)."""
    spans = [(day, start, end) for day, of_day in zip(days, day_spans, strict=True) for start, end in of_day]
    total = np.zeros(len(starts))
    if not spans or len(starts) == 0:
        return total
    span_days = pd.DatetimeIndex([day for day, _, _ in spans])
    opens = at_wall_time(span_days, np.array([start for _, start, _ in spans]), zone).asi8
    closes = at_wall_time(span_days, np.array([end for _, _, end in spans]), zone).asi8
    begin = starts.as_unit("us").asi8
    end = begin + interval_min * 60_000_000
    # A sum over the spans that touch each interval: cumulative open time is piecewise linear in the instant.
    edges = np.maximum.accumulate(np.column_stack([opens, closes]).ravel())
    cumulative = np.concatenate([[0], np.cumsum(np.tile([1, 0], len(opens))[:-1] * np.diff(edges))])
    total = np.interp(end, edges, cumulative) - np.interp(begin, edges, cumulative)
    return np.asarray(total / 60_000_000)


def starts_within(
    starts: pd.DatetimeIndex | pd.Series, hours: Spans, weekdays: Collection[str], zone: str
) -> NDArray[np.bool_]:
    """Whether each instant lies within ``hours`` of ``weekdays`` on the clock of ``zone``, (n,).

    A span past midnight belongs to the weekday on which it begins.

    >>> late = pd.date_range("2026-11-23T21:00Z", periods=3, freq="2h")  # Monday 21:00, 23:00, Tuesday 01:00
    >>> starts_within(late, ((1320, 1560),), ("monday",), "UTC").tolist()
    [False, True, True]
    """
    minute = local_minute(starts, zone)
    weekday = pd.DatetimeIndex(starts).tz_convert(zone).day_of_week.to_numpy()
    days = [WEEKDAYS.index(name) for name in weekdays]
    today, yesterday = np.isin(weekday, days), np.isin((weekday - 1) % 7, days)
    within = np.zeros(len(starts), np.bool_)
    for begin, end in hours:
        within |= today & (minute >= begin) & (minute < end)
        within |= yesterday & (minute + DAY_MIN >= begin) & (minute + DAY_MIN < end)
    return within
