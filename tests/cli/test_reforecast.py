"""`wfm reforecast`: the rest of a day by what has come, stored beside the forecast it started from."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import CommandLine

POLICY = """
[centre]
name = "Morning"
[[sites]]
id = "main"
zone = "Europe/Berlin"
[[queues]]
id = "service"
opening = { weekdays = "08:00-12:00" }
interval_min = 60
"""
DAY = "2026-03-18"


def history(last: str) -> str:
    """Ten weeks whose days are up or down by turns, and a last day that is a quarter up."""
    rows = ["queue,interval_start,offered"]
    for number, day in enumerate(pd.date_range("2026-01-05", DAY)):
        if day.day_of_week < 5:
            factor = 1.25 if f"{day:%Y-%m-%d}" == DAY else (0.9, 1.1, 1.0)[number % 3]
            hours = [hour for hour in range(8, 12) if f"{day:%Y-%m-%d}T{hour:02}" < last]
            rows += [f"service,{day:%Y-%m-%d}T{hour:02}:00+01:00,{round(factor * (200 + hour))}" for hour in hours]
    return "\n".join(rows) + "\n"


@pytest.fixture
def centre(centre_of: Callable[[str], CommandLine]) -> CommandLine:
    wfm = centre_of(POLICY)
    wfm("import", "history", "-", stdin=history(f"{DAY}T10"))
    return wfm


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


@pytest.mark.slow
def test_the_rest_of_the_day_follows_the_morning_and_is_stored(centre: CommandLine, tmp_path: Path) -> None:
    centre("forecast", "--from", "2026-03-16", "--weeks", "1")
    told = centre("reforecast", "--format", "csv", "--plot", str(tmp_path / "day.png"))
    row = table(told.out).iloc[0]
    assert row["day"] == DAY
    assert row["before"] < row["after"] < row["before"] * row["came"] / row["expected"]
    assert (tmp_path / "day.png").read_bytes().startswith(b"\x89PNG")
    runs = table(centre("runs", "--kind", "forecast", "--format", "csv").out)
    assert len(runs) == 2
    assert "base_run" in str(runs["parameters"].iloc[0])
    centre("staff", "--format", "csv")


@pytest.mark.slow
def test_every_update_starts_from_the_forecast_and_not_from_an_update(centre: CommandLine) -> None:
    first = centre("reforecast", "--at", f"{DAY}T10:00", "--format", "csv")
    assert "made as of its morning" in first.err
    centre("reforecast", "--at", f"{DAY}T09:00")
    again = centre("reforecast", "--at", f"{DAY}T10:00+01:00", "--format", "csv")
    assert again.out == first.out
    assert "made as of its morning" not in again.err


@pytest.mark.slow
def test_an_instant_that_makes_no_sense_is_told(centre: CommandLine) -> None:
    assert "2026-11-21T10:00" in centre("reforecast", "--at", "noon-ish", code=2).err
    assert "skips this time" in centre("reforecast", "--at", "2026-03-29T02:30", code=2).err
    assert "nothing has come yet" in centre("reforecast", "--at", f"{DAY}T07:00", code=3).err
    assert "the day is over" in centre("reforecast", "--at", "2026-03-17T20:00", code=3).err
    assert "unknown queue" in centre("reforecast", "--queue", "nosuch", code=2).err


def test_without_history_there_is_nothing_to_update(centre_of: Callable[[str], CommandLine]) -> None:
    assert "import history" in centre_of(POLICY)("reforecast", code=3).err
