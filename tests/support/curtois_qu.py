"""A small instance of Curtois & Qu worked by hand, and what tests of such instances share."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

pytest.importorskip("benchmarks.rosters.task", reason="the benchmark is part of the checkout, not of the wheel")

from benchmarks.rosters.judge import SHARED
from benchmarks.rosters.task import Task
from scheduling.outcome import Solved
from scheduling.roster import schedule

JUDGES = pytest.mark.skipif(not (SHARED / "check_instance.py").exists(), reason=f"no judges in {SHARED}")

BY_HAND = """\
# Two nurses, one shift a day.
SECTION_HORIZON
7
SECTION_SHIFTS
D,480,
SECTION_STAFF
A,D=7,1920,1440,5,2,2,0
B,D=7,960,960,5,2,2,0
SECTION_DAYS_OFF
A,0
B,0,4,5,6
SECTION_SHIFT_ON_REQUESTS
A,5,D,7
SECTION_SHIFT_OFF_REQUESTS
A,2,D,5
SECTION_COVER
0,D,1,100,1
1,D,1,100,1
2,D,1,100,1
3,D,1,100,1
4,D,1,100,1
5,D,1,100,1
6,D,1,100,1
"""
BEST_BY_HAND = 300 + 1 + 5 + 7
"""A works at least three of days 1 to 4 (day 0 is off, weekends are), in runs of two or more: day 2 always, against the
wish (5), and never day 5, against the other (7). B works two days in a row of days 1 to 3. Days 0, 5 and 6 have nobody
(300). With B on 1 and 2, A on 2, 3 and 4, every other day has somebody and only day 2 one too many (1); the two can't
miss each other, since both A's sets without day 1 or day 4, and B's, hold day 2 or 3."""


def solved(task: Task, seconds: float = 20) -> Solved:
    outcome = schedule(
        task.requirement, task.centre, task.people, task.period, seconds=seconds, shift_demand=task.shift_demand
    )
    assert isinstance(outcome, Solved)
    return outcome


def written(folder: Path, text: str) -> Path:
    path = folder / "Instance0.txt"
    path.write_text(text, encoding="utf-8")
    return path


def judged(task: Task, roster: pd.DataFrame, folder: Path) -> int:
    path = folder / "roster.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in (task.header, *task.rows(roster))), encoding="utf-8")
    verdict = task.judge(path)
    assert verdict.legal, verdict.faults
    return verdict.penalty
