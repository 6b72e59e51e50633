"""`--explain` and `--why`: one table on stdout for a roster just made, stored or edited, and plain refusals."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import CommandLine, write_agents

from scheduling.commands.explain import question_of
from wfm.errors import UsageError
from wfm.time.week import Period

pytestmark = pytest.mark.slow

POLICY = """
[centre]
name = "Explained"
[[sites]]
id = "main"
zone = "Europe/Berlin"
[pay]
grades = { agent = "20" }
[[contracts]]
id = "full"
hours_week = 8
[[shift_templates]]
id = "morning"
start = "08:00"
lengths_h = [4]
[[queues]]
id = "service"
interval_min = 60
"""
AGENTS = ["a1,Ada,T,main,full,service,agent", "a2,Ben,T,main,full,service,agent"]
WEEK = "2026-03-23"


@pytest.fixture(scope="module")
def wfm(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """Two agents of two mornings each; somebody is needed on six mornings and two on Tuesday."""
    folder: Path = tmp_path_factory.mktemp("explained")
    wfm = CommandLine(folder / "centre")
    wfm("init", str(wfm.folder))
    (wfm.folder / "wfm.toml").write_text(POLICY, encoding="utf-8")
    wfm("import", "agents", str(write_agents(folder / "people.csv", AGENTS)))
    rows = [
        f"service,{day:%Y-%m-%d}T{hour:02}:00+01:00,{2 if day.day_of_week == 1 else 1 if day.day_of_week < 6 else 0}"
        for day in pd.date_range(WEEK, periods=7)
        for hour in range(8, 12)
        if day.day_of_week < 6
    ]
    wfm("import", "requirement", "-", stdin="queue,interval_start,agents\n" + "\n".join(rows) + "\n")
    wfm("schedule", "--week", WEEK, "--seconds", "1")
    return wfm


def read(out: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(out))


def test_a_roster_is_explained_as_it_is_made_and_again_from_the_store(wfm: CommandLine) -> None:
    told = wfm("schedule", "--week", WEEK, "--seconds", "1", "--explain", "--format", "csv")
    made = read(told.out)
    short = made[made["about"] == "shortfall"]
    assert short["amount"].sum() == pytest.approx((7 - 4) * 4)  # seven mornings are needed, four are worked
    assert short["sentence"].str.contains("of 2 with the skill").all()
    assert {"understaffing", "overstaffing"} <= set(made.loc[made["about"] == "term", "subject"])
    assert {"weekly_hours", "daily_rest"} <= set(made.loc[made["about"] == "rule", "subject"])
    stored = read(wfm("audit", "--week", WEEK, "--explain", "--format", "csv").out)
    # What rules cost is found within a time limit, the rest is a matter of record.
    facts = [table[table["about"] != "rule"].reset_index(drop=True) for table in (made, stored)]
    pd.testing.assert_frame_equal(*facts)


def test_one_agents_day_is_explained(wfm: CommandLine) -> None:
    days = read(wfm("audit", "--week", WEEK, "--why", "a1", "--why", f"a2:{WEEK}", "--format", "csv").out)
    assert days.groupby("subject")["day"].nunique().to_dict() == {"a1": 7, "a2": 1}
    worked = days[(days["subject"] == "a1") & days["sentence"].str.contains("morning 08:00 to 12:00$")]
    assert len(worked) == 2
    assert days["sentence"].str.startswith("Ada on Monday 23 March: ").any()


def test_questions_about_nobody_or_no_day_are_refused(wfm: CommandLine) -> None:
    assert "nobody" in wfm("audit", "--week", WEEK, "--why", "nobody", code=3).err
    assert "no day of the period" in wfm("audit", "--week", WEEK, "--why", "a1:2027-01-01", code=2).err
    with pytest.raises(UsageError, match="not a date"):
        question_of("a1:tuesday", Period(date(2026, 3, 23), 7))
