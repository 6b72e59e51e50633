"""The commands that say how good forecasts are, and what of forecasts is drawn."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.command_line import CommandLine

from wfm.store.workspace import create_workspace, open_workspace
from wfm.tables.history import HISTORY

pytestmark = pytest.mark.slow

POLICY = """
[centre]
name = "test"
[[sites]]
id = "s"
zone = "Europe/Berlin"
[[queues]]
id = "calls"
interval_min = 60
opening = { weekdays = "08:00-18:00" }
[[queues]]
id = "sales"
interval_min = 60
opening = { weekdays = "08:00-18:00" }
"""
FIRST, DAYS = date(2026, 1, 5), 84
LAST_WEEKS = FIRST + timedelta(days=DAYS - 14)


def history() -> pd.DataFrame:
    """Twelve weeks of two queues on workdays; of one day nothing came."""
    stamp = pd.Timestamp(FIRST, tz="Europe/Berlin")
    starts = pd.date_range(stamp, stamp + pd.DateOffset(days=DAYS), freq="h", inclusive="left")
    starts = starts[(starts.hour >= 8) & (starts.hour < 18) & (starts.day_of_week < 5)]
    rng, parts = np.random.default_rng(2), []
    for queue, level in (("calls", 80.0), ("sales", 30.0)):
        offered = rng.poisson(level * (1.3 - 0.08 * starts.day_of_week)).astype(float)
        offered[starts.date == FIRST + timedelta(days=50)] = 0.0
        frame = pd.DataFrame({"queue": queue, "interval_start": starts.tz_convert("UTC"), "offered": offered})
        parts.append(frame.assign(handled=offered, handle_s=offered * 240))
    return HISTORY.check(pd.concat(parts))


@pytest.fixture(scope="module")
def wfm(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """A workspace with a history, and a stored forecast of its last two weeks."""
    folder = tmp_path_factory.mktemp("evaluation") / "centre"
    create_workspace(folder, {"wfm.toml": POLICY})
    open_workspace(folder).store.write_history(history())
    command = CommandLine(folder)
    command("forecast", "--from", LAST_WEEKS.isoformat(), "--weeks", "2")
    return command


def _csv(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


def test_a_backtest_prints_percentages_for_people_and_fractions_for_machines(wfm: CommandLine) -> None:
    words = ("backtest", "--origins", "2", "--horizon", "7", "--queue", "calls")
    table, rows = wfm(*words).out, _csv(wfm(*words, "--format", "csv").out)
    ours = rows.set_index("method").loc["wfm"]
    assert 0 < ours["wmape"] < 0.3
    assert f"{ours['wmape']:.1%}" in table
    assert f"{ours['understaffed']:.1%}" in table
    assert "What the error costs in agents" in table
    assert {"wmape_day", "bias", "mase", "pinball", "in_80", "in_95", "bands", "hours_under_week"} <= set(rows)


def test_a_breakdown_is_of_ours_unless_all_are_asked_for(wfm: CommandLine) -> None:
    words = ("backtest", "--origins", "2", "--horizon", "7", "--queue", "calls", "--by", "weekday", "--format", "csv")
    ours, every = _csv(wfm(*words).out), _csv(wfm(*words, "--all-methods").out)
    assert ours["weekday"].tolist() == ["monday", "tuesday", "wednesday", "thursday", "friday"]
    assert len(every) == 5 * every["method"].nunique() > 5


def test_a_backtest_draws_itself(wfm: CommandLine, tmp_path: Path) -> None:
    ran = wfm("backtest", "--origins", "2", "--horizon", "7", "--queue", "sales", "--plot", str(tmp_path / "drawn"))
    drawn = {path.name for path in (tmp_path / "drawn").iterdir()}
    assert {"backtest-wmape.png", "error-sales.png", "bias-sales.png", "bands-sales.png", "days-sales.png"} <= drawn
    assert ran.err.count("wrote ") == len(drawn)


def test_accuracy_of_a_run_and_of_a_week(wfm: CommandLine) -> None:
    whole = _csv(wfm("accuracy", "--by", "queue", "--format", "csv").out)
    week = _csv(wfm("accuracy", "--by", "queue", "--week", LAST_WEEKS.isoformat(), "--format", "csv").out)
    assert whole["days"].tolist() == [10, 10]
    assert week["days"].tolist() == [5, 5]
    channel = _csv(wfm("accuracy", "--by", "channel", "--format", "csv").out).set_index("channel")
    assert channel.loc["all", "wmape_day"] == channel.loc["voice", "wmape_day"] < 0.2
    assert "exclude each other" in wfm("accuracy", "--run", "1", "--week", "2026-W12", code=2).err
    assert "no forecast has days of" in wfm("accuracy", "--week", "2020-W12", code=3).err


def test_what_is_stored_of_a_forecast_is_drawn(wfm: CommandLine, tmp_path: Path) -> None:
    expected = {
        "cleaning": ["cleaning-calls.png", "cleaning-sales.png"],
        "forecast-channel": ["forecast-channel-all.png", "forecast-channel-voice.png"],
        "model-choice": ["model-choice-wmape-day.png", "model-choice-wmape.png"],
    }
    for kind, names in expected.items():
        drawn = wfm("plot", kind, "--week", LAST_WEEKS.isoformat(), "--out", str(tmp_path)).out.splitlines()
        assert sorted(Path(path).name for path in drawn) == names
