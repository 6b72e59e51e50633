"""A small week to publish: the last of March 2026 in Berlin, when the clock skips an hour on Sunday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.publishing.version import PublishedVersion
from wfm.tables.people import AGENTS
from wfm.tables.roster import COVERAGE, ROSTER, VIOLATION
from wfm.time.grid import interval_grid

ZONE = "Europe/Berlin"
FIRST = date(2026, 3, 23)
FORMULA = "=cmd|'/c calc'!A0"
SCRIPT = "<script>alert(1)</script>"


@dataclass(frozen=True)
class Week:
    """Everything that publishing takes."""

    centre: Centre
    people: People
    roster: pd.DataFrame
    coverage: pd.DataFrame
    violations: pd.DataFrame


def a_centre() -> Centre:
    return policy_of(
        {
            "centre": {"name": "Nordlicht & Söhne", "currency": "EUR"},
            "sites": [
                {"id": "berlin", "name": "Berlin", "zone": ZONE},
                {"id": "shanghai", "name": "上海", "zone": "Asia/Shanghai"},
            ],
            "queues": [
                {"id": "general", "name": "General enquiries", "interval_min": 30},
                {"id": "vip", "interval_min": 15, "default_aht_s": 420},
            ],
            "contracts": [{"id": "full", "hours_week": 40}],
            "pay": {"grades": {"agent": "18.50"}, "night_premium": "0.25"},
        }
    )


def some_people(centre: Centre) -> People:
    rows = [
        ("ada", "Ada Lovelace", "Red", "berlin", "general+vip"),
        ("bob", FORMULA, "Red", "berlin", "general"),
        ("eve", SCRIPT, "Red", "berlin", "general"),
        ("jun", "王俊喆", "蓝队", "shanghai", "general+vip"),
        ("lin", "林小红", "蓝队", "shanghai", "vip"),
    ]
    columns = ["id", "name", "team", "site", "skills"]
    return people_of(centre, AGENTS.check(pd.DataFrame(rows, columns=columns).assign(contract="full", grade="agent")))


def segment(agent, start, end, activity="work", zone=ZONE, paid=True, skill_set="general", day=None):
    begin = pd.Timestamp(start, tz=zone)
    return {
        "agent": agent,
        "start": begin.tz_convert("UTC"),
        "end": pd.Timestamp(end, tz=zone).tz_convert("UTC"),
        "work_date": pd.Timestamp(day) if day else begin.tz_localize(None).normalize(),
        "activity": activity,
        "paid": paid,
        "skill_set": skill_set if activity == "work" else None,
    }


def day_shift(agent, day, hour=9, zone=ZONE, skill_set="general"):
    """Eight hours and a half with a lunch of half an hour, unpaid, and a break."""
    at = f"{day} {hour:02d}"
    return [
        segment(agent, f"{at}:00", f"{day} {hour + 2:02d}:00", zone=zone, skill_set=skill_set),
        segment(agent, f"{day} {hour + 2:02d}:00", f"{day} {hour + 2:02d}:15", "break", zone),
        segment(agent, f"{day} {hour + 2:02d}:15", f"{day} {hour + 4:02d}:00", zone=zone, skill_set=skill_set),
        segment(agent, f"{day} {hour + 4:02d}:00", f"{day} {hour + 4:02d}:30", "lunch", zone, paid=False),
        segment(agent, f"{day} {hour + 4:02d}:30", f"{day} {hour + 8:02d}:30", zone=zone, skill_set=skill_set),
    ]


def a_roster() -> pd.DataFrame:
    rows = [
        *(row for day in (23, 24, 25) for row in day_shift("ada", f"2026-03-{day}", skill_set="general+vip")),
        *day_shift("bob", "2026-03-23", hour=13),
        segment("bob", "2026-03-25 09:00", "2026-03-25 17:30", "sick"),
        # the night on which 02:00 becomes 03:00
        segment("eve", "2026-03-28 22:00", "2026-03-29 01:30"),
        segment("eve", "2026-03-29 01:30", "2026-03-29 03:30", "break", day="2026-03-28"),
        segment("eve", "2026-03-29 03:30", "2026-03-29 06:00", day="2026-03-28"),
        *day_shift("jun", "2026-03-24", zone="Asia/Shanghai", skill_set="general+vip"),
        *day_shift("lin", "2026-03-27", zone="Asia/Shanghai", skill_set="vip"),
    ]
    return ROSTER.check(pd.DataFrame(rows))


def a_coverage() -> pd.DataFrame:
    rows = []
    for queue, interval_min in (("general", 30), ("vip", 15)):
        starts = interval_grid(FIRST, 7, ZONE, interval_min)
        hour = starts.tz_convert(ZONE).hour.to_numpy()
        required = np.where((hour >= 8) & (hour < 20), 2.0, 0.5)
        scheduled = np.where((hour >= 9) & (hour < 18), 2.5, 0.5)
        rows.append(
            pd.DataFrame(
                {"queue": queue, "interval_start": starts, "required": required, "scheduled": scheduled,
                 "gap": scheduled - required}
            )
        )  # fmt: skip
    return COVERAGE.check(pd.concat(rows))


def some_violations() -> pd.DataFrame:
    rows = [
        ("preference", "ada", "2026-03-24", None, None, None, False, "Ada Lovelace works on a Tuesday she asked off."),
        ("daily_rest", "eve", "2026-03-28", 9.0, 11.0, "h", True, f"{SCRIPT} rests 9 h before Saturday, needs 11 h."),
    ]  # fmt: skip
    columns = ["rule", "agent", "when", "found", "limit", "unit", "hard", "sentence"]
    return VIOLATION.check(pd.DataFrame(rows, columns=columns))


@pytest.fixture(scope="session")
def week() -> Week:
    centre = a_centre()
    return Week(centre, some_people(centre), a_roster(), a_coverage(), some_violations())


@pytest.fixture
def version() -> PublishedVersion:
    return PublishedVersion(1, FIRST, datetime(2026, 3, 16, 9, 30, tzinfo=UTC), "planner", "a secret token", ZONE)
