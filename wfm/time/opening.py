"""Opening hours: which minutes of which local day a queue is open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from wfm.errors import InputError
from wfm.time.zones import at_wall_time

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
    """Spans for each weekday (Monday first), and those of public holidays where they differ."""

    week: tuple[Spans, ...] = field(default=(((0, 1440),),) * 7)
    holiday: Spans | None = None

    def spans(self, days: pd.DatetimeIndex, is_holiday: np.ndarray | None = None) -> list[Spans]:
        """The open spans of each local day; ``is_holiday`` is a Boolean a day."""
        holiday = np.zeros(len(days), bool) if is_holiday is None else is_holiday
        return [
            self.holiday if self.holiday is not None and off else self.week[weekday]
            for weekday, off in zip(days.day_of_week, holiday, strict=True)
        ]

    @property
    def always(self) -> bool:
        """Open around the clock, every day."""
        return all(spans == ((0, 1440),) for spans in self.week) and self.holiday is None


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
    if len(starts) == 0:
        return np.zeros(0)
    local = starts.tz_convert(zone).tz_localize(None).normalize()
    days = pd.date_range(local.min() - pd.Timedelta(days=1), local.max(), freq="D", unit="us")
    is_holiday = np.asarray(days.isin(holidays)) if holidays is not None else None
    spans = [
        (day, start, end)
        for day, day_spans in zip(days, hours.spans(days, is_holiday), strict=True)
        for start, end in day_spans
    ]
    total = np.zeros(len(starts))
    if not spans:
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
