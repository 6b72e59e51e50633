"""`wfm mix`: from a stored requirement to numbers of agents, beside those of today."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import CommandLine, write_agents

POLICY = """
[centre]
name = "Mix"
[[sites]]
id = "main"
zone = "Europe/Berlin"
[pay]
grades = { agent = "20", senior = "30" }
[objective]
wage = 1
[prices]
understaffing = 60
[[contracts]]
id = "full"
hours_week = 40
min_hours_week = 0
[[shift_templates]]
id = "half"
start = "08:00-12:00"
step_min = 240
lengths_h = [4]
[[queues]]
id = "left"
[[queues]]
id = "right"
"""
AGENTS = ["a1,Ada,T,main,full,left,agent", "a2,Ben,T,main,full,left,agent", "a3,Cy,T,main,full,right,senior"]
DAY = "2026-11-23/2026-11-23"
KINDS = "kind,skills,contract,site,grade,head_week\n{}\n"


@pytest.fixture
def centre(centre_of: Callable[[str], CommandLine], tmp_path: Path) -> CommandLine:
    """Half an agent of each queue from 8 to 16 on one day; three agents."""
    wfm = centre_of(POLICY)
    wfm("import", "agents", str(write_agents(tmp_path / "people.csv", AGENTS)))
    times = [f"2026-11-23T{hour:02}:{minute:02}+01:00,0.5" for hour in range(8, 16) for minute in (0, 30)]
    rows = [f"{queue},{time}" for queue in ("left", "right") for time in times]
    wfm("import", "requirement", "-", stdin="queue,interval_start,agents\n" + "\n".join(rows) + "\n")
    return wfm


def test_todays_kinds_or_those_of_a_file(centre: CommandLine, tmp_path: Path) -> None:
    """The mean rate is 70/3 an hour. On its own, each queue takes two shifts of 4 hours at half of their use: 4 in all.

    One of both skills takes two shifts for both queues, 8 hours at 20, and 7 a week for his head (1 a day).
    """
    ran = centre("mix", "--period", DAY, "--seconds", "2", "--format", "csv")
    rows = pd.read_csv(io.StringIO(ran.out)).set_index("kind")
    assert rows.loc["total", "now"] == 3
    assert rows.loc["total", "cost_week"] == pytest.approx(7 * 16 * 70 / 3)
    assert "no mix of these kinds below" in ran.err
    assert "today's numbers" in ran.err
    both = tmp_path / "kinds.csv"
    both.write_text(KINDS.format("l,left,full,main,agent,\nboth,left+right,full,main,agent,7"))
    out = tmp_path / "mix.xlsx"
    ran = centre(
        "mix", "--period", DAY, "--seconds", "2", "--kinds", str(both), "--output", str(out), "--format", "json"
    )
    best = {row["kind"]: row["best"] for row in json.loads(ran.out)}
    assert best["both"] == best["total"] == 2
    assert "right full main senior: 1 today, none in the mix" in ran.err
    sheets = pd.read_excel(out, sheet_name=None)
    assert list(sheets) == ["kinds", "costs", "queues"]
    assert sheets["costs"]["best"].iloc[-1] == pytest.approx(7 * 8 * 20 + 2 * 7)
    assert "Cost by item" in centre("mix", "--period", DAY, "--seconds", "1").out
    runs = json.loads(centre("runs", "--kind", "mix", "--format", "json").out)
    assert [run["seed"] for run in runs] == [0, 0, 0]
    assert "'both': 2" in runs[1]["parameters"]


def test_what_is_refused(centre: CommandLine, tmp_path: Path) -> None:
    wrong = tmp_path / "kinds.csv"
    wrong.write_text(KINDS.format("l,up,full,main,agent,"))
    told = centre("mix", "--period", DAY, "--kinds", str(wrong), code=3).err
    assert "kinds.csv, kind l, column skills" in told
    assert "found up" in told
    wrong.write_text(KINDS.format("l,left,full,main,agent,-1"))
    assert "kinds.csv, row 2, column head_week" in centre("mix", "--period", DAY, "--kinds", str(wrong), code=3).err
    assert "--by-grade" in centre("mix", "--period", DAY, "--kinds", str(wrong), "--by-grade", code=2).err
    assert ".xlsx" in centre("mix", "--period", DAY, "--output", "mix.pdf", code=2).err
    assert "requirement" in centre("mix", "--week", "2027-W01", code=3).err


@pytest.mark.slow
def test_the_sample_centre(tmp_path: Path) -> None:
    """The best mix of the sample's own kinds is cheaper than its numbers of today, and above the bound."""
    wfm = CommandLine(tmp_path / "demo")
    wfm("demo", str(wfm.folder), "--agents", "20", "--seconds", "2")
    wfm("mix", "--seconds", "20", "--seed", "1", "--format", "csv")
    [run] = json.loads(wfm("runs", "--kind", "mix", "--format", "json").out)
    told = dict(pair.split("=") for pair in run["parameters"].split(", ") if pair.count("=") == 1)
    assert 0 < float(told["bound"]) <= float(told["cost_week"]) <= float(told["present_cost_week"]) + 1e-6
    assert float(told["present_bound"]) <= float(told["present_cost_week"]) + 1e-6
