"""Days pieced together from several runs, and the weeks before a period as they were told to agents."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.commands.rosters import roster_before, roster_of, tell_gap
from wfm.errors import MissingError
from wfm.store.pieces import first_missing, pieces
from wfm.store.published import PublishedVersion
from wfm.store.runs import RunRecord
from wfm.store.workspace import create_workspace, example_files, open_workspace
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import ROSTER
from wfm.time.week import Period

MONDAY = date(2026, 11, 2)


def days(at: int, count: int) -> Period:
    return Period(MONDAY + timedelta(days=at), count)


@given(
    spans=st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), max_size=6),
    asked=st.tuples(st.integers(0, 20), st.integers(1, 20)),
)
def test_every_day_is_of_the_first_run_that_covers_it(spans, asked) -> None:
    runs = [RunRecord("roster", days(*span), id=at) for at, span in enumerate(spans)]
    period = days(*asked)
    found = {part.first + timedelta(days=at): run.id for run, part in pieces(runs, period) for at in range(part.days)}
    for at in range(period.days):
        day = period.first + timedelta(days=at)
        covering = [run.id for run in runs if run.period.first <= day <= run.period.last]
        assert found.get(day) == (covering[0] if covering else None)
    missing = sorted({(period.first + timedelta(days=at)) for at in range(period.days)} - set(found))
    assert first_missing(pieces(runs, period), period) == (missing[0].isoformat() if missing else None)


@pytest.fixture
def place(tmp_path):
    create_workspace(tmp_path / "centre", example_files())
    return open_workspace(tmp_path / "centre")


def roster(period: Period, hour: int) -> pd.DataFrame:
    """One agent at work for an hour of every day, from ``hour`` UTC."""
    dates = period.dates()
    start = pd.DatetimeIndex(dates + pd.Timedelta(hours=hour)).tz_localize("UTC")
    frame = pd.DataFrame({"agent": "a1", "start": start, "end": start + pd.Timedelta(hours=1), "work_date": dates})
    return ROSTER.check(frame.assign(activity="work", paid=True))


def store(place, period: Period, hour: int) -> int:
    return place.store.write_run(RunRecord("roster", period), {"roster": roster(period, hour)})


def test_the_weeks_before_are_the_published_ones(place) -> None:
    assert roster_before(place, days(28, 7)) is None
    first = store(place, days(0, 14), 8)
    store(place, days(7, 7), 9)  # a draft that was never published
    store(place, days(14, 14), 10)
    version = PublishedVersion(days(0, 14), 1, {"roster": first}, pd.Timestamp.now("UTC").as_unit("us"), "me")
    place.store.publish_version(version)
    before = roster_before(place, days(28, 7))
    assert before["start"].dt.hour.tolist() == [8] * 14 + [10] * 14
    assert before["work_date"].is_unique
    store(place, days(28, 14), 11)
    assert roster_before(place, days(14 + 28, 7))["start"].dt.hour.tolist() == [10] * 14 + [11] * 14  # four weeks


def test_what_is_known_ends_with_the_first_day_of_no_roster(place, capsys) -> None:
    tell_gap(place, days(28, 7))
    assert capsys.readouterr().err == ""  # a new centre has nothing to be told
    store(place, days(7, 7), 8)
    store(place, days(17, 11), 9)
    before = roster_before(place, days(28, 7))
    assert before["work_date"].tolist() == list(days(17, 11).dates())
    tell_gap(place, days(28, 7))
    assert (
        "no roster is stored for 2026-11-16 to 2026-11-18: what was worked before 2026-11-19" in capsys.readouterr().err
    )
    tell_gap(place, days(14, 7))
    assert roster_before(place, days(14, 7))["work_date"].tolist() == list(days(7, 7).dates())
    assert capsys.readouterr().err == ""


def test_of_a_week_stored_in_part_nothing_is_taken_for_days_off(place, capsys) -> None:
    """Monday to Saturday are stored, and Monday is planned: what Sunday was nobody knows."""
    store(place, days(0, 6), 8)
    assert roster_before(place, days(7, 7)) is None
    tell_gap(place, days(7, 7))
    assert "no roster is stored for 2026-11-08: what" in capsys.readouterr().err


def test_a_week_is_cut_out_of_a_longer_roster_and_its_own_days_come_before_it(place) -> None:
    month = store(place, days(0, 28), 8)
    run, week = roster_of(place, days(7, 7))
    assert run.number == month
    assert week["work_date"].tolist() == list(days(7, 7).dates())
    store(place, days(0, 7), 9)
    assert set(roster_before(place, days(7, 7), run)["start"].dt.hour) == {8}
    assert set(roster_before(place, days(7, 7))["start"].dt.hour) == {9}


def test_a_requirement_is_pieced_together_day_by_day(place) -> None:
    queue = place.centre.queues[0].id

    def need(period: Period, agents: float) -> pd.DataFrame:
        noon = pd.DatetimeIndex(period.dates() + pd.Timedelta(hours=12)).tz_localize(place.centre.zone_of(queue))
        return REQUIREMENT.check(
            pd.DataFrame({"queue": queue, "interval_start": noon.tz_convert("UTC"), "agents": agents})
        )

    for at, agents in ((0, 1.0), (7, 2.0), (14, 3.0)):
        place.store.write_run(RunRecord("requirement", days(at, 7)), {"requirement": need(days(at, 7), agents)})
    run, table = place.planned("requirement", days(5, 14))
    assert table["agents"].tolist() == [1.0] * 2 + [2.0] * 7 + [3.0] * 5
    assert run.period == days(14, 7)
    with pytest.raises(MissingError, match="none on 2026-11-23"):
        place.planned("requirement", days(5, 28))
    with pytest.raises(MissingError, match="no requirement covers"):
        place.planned("requirement", days(70, 7))
