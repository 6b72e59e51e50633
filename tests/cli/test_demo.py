"""The sample centre's week, from history to a published roster, and what an interruption leaves behind."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import CommandLine

pytestmark = pytest.mark.slow

STAGES = ["forecast", "staff", "schedule", "audit", "simulate", "cost", "plot", "publish"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A demo of twenty agents, the size of a small centre."""
    wfm = CommandLine(tmp_path_factory.mktemp("small") / "demo")
    told = wfm("demo", str(wfm.folder), "--agents", "20", "--seconds", "4", "--format", "json")
    assert [row["stage"] for row in json.loads(told.out)] == STAGES
    assert f"{wfm.folder}/published/2026-11-23/v1/index.html" in told.err
    return wfm


def test_the_demo_leaves_a_whole_week_to_open(small: CommandLine) -> None:
    version = small.folder / "published/2026-11-23/v1"
    assert {file.name for file in version.iterdir()} == {"index.html", "roster.csv", "roster.xlsx", "calendars"}
    assert len(list((version / "calendars").glob("*.ics"))) == 20
    figures = {file.stem for file in (small.folder / "figures/2026-11-23").glob("*.png")}
    assert {"coverage", "heat-map", "gantt-2026-11-23", "cost", "forecast-general", "service-level-vip"} <= figures


def test_the_roster_is_legal_and_its_bound_is_below_its_objective(small: CommandLine) -> None:
    assert "0 of hard rules" in small("audit").err
    runs = pd.read_csv(io.StringIO(small("runs", "--kind", "roster", "--format", "csv").out))
    parameters = dict(pair.split("=") for pair in runs["parameters"][0].split(", ") if pair.count("=") == 1)
    assert 0 <= float(parameters["bound"]) <= float(parameters["objective"]) + 1e-6


LISTINGS = (
    ("forecast", "--weeks", "1"), ("staff",), ("staff", "--per", "interval"), ("cost",), ("cost", "--by", "lines"),
    ("simulate", "--replications", "2"), ("capacity",), ("scenario", "volume=+10%"), ("runs",), ("doctor",),
)  # fmt: skip


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
def test_every_listing_reads_back_as_csv_and_json(small: CommandLine, words: tuple[str, ...]) -> None:
    rows = json.loads(small(*words, "--format", "json").out)
    table = pd.read_csv(io.StringIO(small(*words, "--format", "csv").out))
    assert list(table.columns) == list(rows[0])
    if words[0] != "runs":  # the first of the two is a run of its own
        assert len(table) == len(rows)


def test_publishing_again_is_the_next_version_without_changes(small: CommandLine) -> None:
    small("publish")
    assert (small.folder / "published/2026-11-23/v2/index.html").exists()
    changed = small("diff", "--format", "csv").out
    assert len(changed.strip().splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to another process")
def test_ctrl_c_keeps_the_best_roster_and_exits_130(small: CommandLine) -> None:
    before = len(json.loads(small("runs", "--kind", "roster", "--format", "json").out))
    command = [sys.executable, "-c", "import cli; cli.main()", "schedule", "--workspace", str(small.folder),
               "--seconds", "300"]  # fmt: skip
    solving = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(20)
    solving.send_signal(signal.SIGINT)
    _, err = solving.communicate(timeout=120)
    assert solving.returncode == 130, err
    runs = json.loads(small("runs", "--kind", "roster", "--format", "json").out)
    assert len(runs) == before + 1
    assert runs[0]["status"] == "interrupted"


def test_a_second_demo_does_not_overwrite_the_first(tmp_path: Path) -> None:
    from cli import _free

    (tmp_path / "demo").mkdir()
    (tmp_path / "demo-2").mkdir()
    assert _free(tmp_path / "demo") == tmp_path / "demo-3"
