"""The whole path on real input, through the command line, as a planner types it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import AMERICAN_BANK, ISRAELI_BANK, CommandLine, write_agents

pytestmark = [pytest.mark.shared, pytest.mark.slow]

Centre = Callable[[str], CommandLine]
SKILLS = ["PS+IN+PE", "PS", "PS+NW+TT", "PS+NW", "PS+NE+TT"]


def frame(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


def test_the_israeli_bank_from_history_to_a_published_costed_simulated_roster(centre_of: Centre, shared: Path) -> None:
    wfm = centre_of(ISRAELI_BANK)
    told = wfm(
        "import", "history", str(shared / "data/anonbank_30min_by_queue_jan_feb.csv.gz"), "--zone", "Asia/Jerusalem",
        "--columns", "interval_start=timestamp,offered=volume,aht_s=aht_seconds",
    )  # fmt: skip
    assert "16,416 rows read" in told.err
    agents = write_agents(
        wfm.folder / "people.csv",
        [f"A{n:02},Agent {n},{'AB'[n % 2]},haifa,full,{SKILLS[n % len(SKILLS)]},clerk" for n in range(30)],
    )
    wfm("import", "agents", str(agents))

    days = frame(wfm("forecast", "--from", "1999-02-28", "--weeks", "2", "--format", "csv").out)
    week = days[days["day"].between("1999-02-28", "1999-03-06")].groupby("day")["mean"].sum()
    sunday_to_thursday, friday, saturday = week.iloc[:5], week.iloc[5], week.iloc[6]
    # January and February: 1,000 to 2,050 contacts Sunday to Thursday, 330 to 480 on Friday, 150 to 230 on Saturday.
    assert sunday_to_thursday.between(900, 2100).all()
    assert 250 < friday < 600
    assert 100 < saturday < 300
    intervals = frame(
        wfm("forecast", "--from", "1999-02-28", "--per", "interval", "--format", "csv", "--queue", "PS").out
    )
    local = pd.to_datetime(intervals["interval_start"], utc=True).dt.tz_convert("Asia/Jerusalem")
    assert local.dt.hour.max() == 9
    assert set(local[local.dt.day_of_week == 5].dt.hour) == {0, 1, 2, 3, 9}

    wfm("forecast", "--from", "1999-02-28", "--weeks", "2")
    requirement = frame(wfm("staff", "--per", "interval", "--format", "csv").out)
    assert (requirement["agents"] >= 0).all()
    assert (requirement.loc[requirement["agents"] > 0, "service_level"] >= 0.8).all()
    wfm("schedule", "--week", "1999-02-28", "--seconds", "10")
    wfm("audit", "--week", "1999-02-28")
    simulated = frame(wfm("simulate", "--week", "1999-02-28", "--replications", "5", "--format", "csv").out)
    assert set(simulated["queue"]) == {"PS", "NW", "NE", "TT", "IN", "PE"}
    assert simulated["service_level"].between(0, 1).all()
    by_queue = frame(wfm("cost", "--week", "1999-02-28", "--format", "csv").out)
    by_agent = frame(wfm("cost", "--week", "1999-02-28", "--by", "agent,date", "--format", "csv").out)
    assert by_queue["cost"].astype(float).sum() == pytest.approx(by_agent["cost"].astype(float).sum(), abs=1e-6)
    page = Path(wfm("publish", "--week", "1999-02-28").out.strip())
    page = page if page.is_absolute() else wfm.folder.parent / page
    assert {file.name for file in page.parent.iterdir()} == {"index.html", "roster.csv", "roster.xlsx", "calendars"}
    assert len(list((page.parent / "calendars").iterdir())) == 30
    figures = wfm("plot", "all", "--week", "1999-02-28").out.split()
    assert len(figures) >= 5
    assert all(Path(name).stat().st_size > 5000 for name in figures)


def test_the_american_bank_has_no_handle_time_and_closed_weekdays(centre_of: Centre, shared: Path) -> None:
    wfm = centre_of(AMERICAN_BANK)
    source = str(shared / "data/bank_na_30min.csv.gz")
    words = ("import", "history", source, "--queue", "bank", "--zone", "America/New_York",
             "--columns", "interval_start=timestamp,offered=volume")  # fmt: skip
    assert "3,045" in wfm(*words).err
    assert "3045" in wfm(*words).err.replace(",", "").replace("3045 rows read", "")  # again: all the same, nothing new
    agents = [f"B{n:02},Agent {n},T{n % 6},main,full,bank,clerk" for n in range(90)]
    wfm("import", "agents", str(write_agents(wfm.folder / "people.csv", agents)))

    told = wfm("forecast", "--from", "2003-07-14", "--per", "interval", "--format", "csv")
    assert "assumed" in told.err
    forecast = frame(told.out)
    local = pd.to_datetime(forecast["interval_start"], utc=True).dt.tz_convert("America/New_York")
    assert set(local.dt.day_of_week) == {0, 1, 2, 3, 4}
    assert forecast["aht_assumed"].all()
    assert set(forecast["aht_s"]) == {45.0}
    assert set(forecast.loc[local.dt.hour == 21, "open_min"]) == {5.0}
    assert "assumed handle time" in wfm("staff").err
    wfm("schedule", "--week", "2003-W29", "--seconds", "10")
    wfm("audit", "--week", "2003-W29")
    wfm("publish", "--week", "2003-W29")
    page = (wfm.folder / "published/2003-07-14/v1/index.html").read_text(encoding="utf-8")
    assert "assumed" in page


def test_a_planners_own_requirement_and_a_hand_edited_roster_enter_half_way(centre_of: Centre, tmp_path: Path) -> None:
    wfm = centre_of(AMERICAN_BANK)
    wfm(
        "import",
        "agents",
        str(write_agents(tmp_path / "people.csv", [f"B{n},Agent {n},T,main,full,bank,clerk" for n in range(8)])),
    )
    rows = [
        f"bank,2003-07-{day:02}T{hour:02}:{minute:02}-04:00,{3 if 9 <= hour < 17 else 1}"
        for day in range(14, 19) for hour in range(8, 18) for minute in (0, 30)
    ]  # fmt: skip
    own = tmp_path / "requirement.csv"
    own.write_text("queue,interval_start,agents\n" + "\n".join(rows) + "\n")
    wfm("import", "requirement", str(own))
    wfm("schedule", "--week", "2003-07-14", "--seconds", "5")
    wfm("publish", "--week", "2003-07-14")
    roster = pd.read_csv(wfm.folder / "published/2003-07-14/v1/roster.csv")
    assert len(roster)

    edited = tmp_path / "edited.csv"
    segments = [
        ("B0", "2003-07-14T07:00-04:00", "2003-07-14T19:00-04:00"),
        ("B0", "2003-07-15T03:00-04:00", "2003-07-15T09:00-04:00"),
    ]
    edited.write_text(
        "agent,start,end,work_date,activity,skill_set,paid\n"
        + "".join(f"{who},{start},{end},{start[:10]},work,bank,true\n" for who, start, end in segments)
    )
    wfm("import", "roster", str(edited))
    found = wfm("audit", "--week", "2003-07-14", "--format", "csv", code=1)
    rest = frame(found.out).set_index("rule").loc["daily_rest"]
    assert (rest["found"], rest["limit"]) == (8, 11)
    assert "8 h" in rest["sentence"]
    wfm("publish", "--week", "2003-07-14")
    changed = frame(wfm("diff", "--week", "2003-07-14", "--format", "csv").out)
    assert "B0" in set(changed["agent"])
