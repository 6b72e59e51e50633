"""Hand-worked rosters against the presets: what each forbids, what it only tells, and what it lets pass."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scheduling.checking.audit import audit
from wfm.time.week import Period

ONE = [{"id": "li", "name": "Li Wei"}]
CONTRACT = {"id": "full", "hours_week": 40, "min_hours_week": 0, "max_hours_week": 72, "max_days_week": 7}
FIRST = date(2026, 11, 2)


def worked(roster, days, first=FIRST):
    """Days as ``(start, end)`` hours on the clock, or None; an end past 24 is on the next day."""
    rows = []
    for at, own in enumerate(days):
        if own is not None:
            day, after = (first + timedelta(days=at + own[1] // 24 * late) for late in (0, 1))
            rows.append(("li", f"{day} {own[0]:02}:00", f"{after} {own[1] % 24:02}:00"))
    return roster(rows)


def found(centre, people, roster, preset, days, period=None, **rules):
    ruled = {"preset": preset, "off": ["breaks"], **rules}
    policy = centre(rules=ruled, contracts=[CONTRACT], shift_templates=[])
    table = worked(roster, days)
    told = audit(table, policy, people(policy, ONE), period or Period(FIRST, 7)).violations
    return {(rule, bool(hard)) for rule, hard in zip(told["rule"], told["hard"], strict=True)}


SIX, TEN, OFF = (8, 14), (8, 18), None

CASES = [
    # 11 hours between 22:00 and 09:00, not between 22:00 and 08:00; the federal act asks for none.
    ("eu-wtd", [(14, 22), (9, 15)], set()),
    ("eu-wtd", [(14, 22), (8, 14)], {("daily_rest", True)}),
    ("uk-wtr", [(14, 22), (8, 14)], {("daily_rest", True)}),
    ("de-arbzg", [(14, 22), (8, 14)], {("daily_rest", True)}),
    ("us-flsa", [(14, 22), (8, 14)], set()),
    # Seven days in a row: no day of rest, nor 24 h and 11 h.
    ("de-arbzg", [SIX] * 7, {("consecutive_days", True)}),
    ("us-ca", [SIX] * 7, {("consecutive_days", True)}),
    ("cn-standard", [SIX] * 7, {("consecutive_days", True)}),
    ("eu-wtd", [SIX] * 7, {("rolling_rest", True)}),
    ("eu-wtd", [SIX] * 6, set()),
    ("us-flsa", [SIX] * 7, set()),
    # Germany: ten hours a day and sixty a week, not more.
    ("de-arbzg", [TEN] * 6, set()),
    ("de-arbzg", [(8, 19)], {("daily_hours", True)}),
    ("de-arbzg", [TEN] * 5 + [(8, 19)], {("daily_hours", True), ("weekly_hours", True)}),
    # China: eight hours, overtime up to three more, told as such.
    ("cn-standard", [(8, 16)] * 5, set()),
    ("cn-standard", [(8, 19)], {("daily_hours", False)}),
    ("cn-standard", [(8, 20)], {("daily_hours", True), ("daily_hours", False)}),
    # One long week never breaks an average, which the weeks before it keep down.
    ("eu-wtd", [(8, 20)] * 5, set()),
    ("cn-comprehensive", [(8, 16)] * 5, {("comprehensive_hours", False)}),
]


@pytest.mark.parametrize(("preset", "days", "told"), CASES)
def test_hand_worked_weeks(preset, days, told, centre, people, roster):
    assert found(centre, people, roster, preset, days) == told


def test_the_average_of_the_directive_is_told_when_it_is_passed(centre, people, roster):
    """Seventeen weeks are 816 h; sixteen of 49 h and one of 48 make 832, or 48.94 on average."""
    policy = centre(rules={"preset": "eu-wtd", "off": ["breaks"]}, contracts=[CONTRACT], shift_templates=[])
    staff, period = people(policy, ONE), Period(FIRST, 7)
    week = [(8, 18), (8, 18), (8, 18), (8, 18), (8, 17), None, None]
    before = worked(roster, week * 16, FIRST - timedelta(weeks=16))
    own = worked(roster, [*[(8, 18)] * 4, (8, 16)])
    told = audit(own, policy, staff, period, previous=before).violations
    assert told[["rule", "hard", "limit"]].to_numpy().tolist() == [["average_hours", False, 48.0]]
    assert told["found"].iloc[0] == pytest.approx(832 / 17)
    assert audit(own, policy, staff, period, previous=before).legal


def test_overtime_of_a_chinese_month(centre, people, roster):
    """Four weeks of November 2026 from the 2nd on: 49 h each make 36 h of overtime, one hour more is too much."""
    month = Period(FIRST, 28)
    week = [(8, 18), (8, 18), (8, 18), (8, 18), (8, 17), None, None]
    more = [*week * 3, (8, 18), (8, 18), (8, 18), (8, 18), (8, 18)]
    assert ("overtime", True) not in found(centre, people, roster, "cn-standard", week * 4, month)
    assert ("overtime", True) in found(centre, people, roster, "cn-standard", more, month)


def test_comprehensive_hours_warn_until_they_are_approved(centre, people, roster):
    days = [(8, 16)] * 5
    unapproved = found(centre, people, roster, "cn-comprehensive", days)
    assert unapproved == {("comprehensive_hours", False)}
    assert found(centre, people, roster, "cn-comprehensive", days, comprehensive_hours_approved=True) == set()
    assert found(centre, people, roster, "cn-standard", days) == set()


def test_the_rules_in_force_are_those_that_the_audit_lists(centre, people, roster):
    policy = centre(rules={"preset": "de-arbzg"}, contracts=[CONTRACT])
    listed = set(audit(worked(roster, []), policy, people(policy, ONE), Period(FIRST, 7)).honoured["rule"])
    assert {"daily_rest", "daily_hours", "weekly_hours", "average_hours", "breaks_by_law"} <= listed
    assert "weekly_rest" not in listed
