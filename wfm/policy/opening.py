"""Opening hours as wfm.toml writes them: ``"07:00-21:00"`` or ``{ weekdays = ..., sat = ..., holiday = "closed" }``."""

from __future__ import annotations

import itertools
from typing import Any

from wfm.errors import InputError
from wfm.time.opening import DAY_KEYS, OpeningHours, Spans, read_span

_GROUPS = {"daily": DAY_KEYS, "weekdays": DAY_KEYS[:5], "weekend": DAY_KEYS[5:]}
_KINDS = ("holiday", "rest", "makeup")


def read_opening(value: Any) -> OpeningHours:
    """Opening hours from a span, a list of spans, or a table by day.

    Keys of a table: ``daily``, ``weekdays`` (mon to fri), ``weekend``, ``mon`` to ``sun``; the more special wins; a
    day that is not named is closed. ``holiday`` are the hours of statutory holidays and of rest days, ``rest`` those
    of rest days where they differ, ``makeup`` those of weekend days that are worked instead of another: without it
    they have the hours of the day they make up for.

    Raises:
        ValueError: not opening hours (pydantic turns it into a located message).

    >>> hours = read_opening({"daily": "08:00-17:00", "fri": "08:00-12:00", "sat": "closed"})
    >>> hours.week[3:6]
    (((480, 1020),), ((480, 720),), ())
    """
    if isinstance(value, OpeningHours):
        return value
    if isinstance(value, str | list):
        return OpeningHours(week=(read_spans(value),) * 7)
    if not isinstance(value, dict):
        raise ValueError('expected "HH:MM-HH:MM", a list of such spans, or a table by day')
    unknown = set(value) - set(_GROUPS) - set(DAY_KEYS) - set(_KINDS)
    if unknown:
        raise ValueError(
            f"unknown day {sorted(unknown)[0]!r}, expected daily, weekdays, weekend, mon to sun, {', '.join(_KINDS)}"
        )
    by_day: dict[str, Spans] = dict.fromkeys(DAY_KEYS, ())
    for group, days in _GROUPS.items():
        if group in value:
            by_day.update(dict.fromkeys(days, read_spans(value[group])))
    by_day.update({day: read_spans(value[day]) for day in DAY_KEYS if day in value})
    by_kind = {kind: read_spans(value[kind]) for kind in _KINDS if kind in value}
    return OpeningHours(week=tuple(by_day[day] for day in DAY_KEYS), **by_kind)


def read_work_hours(value: Any) -> Any:
    """Opening hours by ``read_opening``, or None as it is."""
    return None if value is None else read_opening(value)


def read_spans(value: Any) -> Spans:
    """The open spans of one day: ``"09:00-13:00"``, a list of such spans, or ``"closed"``.

    Raises:
        ValueError: not a span, or spans that overlap.
    """
    if value == "closed":
        return ()
    texts = value if isinstance(value, list) else [value]
    try:
        spans = tuple(sorted(read_span(str(text)) for text in texts))
    except InputError as error:
        raise ValueError(str(error)) from error
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start < end:
            raise ValueError("spans of one day overlap")
    return spans
