"""Kinds of days: public holidays, rest days of a holiday block, make-up workdays, and a centre's own days."""

from __future__ import annotations

from collections.abc import Sequence
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
        A frame in the order of ``days``: ``day``, ``kind`` (one of DAY_KINDS), ``name`` (empty for ordinary days).

    Raises:
        InputError: no such country or subdivision.

    >>> china = day_kinds(pd.DatetimeIndex(["2026-02-14", "2026-02-17", "2026-02-20"]), "CN")
    >>> china["kind"].tolist()
    ['makeup', 'holiday', 'rest']
    """
    off = days.day_of_week.isin(list(weekend))
    kind = np.where(off, "weekend", "workday").astype(object)
    name = np.full(len(days), "", dtype=object)
    special = _country_days(days, country, subdivision)
    special.update({pd.Timestamp(day): (what, label) for day, what, label in own})
    at = days.get_indexer(pd.DatetimeIndex(list(special)))
    for position, (what, label) in zip(at, special.values(), strict=True):
        if position >= 0:
            kind[position], name[position] = what, label
    return pd.DataFrame({"day": days.astype(DAY), "kind": kind, "name": name})


def _country_days(
    days: pd.DatetimeIndex, country: str | None, subdivision: str | None
) -> dict[pd.Timestamp, tuple[str, str]]:
    if country is None or len(days) == 0:
        return {}
    import holidays

    years = range(days.min().year, days.max().year + 1)
    try:
        public = holidays.country_holidays(country, subdiv=subdivision, years=years, language=_english(country))
    except NotImplementedError as error:
        raise InputError(
            "unknown country or subdivision of the calendar",
            found=f"{country} {subdivision or ''}".strip(),
            expected="a code of the holidays package, such as CN, IL, US or DE with BY",
        ) from error
    # In China the days off around a statutory day, in lieu or by substitution, are rest days: paid otherwise.
    found = {
        pd.Timestamp(day): (
            "rest" if country == "CN" and ("substituted" in label or "observed" in label) else "holiday",
            label,
        )
        for day, label in public.items()
    }
    found.update({pd.Timestamp(day): ("makeup", "Make-up workday") for day in getattr(public, "weekend_workdays", ())})
    return found


def _english(country: str) -> str | None:
    import holidays

    supported = holidays.country_holidays(country).supported_languages
    return next((code for code in ("en_US", "en_GB", "en") if code in supported), None)
