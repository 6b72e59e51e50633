"""The one check at every border: bad tables are refused by name, good ones come out in contract."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.errors import TableError
from wfm.tables.contact import CONTACT
from wfm.tables.contract import Table
from wfm.tables.cost import COST_LINE
from wfm.tables.forecast import FORECAST, FORECAST_DAY
from wfm.tables.history import HISTORY, aht_s
from wfm.tables.people import AGENTS, AVAILABILITY, PREFERENCES, TIME_OFF
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import COVERAGE, ROSTER, VIOLATION, shifts

ALL = [HISTORY, FORECAST, FORECAST_DAY, REQUIREMENT, ROSTER, COVERAGE, VIOLATION, COST_LINE, CONTACT, AGENTS,
       AVAILABILITY, TIME_OFF, PREFERENCES]  # fmt: skip


def history(**columns: object) -> pd.DataFrame:
    when = ["2026-01-01T00:30+08:00", "2026-01-01T00:00+08:00"]
    base: dict[str, object] = {"queue": ["a", "a"], "interval_start": when,
                               "offered": ["3", "4"]}  # fmt: skip
    return pd.DataFrame(base | columns)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_an_empty_table_keeps_its_kinds_through_a_second_check(table: Table) -> None:
    once = table.empty()
    pd.testing.assert_frame_equal(once, table.check(once))
    assert list(once.columns) == table.names


def test_rows_come_out_sorted_and_typed() -> None:
    checked = HISTORY.check(history())
    assert checked["offered"].tolist() == [4.0, 3.0]
    assert str(checked["interval_start"].dtype) == "datetime64[us, UTC]"
    assert checked["interval_start"][0] == pd.Timestamp("2025-12-31T16:00Z")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"offered": ["3", "-4"]}, r"row 3, column offered\): found '-4'"),
        ({"offered": ["3", "x"]}, "not a number .*row 3"),
        ({"offered": [1.5, 2]}, "fractional .*row 2"),
        ({"offered": [np.inf, 2]}, "out of bounds .*row 2"),
        ({"interval_start": ["2026-01-01T00:30", "2026-01-01T01:00"]}, "not an instant .*offset"),
        ({"interval_start": pd.to_datetime(["2026-01-01T00:30", "2026-01-01T01:00"])}, "not an instant"),
        ({"interval_start": ["2026-01-01T00:30Z"] * 2}, "same row twice .*row 3"),
        ({"queue": ["a", None]}, "missing .*row 3, column queue"),
        ({"volume": [1, 2]}, "unknown column .*volume"),
    ],
)
def test_a_broken_table_is_refused_with_its_place(columns: dict[str, object], message: str) -> None:
    with pytest.raises(TableError, match=message) as refused:
        HISTORY.check(history(**columns), source="calls.csv", first_row=2)
    assert "calls.csv" in str(refused.value)


def test_a_missing_column_names_what_was_found_and_expected() -> None:
    with pytest.raises(TableError, match=r"column offered.*found queue, interval_start"):
        HISTORY.check(history().drop(columns="offered"))


def test_missing_is_nan_and_zero_is_a_fact() -> None:
    checked = HISTORY.check(history(offered=[np.nan, 0]))
    assert checked["offered"].tolist()[0] == 0
    assert np.isnan(checked["offered"][1])


@pytest.mark.parametrize(("value", "fine"), [("yes", True), ("0", True), ("", True), ("maybe", False)])
def test_flags(value: str, fine: bool) -> None:
    row = pd.DataFrame({"agent": ["A"], "first_day": ["2026-01-05"], "last_day": ["2026-01-06"], "kind": ["leave"],
                        "paid": [value]})  # fmt: skip
    if fine:
        assert TIME_OFF.check(row)["paid"].tolist() == [value == "yes"]
    else:
        with pytest.raises(TableError, match="true or false"):
            TIME_OFF.check(row)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 500), st.integers(0, 99)),
        min_size=1,
        max_size=30,
        unique_by=lambda row: row[:2],
    ),
    st.randoms(),
)
def test_the_order_of_rows_does_not_matter(rows: list[tuple[str, int, int]], random: object) -> None:
    frame = pd.DataFrame(rows, columns=["queue", "interval_start", "offered"])
    frame["interval_start"] = pd.Timestamp("2026-01-01T00:00Z") + pd.to_timedelta(
        frame["interval_start"] * 30, unit="min"
    )
    shuffled = list(range(len(frame)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(HISTORY.check(frame), HISTORY.check(frame.iloc[shuffled]))


def test_aht_is_total_handle_time_over_handled_contacts() -> None:
    table = HISTORY.check(history(handled=[2, 0], handle_s=[500, 0]))
    assert aht_s(table).tolist()[1] == 250
    assert np.isnan(aht_s(table)[0])


def test_a_shift_is_derived_from_its_segments() -> None:
    segments = pd.DataFrame(
        [
            ("A", "2026-01-05T00:00Z", "2026-01-05T04:00Z", "work", True),
            ("A", "2026-01-05T04:00Z", "2026-01-05T04:30Z", "lunch", False),
            ("A", "2026-01-05T04:30Z", "2026-01-05T08:00Z", "work", True),
            ("B", "2026-01-05T00:00Z", "2026-01-05T08:00Z", "leave", True),
        ],
        columns=["agent", "start", "end", "activity", "paid"],
    ).assign(work_date="2026-01-05")
    found = shifts(ROSTER.check(segments))
    assert found["agent"].tolist() == ["A"]
    assert found.loc[0, ["paid_min", "work_min"]].tolist() == [450, 450]
