"""A synthetic contact centre's week (``centre_week.py make``) as policy, people and requirement.

The instance counts quarter-hours of work in half-hour slots: a queue of 30-minute intervals with half as many agents,
whose cover is priced by interval. A short break is the first or second quarter of its slot, lunch a whole slot
(``step_min = 30``). Break windows are told from a shift's start and differ by its length, so each length is a template.
Contracts' hours are hard on both sides; the window of the clock and days off are availability.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.rosters.judge import beside, judged_week
from benchmarks.rosters.task import MONDAY, NOTHING_ELSE, Row, Task
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.tables.people import AGENTS, AVAILABILITY, WEEKDAY_NAMES
from wfm.tables.requirement import REQUIREMENT
from wfm.time.week import Period

DAYS, SLOTS = 7, 36
FIRST_SLOT_MIN, SLOT_MIN = 6 * 60, 30
SHORTEST, LONGEST = 8, 18
LUNCH_FROM = 12
"""Lengths in slots: the shortest and longest shift, and from which on a shift has lunch and a second short break."""
SHORT, OVER = 10, 1
"""The judge's penalty of a quarter-hour of work too few, and of one too many."""
QUARTERS_AN_HOUR = 4


def made(folder: Path, agents: int, seed: int, *, peaky: bool) -> Path:
    """The instance of that size in ``folder``, made with the judge's own program unless it is there."""
    path = folder / f"week{agents}{'peaky' if peaky else ''}_{seed}.json"
    if not path.exists():
        program = beside(path, "centre_week.py")
        options = ["--seed", str(seed), *(["--peaky"] if peaky else [])]
        told = subprocess.run(
            [sys.executable, str(program), "make", str(agents), *options], capture_output=True, text=True, check=True
        )
        path.write_text(told.stdout, encoding="utf-8")
    return path


def task_of(path: Path) -> Task:
    """The instance in ``path`` as a task."""
    instance = json.loads(path.read_text(encoding="utf-8"))
    centre = centre_of(instance)
    return Task(
        name=path.stem,
        shifts=sum(SLOTS - length + 1 for length in range(SHORTEST, LONGEST + 1)),
        requirement=requirement_of(instance["demand"]),
        centre=centre,
        people=people_in(instance, centre),
        period=Period(MONDAY, DAYS),
        shift_demand=None,
        header=("agent", "day", "start", "length", "breaks"),
        rows=rows_of,
        judge=partial(judged_week, path),
    )


def centre_of(instance: Mapping[str, Any]) -> Centre:
    """The instance's shifts and contracts as a policy, prices a quarter-hour as the judge's."""
    bounds = sorted({(agent["min_paid"], agent["max_paid"]) for agent in instance["agents"]})
    return policy_of(
        {
            "centre": {"name": "Centre week"},
            "sites": [{"id": "site", "zone": "UTC"}],
            "queues": [{"id": "calls", "interval_min": SLOT_MIN}],
            "contracts": [
                {
                    "id": f"{low}-{high}",
                    "hours_week": high / 2,
                    "min_hours_week": low / 2,
                    "min_hours": "hard",
                    "max_days_week": 5,
                }
                for low, high in bounds
            ],
            "shift_templates": [_template(length) for length in range(SHORTEST, LONGEST + 1)],
            "rules": {"daily_rest_h": 11, "max_consecutive_days": None},
            "pay": {"grades": {"a": "20"}},
            "prices": {"understaffing": SHORT * QUARTERS_AN_HOUR, "overstaffing": OVER * QUARTERS_AN_HOUR},
            "objective": NOTHING_ELSE,
        }
    )


def _template(length: int) -> dict[str, Any]:
    """All starts of one length, its breaks as the judge's windows say."""
    half, last = length // 2, length - 3

    def short(first: int, final: int) -> dict[str, Any]:
        return {"minutes": 15, "window_h": (first / 2, final / 2 + 0.25)}

    window = ((half - 2) / 2, (half + 1) / 2)
    lunch = {"kind": "lunch", "minutes": SLOT_MIN, "window_h": window, "step_min": SLOT_MIN, "paid": False}
    breaks = [short(2, last)] if length < LUNCH_FROM else [short(2, half - 3), lunch, short(half + 2, last)]
    latest = FIRST_SLOT_MIN + (SLOTS - length) * SLOT_MIN
    return {
        "id": f"L{length}",
        "start": f"{_clock(FIRST_SLOT_MIN)}-{_clock(latest)}",
        "lengths_h": [length / 2],
        "breaks": breaks,
    }


def people_in(instance: Mapping[str, Any], centre: Centre) -> People:
    """Agents with their window of the clock on the weekdays they may work."""
    agents, windows = [], []
    for at, agent in enumerate(instance["agents"]):
        contract = f"{agent['min_paid']}-{agent['max_paid']}"
        told = {"team": "t", "site": "site", "skills": "calls", "grade": "a", "contract": contract}
        agents.append({"id": str(at), "name": str(at), **told})
        start, end = (_clock(FIRST_SLOT_MIN + slot * SLOT_MIN) for slot in agent["window"])
        windows += [
            {"agent": str(at), "weekday": WEEKDAY_NAMES[day], "start": start, "end": end}
            for day in range(DAYS)
            if day not in agent["days_off"]
        ]
    return people_of(centre, AGENTS.check(pd.DataFrame(agents)), AVAILABILITY.check(pd.DataFrame(windows)))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def requirement_of(demand: list[list[int]]) -> pd.DataFrame:
    """Quarter-hours of work by day and half-hour slot: half as many agents."""
    midnights = np.repeat(pd.date_range(MONDAY, periods=DAYS, tz="UTC"), SLOTS)
    minutes = np.tile(FIRST_SLOT_MIN + SLOT_MIN * np.arange(SLOTS), DAYS)
    told = {"queue": "calls", "interval_start": midnights + pd.to_timedelta(minutes, unit="min")}
    return REQUIREMENT.check(pd.DataFrame({**told, "agents": np.asarray(demand, dtype=float).ravel() / 2}))


def rows_of(roster: pd.DataFrame) -> list[Row]:
    """``agent,day,start,length,breaks`` in half-hour slots, as the judge reads them."""
    rows: list[Row] = []
    for (agent, work_date), shift in roster.groupby(["agent", "work_date"]):
        day = pd.Timestamp(str(work_date))
        dawn = day.tz_localize("UTC") + pd.Timedelta(minutes=FIRST_SLOT_MIN)
        slot = ((shift["start"] - dawn) // pd.Timedelta(minutes=SLOT_MIN)).astype(int)
        length = int((shift["end"].max() - shift["start"].min()) // pd.Timedelta(minutes=SLOT_MIN))
        rests = "|".join(str(at) for at in slot[shift["activity"] != "work"])
        rows.append((str(agent), (day.date() - MONDAY).days, int(slot.min()), length, rests))
    return rows
