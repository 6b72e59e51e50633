"""`wfm pools`: what queues save by sharing agents."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import CommandLine, write_agents

POLICY = """
[centre]
name = "Pools"
[[sites]]
id = "main"
zone = "Europe/Berlin"
[pay]
grades = { agent = "20", senior = "24" }
[[contracts]]
id = "full"
hours_week = 40
[[queues]]
id = "vip"
opening = "08:00-10:00"
priority = 1
target = { service_level = 0.85, threshold_s = 20 }
[[queues]]
id = "general"
opening = "08:00-10:00"
priority = 2
target = { service_level = 0.8, threshold_s = 20 }
[[queues]]
id = "mail"
opening = "08:00-10:00"
deadline_h = 24
"""
AGENTS = ["a1,Ada,T,main,full,vip,agent", "a2,Ben,T,main,full,general+mail,agent"]
SHARED = [*AGENTS, "a3,Cy,T,main,full,vip+general,senior"]


@pytest.fixture
def centre(centre_of: Callable[[str], CommandLine]) -> CommandLine:
    wfm = centre_of(POLICY)
    rows = ["queue,interval_start,mean,aht_s"]
    for queue, mean in (("vip", 30), ("general", 90), ("mail", 20)):
        rows += [f"{queue},2026-11-23T{hour:02}:{minute:02}+01:00,{mean},300" for hour in (8, 9) for minute in (0, 30)]
    wfm("import", "forecast", "-", stdin="\n".join(rows) + "\n")
    return wfm


def read(printed: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(printed))


def test_the_queues_that_agents_share(centre: CommandLine, tmp_path: Path) -> None:
    centre("import", "agents", str(write_agents(tmp_path / "people.csv", SHARED)))
    ran = centre("pools", "--flexible", "10", "--format", "csv")
    table = read(ran.out)
    assert table["pool"].unique().tolist() == ["vip+general"]
    assert table["design"].tolist() == ["separate", "skills of today", "10% flexible", "pooled"]
    hours = dict(zip(table["design"], table["agent_hours"], strict=True))
    assert hours["pooled"] <= hours["skills of today"] <= hours["10% flexible"] <= hours["separate"]
    assert hours["pooled"] < hours["separate"]
    assert "simulated" in ran.err
    bounds = read(centre("pools", "--no-simulate", "--format", "csv").out)
    assert bounds["agent_hours"].tolist() == [hours["separate"], hours["pooled"]]


def test_queues_that_nobody_shares_yet_and_some_that_cannot_be(centre: CommandLine, tmp_path: Path) -> None:
    centre("import", "agents", str(write_agents(tmp_path / "people.csv", AGENTS)))
    ran = centre("pools", "--format", "csv")
    assert "--pool" in ran.err
    assert ran.out.startswith("pool,design")
    named = read(centre("pools", "--pool", "general+vip", "--format", "csv").out)
    assert named["pool"].tolist() == ["vip+general"] * 2
    assert named["saving"].iloc[1] > 0
    assert "mail" in centre("pools", "--pool", "vip+mail", code=3).err
