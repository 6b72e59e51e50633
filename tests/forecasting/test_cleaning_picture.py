"""The picture of a history and its findings, and the command that lists them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from cli import app
from forecasting.book.finding import Finding, finding_table
from forecasting.cleaning.survey import survey
from wfm.figures.cleaning import history_with_findings
from wfm.figures.style import save
from wfm.store.workspace import open_workspace

ZONE = "Europe/Berlin"
DAY = date(2025, 3, 3)


def by_day(days: int) -> pd.DataFrame:
    offered = 500.0 + 40 * (np.arange(days) % 7)
    return pd.DataFrame({"queue": "q", "day": pd.date_range(DAY, periods=days, freq="D"), "offered": offered})


def of(kind: str, day: str, treatment: str = "masked", **more: object) -> Finding:
    return Finding("q", date.fromisoformat(day), kind, "treated", kind, treatment, **more)  # type: ignore[arg-type]


def test_every_kind_is_marked_and_named_once(tmp_path: Path) -> None:
    history = by_day(120).drop(index=[30, 31])
    findings = finding_table(
        [
            of("outage", "2025-03-10", last_day=date(2025, 3, 12)),
            of("outage", "2025-04-20"),
            of("storm", "2025-03-20"),
            of("outlier", "2025-03-25"),
            of("stuck", "2025-03-28", "kept"),
            of("doubled", "2025-04-10", "replaced"),
            of("missing_day", "2025-04-02", "kept", last_day=date(2025, 4, 3)),
            of("level_shift", "2025-05-15", "kept", contacts=700.0, expected=500.0),
            of("level_shift", "2025-05-29", "kept", contacts=600.0, expected=700.0),
        ]
    )
    figure = history_with_findings(history, findings, "q", ZONE)
    axes = figure.axes[0]
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == [
        "contacts", "no data", "outage, masked", "storm, masked", "outlier, masked", "stuck", "doubled", "level shift",
    ]  # fmt: skip
    marked = {line.get_label(): line for line in axes.get_lines()}
    assert len(marked["outage, masked"].get_xdata()) == 4
    assert marked["outage, masked"].get_markerfacecolor() == "white"
    assert marked["doubled"].get_markerfacecolor() != "white"
    first, second = [line for line in axes.get_lines() if len(line.get_xdata()) == 4 and line.get_lw() == 2]
    assert list(first.get_ydata()) == [500, 500, 700, 700]
    assert first.get_xdata()[-1] == second.get_xdata()[1]  # a level holds until the next shift
    assert save(figure, tmp_path / "q.png").stat().st_size > 10_000


def test_a_history_without_findings_and_one_of_years_are_drawn(tmp_path: Path) -> None:
    for days in (20, 900):
        save(history_with_findings(by_day(days), finding_table([]), "q", ZONE), tmp_path / f"{days}.svg")
        assert (tmp_path / f"{days}.svg").is_file()


@pytest.mark.shared
def test_the_storm_and_the_outages_of_the_dispatch_centre_are_found(shared: Path, one_queue) -> None:
    raw = pd.read_csv(shared / "data" / "montco911_15min.csv.gz", parse_dates=["timestamp"])
    raw = raw[(raw["timestamp"] >= "2015-12-11") & (raw["timestamp"] < "2016-08-22")]
    wall = raw.groupby("timestamp")["volume"].sum()
    starts = pd.DatetimeIndex(wall.index).tz_localize("America/New_York", ambiguous="NaT", nonexistent="NaT")
    history = pd.DataFrame({"queue": "q", "interval_start": starts, "offered": wall.to_numpy(float)})
    centre = one_queue("00:00-24:00", "America/New_York", 60, calendar={"country": "US"})
    found = survey(history.dropna(subset=["interval_start"]), centre)
    # The blizzard of 22 to 24 January 2016, and the file's known gap of 1 May.
    storm = found[(found["kind"] == "storm") & (found["day"] <= "2016-01-23") & (found["last_day"] >= "2016-01-24")]
    assert len(storm) == 1
    assert storm["found"].iloc[0] > 2 * storm["expected"].iloc[0]
    assert "outage" in set(found.loc[found["day"] == "2016-05-01", "kind"])
    assert len(found) < 0.08 * 255


def test_the_command_lists_findings_and_stores_nothing(tmp_path: Path, made_history) -> None:
    policy = """
[centre]
name = "test"
[[sites]]
id = "s"
zone = "Europe/Berlin"
[[queues]]
id = "q"
opening = "08:00-18:00"
"""
    (tmp_path / "wfm.toml").write_text(policy, encoding="utf-8")
    past = made_history(DAY, 120, level=120)
    broken = past["interval_start"].dt.tz_convert(ZONE).dt.date == date(2025, 5, 14)
    place = open_workspace(tmp_path)
    place.store.write_facts("history", past.assign(offered=past["offered"].mask(broken, 0.0), handled=0.0))
    answer = CliRunner().invoke(app, ["cleaning", "-w", str(tmp_path), "--format", "csv"])
    assert answer.exit_code == 0, answer.output
    (line,) = answer.stdout.splitlines()[1:]
    assert line.startswith("q,2025-05-14,,outage,0.0,")
    assert "no contact in 10.0 open hours" in line
    assert place.store.runs("forecast") == []
