"""Kinds of days: public holidays, rest days of a holiday block, make-up workdays, and a centre's own days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from wfm.errors import InputError
from wfm.time.zones import DAY

DAY_KINDS = ("workday", "weekend", "holiday", "rest", "makeup", "special")
"""holiday: statutory. rest: a further day off of a holiday block. makeup: a weekend day that is worked instead."""

_LAST_CHINESE_NOTICE = 2026
"""The State Council announces each year's make-up workdays the autumn before; later years have statutory days only."""


def known_until(country: str | None) -> int | None:
    """The last year whose day kinds are settled for ``country``; None where no notice is needed."""
    return _LAST_CHINESE_NOTICE if country == "CN" else None


def day_kinds(
    days: pd.DatetimeIndex,
    country: str | None = None,
    subdivision: str | None = None,
    weekend: Sequence[int] = (5, 6),
    own: Sequence[tuple[date, str, str]] = (),
) -> pd.DataFrame:
    """Kind and name of each local day.

    Args:
        days: naive midnights.
        country: a code of the ``holidays`` package, or None for no public holidays.
        subdivision: a state or province of it.
        weekend: weekdays off, Monday 0.
        own: the centre's own days as (day, kind, name); they win over the country's.

    Returns:
        A frame in the order of ``days``: ``day``, ``kind`` (one of DAY_KINDS), ``name`` (empty for ordinary days), and
        ``works_as``, the weekday whose hours the day has: its own, save for a make-up day, which has those of the day
        off it pays for, or of the last day before it that is no weekend.

    Raises:
        InputError: no such country or subdivision.

    >>> china = day_kinds(pd.DatetimeIndex(["2026-02-14", "2026-02-17", "2026-02-20"]), "CN")
    >>> china["kind"].tolist()
    ['makeup', 'holiday', 'rest']
    """
    weekday = days.day_of_week.to_numpy()
    kind = np.where(np.isin(weekday, list(weekend)), "weekend", "workday").astype(object)
    name = np.full(len(days), "", dtype=object)
    special, pays_for = _country_days(days, country, subdivision)
    special.update({pd.Timestamp(day): (what, label) for day, what, label in own})
    at = days.get_indexer(pd.DatetimeIndex(list(special)))
    for position, (what, label) in zip(at, special.values(), strict=True):
        if position >= 0:
            kind[position], name[position] = what, label
    works_as = np.where(kind == "makeup", _last_workday(weekday, weekend), weekday)
    paid = days.get_indexer(pd.DatetimeIndex(list(pays_for)))
    for position, instead_of in zip(paid, pays_for.values(), strict=True):
        if position >= 0 and kind[position] == "makeup":
            works_as[position] = instead_of
    return pd.DataFrame({"day": days.astype(DAY), "kind": kind, "name": name, "works_as": works_as})


def check_country(country: str | None, subdivision: str | None = None) -> None:
    """Refuse a country or subdivision of which no public holidays are known.

    Raises:
        InputError: names what was found and the codes there are.
    """
    if country is None:
        if subdivision is not None:
            raise InputError("a subdivision without its country", found=subdivision, mend="name the country as well")
        return
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        codes = ", ".join(sorted(code for code in known if len(code) == 2))
        raise InputError("unknown country of the calendar", found=repr(country), expected=f"one of {codes}")
    aliases = holidays.country_holidays(country).get_subdivision_aliases()
    own = set(known[country]) | {alias for names in aliases.values() for alias in names}
    if subdivision is not None and subdivision not in own:
        raise InputError(
            f"unknown subdivision of the calendar of {country}",
            found=repr(subdivision),
            expected=f"one of {', '.join(sorted(known[country]))}" if known[country] else "none: it has none",
        )


def _last_workday(weekday: np.ndarray, weekend: Sequence[int]) -> np.ndarray:
    """For each weekday the nearest one before it that is no weekend; itself where there is none."""
    before = [
        next((day - back) % 7 for back in range(1, 8) if back == 7 or (day - back) % 7 not in weekend)
        for day in range(7)
    ]
    return np.asarray(np.array(before)[weekday])


def _country_days(
    days: pd.DatetimeIndex, country: str | None, subdivision: str | None
) -> tuple[dict[pd.Timestamp, tuple[str, str]], dict[pd.Timestamp, int]]:
    """Special days as (kind, name), and for make-up days the weekday of the day off they pay for, where known."""
    if country is None or len(days) == 0:
        return {}, {}
    import holidays

    check_country(country, subdivision)
    # A day off of January may be paid for in December, and the other way round.
    years = range(days.min().year - 1, days.max().year + 2)
    public = holidays.country_holidays(country, subdiv=subdivision, years=years, language=_english(country))
    # In China the days off around a statutory day, in lieu or by substitution, are rest days: paid otherwise.
    found = {
        pd.Timestamp(day): (
            "rest" if country == "CN" and ("substituted" in label or "observed" in label) else "holiday",
            label,
        )
        for day, label in public.items()
    }
    found.update({pd.Timestamp(day): ("makeup", "Make-up workday") for day in getattr(public, "weekend_workdays", ())})
    return found, _paid_for(public)


def _paid_for(public: Mapping[date, str]) -> dict[pd.Timestamp, int]:
    """Weekdays of the days off by the make-up day that their English label names: ``(substituted from 02/14/2026)``."""
    pairs = ((day, re.search(r"substituted from (\d{2}/\d{2}/\d{4})", label)) for day, label in public.items())
    return {pd.to_datetime(match[1], format="%m/%d/%Y"): day.weekday() for day, match in pairs if match}


def _english(country: str) -> str | None:
    import holidays

    supported = holidays.country_holidays(country).supported_languages
    return next((code for code in ("en_US", "en_GB", "en") if code in supported), None)
