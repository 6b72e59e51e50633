"""A synthetic contact centre's week (``centre_week.py make``) through the roster's own rules and solver.

    python benchmarks/rostering.py INSTANCE.json ROSTER.csv [--seconds 30] [--seed 0]

The instance has half-hour slots in which a short break costs half a slot and lunch all of it. Here it is put on the
15-minute grid: demand is in quarter-hours of work per half-hour slot, so a queue of 30-minute intervals with half that
many agents; a short break is the first or second quarter of its slot. Templates say windows from the start, so each
length is a template of its own. What the judge wants of a week is contracts' bounds, five days, a window of the clock
and days off (availability), and 11 h of rest.

Two things do not map: lunch may straddle two half-hour slots here and counts in the first for the judge; and the judge
adds both quarters of a slot before it compares, while here a shortfall in one quarter is not made up by the other. The
judge's figure, from ``centre_week.py check INSTANCE.json ROSTER.csv``, is the one to compare; the bound printed is one
for the problem as posed here.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scheduling.outcome import Solved
from scheduling.roster import schedule
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.tables.people import AGENTS, AVAILABILITY, WEEKDAY_NAMES
from wfm.tables.requirement import REQUIREMENT
from wfm.time.week import Period

MONDAY = pd.Timestamp("2026-11-23")
FIRST_SLOT_MIN, SLOT_MIN = 6 * 60, 30


def centre_of(instance: dict[str, Any]) -> Centre:
    """The instance's shifts and contracts as a policy; prices in the proportion 10 to 1."""
    bounds = sorted({(agent["min_paid"], agent["max_paid"]) for agent in instance["agents"]})
    return policy_of(
        {
            "centre": {"name": "Centre week"},
            "sites": [{"id": "site", "zone": "UTC"}],
            "queues": [{"id": "calls", "interval_min": 30}],
            "contracts": [
                {"id": f"{low}-{high}", "hours_week": high / 2, "min_hours_week": low / 2, "max_days_week": 5}
                for low, high in bounds
            ],
            "shift_templates": [_template(length) for length in range(8, 19)],
            "rules": {"daily_rest_h": 11, "max_consecutive_days": None},
            "pay": {"grades": {"a": "20"}},
            "prices": {"understaffing": 40, "overstaffing": 4, "below_minimum_hours": 4000},
        }
    )


def _template(length: int) -> dict[str, Any]:
    """All starts of one length. Breaks: early and late a quarter, lunch in between, as the judge's windows say."""
    half, last = length // 2, length - 3

    def short(first: int, final: int) -> dict[str, Any]:
        return {"minutes": 15, "window_h": (first / 2, final / 2 + 0.25)}

    lunch = {"kind": "lunch", "minutes": 30, "window_h": ((half - 2) / 2, (half + 1) / 2), "paid": False}
    breaks = [short(2, last)] if length < 12 else [short(2, half - 3), lunch, short(half + 2, last)]
    latest = FIRST_SLOT_MIN + (36 - length) * SLOT_MIN
    return {"id": f"L{length}", "start": f"06:00-{latest // 60:02}:{latest % 60:02}", "lengths_h": [length / 2],
            "breaks": breaks}  # fmt: skip


def people_in(instance: dict[str, Any], centre: Centre) -> People:
    """Agents with their window of the clock on the weekdays they may work."""
    agents, windows = [], []
    for at, agent in enumerate(instance["agents"]):
        agents.append({"id": str(at), "name": str(at), "team": "t", "site": "site", "skills": "calls", "grade": "a",
                       "contract": f"{agent['min_paid']}-{agent['max_paid']}"})  # fmt: skip
        start, end = (_clock(FIRST_SLOT_MIN + slot * SLOT_MIN) for slot in agent["window"])
        windows += [
            {"agent": str(at), "weekday": WEEKDAY_NAMES[day], "start": start, "end": end}
            for day in range(7)
            if day not in agent["days_off"]
        ]
    return people_of(centre, AGENTS.check(pd.DataFrame(agents)), AVAILABILITY.check(pd.DataFrame(windows)))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def need_of(instance: dict[str, Any]) -> pd.DataFrame:
    """Quarter-hours of work per half-hour slot: half as many agents."""
    starts = [
        MONDAY + pd.Timedelta(days=day, minutes=FIRST_SLOT_MIN + slot * SLOT_MIN)
        for day in range(7)
        for slot in range(36)
    ]
    return REQUIREMENT.check(
        pd.DataFrame(
            {
                "queue": "calls",
                "interval_start": pd.DatetimeIndex(starts, tz="UTC"),
                "agents": np.asarray(instance["demand"], dtype=float).ravel() / 2,
            }
        )
    )


def judged_rows(roster: pd.DataFrame) -> list[tuple[int, int, int, int, str]]:
    """``agent,day,start,length,breaks`` in half-hour slots, as the judge reads them."""
    rows = []
    for (agent, day), shift in roster.groupby(["agent", "work_date"]):
        dawn = pd.Timestamp(day).tz_localize("UTC") + pd.Timedelta(minutes=FIRST_SLOT_MIN)
        slot = ((shift["start"] - dawn).dt.total_seconds() // (SLOT_MIN * 60)).astype(int)
        length = int((shift["end"].max() - shift["start"].min()).total_seconds() // (SLOT_MIN * 60))
        rests = "|".join(str(s) for s in slot[shift["activity"] != "work"])
        rows.append((int(agent), int((pd.Timestamp(day) - MONDAY).days), int(slot.min()), length, rests))
    return rows


def main() -> int:
    """Solve, write the roster, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", type=Path)
    parser.add_argument("roster", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    if not args.instance.exists():
        sys.stderr.write(f"skipped: no instance at {args.instance}; make one with centre_week.py make 200\n")
        return 0
    instance = json.loads(args.instance.read_text(encoding="utf-8"))
    centre = centre_of(instance)
    people, period = people_in(instance, centre), Period(date(2026, 11, 23), 7)
    outcome = schedule(need_of(instance), centre, people, period, seconds=args.seconds, seed=args.seed)
    if not isinstance(outcome, Solved):
        sys.stderr.write(f"{outcome.reason}\n")
        return 1
    with args.roster.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(judged_rows(outcome.roster))
    figures = {"objective": outcome.objective, "bound": outcome.bound, "gap": outcome.gap, "seconds": outcome.seconds}
    sys.stdout.write(json.dumps({**figures, **outcome.terms}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
