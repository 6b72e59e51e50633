"""VTIMEZONE: what a zone's clock does in the years of a calendar file (RFC 5545, section 3.6.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from wfm.time.zones import zone_named

_HOUR = timedelta(hours=1)


@lru_cache(maxsize=64)
def vtimezone(zone: str, first_year: int, last_year: int) -> Timezone:
    """The zone's observances in whole years, each starting at its wall time before the change, as the RFC wants."""
    component = Timezone()
    component.add("tzid", zone)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    clock = zone_named(zone)
    base = start.astimezone(clock).utcoffset() or timedelta(0)
    component.add_component(_observance(zone, start, base))
    for change in _changes(zone, first_year, last_year):
        before = (change - _HOUR).astimezone(clock).utcoffset() or timedelta(0)
        component.add_component(_observance(zone, change, before))
    return component


def _changes(zone: str, first_year: int, last_year: int) -> list[datetime]:
    """The instants at which the offset changes; every zone's do so on a quarter-hour."""
    clock = zone_named(zone)
    start = datetime(first_year, 1, 1, tzinfo=UTC)
    days = (datetime(last_year + 1, 1, 1, tzinfo=UTC) - start).days
    noons = [start + timedelta(days=day) for day in range(days + 1)]
    changes = []
    for left, right in pairwise(noons):
        if left.astimezone(clock).utcoffset() != right.astimezone(clock).utcoffset():
            quarters = [left + timedelta(minutes=15 * step) for step in range(97)]
            offsets = [quarter.astimezone(clock).utcoffset() for quarter in quarters]
            changes += [quarters[at] for at in range(1, 97) if offsets[at] != offsets[at - 1]]
    return changes


def _observance(zone: str, onset: datetime, offset_before: timedelta) -> TimezoneStandard | TimezoneDaylight:
    local = onset.astimezone(zone_named(zone))
    observance = TimezoneDaylight() if local.dst() else TimezoneStandard()
    observance.add("dtstart", (onset + offset_before).replace(tzinfo=None))
    observance.add("tzname", local.tzname() or zone)
    observance.add("tzoffsetfrom", offset_before)
    observance.add("tzoffsetto", local.utcoffset() or timedelta(0))
    return observance
