"""Help, exit codes, formats, start-up: what holds for every command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from support.command_line import AMERICAN_BANK, CommandLine
from typer.testing import CliRunner

from cli import app, command_names
from wfm.commands.failure import run_guarded

HEAVY = (
    "pandas", "numpy", "statsmodels", "ortools", "matplotlib", "sqlalchemy", "alembic", "numba", "duckdb", "pydantic",
    "pyworkforce", "holidays", "scipy", "jinja2",
)  # fmt: skip


@pytest.mark.parametrize("name", command_names())
def test_every_command_has_help_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    assert f"wfm {name}" in shown.output


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, cli\n"
        "try:\n    cli.app(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("LOADED []")


@pytest.mark.sources
def test_the_reference_of_commands_is_what_the_help_says() -> None:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "docs/build.py", "--check"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_exit_codes(tmp_path: Path) -> None:
    wfm = CommandLine(tmp_path / "centre")
    assert "no policy here" in wfm("runs", code=3).err
    wfm("init", str(wfm.folder))
    wfm("init", str(wfm.folder), code=3)
    assert "already there" in wfm("init", str(wfm.folder), code=3).err
    wfm("runs", "--most", "0", code=2)
    assert "run `wfm staff`" in wfm("schedule", "--week", "2026-W48", code=3).err
    assert "2026-W48" in wfm("schedule", "--week", "someday", code=2).err
    assert "run `wfm import history" in wfm("forecast", code=3).err


def test_the_workspace_that_init_makes_is_a_good_one(tmp_path: Path) -> None:
    wfm = CommandLine(tmp_path / "centre")
    wfm("init", str(wfm.folder))
    found = json.loads(wfm("doctor", "--format", "json").out)
    assert {row["state"] for row in found} == {"fine"}
    for kind, name in (("agents", "agents"), ("availability", "availability"), ("time-off", "time_off"),
                       ("preferences", "preferences"), ("history", "history")):  # fmt: skip
        wfm("import", kind, str(wfm.folder / f"{name}.csv"))


def test_an_error_is_one_line_and_debug_shows_where(tmp_path: Path) -> None:
    wfm = CommandLine(tmp_path / "centre")
    wfm.folder.mkdir()
    (wfm.folder / "wfm.toml").write_text(AMERICAN_BANK.replace("default_aht_s = 45", "default_aht_s = -45"))
    told = wfm("runs", code=3).err
    assert told.count("\n") == 1
    assert "queues[bank].default_aht_s" in told
    assert "Traceback" in wfm("--debug", "runs", code=3).err


def test_ctrl_c_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer()

    @app.command()
    def wait() -> None:
        raise KeyboardInterrupt

    assert run_guarded(lambda: app([])) == 130
    assert "interrupted; the store is as it was" in capsys.readouterr().err
