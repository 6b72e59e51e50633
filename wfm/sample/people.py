"""The sample centre's agents: contracts, skills, sites, availability, leave and wishes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from wfm.sample.names import names
from wfm.tables.people import AGENTS, AVAILABILITY, PREFERENCES, TIME_OFF, WEEKDAY_NAMES

ALL_QUEUES = "general+vip+faults+chat+callback+complaint_24h+complaint_72h"
BACK_OFFICE = "callback+complaint_24h+complaint_72h"

# Contract, skills, and how many of 100 agents have them. Nights are worked by rotating agents with both night queues.
_PROFILES = (
    ("rotating", "general+faults", 20),
    ("rotating", "general+vip+faults", 5),
    ("full_time", "general", 9),
    ("full_time", "general+callback", 7),
    ("full_time", "general+chat", 9),
    ("full_time", "general+vip", 9),
    ("full_time", "faults", 7),
    ("full_time", f"chat+{BACK_OFFICE}", 5),
    ("full_time", BACK_OFFICE, 4),
    ("full_time", ALL_QUEUES, 5),
    ("part_30", "general", 4),
    ("part_30", "general+chat:0.9", 5),
    ("part_20", "general+faults:0.8", 5),
    ("part_20", "chat", 3),
    ("part_20", "general", 3),
)
_TEAM_SIZE = 10


def agents_of(count: int, last_day: date, rng: np.random.Generator) -> pd.DataFrame:
    """``count`` agents in the contract of AGENTS, profiles spread evenly over teams and sites."""
    profile = _even_mix([share for *_, share in _PROFILES], count)
    newcomer = rng.random(count) < 0.12
    tenure = np.where(newcomer, rng.integers(20, 120, count), rng.integers(200, 2200, count))
    grade = np.select([newcomer, tenure > 1900, tenure > 1100], ["trainee", "lead", "senior"], "agent")
    team = np.arange(count) % -(-count // _TEAM_SIZE)
    frame = pd.DataFrame(
        {
            "id": [f"A{number:03d}" for number in range(1, count + 1)],
            "name": names(count, rng),
            "team": [f"team {number + 1}" for number in team],
            "site": np.where(team % 5 < 3, "chengdu", "hefei"),
            "contract": [_PROFILES[number][0] for number in profile],
            "skills": [_PROFILES[number][1] for number in profile],
            "grade": grade,
            "since": [pd.Timestamp(last_day - timedelta(days=int(days))) for days in tenure],
            "until": pd.NaT,
        }
    )
    frame["until"] = frame["until"].astype("datetime64[us]")
    # Someone always leaves soon: the last agent's employment ends with the second week to come.
    frame.loc[count - 1, "until"] = pd.Timestamp(last_day + timedelta(days=14))
    return AGENTS.check(frame)


def _even_mix(shares: list[int], count: int) -> list[int]:
    """``count`` positions in ``shares``: each in turn the one furthest behind, so that any number has the right mix."""
    part = np.array(shares) / sum(shares)
    given = np.zeros(len(part))
    chosen = []
    for number in range(1, count + 1):
        behind = int(np.argmax(part * number - given))
        given[behind] += 1
        chosen.append(behind)
    return chosen


_EVERY_DAY = WEEKDAY_NAMES
_WORKWEEK = WEEKDAY_NAMES[:5]
_WINDOWS = (
    ("parent", _WORKWEEK, "08:00", "18:30"),
    ("student", _WORKWEEK, "15:30", "24:00"),
    ("student", WEEKDAY_NAMES[5:], "08:00", "24:00"),
    ("early riser", _EVERY_DAY, "06:00", "19:30"),
)
"""Who can work when; everyone else can work at any time."""


def availability_of(agents: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Windows of about half the part-time and one in eight of the full-time agents, in the contract of AVAILABILITY."""
    part_time = agents["contract"].str.startswith("part").to_numpy()
    luck = rng.random(len(agents))
    fixed = agents["contract"].eq("full_time").to_numpy()
    kind = np.select(
        [part_time & (luck < 0.3), part_time & (luck < 0.5), fixed & (luck < 0.06), fixed & (luck < 0.14)],
        ["student", "parent", "parent", "early riser"],
        "",
    )
    rows = [
        (agent, weekday, start, end)
        for agent, who in zip(agents["id"], kind, strict=True)
        for name, weekdays, start, end in _WINDOWS
        if name == who
        for weekday in weekdays
    ]
    return AVAILABILITY.check(pd.DataFrame(rows, columns=AVAILABILITY.names, dtype=object))


def time_off_of(agents: pd.DataFrame, last_day: date, rng: np.random.Generator) -> pd.DataFrame:
    """Absences of the four weeks to come, in the contract of TIME_OFF: about one agent in twenty away on a day.

    A holiday is a whole week from the day after ``last_day`` on or one to three days; a training is a day; an
    illness began on ``last_day``.
    """
    rows = []
    luck, when, length = rng.random(len(agents)), rng.integers(0, 28, len(agents)), rng.integers(1, 4, len(agents))
    tomorrow = last_day + timedelta(days=1)
    for agent, chance, start, days in zip(agents["id"], luck, when.tolist(), length.tolist(), strict=True):
        if chance < 0.12:
            kind, first, long = "leave", tomorrow + timedelta(days=start - start % 7), 7
        elif chance < 0.24:
            kind, first, long = "leave", tomorrow + timedelta(days=start), days
        elif chance < 0.38:
            kind, first, long = "training", tomorrow + timedelta(days=start), 1
        elif chance < 0.41:
            kind, first, long = "sick", last_day, 3
        else:
            continue
        rows.append((agent, pd.Timestamp(first), pd.Timestamp(first + timedelta(days=long - 1)), kind, True))
    return TIME_OFF.check(pd.DataFrame(rows, columns=TIME_OFF.names))


def preferences_of(agents: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Wishes of about half the agents: a weekday off, early or late shifts on one, in the contract of PREFERENCES."""
    rows = []
    asks, weekdays = rng.random(len(agents)), rng.integers(0, 7, (len(agents), 2))
    wishes, weights = rng.integers(0, 2, len(agents)), rng.integers(1, 4, len(agents))
    for agent, ask, (first, second), wish, weight in zip(agents["id"], asks, weekdays, wishes, weights, strict=True):
        if ask < 0.5:
            rows.append((agent, WEEKDAY_NAMES[first], "off", float(weight)))
        if ask < 0.2 and first != second:
            rows.append((agent, WEEKDAY_NAMES[second], ("early", "late")[wish], 1.0))
    return PREFERENCES.check(pd.DataFrame(rows, columns=["agent", "weekday", "wish", "weight"]))
