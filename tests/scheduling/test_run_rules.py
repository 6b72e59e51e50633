"""Rules of runs, rests, weekends, successions, starts and patterns: what goes wrong without each, what each says."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.audit import agent_violations, audit
from scheduling.person.atlas import Atlas
from scheduling.roster import schedule
from scheduling.rules.catalogue import agent_rules
from scheduling.staff.horizon import horizon_of
from scheduling.staff.worker import workers_of
from wfm.errors import PolicyError
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import shifts
from wfm.time.grid import interval_grid
from wfm.time.week import Period

ONE = [{"id": "li", "name": "Li Wei"}]
MONDAY = date(2026, 11, 23)
ZONE = "Europe/Berlin"
CONTRACT = {"id": "full", "hours_week": 56, "min_hours_week": 0, "max_hours_week": 56, "max_days_week": 7}
HOURS = {"early": (6, 14), "late": (14, 22), "night": (22, 24)}
START = {"early": 6, "late": 14, "night": 22}


def policy(centre, rules=None, contract=None):
    free = {"daily_rest_h": None, "max_consecutive_days": None}
    return centre(rules={**free, **(rules or {})}, contracts=[{**CONTRACT, **(contract or {})}])


def need_of(wanted, days):
    """One agent in the hours of a template on each (day, template) wanted."""
    grid = interval_grid(MONDAY, days, ZONE, 60)
    local = grid.tz_convert(ZONE)
    agents = pd.Series(0.0, index=range(len(grid)))
    for day, template in wanted:
        first, last = HOURS[template]
        inside = (local.date == MONDAY + timedelta(days=day)) & (local.hour >= first) & (local.hour < last)
        agents[inside] = 1.0
    return REQUIREMENT.check(pd.DataFrame({"queue": "general", "interval_start": grid, "agents": agents}))


def worked(roster, given, agent="li"):
    """A roster of eight-hour shifts, (day from the Monday, template) each."""
    rows = []
    for day, template in given:
        begin = pd.Timestamp(MONDAY + timedelta(days=day)) + pd.Timedelta(hours=START[template])
        rows.append((agent, str(begin), str(begin + pd.Timedelta(hours=8))))
    return roster(rows, template=[template for _, template in given])


def told(table, centre, people, days=7, **options):
    """(rule, sentence) of every violation."""
    found = audit(table, centre, people, Period(MONDAY, days), **options).violations
    return list(zip(found["rule"], found["sentence"], strict=True))


EARLIES = [(day, "early") for day in range(7)]
BAD = [
    ("consecutive_nights", {"max_consecutive_nights": 2}, {}, [(day, "night") for day in range(3)]),
    ("least_days_on", {"min_consecutive_days": 2}, {}, [(1, "early")]),
    ("least_days_off", {"min_days_off": 2}, {}, [(0, "early"), (2, "early")]),
    ("weekends", {"max_weekends": 1}, {}, [(6, "early"), (12, "early")]),
    ("free_weekends", {"free_weekends": {"free": 1, "of": 2}}, {}, [(5, "early"), (12, "early")]),
    ("succession", {"forbidden": [{"after": "late", "never": ["early"]}]}, {}, [(0, "late"), (1, "early")]),
    ("start_consistency", {"start_within_min": 120}, {}, [(0, "early"), (1, "late")]),
    ("start_spread", {}, {"start_spread_min": 120}, [(0, "early"), (2, "late")]),
    ("shift_caps:night", {}, {"most_shifts": {"night": 1}}, [(0, "night"), (2, "night")]),
    ("pattern", {}, {"pattern": ["off", "early"], "pattern_from": MONDAY}, [(0, "early"), (1, "late")]),
    ("weekdays_off", {}, {"weekdays_off": ["monday"]}, [(0, "early"), (1, "early")]),
    ("weekly_rest", {"weekly_rest": {"hours": 35}}, {}, EARLIES),
    ("rolling_rest", {"weekly_rest": {"hours": 35, "days": 7}}, {}, EARLIES),
]


@pytest.mark.parametrize(("rule", "rules", "contract", "wanted"), BAD, ids=[case[0] for case in BAD])
def test_what_happens_without_the_rule_and_with_it(rule, rules, contract, wanted, centre, people):
    days = 7 * (1 + max(day for day, _ in wanted) // 7)
    free, ruled = policy(centre), policy(centre, rules, contract)
    period, need, staff = Period(MONDAY, days), need_of(wanted, days), people(free, ONE)
    without = schedule(need, free, staff, period, seconds=1)
    assert len(shifts(without.roster)) == len(wanted)
    assert {name for name, _ in told(without.roster, ruled, staff, days)} == {rule}
    prevented = schedule(need, ruled, staff, period, seconds=1)
    assert told(prevented.roster, ruled, staff, days) == []
    assert prevented.objective > without.objective
    if rule != "pattern":  # the pattern asks for shifts on other days as well
        assert len(shifts(prevented.roster)) > 0


SAID = [
    (0, "night 3 in a row, at most 2 allowed"),
    (1, "1 working day in a row to Tuesday 24 November, at least 2 agreed"),
    (2, "1 day off before Wednesday 25 November, at least 2 in a row agreed"),
    (3, "2 working weekends in the period, at most 1 allowed"),
    (4, "0 of the 2 weekends to Sunday 6 December are free, at least 1 needed"),
    (5, "a shift early on Tuesday 24 November may not follow the shift late before it"),
    (6, "the shift on Tuesday 24 November starts 480 minutes off the day before's, at most 120 agreed"),
    (7, "starts of the week to Wednesday 25 November lie 480 minutes apart, at most 120 agreed"),
    (8, "2 shifts night in the period, at most 1 agreed"),
    (9, "a shift on Monday 23 November, a day off of the pattern"),
    (10, "a shift on Monday 23 November, a weekday that contract full has off"),
    (11, "no unbroken rest of 35 h in the week to Sunday 29 November"),
    (
        12,
        "the shift on Sunday 29 November is on day 7 since the last rest of 35 h, day 6 is the last for 35 h in 7 days",
    ),
]


@pytest.mark.parametrize(("case", "words"), SAID, ids=[BAD[case][0] for case, _ in SAID])
def test_sentences_have_the_numbers(case, words, centre, people, roster):
    _, rules, contract, wanted = BAD[case]
    ruled = policy(centre, rules, contract)
    days = 7 * (1 + max(day for day, _ in wanted) // 7)
    assert words in told(worked(roster, wanted), ruled, people(ruled, ONE), days)[0][1]


@pytest.mark.parametrize(("rule", "rules", "contract", "wanted"), BAD, ids=[case[0] for case in BAD])
def test_a_price_makes_the_rule_soft(rule, rules, contract, wanted, centre, people, roster):
    file = rule.partition(":")[0]
    ruled = policy(centre, {**rules, "soft": {file: 3.0}}, contract)
    days = 7 * (1 + max(day for day, _ in wanted) // 7)
    found = audit(worked(roster, wanted), ruled, people(ruled, ONE), Period(MONDAY, days))
    assert found.legal
    assert set(found.violations["rule"]) == {rule}


def test_a_low_price_is_paid_and_counted(centre, people):
    soft = policy(centre, {"weekly_rest": {"hours": 35, "days": 7}, "soft": {"rolling_rest": 3.0}})
    solved = schedule(need_of(EARLIES, 7), soft, people(soft, ONE), Period(MONDAY, 7), seconds=1)
    assert len(shifts(solved.roster)) == 7
    assert solved.terms["soft_rules"] == pytest.approx(3.0)


@pytest.mark.parametrize("name", ["time_off", "weekly_rests"])
def test_only_rules_that_can_be_soft_are(name, centre):
    with pytest.raises(PolicyError, match=name):
        agent_rules(policy(centre, {"soft": {name: 1.0}}))


NOT_EARLY = {"after": "night", "never": ["early"]}
LAST_WEEK = [
    ({"max_consecutive_nights": 2}, {}, [(-2, "night"), (-1, "night")], [(0, "night")], "night 3 in a row"),
    ({"min_consecutive_days": 3}, {}, [(-7, "early"), (-2, "late"), (-1, "late")], [], "2 working days"),
    ({"min_days_off": 2}, {}, [(-3, "early"), (-2, "early")], [(0, "early")], "1 day off before Monday"),
    ({"free_weekends": {"free": 1, "of": 2}}, {}, [(-2, "early")], [(6, "early")], "0 of the 2 weekends"),
    ({"forbidden": [{**NOT_EARLY, "days_off": 1}]}, {}, [(-2, "night")], EARLIES[:1], "may not"),
    ({"start_within_min": 60}, {}, [(-1, "early")], [(0, "late")], "480 minutes"),
    ({"weekly_rest": {"hours": 35, "days": 7}}, {}, [(d, "early") for d in range(-5, 0)], EARLIES[:2], "day 7 since"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "contract", "before", "given", "words"), LAST_WEEK)
def test_last_week_counts(rules, contract, before, given, words, centre, people, roster):
    ruled = policy(centre, rules, contract)
    staff = people(ruled, ONE)
    table = worked(roster, given) if given else worked(roster, EARLIES[:1]).iloc[:0]
    assert not any(words in sentence for _, sentence in told(table, ruled, staff))
    found = told(table, ruled, staff, previous=worked(roster, before))
    assert any(words in sentence for _, sentence in found)


def test_a_night_counts_by_its_hours_within_the_night(centre, people, roster):
    """22:00 to 06:00 has seven hours of 23:00 to 06:00; a shift from 14:00 to 22:00 has none."""
    seven, eight = (policy(centre, {"max_consecutive_nights": 1, "night_h": hours}) for hours in (7, 8))
    nights = worked(roster, [(0, "night"), (1, "night")])
    assert [rule for rule, _ in told(nights, seven, people(seven, ONE))] == ["consecutive_nights"]
    assert told(nights, eight, people(eight, ONE)) == []


def test_a_rest_of_sunday_and_monday_is_rest_in_both_weeks(centre, people, roster):
    """From Saturday 14:00 to Tuesday 06:00 there are 64 h, 34 of them before Monday and 30 after."""
    ruled = policy(centre, {"weekly_rest": {"hours": 35}})
    staff = people(ruled, ONE)
    days = [day for day in range(14) if day not in (6, 7)]
    kept = worked(roster, [(day, "early") for day in days if day != 13])
    assert told(kept, ruled, staff, 14) == []
    broken = worked(roster, [(day, "early") for day in days])
    assert told(broken, ruled, staff, 14) == []
    short = worked(roster, [(day, "early") for day in range(14) if day != 6])
    late_on_saturday = worked(
        roster, [*((day, "early") for day in range(5)), (5, "late"), *((d, "early") for d in range(7, 12))]
    )
    assert told(short, ruled, staff, 14)[0][1].endswith("week to Sunday 6 December")
    assert told(late_on_saturday, ruled, staff, 14) == [
        ("weekly_rest", "Li Wei: no unbroken rest of 35 h in the week to Sunday 29 November")
    ]


def test_the_night_on_which_clocks_go_forward_is_an_hour_shorter(centre, people, roster):
    """Saturday 28 March 2026, 22:00, to Monday 09:00 are 35 h on the clock and 34 h of rest."""
    ruled = policy(centre, {"weekly_rest": {"hours": 35}})
    staff, period = people(ruled, ONE), Period(date(2026, 3, 23), 14)
    rows = [("li", f"2026-03-{day} 08:00", f"2026-03-{day} 16:00") for day in range(23, 28)]
    rows += [("li", "2026-03-28 14:00", "2026-03-28 22:00")]
    monday = [("li", f"2026-03-30 {hour}:00", f"2026-03-30 {hour + 6}:00") for hour in (9, 10)]
    assert not audit(roster([*rows, monday[0]]), ruled, staff, period).legal
    assert audit(roster([*rows, monday[1]]), ruled, staff, period).legal


def test_absence_excuses_short_runs(centre, people, roster):
    ruled = policy(centre, {"min_consecutive_days": 3, "min_days_off": 2})
    leave = [{"agent": "li", "first_day": "2026-11-25", "last_day": "2026-11-25", "kind": "leave", "paid": True}]
    table = worked(roster, [(1, "early"), (3, "early"), (4, "early"), (5, "early")])
    there, away = people(ruled, ONE), people(ruled, ONE, time_off=leave)
    assert {rule for rule, _ in told(table, ruled, there)} == {"least_days_on", "least_days_off"}
    assert told(table, ruled, away) == []


def test_a_pattern_owes_nothing_on_leave(centre, people, roster):
    ruled = policy(centre, {}, {"pattern": ["on", "early", "free"], "pattern_from": "2026-11-20"})
    leave = [{"agent": "li", "first_day": "2026-11-23", "last_day": "2026-11-23", "kind": "leave", "paid": True}]
    table = worked(roster, [(1, "late"), (3, "late")])
    assert told(table, ruled, people(ruled, ONE))[:2] == [
        ("pattern", "Li Wei: no shift on Monday 23 November, as the pattern has it"),
        ("pattern", "Li Wei: no shift early on Tuesday 24 November, as the pattern has it"),
    ]
    assert "Monday" not in str(told(table, ruled, people(ruled, ONE, time_off=leave)))


@pytest.mark.parametrize(
    ("rules", "contract", "words"),
    [
        ({"forbidden": [{"after": "dusk", "never": ["early"]}]}, {}, "shift template dusk"),
        ({"forbidden": [{"after": "late", "never": ["early"]}] * 2}, {}, "two entries"),
        ({"free_weekends": {"free": 3, "of": 2}}, {}, "3 of 2"),
        ({"weekly_rest": {"hours": 50, "days": 2}}, {}, "don't fit"),
        ({}, {"pattern": ["early"]}, "belong together"),
        ({}, {"pattern": ["early", "dusk"], "pattern_from": "2026-11-23"}, "shift template dusk"),
        ({}, {"pattern": ["early"], "pattern_from": "2026-11-23", "templates": ["late"]}, "not among its templates"),
        ({}, {"most_shifts": {"early": 1}, "least_shifts": {"early": 2}}, "at least 2 and at most 1"),
        ({}, {"weekdays_off": ["monday", "someday"]}, "monday"),
    ],
)
def test_policies_that_make_no_sense_are_refused(rules, contract, words, centre):
    with pytest.raises(PolicyError, match=words):
        policy(centre, rules, contract)


def test_all_rosters_of_ten_days_against_patterns_of_text(centre, people):
    """The hard rules of Curtois & Qu's instances, told once more as patterns of a line of text: E, L and - a day.

    Longest and shortest run of work, shortest run of days off (runs at either end are spared the minima), weekends,
    a late shift never before an early one, at most so many late ones.
    """
    limits = {"max_consecutive_days": 4, "min_consecutive_days": 2, "min_days_off": 2, "max_weekends": 1}
    never = {"forbidden": [{"after": "late", "never": ["early"]}]}
    ruled = policy(centre, {**limits, **never}, {"most_shifts": {"late": 3}, "max_hours_week": 168})
    staff = people(ruled, ONE)
    horizon = horizon_of(Period(date(2026, 11, 28), 10), [ZONE])  # Saturday to the Monday after the next weekend
    (worker,) = workers_of(ruled, staff, horizon)
    rules = agent_rules(ruled)
    menu = Atlas(ruled, horizon, rules, {}).menu(worker)
    shift = [{{"early": "E", "late": "L", "night": "N"}[duty.template]: duty for duty in day} for day in menu.days]
    rng = np.random.default_rng(5)
    lines = {"".join(rng.choice(list("EEL--"), 10)) for _ in range(4000)}
    legal = {
        line for line in lines
        if not re.search(r"[EL]{5}|-[EL]-|[EL]-[EL]|LE", line)
        and line.count("L") <= 3
        and (line[0:2] == "--") + (line[7:9] == "--") >= 1
    }  # fmt: skip
    for line in lines:
        duties = {day: shift[day][letter] for day, letter in enumerate(line) if letter != "-"}
        broken = [v.rule for rule in rules for v in agent_violations(rule, worker, duties)]
        assert (line in legal) == (broken == []), (line, broken)
    assert len(legal) > 50
