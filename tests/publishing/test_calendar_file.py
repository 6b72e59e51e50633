"""Calendar files against RFC 5545, read back by dateutil's own time zone parser and by icalendar."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from dateutil.tz import tzical
from icalendar import Calendar

from wfm.publishing.publish import publish
from wfm.publishing.version import calendar_name
from wfm.publishing.vtimezone import vtimezone


def publish_all(tmp_path, week, version, roster, previous=None):
    publish(
        tmp_path, version, roster, None, week.violations.iloc[:0], None, None, week.centre, week.people,
        previous=previous,
    )  # fmt: skip


def ics(tmp_path, version, agent):
    return (version.folder(tmp_path) / "calendars" / calendar_name(version, agent)).read_bytes()


def events(tmp_path, version, agent):
    return sorted(
        Calendar.from_ical(ics(tmp_path, version, agent)).walk("VEVENT"), key=lambda event: event["dtstart"].dt
    )


@pytest.fixture
def second(version):
    return replace(version, number=2, published_at=datetime(2026, 3, 18, 12, tzinfo=UTC))


@pytest.fixture
def third(version):
    return replace(version, number=3, published_at=datetime(2026, 3, 20, 12, tzinfo=UTC))


def moved(roster, agent, minutes):
    later = roster.copy()
    later.loc[later["agent"] == agent, ["start", "end"]] += pd.Timedelta(minutes=minutes)
    return later


def test_a_calendar_says_what_it_is_and_holds_each_shift(tmp_path, week, version):
    publish_all(tmp_path, week, version, week.roster)
    calendar = Calendar.from_ical(ics(tmp_path, version, "ada"))
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    first, *_ = found = events(tmp_path, version, "ada")
    assert [event["dtstart"].dt.day for event in found] == [23, 24, 25]
    assert first["dtstart"].params["TZID"] == "Europe/Berlin"
    assert (first["dtstart"].dt.hour, first["dtend"].dt.hour, first["dtend"].dt.minute) == (9, 17, 30)
    assert first["sequence"] == 0
    assert first["dtstamp"].dt == version.stamp
    assert "Break 11:00–11:15" in first["description"]
    assert "Lunch 13:00–13:30 (unpaid)" in first["description"]
    assert "General enquiries, vip" in first["description"]
    assert ics(tmp_path, version, "ada").count(b"\r\n") == ics(tmp_path, version, "ada").count(b"\n")
    assert max(len(line) for line in ics(tmp_path, version, "jun").split(b"\r\n")) <= 75


def test_an_absence_is_no_event(tmp_path, week, version):
    publish_all(tmp_path, week, version, week.roster)
    assert len(events(tmp_path, version, "bob")) == 1


def test_a_night_shift_ends_on_the_next_day_after_the_hours_that_pass(tmp_path, week, version):
    publish_all(tmp_path, week, version, week.roster)
    (night,) = events(tmp_path, version, "eve")
    start, end = night["dtstart"].dt, night["dtend"].dt
    assert (start.day, end.day, end.hour) == (28, 29, 6)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=7)


def test_a_shift_in_the_doubled_hour_is_not_mistaken_for_the_first(tmp_path, week, version):
    autumn = replace(version, first_day=datetime(2026, 10, 19, tzinfo=UTC).date())
    start = pd.Timestamp("2026-10-25T01:30Z")  # 02:30 for the second time in Berlin
    roster = week.roster.iloc[:1].assign(
        start=start.as_unit("us"),
        end=(start + pd.Timedelta(hours=4)).as_unit("us"),
        work_date=pd.Timestamp("2026-10-25"),
    )
    publish_all(tmp_path, week, autumn, roster)
    (event,) = events(tmp_path, autumn, roster["agent"].iloc[0])
    assert event["dtstart"].dt.astimezone(UTC) == start.to_pydatetime()


def test_what_did_not_change_keeps_every_byte(tmp_path, week, version, second):
    publish_all(tmp_path, week, version, week.roster)
    publish_all(tmp_path, week, second, moved(week.roster, "bob", 30), week.roster)
    for agent in ("ada", "eve", "jun", "lin"):
        assert ics(tmp_path, second, agent) == ics(tmp_path, version, agent)
    assert ics(tmp_path, second, "bob") != ics(tmp_path, version, "bob")


def test_a_changed_shift_keeps_its_uid_and_counts_up(tmp_path, week, version, second, third):
    publish_all(tmp_path, week, version, week.roster)
    publish_all(tmp_path, week, second, moved(week.roster, "bob", 30), week.roster)
    publish_all(tmp_path, week, third, moved(week.roster, "bob", 60), moved(week.roster, "bob", 30))
    found = [events(tmp_path, one, "bob")[0] for one in (version, second, third)]
    assert len({event["uid"] for event in found}) == 1
    assert [event["sequence"] for event in found] == [0, 1, 2]
    assert [event["last-modified"].dt for event in found] == [version.stamp, second.stamp, third.stamp]


def test_a_cancelled_shift_keeps_its_uid_stays_cancelled_and_can_return(tmp_path, week, version, second, third):
    without = week.roster[week.roster["agent"] != "eve"]
    publish_all(tmp_path, week, version, week.roster)
    publish_all(tmp_path, week, second, without, week.roster)
    publish_all(tmp_path, week, third, without, without)
    (before,), (after,), (still,) = (events(tmp_path, one, "eve") for one in (version, second, third))
    assert after["uid"] == before["uid"]
    assert (after["status"], after["sequence"]) == ("CANCELLED", 1)
    assert (after["dtstart"].dt, after["dtend"].dt) == (before["dtstart"].dt, before["dtend"].dt)
    assert still.to_ical() == after.to_ical()
    fourth = replace(third, number=4)
    publish_all(tmp_path, week, fourth, week.roster, without)
    (back,) = events(tmp_path, fourth, "eve")
    assert (back["uid"], back["status"], back["sequence"]) == (before["uid"], "CONFIRMED", 2)


def test_without_the_earlier_files_a_change_still_exceeds_every_earlier_sequence(tmp_path, week, third):
    publish_all(tmp_path, week, third, moved(week.roster, "bob", 60)[lambda t: t["agent"] != "eve"], week.roster)
    # two versions came before, so no shift's sequence can have passed 1
    assert events(tmp_path, third, "bob")[0]["sequence"] == 2
    (gone,) = events(tmp_path, third, "eve")
    assert (gone["status"], gone["sequence"]) == ("CANCELLED", 2)
    assert events(tmp_path, third, "ada")[0]["sequence"] == 1


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Asia/Kathmandu", "UTC"]
)
def test_vtimezone_tells_the_same_clock_as_the_zone_database(zone):
    text = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + vtimezone(zone, 2026, 2027).to_ical() + b"END:VCALENDAR\r\n"
    )
    read = tzical(io.StringIO(text.decode())).get(zone)
    start = datetime(2026, 1, 2, tzinfo=UTC)
    for half_hour in range(0, 2 * 365 * 48, 7):
        instant = start + timedelta(minutes=30 * half_hour)
        wall = instant.astimezone(ZoneInfo(zone))
        if wall.fold or (wall + timedelta(hours=1)).fold:
            continue  # dateutil's parser settles the doubled hour in its own way
        assert wall.replace(tzinfo=read).utcoffset() == wall.utcoffset(), instant
