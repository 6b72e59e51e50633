"""Drivers, overrides and what else is known of days: each wrong row is named, each good one kept."""

from __future__ import annotations

import pandas as pd
import pytest

from wfm.errors import InputError
from wfm.importing.facts import import_facts
from wfm.policy.load import policy_of
from wfm.store.store import Store


@pytest.fixture(scope="module")
def driven():
    return policy_of(
        {
            "centre": {"name": "test"},
            "sites": [{"id": "main", "zone": "Europe/Berlin"}],
            "queues": [{"id": "q"}, {"id": "p"}],
            "drivers": [{"name": "letters", "queues": ["q"]}],
        }
    )


def test_drivers_come_back_from_the_store_and_later_values_win(driven, table):
    store = Store.open("sqlite://")
    first = import_facts("driver", table("driver,day,value\nletters,2026-03-02,100\nletters,2026-03-03,50\n"), driven)
    store.write_facts("driver", first.table)
    again = import_facts("driver", table("driver,day,value\nletters,2026-03-03,70\n"), driven)
    assert store.write_facts("driver", again.table).changed == 1
    assert store.facts("driver")["value"].tolist() == [100, 70]


@pytest.mark.parametrize(
    ("kind", "text", "what", "where"),
    [
        ("driver", "driver,day,value\nleters,2026-03-02,1\n", "unknown driver", "row 2, column driver"),
        ("driver", "driver,day,value\nletters,2026-03-02,-1\n", "out of bounds", "row 2, column value"),
        ("driver", "driver,day,value\nletters,2.3.2026,1\n", "not a day", "row 2, column day"),
        ("driver", "driver,day\nletters,2026-03-02\n", "column is missing", "column value"),
        ("override", "queue,day,factor\nx,2026-03-02,1.1\n", "unknown queue", "row 2, column queue"),
        ("override", "queue,day,factor,contacts\nq,2026-03-02,1.1,5\n", "a factor and contacts", "row 2"),
        ("override", "queue,day,from,to,factor\nq,2026-03-02,12:00,11:00,2\n", "ends before it begins", "row 2"),
        ("override", "queue,day,from,factor\nq,2026-03-02,25:00,2\n", "not a time of day", "row 2, column from"),
        (
            "override",
            "queue,day,from,to,factor\nq,2026-03-02,08:00,12:00,2\nq,2026-03-02,11:30,13:00,2\n",
            "overlap",
            "row 3",
        ),
        ("override", "queue,day,factor\nq,2026-03-02,2\nq,2026-03-02,3\n", "overlap", "row 3"),
        (
            "shrinkage",
            "queue,interval_start,kind,scheduled_min,lost_min\nq,2026-03-02T08:00,sick,60,6\n",
            "offset",
            "2",
        ),
    ],
)
def test_a_wrong_row_is_refused_where_it_is(driven, table, kind, text, what, where):
    with pytest.raises(InputError, match=what) as refusal:
        import_facts(kind, table(text), driven, source="f.csv")
    assert where in str(refusal.value.where)
    assert str(refusal.value.where).startswith("f.csv")


def test_overrides_by_the_clock_by_minutes_and_of_whole_days(driven, table):
    text = (
        "queue,day,from,to,factor,contacts,reason\n"
        "q,2026-03-02,08:00,12:30,1.5,,fair\n"
        "q,2026-03-03,,,,400,\n"
        "p,2026-03-02,20:00,24:00,,,\n"
    )
    done = import_facts("override", table(text), driven, author="ann")
    rows = done.table.set_index(["queue", "day"])
    assert rows.loc[("q", pd.Timestamp("2026-03-02")), ["from_min", "to_min"]].tolist() == [480, 750]
    assert rows.loc[("q", pd.Timestamp("2026-03-03")), "from_min"] == 0
    assert pd.isna(rows.loc[("q", pd.Timestamp("2026-03-03")), "to_min"])
    assert set(rows["author"]) == {"ann"}
    assert "withdrawn" in str(done.report)
    assert Store.open("sqlite://").write_facts("override", done.table).new == 3


def test_shrinkage_of_all_queues_together_is_known(driven, table):
    text = "queue,interval_start,kind,planned,scheduled_min,lost_min\nall,2026-03-02T08:00+01:00,sick,false,600,48\n"
    assert import_facts("shrinkage", table(text), driven).table["lost_min"].tolist() == [48]
    text = "queue,interval_start,level,handled,handle_s\nq,2026-03-02T08:00+01:00,2,10,4000\n"
    assert import_facts("concurrency", table(text), driven).table["handle_s"].tolist() == [4000]
