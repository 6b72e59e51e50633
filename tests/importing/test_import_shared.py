"""Real files: rows and totals as pandas finds them, and call records against their published half-hours."""

from __future__ import annotations

import pandas as pd
import pytest

from wfm.importing.calls import import_calls
from wfm.importing.history import import_history
from wfm.importing.mapping import mapping_of
from wfm.importing.reading import read_table
from wfm.policy.load import policy_of

pytestmark = pytest.mark.shared

QUEUES = ("IN", "NE", "NW", "PE", "PS", "TT", "AA")


@pytest.fixture(scope="module")
def bank():
    return policy_of(
        {"centre": {"name": "b"}, "sites": [{"id": "s", "zone": "America/New_York"}], "queues": [{"id": "bank"}]}
    )


@pytest.fixture(scope="module")
def anonbank():
    queues = [{"id": queue} for queue in QUEUES]
    return policy_of({"centre": {"name": "a"}, "sites": [{"id": "s", "zone": "Asia/Jerusalem"}], "queues": queues})


@pytest.mark.parametrize(("name", "rows"), [("bank_na_30min.csv.gz", 3045), ("bank_na_5min.csv.gz", 17745)])
def test_the_bank_is_read_whole(shared, bank, name, rows):
    path = shared / "data" / name
    columns = {"interval_start": "timestamp", "offered": "volume"}
    done = import_history(read_table(path), bank, columns=columns, queue="bank", zone="America/New_York")
    plain = pd.read_csv(path, parse_dates=["timestamp"])
    by_half_hour = plain.groupby(plain["timestamp"].dt.floor("30min"))["volume"].sum()
    assert done.report.read == rows == len(plain)
    assert done.table["offered"].tolist() == by_half_hour.tolist()
    local = done.table["interval_start"].dt.tz_convert("America/New_York").dt.tz_localize(None)
    assert local.tolist() == by_half_hour.index.tolist()


def test_five_minutes_of_the_bank_add_up_to_its_half_hours(shared, bank):
    columns = {"interval_start": "timestamp", "offered": "volume"}
    fine, coarse = (
        import_history(
            read_table(shared / "data" / f"bank_na_{step}.csv.gz"),
            bank,
            columns=columns,
            queue="bank",
            zone="America/New_York",
        ).table
        for step in ("5min", "30min")
    )
    pd.testing.assert_frame_equal(fine, coarse)


def test_call_records_give_the_published_half_hours(shared, anonbank):
    mapping = mapping_of(
        {
            "zone": "Asia/Jerusalem",
            "columns": {"queue": "queue", "arrived": "timestamp", "wait_s": "wait_seconds", "talk_s": "talk_seconds"},
            "outcomes": {
                "columns": ["outcome", "entered_queue"],
                "handled": ["AGENT/0", "AGENT/1"],
                "abandoned": ["HANG/1"],
                "ignored": ["HANG/0", "PHANTOM/1"],  # hung up before they asked for an agent
            },
        }
    )
    done = import_calls(shared / "data" / "anonbank_calls_1999_jan_feb.csv.gz", anonbank, mapping)
    published = import_history(
        read_table(shared / "data" / "anonbank_30min_by_queue_jan_feb.csv.gz"),
        anonbank,
        columns={"interval_start": "timestamp", "offered": "volume", "abandoned": "abandoned"},
        zone="Asia/Jerusalem",
    ).table
    assert done.report.read == 64943
    assert len(published) == 16416
    both = published.merge(done.table, on=["queue", "interval_start"], how="outer", suffixes=("", "_calls"))
    for name in ("offered", "abandoned"):
        assert both[name].fillna(0).tolist() == both[f"{name}_calls"].fillna(0).tolist()
    # The published mean talk leaves out answered calls of no talk, so totals are held to the records themselves.
    raw = pd.read_csv(shared / "data" / "anonbank_calls_1999_jan_feb.csv.gz")
    agent = raw[raw["outcome"] == "AGENT"]
    assert done.table["handle_s"].sum() == agent["talk_seconds"].sum()
    by_queue = done.table.groupby("queue")["handle_s"].sum()
    assert by_queue.to_dict() == agent.groupby("queue")["talk_seconds"].sum().to_dict()
