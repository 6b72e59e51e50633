"""People in the store: the state of every day can be had again."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import TableError
from wfm.store.facts import Counts
from wfm.store.store import Store
from wfm.tables.people import AGENTS, PREFERENCES

FIRST = date(2026, 11, 1)


def wishes(**weights: float) -> pd.DataFrame:
    return PREFERENCES.check(
        pd.DataFrame(
            {
                "agent": pd.Series(list(weights), dtype=object),
                "weekday": "monday",
                "wish": "off",
                "weight": list(weights.values()),
            }
        )
    )


def agents(*ids: str) -> pd.DataFrame:
    facts = dict.fromkeys(["name", "team", "site", "contract", "skills", "grade"], "x")
    return AGENTS.check(pd.DataFrame({"id": pd.Series(ids, dtype=object), **facts}))


def store_of(*ids: str) -> Store:
    """A store that knows these agents since ever."""
    store = Store.open("sqlite://")
    store.write_people("agents", agents(*ids), FIRST)
    return store


def test_who_leaves_takes_his_wishes_along_and_nobody_trips_over_them():
    store = store_of("ada", "ben")
    store.write_people("preferences", wishes(ada=1, ben=2), FIRST)
    store.write_people("agents", agents("ada"), FIRST + timedelta(days=9))
    before, after = (store.people_tables(FIRST + timedelta(days=day))["preferences"] for day in (8, 9))
    assert before["agent"].tolist() == ["ada", "ben"]
    assert after["agent"].tolist() == ["ada"]


def test_the_first_state_holds_for_days_before_it_too():
    store = store_of("ada", "ben", "cleo")
    store.write_people("preferences", wishes(ada=1), FIRST)
    assert store.people_tables(FIRST - timedelta(days=500))["preferences"]["agent"].tolist() == ["ada"]


def test_wishes_for_dates_are_told_apart_and_end_one_by_one():
    """Weekday, date and template may be missing, and are part of what a wish is about all the same."""
    told = PREFERENCES.check(
        pd.DataFrame(
            {
                "agent": "ada",
                "weekday": ["monday", None, None, None],
                "day": [None, "2026-12-07", "2026-12-14", "2026-12-14"],
                "wish": ["off", "on", "on", "on"],
                "template": [None, None, "early", "late"],
            }
        )
    )
    store = store_of("ada")
    assert store.write_people("preferences", told, FIRST).new == 4
    fewer = told[told["template"] != "late"]
    assert store.write_people("preferences", fewer, FIRST + timedelta(days=9)) == Counts(new=0, changed=0, same=3)
    before, after = (store.people_tables(FIRST + timedelta(days=day))["preferences"] for day in (8, 9))
    pd.testing.assert_frame_equal(before, told)
    pd.testing.assert_frame_equal(after, PREFERENCES.check(fewer))


def test_an_import_closes_what_it_does_not_name():
    store = store_of("ada", "ben", "cleo")
    store.write_people("preferences", wishes(ada=1, ben=2), FIRST)
    counts = store.write_people("preferences", wishes(ada=1, ben=3, cleo=1), FIRST + timedelta(days=9))
    assert counts == Counts(new=1, changed=1, same=1)
    before, after = (store.people_tables(FIRST + timedelta(days=day))["preferences"] for day in (8, 9))
    assert dict(zip(before["agent"], before["weight"], strict=True)) == {"ada": 1, "ben": 2}
    assert dict(zip(after["agent"], after["weight"], strict=True)) == {"ada": 1, "ben": 3, "cleo": 1}


def test_a_frame_against_the_contract_changes_nobody():
    store = store_of("ada", "ben", "cleo")
    store.write_people("preferences", wishes(ada=1), FIRST)
    with pytest.raises(TableError):
        store.write_people("preferences", wishes(ada=1).assign(wish="holiday"), FIRST + timedelta(days=1))
    assert store.people_tables(date(2030, 1, 1))["preferences"]["wish"].tolist() == ["off"]


states = st.dictionaries(st.sampled_from(["ada", "ben", "cleo"]), st.sampled_from([1.0, 2.0]), max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), states), min_size=1, max_size=6))
def test_each_day_has_the_state_of_the_import_that_reigns_over_it(imports):
    """Against a plain list of days: an import sets its own day and all that follow, the first one all days."""
    store = store_of("ada", "ben", "cleo")
    days: list[dict[str, float]] = [{}] * 12
    ever = False
    for offset, state in imports:
        store.write_people("preferences", wishes(**state), FIRST + timedelta(days=offset))
        begin = offset if ever else 0
        days[begin:] = [state] * (12 - begin)
        ever = ever or bool(state)
        again = store.write_people("preferences", wishes(**state), FIRST + timedelta(days=offset))
        assert (again.new, again.changed) == (0, 0)
    for day, state in enumerate(days):
        found = store.people_tables(FIRST + timedelta(days=day))["preferences"]
        assert dict(zip(found["agent"], found["weight"], strict=True)) == state
