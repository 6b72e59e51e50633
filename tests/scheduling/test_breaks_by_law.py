"""Breaks by law: hand-worked shifts against the presets, pauses read from tables, and windows narrowed to the law."""

from __future__ import annotations

from datetime import date
from itertools import product

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.checking.audit import audit
from scheduling.person.lawful import narrowed
from scheduling.roster import schedule
from scheduling.staff.duty import BreakWindow, Duty, Rest
from scheduling.staff.pauses import pauses_of
from wfm.policy.hours import BreakLaw
from wfm.tables.roster import ROSTER, shifts
from wfm.time.week import Period

MONDAY = Period(date(2026, 11, 23), 1)
ONE = [{"id": "li", "name": "Li Wei"}]


def shift_with(roster, start, end, breaks):
    """Li's shift on Monday with (start, end, paid) breaks, as segments."""
    at = "2026-11-23 "
    marks = [start, *(mark for rest in breaks for mark in rest[:2]), end]
    work = roster([("li", at + marks[k], at + marks[k + 1]) for k in range(0, len(marks), 2)])
    rests = [roster([("li", at + a, at + b)], activity="break").assign(paid=paid) for a, b, paid in breaks]
    return ROSTER.check(pd.concat([work, *rests], ignore_index=True))


def breaches(centre, people, roster, preset, start, end, breaks):
    policy = centre(
        rules={"preset": preset}, contracts=[{"id": "full", "hours_week": 60, "min_hours_week": 0}], shift_templates=[]
    )
    found = audit(shift_with(roster, start, end, breaks), policy, people(policy, ONE), MONDAY).violations
    return found.loc[found["rule"] == "breaks_by_law", "sentence"].tolist()


LUNCH, LATE_LUNCH = ("12:00", "12:30", False), ("13:15", "13:45", False)
REST, SECOND_REST = ("10:00", "10:15", True), ("15:00", "15:15", True)

CASES = [
    # Germany: up to 6 h none; 6 to 9 h 30 minutes, over 9 h 45, in parts of 15; never over 6 h without.
    ("de-arbzg", "08:00", "14:00", [], []),
    ("de-arbzg", "08:00", "14:15", [], ["0 minutes of break", "6.25 h of work"]),
    ("de-arbzg", "08:00", "16:30", [LUNCH], []),
    ("de-arbzg", "08:00", "16:30", [("10:00", "10:15", False), ("14:00", "14:15", False)], []),
    ("de-arbzg", "08:00", "16:30", [("10:00", "10:10", False), LUNCH], []),
    ("de-arbzg", "08:00", "16:30", [("10:00", "10:10", False), ("12:00", "12:20", False)], ["20 minutes of break"]),
    ("de-arbzg", "08:00", "16:30", [("14:15", "14:45", False)], ["6.25 h of work"]),
    ("de-arbzg", "08:00", "18:00", [LUNCH], ["30 minutes of break"]),
    ("de-arbzg", "08:00", "18:00", [LUNCH, ("15:00", "15:15", False)], []),
    # United Kingdom: over 6 h, 20 minutes at a stretch.
    ("uk-wtr", "08:00", "14:00", [], []),
    ("uk-wtr", "08:00", "15:00", [("11:00", "11:20", True)], []),
    ("uk-wtr", "08:00", "15:00", [("10:00", "10:15", True), ("12:00", "12:15", True)], ["0 minutes of break in parts"]),
    # European Union: over 6 h, one.
    ("eu-wtd", "08:00", "15:00", [], ["0 minutes of break"]),
    ("eu-wtd", "08:00", "15:00", [("11:00", "11:15", True)], []),
    # California: meal of 30 minutes before the end of the fifth hour, a paid rest of 10 minutes for each 4 h.
    ("us-ca", "08:00", "11:30", [], []),
    ("us-ca", "08:00", "13:00", [REST], []),
    ("us-ca", "08:00", "13:00", [], ["0 minutes of paid break"]),
    ("us-ca", "08:00", "16:30", [REST, LUNCH, SECOND_REST], []),
    ("us-ca", "08:00", "16:30", [REST, ("13:00", "13:30", False), SECOND_REST], []),
    (
        "us-ca",
        "08:00",
        "16:30",
        [REST, LATE_LUNCH, SECOND_REST],
        ["break number 1 on Monday 23 November begins 5.25"],
    ),
    ("us-ca", "08:00", "16:30", [REST, LUNCH], ["15 minutes of paid break", "1 paid breaks"]),
    ("us-ca", "08:00", "19:00", [REST, LUNCH, SECOND_REST, ("17:30", "17:45", True)], ["30 minutes of b", "1 breaks"]),
    ("us-ca", "08:00", "19:30", [REST, LUNCH, SECOND_REST, ("17:00", "17:30", False), ("18:30", "18:40", True)], []),
    # None are asked for by the federal act, or by the shipped Chinese rules.
    ("us-flsa", "08:00", "20:00", [], []),
    ("cn-standard", "08:00", "16:00", [], []),
]


@pytest.mark.parametrize(("preset", "start", "end", "breaks", "told"), CASES)
def test_hand_worked_shifts(preset, start, end, breaks, told, centre, people, roster):
    found = breaches(centre, people, roster, preset, start, end, breaks)
    assert len(found) == len(told), found
    for sentence, part in zip(sorted(found), sorted(told), strict=True):
        assert sentence.startswith("Li Wei: " + part)


def test_without_the_law_nobody_gets_a_break_and_with_it_everybody_does(centre, people, requirement):
    bare = {"id": "bare", "start": "08:00", "lengths_h": [8]}
    fed = {
        "id": "fed", "start": "08:00", "lengths_h": [8.5],
        "breaks": [{"kind": "lunch", "minutes": 30, "window_h": [1, 7.5], "paid": False}],
    }  # fmt: skip
    free = centre(shift_templates=[bare, fed])
    ruled = centre(shift_templates=[bare, fed], rules={"preset": "de-arbzg"})
    need, staff = requirement(MONDAY, (8, 16), 1.0), people(free, ONE)
    without = schedule(need, free, staff, MONDAY, seconds=1)
    assert shifts(without.roster)["template"].tolist() == ["bare"]
    assert "breaks_by_law" in set(audit(without.roster, ruled, staff, MONDAY).violations["rule"])
    solved = schedule(need, ruled, staff, MONDAY, seconds=1)
    assert shifts(solved.roster)["template"].tolist() == ["fed"]
    assert audit(solved.roster, ruled, staff, MONDAY).legal
    lunch = solved.roster[solved.roster["activity"] == "lunch"].iloc[0]
    into_h = (lunch["start"] - shifts(solved.roster)["start"].iloc[0]).total_seconds() / 3600
    assert 2 <= into_h <= 6


def test_a_soft_law_costs_and_is_told(centre, people, requirement):
    policy = centre(
        shift_templates=[{"id": "bare", "start": "08:00", "lengths_h": [8]}],
        rules={"breaks": [{"over_h": 6, "minutes": 20}], "soft": {"breaks_by_law": 0.5}},
    )
    staff = people(policy, ONE)
    solved = schedule(requirement(MONDAY, (8, 16), 1.0), policy, staff, MONDAY, seconds=1)
    assert len(shifts(solved.roster)) == 1
    assert solved.terms["soft_rules"] == pytest.approx(20 * 0.5)
    found = audit(solved.roster, policy, staff, MONDAY).violations
    assert found[["rule", "hard", "found", "limit"]].to_numpy().tolist() == [["breaks_by_law", False, 0.0, 20.0]]


def test_pauses_are_breaks_and_gaps(roster):
    table = pd.concat(
        [
            roster([("li", "2026-11-23 08:00", "2026-11-23 10:00"), ("li", "2026-11-23 10:15", "2026-11-23 12:00")]),
            roster([("li", "2026-11-23 10:00", "2026-11-23 10:15")], activity="break"),
            roster([("li", "2026-11-23 12:30", "2026-11-23 14:00"), ("bo", "2026-11-23 07:00", "2026-11-23 08:00")]),
        ]
    )
    assert pauses_of(table) == [(), (Rest(120, 120, 15, True), Rest(240, 240, 30, False))]


@st.composite
def shifts_under_law(draw):
    length = draw(st.integers(16, 48))
    count = draw(st.integers(1, 3))
    windows, free = [], 400
    for _ in range(count):
        first = free + draw(st.integers(0, 12))
        step = draw(st.sampled_from([1, 2]))
        last = first + step * draw(st.integers(0, 8))
        slots = draw(st.integers(1, 3))
        if last + slots > 400 + length:
            break
        windows.append(BreakWindow("break", first, last, slots, draw(st.booleans()), step))
        free = last + slots
    unpaid = sum(window.slots for window in windows if not window.paid)
    duty = Duty(0, "t", 6000, 6000 + 15 * length, 480, 480 + 15 * length, 15 * (length - unpaid), tuple(windows))
    laws = [
        BreakLaw(
            over_h=draw(st.sampled_from([4, 6, 9])),
            minutes=draw(st.sampled_from([15, 30, 45])),
            part_min=15,
            count=draw(st.integers(1, 2)),
            by_h=draw(st.sampled_from([None, 3, 5])),
            stretch_h=draw(st.sampled_from([None, 4, 6])),
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    return duty, laws


def keeps(duty, places, law):
    """The law in plain words, over the minutes of a shift with its breaks where they are."""
    if duty.paid_min <= law.over_h * 60:
        return True
    pauses = sorted(
        (15 * place - duty.starts, 15 * window.slots) for place, window in zip(places, duty.breaks, strict=True)
    )
    if sum(minutes for _, minutes in pauses) < law.minutes or len(pauses) < law.count:
        return False
    if law.by_h is not None and pauses[law.count - 1][0] > law.by_h * 60:
        return False
    if law.stretch_h is None:
        return True
    resting = {minute for at, minutes in pauses for minute in range(at, at + minutes)}
    longest = run = 0
    for minute in range(duty.ends - duty.starts):
        run = 0 if minute in resting else run + 1
        longest = max(longest, run)
    return longest <= law.stretch_h * 60


@settings(max_examples=150, deadline=None)
@given(shifts_under_law())
def test_every_placement_of_a_shift_that_the_rule_allows_keeps_the_law(case):
    from scheduling.rules.agent.breaks_by_law import demands

    duty, laws = case
    made = narrowed(duty, laws)
    starts = [range(window.first, window.last + 1, window.step) for window in made.breaks]
    allowed = all(
        value is None or demand.bound.excess(value) == 0
        for law in laws
        for demand in demands(law)
        for value in [demand.trait(made)]
    )
    kept = [all(keeps(made, places, law) for law in laws) for places in product(*starts)]
    assert allowed == all(kept)
    for old, new in zip(duty.breaks, made.breaks, strict=True):
        assert old.first <= new.first <= new.last <= old.last
        assert (new.first - old.first) % old.step == (new.last - old.first) % old.step == 0
    if allowed and len(laws) == 1:
        # Narrowing keeps what was legal at once: a shift without a bad placement stays as it was.
        whole = product(*(range(window.first, window.last + 1, window.step) for window in duty.breaks))
        if all(keeps(duty, places, laws[0]) for places in whole):
            assert made == duty
