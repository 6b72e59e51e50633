"""Bad input on purpose: exit 3, one line with file, row, column, found and expected; the store as it was."""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from support.command_line import AMERICAN_BANK, CommandLine, write_agents

GOOD = [f"bank,2003-07-14T{hour:02}:{minute:02}-04:00,{100 + hour}" for hour in range(8, 12) for minute in (0, 30)]
HEADER = "queue,interval_start,offered"


def file_of(rows: list[str], header: str = HEADER) -> bytes:
    return ("\n".join([header, *rows]) + "\n").encode()


def swapped(row: int, text: str) -> bytes:
    """The good file with one of its rows (from 0) replaced."""
    return file_of([text if at == row else good for at, good in enumerate(GOOD)])


def contents(wfm: CommandLine) -> str:
    """A digest of all that the store holds."""
    from wfm.store.store import Store

    store = Store.open(f"sqlite:///{wfm.folder / 'wfm.db'}")
    with store.engine.connect() as connection:
        dump = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    store.engine.dispose()
    return hashlib.sha256(dump.encode()).hexdigest()


@pytest.fixture
def bank(centre_of: Callable[[str], CommandLine], tmp_path: Path) -> CommandLine:
    wfm = centre_of(AMERICAN_BANK)
    (tmp_path / "good.csv").write_bytes(file_of(GOOD))
    wfm("import", "history", str(tmp_path / "good.csv"))
    wfm("import", "agents", str(write_agents(tmp_path / "people.csv", ["B0,Ann,T,main,full,bank,clerk"])))
    return wfm


@pytest.fixture
def unchanged(bank: CommandLine) -> Iterator[CommandLine]:
    """The workspace, and the check that nothing in it changed."""
    before, files = contents(bank), sorted(bank.folder.rglob("*"))
    yield bank
    assert contents(bank) == before
    assert sorted(bank.folder.rglob("*")) == files


BAD: dict[str, tuple[bytes | None, list[str]]] = {
    "missing": (None, ["bad.csv", "no such file"]),
    "empty": (b"", ["bad.csv", "empty"]),
    "header only": (file_of([]), ["bad.csv"]),
    "binary": (bytes(range(256)) * 8, ["bad.csv"]),
    "spreadsheet": (b"PK\x03\x04" + b"\0" * 64, ["spreadsheet"]),
    "GB18030": (
        file_of([*GOOD, "客服热线,2003-07-14T12:00-04:00,5"]).decode().encode("gb18030"),
        ["--encoding gb18030"],
    ),
    "duplicate row": (file_of([*GOOD, GOOD[2]]), ["row 10", "row 4"]),
    "negative": (swapped(3, "bank,2003-07-14T09:30-04:00,-4"), ["row 5", "offered", "-4", "0 or more"]),
    "fractional": (swapped(3, "bank,2003-07-14T09:30-04:00,4.5"), ["row 5", "offered", "4.5", "whole"]),
    "text for a number": (swapped(3, "bank,2003-07-14T09:30-04:00,many"), ["row 5", "offered", "many"]),
    "beyond any centre": (swapped(3, "bank,2003-07-14T09:30-04:00,1e30"), ["row 5", "offered", "at most"]),
    "infinite": (swapped(3, "bank,2003-07-14T09:30-04:00,inf"), ["row 5", "offered"]),
    "unknown queue": (swapped(3, "banc,2003-07-14T09:30-04:00,4"), ["row 5", "banc", "bank"]),
    "unknown column": (file_of([f"{row},9" for row in GOOD], HEADER + ",volume"), ["volume"]),
    "missing column": (file_of([row.rsplit(",", 1)[0] for row in GOOD], "queue,interval_start"), ["offered"]),
    "ragged row": (swapped(3, "bank,2003-07-14T09:30-04:00,4,5,6"), ["line 5", "found 5, expected 3"]),
    "no offset": (swapped(3, "bank,2003-07-14T09:30,4"), ["row 5", "interval_start", "--zone"]),
    "not a time": (swapped(3, "bank,yesterday,4"), ["row 5", "interval_start", "yesterday"]),
    "off the grid": (swapped(3, "bank,2003-07-14T09:37-04:00,4"), ["row 5", "interval_start"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_history_is_refused_with_its_place(name: str, unchanged: CommandLine, tmp_path: Path) -> None:
    content, words = BAD[name]
    file = tmp_path / "bad.csv"
    if content is not None:
        file.write_bytes(content)
    told = unchanged("import", "history", str(file), code=3).err
    assert told.count("\n") == 1
    for word in words:
        assert word in told


def local_rows(day: str, hours: list[str]) -> bytes:
    return file_of([f"bank,{day}T{hour},5" for hour in hours])


def test_a_missing_clock_hour_cannot_have_rows(unchanged: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "spring.csv"
    file.write_bytes(local_rows("2003-04-06", ["01:30", "02:00", "02:30", "03:00"]))
    told = unchanged("import", "history", str(file), "--zone", "America/New_York", code=3).err
    assert "row 3" in told
    assert "02:00" in told


def test_a_doubled_clock_hour_needs_both_its_rows(bank: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "autumn.csv"
    before = contents(bank)
    file.write_bytes(local_rows("2003-10-26", ["00:30", "01:00", "01:30", "02:00"]))
    assert "row 3" in bank("import", "history", str(file), "--zone", "America/New_York", code=3).err
    assert contents(bank) == before
    file.write_bytes(local_rows("2003-10-26", ["00:30", "01:00", "01:30", "01:00", "01:30", "02:00"]))
    assert "6 rows read" in bank("import", "history", str(file), "--zone", "America/New_York").err


def test_unsorted_rows_are_a_reported_repair(bank: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "unsorted.csv"
    before = contents(bank)
    file.write_bytes(file_of(GOOD[::-1]))
    assert "sorted" in bank("import", "history", str(file)).err
    assert contents(bank) == before


def test_gb18030_is_read_when_it_is_named(bank: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    write_agents(file, ["B1,王小明,客服一组,main,full,bank,clerk"])
    file.write_bytes(file.read_text(encoding="utf-8").encode("gb18030"))
    assert "--encoding gb18030" in bank("import", "agents", str(file), code=3).err
    bank("import", "agents", str(file), "--encoding", "gb18030", "--valid-from", "2003-01-01")


def test_compressed_files_and_standard_input_are_read(bank: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "good.csv.gz").write_bytes(gzip.compress(file_of(GOOD)))
    assert "8 rows read" in bank("import", "history", str(tmp_path / "good.csv.gz")).err
    assert "8 rows read" in bank("import", "history", "-", stdin=file_of(GOOD).decode()).err


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("B1,Bob,T,nowhere,full,bank,clerk", ["row 2", "site", "nowhere"]),
        ("B1,Bob,T,main,none,bank,clerk", ["row 2", "contract", "none"]),
        ("B1,Bob,T,main,full,loans,clerk", ["row 2", "skills", "loans"]),
        ("B1,Bob,T,main,full,bank:7,clerk", ["row 2", "skills", "bank:7"]),
        ("B1,Bob,T,main,full,bank,king", ["row 2", "grade", "king"]),
    ],
)
def test_bad_agents_are_refused(unchanged: CommandLine, tmp_path: Path, row: str, words: list[str]) -> None:
    told = unchanged("import", "agents", str(write_agents(tmp_path / "bad.csv", [row])), code=3).err
    for word in words:
        assert word in told


def test_a_week_without_forecast_is_refused(unchanged: CommandLine) -> None:
    assert "run `wfm staff" in unchanged("schedule", "--week", "2003-W40", code=3).err
    assert "run `wfm forecast" in unchanged("staff", code=3).err
    assert "roster" in unchanged("simulate", "--week", "2003-W40", code=3).err


def test_a_contract_whose_minimum_exceeds_its_maximum(bank: CommandLine) -> None:
    policy = bank.folder / "wfm.toml"
    policy.write_text(policy.read_text().replace("min_hours_week = 32", "min_hours_week = 48"))
    told = bank("runs", code=3).err
    for word in ("wfm.toml", "contracts[full]", "48", "40"):
        assert word in told


def test_an_agent_who_cannot_be_given_a_legal_week(bank: CommandLine, tmp_path: Path) -> None:
    """A roster and a report, exit 1, stored."""
    wish = tmp_path / "availability.csv"
    wish.write_text("agent,weekday,start,end\nB0,sunday,03:00,04:00\n")
    bank("import", "availability", str(wish))
    rows = [f"bank,2003-07-{day}T{hour:02}:00-04:00,1" for day in range(14, 19) for hour in range(9, 17)]
    own = tmp_path / "requirement.csv"
    own.write_text("queue,interval_start,agents\n" + "\n".join(rows) + "\n")
    bank("import", "requirement", str(own))
    told = bank("schedule", "--week", "2003-07-14", "--seconds", "2", code=1)
    assert "Ann" in told.err
    assert "availab" in told.err
    runs = pd.read_csv(io.StringIO(bank("runs", "--kind", "roster", "--format", "csv").out))
    assert len(runs) == 1
