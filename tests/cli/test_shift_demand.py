"""What a roster is made for beside its requirement: a table of shifts, a promise over the day, work that was moved."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.command_line import CommandLine, write_agents

from wfm.store.workspace import open_workspace

pytestmark = pytest.mark.slow

WEEK = "2026-03-23"
POLICY = """
[centre]
name = "Posed"
[[sites]]
id = "main"
zone = "Europe/Berlin"
[pay]
grades = { agent = "20" }
[[contracts]]
id = "full"
hours_week = 40
min_hours_week = 0
max_days_week = 5
[[shift_templates]]
id = "morning"
start = "08:00"
lengths_h = [4]
[[shift_templates]]
id = "late"
start = "12:00"
lengths_h = [4]
[[queues]]
id = "service"
interval_min = 60
opening = "08:00-12:00"
default_aht_s = 300
target = { service_level = 0.80, threshold_s = 20, per = "day" }
"""
AGENTS = [f"a{at},Agent {at},T,main,full,service,agent" for at in range(8)]


def mornings(column: str, values: list[float]) -> str:
    """A value for each hour from 8 to 12 of every day of the week, as CSV."""
    rows = [
        f"service,{day:%Y-%m-%d}T{hour:02}:00+01:00,{value}"
        for day in pd.date_range(WEEK, periods=6)
        for hour, value in zip(range(8, 12), values, strict=True)
    ]
    return f"queue,interval_start,{column}\n" + "\n".join(rows) + "\n"


@pytest.fixture
def wfm(tmp_path: Path) -> CommandLine:
    wfm = CommandLine(tmp_path / "centre")
    wfm("init", str(wfm.folder))
    (wfm.folder / "wfm.toml").write_text(POLICY, encoding="utf-8")
    wfm("import", "agents", str(write_agents(tmp_path / "people.csv", AGENTS)))
    return wfm


def lates(wfm: CommandLine) -> int:
    """Agents on the late shift of Monday, by the roster stored last."""
    store = open_workspace(wfm.folder).store
    roster = store.read("roster", store.run("roster").number)
    own = roster[(roster["template"] == "late") & (roster["work_date"] == WEEK)]
    return int(own["agent"].nunique())


def test_shifts_are_worked_because_a_table_says_so(wfm):
    wfm("import", "requirement", "-", stdin=mornings("agents", [1, 1, 1, 1]))
    wfm("schedule", "--week", WEEK, "--seconds", "1")
    assert lates(wfm) == 0  # nothing is open in the afternoon
    text = f"day,template,agents,price_under,price_over\n{WEEK},late,2,900,100\n"
    assert "1 new" in wfm("import", "shift-demand", "-", stdin=text).err
    wfm("schedule", "--week", WEEK, "--seconds", "1")
    assert lates(wfm) == 2
    kept = pd.read_csv(io.StringIO(wfm("audit", "--week", WEEK, "--honoured", "--format", "csv").out))
    assert kept.set_index("rule").loc["shift_staff", ["checked", "ok"]].tolist() == [2, 2]
    more = wfm("import", "shift-demand", "-", stdin=text.replace("late,2", "late,12"))
    assert "1 changed" in more.err
    found = wfm("audit", "--week", WEEK)
    assert "2 agents on shift late on Monday 23 March, at least 12 needed" in found.out.replace("\n", " ")
    wrong = wfm("import", "shift-demand", "-", stdin=text.replace(",late,", ",noon,"), code=3)
    assert "unknown template" in wrong.err


def test_a_promise_over_the_day_is_told_and_explained_at_the_same_points(wfm):
    need = mornings("agents", [6, 6, 6, 6])
    wfm("import", "requirement", "-", stdin=need)
    alone = wfm("schedule", "--week", WEEK, "--seconds", "2")
    assert "no forecast covers" in alone.err
    wfm("import", "forecast", "-", stdin=mornings("mean,aht_s", ["50,300", "20,300", "20,300", "20,300"]))
    made = wfm("schedule", "--week", WEEK, "--seconds", "3", "--format", "csv")
    assert "service: 80.0% in time promised for each day as a whole" in made.err
    solved = pd.read_csv(io.StringIO(made.out)).set_index("term")["points"]
    told = pd.read_csv(io.StringIO(wfm("audit", "--week", WEEK, "--explain", "--format", "csv").out))
    terms = told[told["about"] == "term"].set_index("subject")["amount"]
    assert terms.to_numpy() == pytest.approx(solved[terms.index].to_numpy(), abs=1e-6)
    assert np.isclose(terms.sum(), solved["total"])
    run = open_workspace(wfm.folder).store.run("roster")
    assert len(run.parameters["promise_prices"]["service"]) in (6, 7)
