"""What a new user meets in a week: told in plain words, mended by what is said, and nothing silently wrong."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import CommandLine, write_agents

POLICY = """
[centre]
name = "Everyday"
[[sites]]
id = "main"
zone = "Europe/Berlin"
[pay]
grades = { agent = "20" }
[[contracts]]
id = "full"
hours_week = 8
[[shift_templates]]
id = "day"
start = "08:00"
lengths_h = [4]
[[queues]]
id = "service"
opening = { weekdays = "08:00-12:00", sat = "08:00-12:00" }
[[queues]]
id = "office"
opening = { weekdays = "08:00-12:00" }
"""
AGENTS = ["a1,Ada,T,main,full,service+office,agent", "a2,Ben,T,main,full,service,agent"]
WEEK = "2026-03-23"


def weeks_of_history() -> str:
    rows = ["queue,interval_start,offered"]
    for day in pd.date_range("2026-02-02", "2026-03-21"):
        for queue, open_days in (("service", 6), ("office", 5)):
            if day.day_of_week < open_days:
                hours = (f"{hour:02}:{minute:02}" for hour in range(8, 12) for minute in (0, 30))
                rows += [f"{queue},{day:%Y-%m-%d}T{hour}+01:00,{5 + day.day_of_week}" for hour in hours]
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workspace with history, and the same with a rostered week: made once, copied for each test."""
    folder = tmp_path_factory.mktemp("everyday")
    wfm = CommandLine(folder / "imported")
    wfm("init", str(wfm.folder))
    (wfm.folder / "wfm.toml").write_text(POLICY, encoding="utf-8")
    wfm("import", "agents", str(write_agents(folder / "people.csv", AGENTS)))
    wfm("import", "history", "-", stdin=weeks_of_history())
    shutil.copytree(wfm.folder, folder / "rostered")
    later = CommandLine(folder / "rostered")
    later("forecast", "--from", WEEK, "--weeks", "1")
    later("staff")
    later("schedule", "--week", WEEK, "--seconds", "1")
    return {"imported": wfm.folder, "rostered": later.folder}


@pytest.fixture
def centre(planned: dict[str, Path], tmp_path: Path) -> CommandLine:
    return CommandLine(shutil.copytree(planned["imported"], tmp_path / "centre"))


@pytest.fixture
def rostered(planned: dict[str, Path], tmp_path: Path) -> CommandLine:
    return CommandLine(shutil.copytree(planned["rostered"], tmp_path / "centre"))


def test_a_queue_that_is_not_there_is_named_by_every_command(rostered: CommandLine) -> None:
    for words in (("forecast",), ("forecast", "--explain", WEEK), ("backtest",), ("staff",), ("plot", "forecast")):
        told = rostered(*words, "--queue", "nosuch", code=2).err
        assert "nosuch" in told
        assert "service, office" in told


def test_a_day_is_explained_for_the_queues_that_are_open_on_it(centre: CommandLine) -> None:
    told = centre("forecast", "--explain", "2026-03-28", "--format", "csv")
    assert set(pd.read_csv(io.StringIO(told.out))["queue"]) == {"service"}
    assert "office is closed" in told.err
    assert "closed" in centre("forecast", "--explain", "2026-03-29", code=3).err


def test_intervals_are_printed_on_the_queues_own_clock_and_come_back(centre: CommandLine, tmp_path: Path) -> None:
    printed = centre("forecast", "--from", WEEK, "--weeks", "1", "--per", "interval", "--format", "csv").out
    starts = pd.read_csv(io.StringIO(printed))["interval_start"]
    assert set(starts.str[11:16]) == {f"{hour:02}:{minute:02}" for hour in range(8, 12) for minute in (0, 30)}
    assert set(starts.str[19:]) == {"+01:00"}
    (tmp_path / "own.csv").write_text(printed)
    centre("import", "forecast", str(tmp_path / "own.csv"))
    needed = centre("staff", "--per", "interval", "--format", "csv").out
    assert set(pd.read_csv(io.StringIO(needed))["interval_start"].str[19:]) == {"+01:00"}


def test_the_forecast_fits_a_screen_and_its_csv_has_every_quantile(centre: CommandLine) -> None:
    words = ("forecast", "--from", WEEK, "--weeks", "1")
    table = centre(*words).out.splitlines()
    assert table[1].split() == ["queue", "day", "mean", "q10", "q90", "kind"]
    assert max(len(line.rstrip()) for line in table) <= 80
    assert {"q025", "q50", "q975"} <= set(pd.read_csv(io.StringIO(centre(*words, "--format", "csv").out)))


def test_a_queue_left_out_of_the_forecast_is_told_when_staffed(centre: CommandLine) -> None:
    centre("forecast", "--from", WEEK, "--queue", "service")
    assert "not staffed: office" in centre("staff").err


def test_a_run_of_another_kind_is_called_what_it_is(rostered: CommandLine) -> None:
    # Run 1 is the forecast's calibration.
    assert "a run of kind forecast" in rostered("simulate", "--run", "2", code=3).err
    assert "run 3 does not cover" in rostered("schedule", "--run", "3", "--week", "2027-W03", code=3).err
    assert "requirement" in rostered("runs", "--kind", "rosters", code=2).err


def test_a_published_roster_is_edited_and_comes_back(rostered: CommandLine, tmp_path: Path) -> None:
    away = tmp_path / "away.csv"
    away.write_text(f"agent,first_day,last_day,kind,paid\na2,{WEEK},2026-03-29,leave,true\n")
    rostered("import", "time-off", str(away))
    told = rostered("schedule", "--week", WEEK, "--seconds", "1").err
    assert "Ben: no shift, away" in told
    assert "Unplaceable" not in told
    rostered("publish", "--week", WEEK)
    published = rostered.folder / "published" / WEEK / "v1" / "roster.csv"
    assert ",away," in published.read_text()
    assert "away taken as leave" in rostered("import", "roster", str(published)).err
    rostered("audit", "--week", WEEK)
    rostered("publish", "--week", WEEK)
    assert json.loads(rostered("diff", "--week", WEEK, "--format", "json").out) == []


def test_someone_who_is_no_longer_here_does_not_stop_the_next_version(rostered: CommandLine, tmp_path: Path) -> None:
    rostered("publish", "--week", WEEK)
    told = rostered("diff", "--week", WEEK, code=3).err
    assert "publish again" in told
    rostered("import", "agents", str(write_agents(tmp_path / "fewer.csv", AGENTS[:1])), "--valid-from", "2026-01-01")
    rostered("schedule", "--week", WEEK, "--seconds", "1")
    assert "no longer among the agents: a2" in rostered("publish", "--week", WEEK).err
    assert "no longer among the agents: a2" in rostered("diff", "--week", WEEK).err


def test_cost_lines_are_in_the_currency_as_every_other_total(rostered: CommandLine) -> None:
    lines = pd.read_csv(io.StringIO(rostered("cost", "--by", "lines", "--format", "csv").out))
    queues = pd.read_csv(io.StringIO(rostered("cost", "--format", "csv").out))
    assert set(lines["currency"]) == {"EUR"}
    assert lines["cost"].sum() == pytest.approx(queues["cost"].sum(), abs=1e-9)


def test_a_requirement_without_load_is_drawn_as_far_as_it_goes(rostered: CommandLine, tmp_path: Path) -> None:
    own = tmp_path / "requirement.csv"
    own.write_text("queue,interval_start,agents\nservice,2026-03-23T08:00+01:00,0\n")
    rostered("import", "requirement", str(own))
    assert "coverage.png" in rostered("plot", "all", "--week", WEEK).out


def test_a_folder_that_cannot_be_written_is_bad_input(rostered: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    told = rostered("init", str(tmp_path / "file"), code=3).err
    assert str(tmp_path / "file") in told
    (rostered.folder / "published").write_text("in the way")
    assert "cannot read or write" in rostered("publish", "--week", WEEK, code=3).err
