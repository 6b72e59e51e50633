"""An agent's shifts as an iCalendar file (RFC 5545) whose bytes change only when his shifts do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from icalendar import Calendar, Event

from wfm.policy.centre import Centre
from wfm.policy.people import Agent
from wfm.publishing.shift_view import Segment, ShiftView
from wfm.publishing.version import PublishedVersion
from wfm.publishing.vtimezone import vtimezone

_FIRST_SLOT = "1"
"""A shift is all presence of one agent and work date, so the slot within the date is always the first."""

_CONTENT = ("dtstart", "dtend", "summary", "description", "location", "status")


def calendar_ics(
    version: PublishedVersion,
    agent: Agent,
    views: Sequence[ShiftView],
    centre: Centre,
    prior: Mapping[str, Event],
) -> bytes:
    """The calendar of one agent: a file's bytes.

    An event keeps its UID from version to version, and its every byte while the shift stays as it is. A changed shift
    gets SEQUENCE + 1, DTSTAMP and LAST-MODIFIED of this version; one that fell away stays as STATUS:CANCELLED. A shift
    ends when it ends, on the next day if need be. Breaks are listed in the description.

    Args:
        views: the agent's shifts and absences; absences make no event.
        prior: the events that the agent's calendar held before, by UID.
    """
    planned = dict(_event(version, view, centre, agent) for view in views if not view.away)
    events = {uid: _revised(event, prior.get(uid), version) for uid, event in planned.items()}
    events.update({uid: _cancelled(event, version) for uid, event in prior.items() if uid not in planned})
    calendar = Calendar()
    calendar.add("prodid", "-//wfm//roster//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{centre.centre.name}: {agent.name}")
    zone = centre.site(agent.site).zone
    calendar.add_component(vtimezone(zone, version.period.first.year, version.period.last.year + 1))
    for event in sorted(events.values(), key=_when):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def events_of(ics: bytes) -> dict[str, Event]:
    """The events of a calendar file by UID."""
    return {str(event["uid"]): event for event in Calendar.from_ical(ics).walk("VEVENT") if isinstance(event, Event)}


def events_of_shifts(
    version: PublishedVersion, agent: Agent, views: Sequence[ShiftView], centre: Centre
) -> dict[str, Event]:
    """The events that a published roster stands for whose files are not at hand.

    Each sequence number is the highest it can have had in the version before, so that whatever changes now exceeds it.
    """
    events = dict(_event(version, view, centre, agent) for view in views if not view.away)
    for event in events.values():
        _stamp(event, version, max(version.number - 2, 0))
    return events


def _event(version: PublishedVersion, view: ShiftView, centre: Centre, agent: Agent) -> tuple[str, Event]:
    """The UID and the unstamped event of a shift."""
    uid = f"{version.token('shift', view.agent, view.work_date.isoformat(), _FIRST_SLOT)}@wfm"
    names = {queue.id: queue.name or queue.id for queue in centre.queues}
    site = centre.site(agent.site)
    event = Event()
    event.add("uid", uid)
    event.add("dtstart", _unambiguous(view.start))
    event.add("dtend", _unambiguous(view.end))
    event.add("summary", f"Shift {view.span}")
    event.add("description", _description(view, [names.get(queue, queue) for queue in view.skills]))
    event.add("location", site.name or site.id)
    event.add("status", "CONFIRMED")
    return uid, event


def _description(view: ShiftView, queues: Sequence[str]) -> str:
    lines = [_inner_line(segment) for segment in view.inner]
    lines.append(f"Paid: {view.paid_h:g} h")
    if queues:
        lines.append(f"Queues: {', '.join(queues)}")
    return "\n".join(lines)


def _inner_line(segment: Segment) -> str:
    return f"{segment.activity.capitalize()} {segment.span}" + ("" if segment.paid else " (unpaid)")


def _unambiguous(moment: datetime) -> datetime:
    """A local time, or the UTC instant where the clock shows it for the second time (a TZID means the first)."""
    return moment.astimezone(UTC) if moment.fold else moment


def _revised(event: Event, before: Event | None, version: PublishedVersion) -> Event:
    """The event as it was where nothing changed, else stamped with this version."""
    if before is None:
        return _stamp(event, version, 0)
    if all(_same(event, before, name) for name in _CONTENT):
        return before
    return _stamp(event, version, int(before.get("sequence", 0)) + 1)


def _cancelled(before: Event, version: PublishedVersion) -> Event:
    if str(before.get("status")) == "CANCELLED":
        return before
    event = Event()
    for name in ("uid", *_CONTENT):
        if name in before and name != "status":
            event[name] = before[name]
    event.add("status", "CANCELLED")
    return _stamp(event, version, int(before.get("sequence", 0)) + 1)


def _stamp(event: Event, version: PublishedVersion, sequence: int) -> Event:
    event.add("sequence", sequence)
    event.add("dtstamp", version.stamp)
    event.add("last-modified", version.stamp)
    return event


def _same(one: Event, other: Event, name: str) -> bool:
    if name in ("dtstart", "dtend"):
        return _instant(one, name) == _instant(other, name)
    return str(one.get(name, "")) == str(other.get(name, ""))


def _instant(event: Event, name: str) -> float:
    """Seconds since the epoch of a date-time property."""
    moment = event.decoded(name)
    assert isinstance(moment, datetime)
    return moment.timestamp()


def _when(event: Event) -> tuple[float, str]:
    return _instant(event, "dtstart"), str(event["uid"])
