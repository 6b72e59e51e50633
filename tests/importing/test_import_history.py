"""Interval files: each way to be wrong is refused where it is, and what was put right is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError, PolicyError, UsageError
from wfm.importing.history import import_history
from wfm.importing.reading import table_of
from wfm.policy.load import policy_of
from wfm.store.facts import Counts
from wfm.store.store import Store

HEAD = "queue,interval_start,offered,handled,abandoned,handle_s\n"
ROW = "general,2026-11-23T08:00+01:00,5,4,1,1200\n"


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        (HEAD, None, None),  # no rows are no error
        (HEAD + ROW + ROW, "has this interval already in row 2", "row 3"),
        (HEAD + ROW.replace(",5,", ",-5,"), "a negative value", "row 2, column offered"),
        (HEAD + ROW.replace(",5,", ",5.5,"), "a count with a fraction", "row 2, column offered"),
        (HEAD + ROW.replace(",5,", ',"1,005",'), "not a number", "row 2, column offered"),
        (HEAD + ROW.replace(",1200", ",inf"), "not a finite number", "row 2, column handle_s"),
        (HEAD + ROW.replace("+01:00", ""), "a time without its offset", "row 2, column interval_start"),
        (HEAD + ROW.replace("2026-11-23T08:00+01:00", "23.11.2026 08:00"), "a time without its offset", "row 2"),
        (HEAD + ROW.replace("2026-11-23T", "2026-13-23T"), "not a time stamp", "row 2"),
        (HEAD + ROW.replace("08:00", "08:07"), "off the queue's grid", "row 2"),
        (HEAD + ROW.replace("08:00+", "08:00:30+"), "not start on a full minute", "row 2"),
        (HEAD + ROW.replace("general", "generel"), "unknown queue", "row 2, column queue"),
        (HEAD + ROW.replace("general", ""), "no queue", "row 2, column queue"),
        (HEAD.replace("offered", "volume") + ROW, "unknown column", "column volume"),
        ("queue,interval_start\ngeneral,2026-11-23T08:00+01:00\n", "column is missing", "column offered"),
        ("interval_start,offered\n2026-11-23T08:00+01:00,1\n", "column is missing", "column queue"),
    ],
)
def test_each_wrong_row_is_refused_by_line_and_column(centre, text, what, where):
    frame = table_of(text, "f.csv")
    store = Store.open("sqlite://")
    store.write_history(import_history(table_of(HEAD + ROW, "f.csv"), centre).table)
    before = store.history()
    if what is None:
        assert import_history(frame, centre).table.empty
        return
    with pytest.raises(InputError, match=what) as refusal:
        store.write_history(import_history(frame, centre, source="f.csv").table)
    assert str(refusal.value.where).startswith("f.csv")
    assert where in str(refusal.value.where)
    pd.testing.assert_frame_equal(store.history(), before)


def test_an_unknown_queue_is_answered_with_the_known_ones(centre):
    with pytest.raises(InputError) as refusal:
        import_history(table_of(HEAD + ROW.replace("general", "x"), "f"), centre)
    assert refusal.value.expected == "general, hourly, vip"


def test_a_mapping_names_columns_and_the_rest_is_ignored_and_told(centre):
    frame = table_of("when,volume,mood\n2026-11-23 08:00:00 +0100,7,fine\n", "f.csv")
    columns = {"interval_start": "when", "offered": "volume"}
    done = import_history(frame, centre, source="f.csv", columns=columns, queue="general")
    assert done.table["offered"].tolist() == [7]
    assert "ignored 1: columns mood" in str(done.report)
    with pytest.raises(InputError, match="no such column"):
        import_history(frame, centre, columns={**columns, "handled": "served"}, queue="general")
    with pytest.raises(UsageError, match="not a column of history"):
        import_history(frame, centre, columns={"volume": "volume"}, queue="general")


def test_a_queue_for_all_rows_is_refused_where_each_row_has_its_own(centre):
    with pytest.raises(UsageError, match="which queue each row belongs to"):
        import_history(table_of(HEAD + ROW, "f"), centre, queue="vip")


def test_the_canonical_names_are_read(centre):
    text = (
        "queue,channel,interval_start,interval_minutes,offered,handled,abandoned,handle_seconds_total,"
        "answered_in_target,target_seconds\ngeneral,voice,2026-11-23T07:00Z,30,41,39,2,11544,34,20\n"
    )
    row = import_history(table_of(text, "f"), centre).table.iloc[0]
    assert (row["handle_s"], row["answered_in_target"], row["target_s"]) == (11544, 34, 20)
    assert np.isnan(row["wait_s"])


@pytest.mark.parametrize(
    ("head", "values", "handled", "handle_s"),
    [
        ("offered,handled,aht_s", "10,8,300", 8, 2400),
        ("offered,abandoned,aht_s", "10,3,300", 7, 2100),
        ("offered,aht_s", "10,300", 10, 3000),
        ("offered,aht_s", "0,", 0, 0),
        ("offered,handled,aht_s,handle_s", "10,8,300,99", 8, 99),
    ],
)
def test_a_mean_handle_time_becomes_a_total(centre, head, values, handled, handle_s):
    frame = table_of(f"queue,interval_start,{head}\ngeneral,2026-11-23T07:00Z,{values}\n", "f")
    row = import_history(frame, centre).table.iloc[0]
    assert (row["handled"], row["handle_s"]) == (handled, handle_s)


def test_rows_out_of_order_are_sorted_and_told(centre):
    rows = [ROW.replace("08:00", f"{hour:02d}:00") for hour in (10, 8, 9)]
    done = import_history(table_of(HEAD + "".join(rows), "f"), centre)
    assert done.table["interval_start"].is_monotonic_increasing
    assert "repaired 1: rows out of order" in str(done.report)


def test_more_handled_and_abandoned_than_offered_is_a_warning(centre):
    done = import_history(table_of(HEAD + ROW.replace(",5,4,1,", ",5,5,1,"), "f"), centre)
    assert done.report.count("warning") == 1
    assert done.table["handled"].tolist() == [5]


def test_finer_rows_are_added_up_and_an_unknown_one_makes_the_sum_unknown(centre):
    times = [f"{hour:02d}:{minute:02d}" for hour in (8, 9) for minute in range(0, 60, 10)]
    text = HEAD + "".join(ROW.replace("08:00", time) for time in times)
    text = text.replace("general,2026-11-23T09:50+01:00,5", "general,2026-11-23T09:50+01:00,")
    done = import_history(table_of(text, "f"), centre)
    np.testing.assert_array_equal(done.table["offered"], [15, 15, 15, np.nan])
    assert done.table["handle_s"].tolist() == [3600] * 4
    assert "10-minute rows added up to 4" in str(done.report)


def test_one_stray_row_does_not_make_the_file_finer(centre):
    text = (
        HEAD + "".join(ROW.replace("08:00", f"{hour:02d}:00") for hour in range(6, 20)) + ROW.replace("08:00", "20:10")
    )
    with pytest.raises(InputError, match="off the queue's grid") as refusal:
        import_history(table_of(text, "f"), centre)
    assert "row 16" in str(refusal.value.where)


def test_hourly_rows_do_not_pass_for_half_hours(centre):
    starts = pd.date_range("2026-11-23", periods=72, freq="h", tz="UTC")
    text = HEAD + "".join(ROW.replace("2026-11-23T08:00+01:00", at.isoformat()) for at in starts)
    done = import_history(table_of(text, "f"), centre)
    assert "rows of 60 minutes under intervals of 30" in str(done.report)
    assert done.table["offered"].sum() == 72 * 5
    assert len(import_history(table_of(text.replace("general", "hourly"), "f"), centre).table) == 72


def test_rows_that_no_interval_is_made_of_are_refused(centre):
    starts = [f"2026-11-{day:02d}T{time}:00+01:00" for day in range(1, 20) for time in ("08:00", "11:30", "15:00")]
    text = HEAD + "".join(ROW.replace("2026-11-23T08:00+01:00", at) for at in starts)
    with pytest.raises(InputError, match="coarser than its interval"):
        import_history(table_of(text, "f"), centre)


@pytest.mark.parametrize("column", ["interval_start", "day"])
def test_rows_of_whole_days_stand_at_midnight_of_their_queue_across_a_change_of_clocks(centre, column):
    days = pd.date_range("2026-09-01", periods=80, freq="D").strftime("%Y-%m-%d")
    text = f"queue,{column},offered\n" + "".join(f"vip,{day},7\n" for day in days)
    done = import_history(table_of(text, "f"), centre)
    local = done.table["interval_start"].dt.tz_convert("Europe/Berlin")
    assert (local.dt.strftime("%Y-%m-%d %H:%M") == days + " 00:00").all()
    assert "rows of 1440 minutes" in str(done.report)
    assert done.report.rejected == 0


def test_whole_days_on_which_the_queue_is_closed_and_nothing_came_are_left_out(centre):
    days = pd.date_range("2026-09-07", periods=63, freq="D")
    rows = [f"vip,{day:%Y-%m-%d},{0 if day.day_of_week > 4 else 3}\n" for day in days]
    done = import_history(table_of("queue,day,offered\n" + "".join(rows), "f"), centre)
    assert len(done.table) == 45
    assert done.report.rejected == 18


def test_a_date_that_is_none_is_refused(centre):
    with pytest.raises(InputError, match="not a day"):
        import_history(table_of("queue,day,offered\nvip,2026-02-30,1\n", "f"), centre)


def test_repeats_are_read_and_added_up(centre):
    text = "queue,interval_start,interval_minutes,offered,repeats\n" + "".join(
        f"general,2026-11-23T08:{minute:02d}+01:00,15,5,2\n" for minute in (0, 15)
    )
    assert import_history(table_of(text, "f"), centre).table["repeats"].tolist() == [4]


def test_a_closed_interval_without_contacts_is_left_out_one_with_some_is_kept(centre):
    rows = [
        f"vip,2026-11-23T{time}+01:00,{offered},0,0,0\n" for time, offered in (("05:00", 0), ("06:00", 2), ("08:00", 0))
    ]
    done = import_history(table_of(HEAD + "".join(rows), "f"), centre)
    assert done.table["offered"].tolist() == [2, 0]
    assert done.report.rejected == 1
    assert done.report.count("warning") == 1


AUTUMN = [f"2026-10-25T{time}" for time in ("01:30", "02:00", "02:30", "02:00", "02:30", "03:00")]


def local(times: list[str], queue: str = "general") -> str:
    return "queue,interval_start,offered\n" + "".join(f"{queue},{time},{place}\n" for place, time in enumerate(times))


def test_the_doubled_hour_is_told_apart_when_both_halves_come_in_order(centre):
    table = import_history(table_of(local(AUTUMN), "f"), centre, zone="Europe/Berlin").table
    expected = pd.date_range("2026-10-24T23:30Z", periods=6, freq="30min", unit="us")
    assert table["interval_start"].tolist() == expected.tolist()
    assert table["offered"].tolist() == list(range(6))


@pytest.mark.parametrize(
    ("times", "row"),
    [
        (AUTUMN[:3] + AUTUMN[5:], 3),  # one pass of the clock is missing
        ([AUTUMN[place] for place in (0, 1, 2, 3, 5)], 4),  # half of the second pass is missing
        (AUTUMN[::-1], 3),  # latest first: the second 02:00 of the file is the earlier one
        (AUTUMN[:3] + AUTUMN[1:], None),  # a third time
    ],
)
def test_the_doubled_hour_is_refused_when_it_cannot_be_told_apart(centre, times, row):
    with pytest.raises(InputError, match="showed twice") as refusal:
        import_history(table_of(local(times), "f"), centre, zone="Europe/Berlin")
    assert "offset" in str(refusal.value.mend)
    if row is not None:
        assert f"row {row}," in str(refusal.value.where)


def test_each_queue_has_its_own_doubled_hour(centre):
    """Two queues' rows in one file, interleaved: each has two passes of its own."""
    pairs = [f"{queue},{time},1\n" for time in AUTUMN for queue in ("general", "vip")]
    frame = table_of("queue,interval_start,offered\n" + "".join(pairs), "f")
    table = import_history(frame, centre, zone="Europe/Berlin").table
    assert table.groupby("queue")["interval_start"].nunique().to_dict() == {"general": 6, "vip": 6}


def test_the_skipped_hour_is_refused(centre):
    with pytest.raises(InputError, match="clock of Europe/Berlin skipped") as refusal:
        import_history(table_of(local(["2026-03-29T01:30", "2026-03-29T02:30"]), "f"), centre, zone="Europe/Berlin")
    assert "row 3" in str(refusal.value.where)


def test_offsets_need_no_zone_and_win_over_one(centre):
    text = local(["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"])
    one, two = (import_history(table_of(text, "f"), centre, zone=zone).table for zone in (None, "Europe/Berlin"))
    pd.testing.assert_frame_equal(one, two)
    assert len(one) == 2


def test_an_unknown_zone_is_refused(centre):
    with pytest.raises(InputError, match="unknown time zone"):
        import_history(table_of(local(AUTUMN), "f"), centre, zone="Europe/Berlln")


def test_minimum_hours_above_the_maximum_are_refused_by_contract():
    with pytest.raises(PolicyError, match="minimum hours 41 exceed maximum hours 40"):
        policy_of(
            {
                "centre": {"name": "x"},
                "sites": [{"id": "s", "zone": "UTC"}],
                "queues": [{"id": "q"}],
                "contracts": [{"id": "c", "hours_week": 40, "min_hours_week": 41}],
            }
        )


slots = st.dictionaries(
    st.tuples(st.sampled_from(["general", "vip"]), st.integers(0, 47)), st.integers(0, 500), min_size=1, max_size=30
)


@settings(max_examples=40, deadline=None)
@given(slots, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_and_a_second_import_neither(centre, slots, random):
    start = pd.Timestamp("2026-11-23T00:00+01:00")
    rows = [
        f"{queue},{(start + slot * pd.Timedelta(minutes=30)).isoformat()},{n}\n" for (queue, slot), n in slots.items()
    ]
    shuffled = random.sample(rows, len(rows))
    head = "queue,interval_start,offered\n"
    one, two = (import_history(table_of(head + "".join(lines), "f"), centre).table for lines in (rows, shuffled))
    pd.testing.assert_frame_equal(one, two)
    store = Store.open("sqlite://")
    assert store.write_history(one) == Counts(len(one), 0, 0)
    assert store.write_history(two) == Counts(0, 0, len(one))
    pd.testing.assert_frame_equal(store.history(), one)
