"""Rosters edited by hand: what only a table can get wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from scheduling.audit import audit

ONE = [{"id": "li", "name": "Li Wei"}]


def broken(roster, policy, staff, week):
    return audit(roster, policy, staff, week).violations


@pytest.mark.parametrize(
    ("shifts", "rule"),
    [
        ([("li", "2026-11-23 08:00", "2026-11-23 16:00")], None),
        ([("li", "2026-11-23 08:07", "2026-11-23 15:52")], None),
        ([("xu", "2026-11-23 08:00", "2026-11-23 16:00")], "known_agent"),
        ([("li", "2026-11-22 08:00", "2026-11-22 16:00")], "work_date"),
        ([("li", "2026-11-23 08:00", "2026-11-23 12:00"), ("li", "2026-11-23 11:00", "2026-11-23 16:00")], "overlap"),
        ([("li", "2026-11-23 16:00", "2026-11-23 08:00")], "span"),
    ],
)
def test_form(centre, people, roster, week, shifts, rule):
    policy = centre()
    found = broken(roster(shifts), policy, people(policy, ONE), week)
    assert set(found["rule"]) == ({rule} if rule else set())


def test_a_skill_that_the_agent_lacks(centre, people, roster, week):
    policy = centre(queues=[{"id": "general"}, {"id": "vip"}])
    table = roster([("li", "2026-11-23 08:00", "2026-11-23 16:00")], skill_set="general+vip")
    found = broken(table, policy, people(policy, ONE), week)
    assert found["sentence"].tolist() == ["Li Wei: works on vip from Monday 23 November on, without the skill"]


def test_a_break_that_the_template_asks_for(centre, people, roster, week):
    rest = [{"minutes": 15, "window_h": (1, 2)}]
    policy = centre(shift_templates=[{"id": "day", "start": "08:00", "lengths_h": [8], "breaks": rest}])
    staff = people(policy, ONE)
    whole = roster([("li", "2026-11-23 08:00", "2026-11-23 16:00")], template="day")
    assert set(broken(whole, policy, staff, week)["rule"]) == {"breaks"}

    def with_break(start, end):
        parts = [("2026-11-23 08:00", start, "work"), (start, end, "break"), (end, "2026-11-23 16:00", "work")]
        return pd.concat([roster([("li", a, b)], activity=kind, template="day") for a, b, kind in parts])

    assert broken(with_break("2026-11-23 09:30", "2026-11-23 09:45"), policy, staff, week).empty
    assert set(broken(with_break("2026-11-23 11:00", "2026-11-23 11:15"), policy, staff, week)["rule"]) == {"breaks"}


def test_what_was_honoured_is_said(centre, people, roster, week):
    policy = centre()
    found = audit(roster([("li", "2026-11-23 08:00", "2026-11-23 16:00")]), policy, people(policy, ONE), week)
    honoured = found.honoured.set_index("rule")
    assert honoured.loc["daily_rest", ["checked", "ok"]].tolist() == [1, 1]
    assert found.legal
