"""What `wfm staff` answers: the requirement and how it was reckoned, and questions that store nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import CommandLine, write_agents

POLICY = """
[centre]
name = "Staffed"
currency = "EUR"
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
opening = { weekdays = "08:00-12:00" }
patience_s = 120
target = { service_level = 0.8, threshold_s = 20 }
[[queues]]
id = "office"
opening = { weekdays = "08:00-12:00" }
target = { service_level = 0.8, threshold_s = 20 }
[[queues]]
id = "mail"
channel = "email"
opening = { weekdays = "08:00-12:00" }
deadline_h = 24
"""
WEEK = "2026-03-23"
QUEUES = ("service", "office", "mail")


def plan() -> str:
    """A planner's own forecast of one week."""
    rows = ["queue,interval_start,mean,aht_s"]
    for day in pd.date_range(WEEK, periods=5):
        for half in range(8):
            at = f"{day:%Y-%m-%d}T{8 + half // 2:02}:{30 * (half % 2):02}+01:00"
            rows += [f"{queue},{at},{40 + 10 * half},240" for queue in QUEUES]
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    """One workspace for all: what is asked here stores nothing but requirements."""
    folder = tmp_path_factory.mktemp("staff")
    wfm = CommandLine(folder / "centre")
    wfm("init", str(wfm.folder))
    (wfm.folder / "wfm.toml").write_text(POLICY, encoding="utf-8")
    agents = ["a1,Ada,T,main,full,service+office+mail,agent", "a2,Ben,T,main,full,service,agent"]
    wfm("import", "agents", str(write_agents(folder / "people.csv", agents)))
    wfm("import", "forecast", "-", stdin=plan())
    return wfm


def requirements(centre: CommandLine) -> int:
    """How many are stored."""
    return len(csv(centre("runs", "--kind", "requirement", "--format", "csv").out))


def csv(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


def test_the_requirement_says_how_it_was_reckoned_and_what_the_day_will_be(centre: CommandLine) -> None:
    before = requirements(centre)
    ran = centre("staff", "--format", "csv")
    assert requirements(centre) == before + 1
    assert "service: erlang_a, offered" in ran.err
    assert "office: erlang_c, offered" in ran.err
    assert "mail: " in ran.err
    days = csv(ran.out).set_index("queue")
    own = days.loc["service"]
    assert (own["exact_level"] >= 0.8).all()
    assert (own["worst_level"] <= own["exact_level"]).all()
    assert own["worst_at"].str.startswith("2026-03-2").all()
    assert days.loc["mail", "exact_level"].isna().all()


@pytest.mark.slow
def test_a_question_stores_nothing(centre: CommandLine, tmp_path: Path) -> None:
    before = requirements(centre)
    centre("staff", "--what-if", "volume=+10%")
    centre("staff", "--curve", "service", "--plot", str(tmp_path / "curve.svg"))
    centre("staff", "--price", "--queue", "office", "--plot", str(tmp_path / "price.png"))
    centre("staff", "--engine", "pyworkforce", "--queue", "office")
    assert requirements(centre) == before
    assert sorted(path.name for path in tmp_path.glob("*.[sp][vn]g")) == ["curve.svg", "price.png"]


@pytest.mark.slow
def test_what_if_and_scenario_are_one(centre: CommandLine) -> None:
    asked = centre("staff", "--what-if", "volume=+10%,aht=+20s", "--what-if", "target=85/20,per=day", "--format", "csv")
    again = centre("scenario", "volume=+10%,aht=+20s", "target=85/20,per=day", "--format", "csv")
    assert asked.out == again.out
    table = csv(asked.out).set_index("scenario")
    assert table.loc["volume=+10%,aht=+20s", "contacts"] == pytest.approx(1.1 * table.loc["as it is", "contacts"])
    assert table.loc["volume=+10%,aht=+20s", "cost"] > table.loc["as it is", "cost"]
    assert table.loc["target=85/20,per=day", "service_level"] >= 0.85


def test_the_curve_of_a_named_interval(centre: CommandLine) -> None:
    rows = json.loads(centre("staff", "--curve", "office", "--at", f"{WEEK}T08:15", "--format", "json").out)
    levels = [row["service_level"] for row in rows]
    assert levels == sorted(levels)
    assert rows[0]["offered_load"] == pytest.approx(40 * 2 * 240 / 3600)
    # An agent costs his rate over what shrinkage leaves of his time, 8 % unplanned and 15 % planned by default.
    assert rows[0]["cost_h"] == pytest.approx(rows[0]["agents"] * 20 / 0.92 / 0.85)
    assert "office, Mon 23 Mar 08:00" in centre("staff", "--curve", "office", "--at", f"{WEEK}T08:15").out


@pytest.mark.slow
def test_pyworkforce_stands_beside(centre: CommandLine) -> None:
    asked = ("staff", "--engine", "pyworkforce", "--queue", "office", "--format", "csv")
    rows = csv(centre(*asked, "--per", "interval").out)
    assert (rows["difference"] == rows["pyworkforce"] - rows["agents"]).all()
    assert set(rows["pyworkforce_model"]) == {"erlang_c"}
    days = csv(centre(*asked).out)
    assert days["pyworkforce_hours"].sum() == pytest.approx(rows["pyworkforce"].sum() / 2)
    curve = csv(centre("staff", "--curve", "office", "--engine", "pyworkforce", "--format", "csv").out)
    assert curve["difference"].abs().max() < 1e-12


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--what-if", "volume=+10%", "--price"), "one question at a time"),
        (("--engine", "pyworkforce", "--price"), "pyworkforce answers"),
        (("--plot", "x.png"), "--plot draws"),
        (("--at", "2026-03-23T08:00"), "--at belongs to --curve"),
        (("--curve", "nobody"), "unknown queue"),
        (("--curve", "mail"), "deferred work has no service level"),
        (("--curve", "office", "--at", "noon"), "cannot read the instant"),
        (("--curve", "office", "--plot", "x.pdf"), "cannot draw this kind of file"),
        (("--what-if", "volume=10"), "cannot read the change"),
        (("--what-if", "nobody:volume=+10%"), "unknown queue"),
    ],
)
def test_what_cannot_be_asked(centre: CommandLine, words: tuple[str, ...], told: str) -> None:
    assert told in centre("staff", *words, code=2).err


def test_an_instant_outside_the_forecast(centre: CommandLine) -> None:
    assert "no interval of the forecast" in centre("staff", "--curve", "office", "--at", "2027-01-01T09:00", code=3).err
