"""The store: what goes in comes out, a later import wins, a run is found again or its absence told."""

from __future__ import annotations

import os
import sqlite3
from datetime import date

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import InputError, MissingError, StoreBusyError, TableError
from wfm.store import database
from wfm.store.facts import Counts
from wfm.store.published import PublishedVersion
from wfm.store.runs import RunRecord
from wfm.store.schema import METADATA
from wfm.store.store import Store
from wfm.tables.forecast import FORECAST
from wfm.tables.history import HISTORY
from wfm.tables.roster import VIOLATION
from wfm.time.week import Period

WEEK = Period(date(2026, 11, 23), 7)


def history(offered: list[float], start: str = "2026-11-23T08:00Z", queue: str = "general") -> pd.DataFrame:
    starts = pd.date_range(start, periods=len(offered), freq="30min")
    return HISTORY.check(pd.DataFrame({"queue": queue, "interval_start": starts, "offered": offered}))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path) -> Store:
    """An empty store; PostgreSQL where WFM_TEST_POSTGRESQL is the URL of a database that may be emptied."""
    if request.param == "sqlite":
        return Store.open(f"sqlite:///{tmp_path / 'wfm.db'}")
    url = os.environ.get("WFM_TEST_POSTGRESQL")
    if url is None:
        pytest.skip("WFM_TEST_POSTGRESQL names no database")
    with database.writing(database.engine_of(url)) as connection:
        METADATA.drop_all(connection)
        connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
    return Store.open(url)


def test_history_is_new_then_the_same_then_changed(store):
    assert store.write_history(history([1, 2, np.nan])) == Counts(new=3, changed=0, same=0)
    assert store.write_history(history([1, 2, np.nan])) == Counts(new=0, changed=0, same=3)
    assert store.write_history(history([1, 5, 0, 7])) == Counts(new=1, changed=2, same=1)
    assert store.history()["offered"].tolist() == [1, 5, 0, 7]


def test_zero_and_unknown_stay_apart(store):
    store.write_history(history([0, np.nan]))
    offered = store.history()["offered"]
    assert offered[0] == 0
    assert np.isnan(offered[1])


def test_history_is_cut_half_open_by_queue_and_time(store):
    store.write_history(pd.concat([history([1, 2, 3]), history([9], queue="vip")]))
    start, end = pd.Timestamp("2026-11-23T16:30+08:00"), pd.Timestamp("2026-11-23T09:00Z")
    assert store.history(["general"], start, end)["offered"].tolist() == [2]
    assert store.history([])["offered"].tolist() == []
    assert store.history(start=end)["offered"].tolist() == [3]


def test_a_frame_against_the_contract_leaves_the_store_as_it_was(store):
    store.write_history(history([1, 2]))
    before = store.history()
    with pytest.raises(TableError, match="out of bounds"):
        store.write_history(pd.concat([history([8, 9]).assign(offered=[8, -9])]))
    pd.testing.assert_frame_equal(store.history(), before)


def test_a_broken_second_table_keeps_the_whole_run_out(store):
    good, bad = history([1.0, 2.0]), history([1.0]).rename(columns={"offered": "agents"}).assign(agents=-1.0)
    forecast = good[["queue", "interval_start"]].assign(mean=good["offered"])
    with pytest.raises(TableError):
        store.write_run(
            RunRecord("forecast", WEEK),
            {"forecast": forecast, "requirement": bad[["queue", "interval_start", "agents"]]},
        )
    assert store.runs() == []


def test_a_run_comes_back_with_its_record_and_tables(store):
    forecast = FORECAST.check(
        history([1.0, 2.0])[["queue", "interval_start"]].assign(
            mean=[0.1 + 0.2, 1e-300],
            aht_s=[np.nan, 300.0],
            model=["平均", None],
            origin=pd.Timestamp("2026-11-22T16:00Z"),
        )
    )
    record = RunRecord(
        "forecast",
        WEEK,
        parameters={"weeks": 2, "queue": ["投诉"]},
        seed=7,
        inputs={"history": "ab"},
        status="interrupted",
        note="stopped",
        author="ada",
        versions={"wfm": "0"},
        created_at=pd.Timestamp("2026-11-22T20:00:00.123456Z"),
    )
    run_id = store.write_run(record, {"forecast": forecast})
    found = store.run("forecast")
    assert found.id == run_id
    assert {**vars(found), "id": None} == vars(record)
    pd.testing.assert_frame_equal(store.read("forecast", run_id), forecast, check_exact=True)
    assert store.read("coverage", run_id).empty


def test_rows_that_may_repeat_keep_their_number(store):
    row = {
        "rule": "rest",
        "agent": None,
        "when": pd.NaT,
        "found": 8.0,
        "limit": 11.0,
        "unit": "h",
        "hard": True,
        "sentence": "s",
    }
    twice = VIOLATION.check(pd.DataFrame([row, row]))
    run_id = store.write_run(RunRecord("roster", WEEK), {"violation": twice})
    pd.testing.assert_frame_equal(store.read("violation", run_id), twice)


def test_the_latest_run_that_covers_all_days_is_found(store):
    month = store.write_run(RunRecord("forecast", Period(date(2026, 11, 1), 30)), {})
    week = store.write_run(RunRecord("forecast", WEEK), {})
    assert store.run("forecast").id == week
    assert store.run("forecast", covering=Period(date(2026, 11, 9), 7)).id == month
    assert store.run("forecast", covering=WEEK).id == week
    assert store.run("forecast", run_id=month).id == month
    assert [run.id for run in store.runs("forecast", most=1)] == [week]


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        ({"kind": "forecast"}, "wfm forecast"),
        ({"kind": "roster", "covering": WEEK}, "wfm schedule --week 2026-11-23"),
        ({"kind": "requirement", "run_id": 99}, "--run"),
    ],
)
def test_a_run_that_is_not_there_says_what_makes_one(store, arguments, mend):
    with pytest.raises(MissingError) as refusal:
        store.run(**arguments)
    assert mend in (refusal.value.mend or "")


def test_a_run_of_another_kind_is_not_taken_for_it(store):
    run_id = store.write_run(RunRecord("forecast", WEEK), {})
    with pytest.raises(MissingError):
        store.run("roster", run_id=run_id)


def test_versions_count_up_and_a_number_is_published_once(store):
    def version(number: int) -> PublishedVersion:
        return PublishedVersion(WEEK, number, {"roster": 3}, pd.Timestamp("2026-11-20T08:00:00.000001Z"), "ada")

    assert store.versions(WEEK.first) == []
    store.publish_version(version(1))
    store.publish_version(version(2))
    with pytest.raises(StoreBusyError, match="published meanwhile"):
        store.publish_version(version(2))
    assert store.versions(WEEK.first) == [version(1), version(2)]
    assert store.versions(date(2026, 11, 30)) == []


def test_the_secret_stays_and_is_long(store):
    assert store.secret() == store.secret()
    assert len(store.secret()) >= 40


def test_a_locked_store_is_busy_and_unchanged(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_PATIENCE_S", 0.2)
    store = Store.open(f"sqlite:///{tmp_path / 'wfm.db'}")
    store.write_history(history([1]))
    other = sqlite3.connect(tmp_path / "wfm.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError, match="another wfm command is writing") as busy:
        store.write_history(history([2]))
    assert busy.value.exit_code == 75
    assert store.history()["offered"].tolist() == [1]  # a writer keeps no reader out
    other.execute("ROLLBACK")
    other.close()
    assert store.write_history(history([2])) == Counts(new=0, changed=1, same=0)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("nonsense", "cannot read the store's URL"),
        ("oracle17://host/wfm", "cannot read the store's URL"),
        ("sqlite:////nowhere/at/all/wfm.db", "cannot use the store"),
    ],
)
def test_a_url_that_leads_nowhere_is_refused(url, what):
    with pytest.raises(InputError, match=what):
        Store.open(url)


def test_a_file_that_is_no_store_is_refused(tmp_path):
    (tmp_path / "wfm.db").write_text("these are not the tables you are looking for" * 100)
    with pytest.raises(InputError, match="cannot use the store"):
        Store.open(f"sqlite:///{tmp_path / 'wfm.db'}")


def test_a_password_is_never_shown(monkeypatch):
    engine = database.engine_of("sqlite://")
    monkeypatch.setattr(
        engine, "url", engine.url.set(drivername="postgresql", username="u", password="s3cret", host="h")
    )
    assert "s3cret" not in Store(engine).place


instants = st.datetimes(pd.Timestamp("1900-01-01").to_pydatetime(), pd.Timestamp("2200-01-01").to_pydatetime())
numbers = st.one_of(st.none(), st.floats(0, allow_infinity=False, allow_nan=False))


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), instants),
        st.tuples(numbers, numbers),
        max_size=8,
    )
)
def test_every_value_comes_back_to_the_last_digit(rows):
    store = Store.open("sqlite://")
    frame = FORECAST.check(
        pd.DataFrame(
            {
                "queue": pd.Series([queue for queue, _ in rows], dtype=object),
                "interval_start": pd.DatetimeIndex([at for _, at in rows], dtype="datetime64[us]").tz_localize("UTC"),
                "mean": pd.Series([mean or 0.0 for mean, _ in rows.values()], dtype="float64"),
                "aht_s": pd.Series([aht for _, aht in rows.values()], dtype="float64"),
            }
        )
    )
    run_id = store.write_run(RunRecord("forecast", WEEK), {"forecast": frame})
    pd.testing.assert_frame_equal(store.read("forecast", run_id), frame, check_exact=True)


counts = st.one_of(st.just(np.nan), st.integers(0, 2**53 - 1).map(float))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(counts, min_size=1, max_size=6), min_size=1, max_size=4))
def test_the_last_import_of_each_interval_wins(imports):
    store = Store.open("sqlite://")
    expected: dict[int, float] = {}
    for values in imports:
        store.write_history(history(values))
        expected.update(enumerate(values))
        assert store.write_history(history(values)) == Counts(0, 0, len(values))
    np.testing.assert_array_equal(store.history()["offered"], [expected[place] for place in range(len(expected))])
