"""Opening hours as wfm.toml writes them: ``"07:00-21:00"`` or ``{ weekdays = ..., sat = ..., holiday = "closed" }``."""

from __future__ import annotations

import itertools
from typing import Any

from wfm.errors import InputError
from wfm.time.opening import DAY_KEYS, OpeningHours, Spans, read_span

_GROUPS = {"daily": DAY_KEYS, "weekdays": DAY_KEYS[:5], "weekend": DAY_KEYS[5:]}


def read_opening(value: Any) -> OpeningHours:
    """Opening hours from a span, a list of spans, or a table by day.

    Keys of a table: ``daily``, ``weekdays`` (mon to fri), ``weekend``, ``mon`` to ``sun``, ``holiday``; the more
    special wins; a day that is not named is closed.

    Raises:
        ValueError: not opening hours (pydantic turns it into a located message).

    >>> hours = read_opening({"daily": "08:00-17:00", "fri": "08:00-12:00", "sat": "closed"})
    >>> hours.week[3:6]
    (((480, 1020),), ((480, 720),), ())
    """
    if isinstance(value, OpeningHours):
        return value
    if isinstance(value, str | list):
        return OpeningHours(week=(_spans(value),) * 7)
    if not isinstance(value, dict):
        raise ValueError('expected "HH:MM-HH:MM", a list of such spans, or a table by day')
    unknown = set(value) - set(_GROUPS) - set(DAY_KEYS) - {"holiday"}
    if unknown:
        raise ValueError(
            f"unknown day {sorted(unknown)[0]!r}, expected daily, weekdays, weekend, mon to sun or holiday"
        )
    by_day: dict[str, Spans] = dict.fromkeys(DAY_KEYS, ())
    for group, days in _GROUPS.items():
        if group in value:
            by_day.update(dict.fromkeys(days, _spans(value[group])))
    by_day.update({day: _spans(value[day]) for day in DAY_KEYS if day in value})
    holiday = _spans(value["holiday"]) if "holiday" in value else None
    return OpeningHours(week=tuple(by_day[day] for day in DAY_KEYS), holiday=holiday)


def _spans(value: Any) -> Spans:
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
