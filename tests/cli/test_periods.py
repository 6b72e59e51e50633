"""A month planned from weekly requirements, a week taken out of it, and the repair of a day in it."""

from __future__ import annotations

import io
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.command_line import CommandLine, write_agents

POLICY = """
[centre]
name = "Periods"
[[sites]]
id = "main"
zone = "Europe/Berlin"
[pay]
grades = { agent = "20" }
[[contracts]]
id = "full"
hours_week = 40
max_days_week = 5
[[shift_templates]]
id = "day"
start = "08:00-10:00"
step_min = 60
lengths_h = [6, 8]
breaks = [{ minutes = 15, window_h = [2, 4] }]
[[queues]]
id = "service"
opening = { weekdays = "08:00-18:00", sat = "08:00-12:00" }
"""
AGENTS = [f"a{at},Agent {at},T,main,full,service,agent" for at in range(6)]


def needs(first: str, days: int) -> str:
    """Three agents on weekdays from 8 to 18, one on Saturday mornings, as CSV on the queue's clock."""
    rows = ["queue,interval_start,agents"]
    for day in pd.date_range(first, periods=days):
        hours = range(8, 18) if day.day_of_week < 5 else range(8, 12) if day.day_of_week == 5 else ()
        rows += [
            f"service,{day:%Y-%m-%d}T{hour:02}:{minute},{3 if day.day_of_week < 5 else 1}"
            for hour in hours
            for minute in ("00", "30")
        ]
    return "\n".join(rows) + "\n"


def uneven_needs(first: str, days: int) -> str:
    """The same, by chance between half and twice as many agents: the search for March goes on for long."""
    table = pd.read_csv(io.StringIO(needs(first, days)))
    table["agents"] = (table["agents"] * np.random.default_rng(0).uniform(0.5, 2, len(table))).round(2)
    return table.to_csv(index=False)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """March 2027, its requirement in weekly runs, rostered as one."""
    folder = tmp_path_factory.mktemp("periods")
    wfm = CommandLine(folder / "month")
    wfm("init", str(wfm.folder))
    (wfm.folder / "wfm.toml").write_text(POLICY, encoding="utf-8")
    wfm("import", "agents", str(write_agents(folder / "people.csv", AGENTS)))
    for first in ("2027-03-01", "2027-03-08", "2027-03-15", "2027-03-22", "2027-03-29"):
        wfm("import", "requirement", "-", "--zone", "Europe/Berlin", stdin=needs(first, 7))
    wfm("schedule", "--period", "2027-03", "--seconds", "3")
    return wfm.folder


@pytest.fixture
def wfm(month: Path, tmp_path: Path) -> CommandLine:
    return CommandLine(shutil.copytree(month, tmp_path / "centre"))


def test_a_month_is_rostered_from_weekly_requirements(wfm: CommandLine) -> None:
    (run,) = json.loads(wfm("runs", "--kind", "roster", "--format", "json").out)
    assert run["days"] == "2027-03-01 to 2027-03-31"
    assert wfm("audit", "--period", "2027-03").code == 0
    told = wfm("schedule", "--period", "2027-03/2027-04", code=3).err
    assert "none on 2027-04-05" in told


def test_a_week_in_a_month_is_costed_audited_and_published(wfm: CommandLine) -> None:
    week = ("--week", "2027-W10")
    wfm("audit", *week)
    wfm("publish", *week)
    published = pd.read_csv(wfm.folder / "published" / "2027-03-08" / "v1" / "roster.csv")
    assert published["work_date"].between("2027-03-08", "2027-03-14").all()
    weeks = [f"2027-03-{first:02}/P7D" for first in (1, 8, 15, 22)] + ["2027-03-29/2027-03-31"]
    lines = ("cost", "--by", "date", "--format", "csv")
    parts = [pd.read_csv(io.StringIO(wfm(*lines, "--period", each).out)) for each in weeks]
    whole = pd.read_csv(io.StringIO(wfm(*lines, "--period", "2027-03").out))
    assert sorted(pd.concat(parts)["date"]) == sorted(whole["date"])
    assert pd.concat(parts)["hours"].sum() == pytest.approx(whole["hours"].sum())


def test_a_day_of_the_month_is_repaired_and_the_month_stays_whole(wfm: CommandLine) -> None:
    wfm("publish", "--period", "2027-03")
    before = pd.read_csv(wfm.folder / "published" / "2027-03-01" / "v1" / "roster.csv")
    tuesday = before[(before["work_date"] == "2027-03-09") & (before["activity"] == "work")]
    ill = tuesday["agent"].iloc[0]
    done = wfm(
        "repair", "--week", "2027-W10", "--absent", f"{ill}:2027-03-09", "--freeze-until", "2027-03-09",
        "--seconds", "2", "--format", "csv",
    )  # fmt: skip
    changes = pd.read_csv(io.StringIO(done.out))
    assert (changes["work_date"] >= "2027-03-09").all()
    assert f"Agent {ill[1:]}: away on Tuesday 9 March" in done.err
    assert "points unrepaired" in done.err
    (run, parent) = json.loads(wfm("runs", "--kind", "roster", "--format", "json").out)
    assert run["days"] == parent["days"]
    assert f"repair_of={parent['run']}" in run["parameters"]
    # The absence is remembered: the audit of the old roster would object, that of the new one does not.
    wfm("audit", "--period", "2027-03")
    assert "time off" in wfm("audit", "--period", "2027-03", "--run", str(parent["run"]), code=1).out.replace("_", " ")
    wfm("publish", "--period", "2027-03")
    told = pd.read_csv(io.StringIO(wfm("diff", "--period", "2027-03", "--format", "csv").out))
    assert set(told["agent"]) == set(changes["agent"])


def test_repair_says_what_it_cannot_read(wfm: CommandLine) -> None:
    week = ("--week", "2027-W10")
    assert "no such agent" in wfm("repair", *week, "--absent", "zoe", code=2).err
    assert "not within" in wfm("repair", *week, "--absent", "a1:2027-04-01", code=2).err
    assert "instant" in wfm("repair", *week, "--freeze-until", "tomorrow", code=2).err


def test_locked_shifts_of_an_imported_roster_stay(wfm: CommandLine, tmp_path: Path) -> None:
    wfm("publish", "--week", "2027-W10")
    roster = pd.read_csv(wfm.folder / "published" / "2027-03-08" / "v1" / "roster.csv")
    someone = roster["agent"].iloc[0]
    roster["locked"] = roster["agent"] == someone
    roster.to_csv(tmp_path / "edited.csv", index=False)
    wfm("import", "roster", str(tmp_path / "edited.csv"))
    done = wfm("schedule", "--week", "2027-W10", "--draft", "last", "--seconds", "1", "--seed", "3")
    assert "locked in roster run" in done.err
    wfm("publish", "--week", "2027-W10")
    again = pd.read_csv(wfm.folder / "published" / "2027-03-08" / "v2" / "roster.csv")
    columns = ["agent", "start", "end", "activity"]
    kept, were = (table.loc[table["agent"] == someone, columns] for table in (again, roster))
    assert kept.to_numpy().tolist() == were.to_numpy().tolist()
    assert "cannot read which roster" in wfm("schedule", "--week", "2027-W10", "--draft", "first", code=2).err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to another process")
@pytest.mark.parametrize("after_s", [0.7, 3.0, 8.0])
def test_ctrl_c_at_any_time_exits_130_and_leaves_a_whole_store(wfm: CommandLine, after_s: float) -> None:
    wfm("import", "requirement", "-", "--zone", "Europe/Berlin", stdin=uneven_needs("2027-03-01", 35))
    before = json.loads(wfm("runs", "--kind", "roster", "--format", "json").out)
    command = [sys.executable, "-c", "import cli; cli.main()", "schedule", "--workspace", str(wfm.folder),
               "--period", "2027-03", "--seconds", "120"]  # fmt: skip
    solving = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after_s)
    solving.send_signal(signal.SIGINT)
    started = time.monotonic()
    _, err = solving.communicate(timeout=120)
    assert solving.returncode == 130, err
    assert "Traceback" not in err
    assert time.monotonic() - started < 60
    runs = json.loads(wfm("runs", "--kind", "roster", "--format", "json").out)
    assert len(runs) == len(before) or runs[0]["status"] == "interrupted"
    wfm("audit", "--period", "2027-03")
