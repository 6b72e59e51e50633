"""Call records: counted by DuckDB as pandas counts them, wrong ones refused where they are."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError, UsageError
from wfm.importing.calls import import_calls
from wfm.importing.mapping import mapping_of, read_mapping

MAPPING = mapping_of(
    {
        "columns": {"queue": "acd", "arrived": "start", "wait_s": "wait", "talk_s": "talk", "wrap_s": "acw"},
        "outcomes": {"columns": ["end"], "handled": ["OK"], "abandoned": ["GONE"], "ignored": ["TEST"]},
        "queues": {"Hotline": "general"},
    }
)
HEAD = "acd,start,caller,wait,talk,acw,end\n"
ROWS = (
    "Hotline,2026-11-23T08:01:00+01:00,+49301234,10,100,20,OK\n"
    "Hotline,2026-11-23T08:29:59.9+01:00,+49301235,31,200,,OK\n"
    "Hotline,2026-11-23T08:10:00+01:00,+49301236,50,0,0,GONE\n"
    "Hotline,2026-11-23T08:10:00+01:00,+49301237,0,0,0,TEST\n"
    "general,2026-11-23T09:00:00+01:00,+49301238,5,60,10,OK\n"
)


def read(tmp_path, text, centre, mapping=MAPPING, encoding="utf-8", **more):
    path = tmp_path / "calls.csv"
    path.write_bytes(text.encode(encoding))
    return import_calls(path, centre, mapping, encoding=encoding, **more)


def test_contacts_become_totals_of_the_interval_in_which_they_arrived(tmp_path, centre):
    done = read(tmp_path, HEAD + ROWS, centre)
    table = done.table
    assert table["queue"].unique().tolist() == ["general"]
    assert table["interval_start"].dt.tz_convert("Europe/Berlin").dt.strftime("%H:%M").tolist() == [
        "08:00",
        "08:30",
        "09:00",
    ]
    assert table["offered"].tolist() == [3, 0, 1]
    assert table["handled"].tolist() == [2, 0, 1]
    assert table["abandoned"].tolist() == [1, 0, 0]
    assert table["handle_s"].tolist() == [320, 0, 70]
    assert table["wait_s"].tolist() == [91, 0, 5]
    assert table["answered_in_target"].tolist() == [1, 0, 1]  # the threshold is 30 s
    assert (done.report.read, done.report.rejected) == (5, 1)
    assert "as 0" in str(done.report)


def test_a_queue_for_all_records_is_refused_where_each_has_its_own(tmp_path, centre):
    with pytest.raises(UsageError, match="which queue each record belongs to"):
        read(tmp_path, HEAD + ROWS, centre, queue="vip")


def test_callers_are_not_kept_anywhere(tmp_path, centre):
    done = read(tmp_path, HEAD + ROWS, centre)
    assert "4930" not in done.table.to_csv() + str(done.report)


def test_who_calls_again_is_counted_and_forgotten(tmp_path, centre):
    values = MAPPING.model_dump()
    mapping = mapping_of({**values, "columns": {**values["columns"], "caller": "caller"}, "repeat_within_h": 1})
    late = "Hotline,2026-11-23T09:20:00+01:00,+49301234,10,100,20,OK\n"  # 79 minutes after the first
    again = "Hotline,2026-11-23T08:40:00+01:00,+49301236,5,60,10,OK\nHotline,2026-11-23T08:41:00+01:00,,5,60,10,OK\n"
    done = read(tmp_path, HEAD + ROWS + late + again, centre, mapping)
    assert done.table["repeats"].tolist() == [0, 1, 0]
    assert "4930" not in done.table.to_csv() + str(done.report)
    assert read(tmp_path, HEAD + ROWS, centre).table["repeats"].isna().all()


def test_times_tell_what_durations_do_not(tmp_path, centre):
    mapping = mapping_of({"zone": "Europe/Berlin", "columns": {"arrived": "a", "answered": "b", "ended": "c"}})
    text = (
        "a,b,c\n2026-11-23 08:00:00,2026-11-23 08:00:20,2026-11-23 08:03:20\n2026-11-23 08:05:00,,2026-11-23 08:05:45\n"
    )
    row = read(tmp_path, text, centre, mapping, queue="general").table.iloc[0]
    assert (row["handled"], row["abandoned"], row["handle_s"], row["wait_s"]) == (1, 1, 180, 65)


@pytest.mark.parametrize(
    ("old", "new", "what", "where"),
    [
        ("general,2026", "sales,2026", "unknown queue", "row 6"),
        ("general,2026", ",2026", "no queue", "row 6, column acd"),
        (",5,60", ",-5,60", "not a duration", "row 6, column wait"),
        (",5,60", ",5,1min", "not a duration", "row 6, column talk"),
        ("TEST", "LOST", "an outcome that the mapping does not name", "row 5, column end"),
        ("T09:00:00", "T29:00:00", "not a time stamp", "row 6, column start"),
        ("09:00:00+01:00", "09:00:00", "without its offset among others", "row 6, column start"),
        ("start", "begin", "no such column", "column start"),
        (",10,OK", ",10", "cannot read the call records", "calls.csv"),
    ],
)
def test_a_wrong_record_is_refused_by_row_and_column(tmp_path, centre, old, new, what, where):
    with pytest.raises(InputError, match=what) as refusal:
        read(tmp_path, (HEAD + ROWS).replace(old, new), centre)
    assert where in str(refusal.value.where)


def test_local_times_need_a_zone_and_no_doubled_hour(tmp_path, centre):
    text = (HEAD + ROWS).replace("+01:00", "")
    with pytest.raises(InputError, match="without its offset"):
        read(tmp_path, text, centre)
    assert read(tmp_path, text, centre, zone="Europe/Berlin").table["offered"].sum() == 4
    with pytest.raises(InputError, match="showed twice"):
        read(tmp_path, text.replace("2026-11-23T08:10", "2026-10-25T02:10"), centre, zone="Europe/Berlin")
    with pytest.raises(InputError, match="skipped"):
        read(tmp_path, text.replace("2026-11-23T08:10", "2026-03-29T02:10"), centre, zone="Europe/Berlin")


def test_gb18030_and_gzip_are_read_too(tmp_path, centre):
    chinese = mapping_of({**MAPPING.model_dump(), "queues": {"客服": "general"}})
    text = (HEAD + ROWS).replace("Hotline", "客服")
    table = read(tmp_path, text, centre, chinese, encoding="gb18030").table
    packed = tmp_path / "calls.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    pd.testing.assert_frame_equal(import_calls(packed, centre, chinese).table, table)
    with pytest.raises(InputError):
        import_calls(tmp_path / "calls.csv", centre, chinese)


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"columns": {}}, "column of arrivals"),
        ({"columns": {"arrived": "a", "phone": "b"}}, "unknown column phone"),
        ({"columns": {"arrived": "a"}}, "nothing tells who was answered"),
        ({"columns": {"arrived": "a"}, "outcomes": {"columns": ["x"]}}, "needs both"),
        ({"columns": {"arrived": "a", "talk_s": "t"}, "outcome": {}}, "Extra inputs"),
        ({}, "Field required"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(values, what):
    with pytest.raises(InputError, match=what):
        mapping_of(values)


def test_a_mapping_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_mapping(tmp_path / "none.toml")
    (tmp_path / "bad.toml").write_text("columns = ")
    with pytest.raises(InputError, match="not TOML"):
        read_mapping(tmp_path / "bad.toml")


contacts = st.lists(
    st.tuples(st.sampled_from(["general", "vip"]), st.integers(0, 3 * 86_400), st.integers(0, 200), st.booleans()),
    min_size=1,
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(contacts)
def test_counts_are_those_of_pandas(tmp_path_factory, centre, contacts):
    start = pd.Timestamp("2026-10-24T00:00Z")  # over the night on which the clock goes back
    frame = pd.DataFrame(contacts, columns=["acd", "second", "wait", "answered"])
    at = start + pd.to_timedelta(frame["second"], unit="s")
    lines = [
        f"{acd},{moment.isoformat()},x,{wait},{wait + 1 if ok else 0},0,{'OK' if ok else 'GONE'}\n"
        for acd, moment, wait, ok in zip(frame["acd"], at, frame["wait"], frame["answered"], strict=True)
    ]
    table = read(tmp_path_factory.mktemp("calls"), HEAD + "".join(lines), centre).table
    expected = frame.groupby([frame["acd"], at.dt.floor("30min")]).agg(
        offered=("wait", "size"), handled=("answered", "sum"), wait_s=("wait", "sum")
    )
    found = table[table["offered"] > 0].set_index(["queue", "interval_start"])
    np.testing.assert_array_equal(found[["offered", "handled", "wait_s"]], expected.astype(float))
    assert (table["handled"] + table["abandoned"]).equals(table["offered"])
