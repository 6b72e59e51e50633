"""What changed for whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wfm.errors import InputError
from wfm.publishing.diff import COLUMNS, diff, kind_of_change
from wfm.publishing.shift_view import shift_views
from wfm.tables.roster import ROSTER


def told(week, after):
    changes = diff(week.roster, ROSTER.check(after), week.people, week.centre)
    assert changes.columns.tolist() == COLUMNS
    return changes.assign(work_date=changes["work_date"].dt.strftime("%m-%d")).to_numpy().tolist()


def test_nothing_changed(week):
    assert told(week, week.roster) == []


def test_a_moved_shift_shows_both_times_on_its_site_clock(week):
    after = week.roster.copy()
    after.loc[after["agent"] == "jun", ["start", "end"]] += pd.Timedelta(minutes=30)
    assert told(week, after) == [["jun", "王俊喆", "03-24", "moved", "09:00–17:30", "09:30–18:00"]]


def test_a_moved_break_leaves_the_hours(week):
    after = week.roster.copy()
    lin = after.index[after["agent"] == "lin"]
    shift = pd.Timedelta(minutes=15)
    after.loc[lin[0], "end"] += shift
    after.loc[lin[1], ["start", "end"]] += shift
    after.loc[lin[2], "start"] += shift
    assert told(week, after) == [["lin", "林小红", "03-27", "breaks", "09:00–17:30", "09:00–17:30"]]


def test_added_and_cancelled_shifts(week):
    after = week.roster[week.roster["agent"] != "eve"]
    assert told(week, after) == [["eve", "<script>alert(1)</script>", "03-28", "cancelled", "22:00–06:00 +1", ""]]
    back = diff(after, week.roster, week.people, week.centre)
    assert back[["kind", "before", "after"]].to_numpy().tolist() == [["added", "", "22:00–06:00 +1"]]


def test_a_shift_that_becomes_an_absence_is_cancelled_without_saying_why(week):
    after = week.roster.copy()
    sick = after["agent"] == "lin"
    after.loc[sick, "activity"] = "sick"
    assert told(week, after) == [["lin", "林小红", "03-27", "cancelled", "09:00–17:30", "away"]]


def test_every_agents_day_is_looked_at_and_only_what_is_seen_counts(week):
    """Against a comparison of everything, whatever the order of rows; a template's name changes nothing for anybody."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        after = week.roster.sample(frac=rng.uniform(0.3, 1), random_state=int(rng.integers(1e6))).copy()
        moved = rng.random(len(after)) < 0.3
        after.loc[moved, ["start", "end"]] += pd.Timedelta(minutes=15)
        after["template"] = "renamed"
        after = ROSTER.check(after.drop_duplicates(["agent", "start"]))
        old, new = (shift_views(table, week.centre, week.people) for table in (week.roster, after))
        kinds = {key: kind_of_change(old.get(key), new.get(key)) for key in old.keys() | new.keys()}
        changes = diff(week.roster, after, week.people, week.centre)
        found = zip(changes["agent"], changes["work_date"].dt.date, changes["kind"], strict=True)
        assert sorted(found) == sorted((*key, kind) for key, kind in kinds.items() if kind)


def test_an_agent_whom_nobody_knows_is_named_also_where_nothing_changed(week):
    stranger = week.roster.assign(agent=week.roster["agent"].replace("lin", "stranger"))
    with pytest.raises(InputError, match="stranger"):
        diff(stranger, stranger, week.people, week.centre)
