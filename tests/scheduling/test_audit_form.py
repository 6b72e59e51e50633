"""Rosters edited by hand: what only a table can get wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from scheduling.checking.audit import audit

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


def test_templates_that_are_unknown_forbidden_or_bent(centre, people, roster, week):
    contract = {"id": "full", "hours_week": 40, "min_hours_week": 0, "max_days_week": 5, "templates": ["early"]}
    policy = centre(contracts=[contract])
    staff = people(policy, ONE)

    def found(start, end, template):
        shift = [("li", f"2026-11-23 {start}", f"2026-11-23 {end}")]
        table = broken(roster(shift, template=template), policy, staff, week)
        assert set(table["rule"]) <= {"template"}
        said = "Li Wei: the shift on Monday 23 November "
        return [(hard, text.removeprefix(said)) for hard, text in zip(table["hard"], table["sentence"], strict=True)]

    assert found("06:00", "14:00", "early") == []
    assert found("14:00", "22:00", "late") == [(True, "is of template late, no part of contract full")]
    assert found("06:00", "14:00", "dawn") == [(False, "is of template dawn, which the policy does not know")]
    assert found("06:15", "14:15", "early") == [(False, "starts at 06:15, template early at 06:00")]
    assert found("06:00", "15:30", "early") == [(False, "lasts 9.5 h, template early 8 h")]


def test_two_breaks_of_a_kind_need_two_breaks(centre, people, roster, week):
    """One break between the windows of both cannot serve twice, however many shifts there are."""
    rests = [{"minutes": 15, "window_h": (1, 3)}, {"minutes": 15, "window_h": (3.25, 5)}]
    policy = centre(shift_templates=[{"id": "day", "start": "08:00", "lengths_h": [8], "breaks": rests}])
    staff = people(policy, [*ONE, {"id": "xu"}])

    def day(agent, *breaks):
        at, parts = "08:00", []
        for start, end in breaks:
            parts += [(at, start, "work"), (start, end, "break")]
            at = end
        return [
            roster([(agent, f"2026-11-23 {a}", f"2026-11-23 {b}")], activity=kind, template="day")
            for a, b, kind in [*parts, (at, "16:00", "work")]
        ]

    both = [("09:30", "09:45"), ("12:00", "12:15")]
    table = pd.concat([*day("li", *both), *day("xu", both[0])])
    assert broken(table, policy, staff, week)["agent"].tolist() == ["xu"]
    assert broken(pd.concat([*day("li", *both), *day("xu", *both)]), policy, staff, week).empty


def test_wishes_are_counted_beside_the_rules(centre, people, roster, week):
    policy = centre()
    wishes = [
        {"agent": "li", "weekday": "monday", "wish": "off", "weight": 1.0},
        {"agent": "li", "weekday": "tuesday", "wish": "off", "weight": 1.0},
    ]
    staff = people(policy, ONE, preferences=wishes)
    found = audit(roster([("li", "2026-11-23 08:00", "2026-11-23 16:00")]), policy, staff, week).honoured
    assert found.set_index("rule").loc["preferences", "sentence"] == "preferences: 1 of 2 honoured"
