"""A command that is killed at any moment leaves the store as it was before, or as it is after: nothing between."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from wfm.store.runs import RunRecord
from wfm.store.store import Store
from wfm.tables.history import HISTORY

ROWS = 60_000
"""More than SQLite keeps in memory before it writes to the file: a kill meets a half-written file and its journal."""

NEW = 5_000
"""Rows that the command adds to those it changes."""

COMMAND = """
import sys, time
import sqlalchemy as sa
from test_killed_command import changed
from wfm.store.store import Store

url, moment, stop = sys.argv[1], int(sys.argv[2]), sys.argv[3]
store, done = Store.open(url), 0

@sa.event.listens_for(store.engine, stop)
def pause(*_):
    global done
    done += 1
    if done == moment:
        print("here", flush=True)
        time.sleep(60)

print("begun", flush=True)
store.write_history(changed())
print("ended", flush=True)
"""


def rows(offered: float) -> pd.DataFrame:
    starts = pd.date_range("2024-01-01", periods=ROWS, freq="30min", tz="UTC")
    return HISTORY.check(pd.DataFrame({"queue": "general", "interval_start": starts, "offered": offered}))


MODULE = f"""
import pandas as pd

def changed():
    starts = pd.date_range("2024-01-01", periods={ROWS + NEW}, freq="30min", tz="UTC")
    return pd.DataFrame({{"queue": "general", "interval_start": starts, "offered": 2.0}})
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> Path:
    """A store with the rows of before, to be copied."""
    path = tmp_path_factory.mktemp("before") / "wfm.db"
    Store.open(f"sqlite:///{path}").write_history(rows(1))
    return path


def start(folder: Path, before: Path, moment: int, stop: str) -> tuple[subprocess.Popen[str], str]:
    (folder / "wfm.db").write_bytes(before.read_bytes())
    (folder / "test_killed_command.py").write_text(MODULE)
    url = f"sqlite:///{folder / 'wfm.db'}"
    command = [
        sys.executable,
        "-c",
        f"import sys; sys.path.insert(0, {str(folder)!r})\n{COMMAND}",
        url,
        str(moment),
        stop,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process, url


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def state(url: str) -> set[float]:
    """The values stored: of before, or of after with the rows that were added; the file is sound."""
    store = Store.open(url)
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
    history = store.history()
    offered = set(history["offered"])
    assert len(history) == (ROWS if offered == {1.0} else ROWS + NEW)
    return offered


# After the look at what is stored, after the update, after the insert, and right before the commit.
@pytest.mark.parametrize(
    ("moment", "stop"),
    [(2, "after_cursor_execute"), (3, "after_cursor_execute"), (4, "after_cursor_execute"), (1, "commit")],
)
def test_killed_at_a_known_moment_before_the_commit_nothing_has_happened(tmp_path, before, moment, stop):
    process, url = start(tmp_path, before, moment, stop)
    assert process.stdout is not None
    said = process.stdout.readline()
    kill(process)
    assert said == "here\n"
    assert state(url) == {1.0}
    assert Store.open(url).write_history(rows(2)).changed == ROWS  # and nobody holds it


@pytest.mark.slow
@pytest.mark.parametrize("delay_s", [0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4])
def test_killed_at_any_moment_all_or_nothing_has_happened(tmp_path, before, delay_s):
    process, url = start(tmp_path, before, -1, "commit")
    time.sleep(delay_s)
    kill(process)
    assert len(state(url)) == 1


def test_a_run_is_written_with_all_its_tables_or_not_at_all(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'wfm.db'}")
    good = rows(1)[["queue", "interval_start"]].head(3).assign(mean=1.0)

    @sa.event.listens_for(store.engine, "before_cursor_execute")
    def fail(connection, cursor, statement, *_):
        if statement.startswith("INSERT INTO forecast_day"):
            raise KeyboardInterrupt

    days = pd.DataFrame({"queue": ["general"], "day": pd.DatetimeIndex(["2026-11-23"]), "mean": [3.0]})
    with pytest.raises(KeyboardInterrupt):
        store.write_run(RunRecord("forecast"), {"forecast": good, "forecast_day": days})
    assert store.runs() == []
