"""Fairness: shares by hand, the bad thing without it, what it costs by its definition, and the report."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scheduling.checking.objective import objective_terms
from scheduling.costs.fairness import CAP, FairShare
from scheduling.costs.fairness_report import fairness_summary, fairness_table, gini
from scheduling.costs.kinds import kinds_of, known_days
from scheduling.costs.shares import Share, expected_units, fair_shares
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.staff.given import worked
from scheduling.staff.horizon import horizon_of
from scheduling.staff.worker import workers_of
from wfm.policy.centre import Centre
from wfm.time.week import Period

FIRST = date(2026, 11, 23)
NIGHT = [{"id": "night", "start": "22:00", "lengths_h": [8]}, {"id": "day", "start": "08:00", "lengths_h": [8]}]


def nights(roster, agent, first, days):
    """``days`` nights in a row."""
    starts = [first + timedelta(days=at) for at in range(days)]
    return roster([(agent, f"{day} 22:00", f"{day + timedelta(days=1)} 06:00") for day in starts])


def fair(centre: Centre, people, previous, expected, period=Period(FIRST, 7)):
    horizon = horizon_of(period, ["Europe/Berlin"])
    workers = workers_of(centre, people, horizon, previous)
    return fair_shares(centre, kinds_of(centre), known_days(centre, workers), workers, expected), workers


def test_a_share_is_divided_by_contract_hours_and_days_present(centre, people, roster):
    """Nine nights, three of them worked already; half the hours or days is half a share; who works by day has none."""
    contracts = [
        {"id": "full", "hours_week": 40, "min_hours_week": 0},
        {"id": "half", "hours_week": 20, "min_hours_week": 0},
        {"id": "days", "hours_week": 40, "min_hours_week": 0, "templates": ["day"]},
    ]
    policy = centre(shift_templates=NIGHT, contracts=contracts)
    staff = people(
        policy,
        [{"id": "a"}, {"id": "b", "contract": "half"}, {"id": "c", "since": FIRST}, {"id": "d", "contract": "days"}],
    )
    shares, _ = fair(policy, staff, nights(roster, "a", FIRST - timedelta(days=7), 3), {"nights": 6})
    # a: 40 h x 14 days, b: 20 x 14, c: 40 x 7: two, one and one of four parts.
    assert shares["nights"] == {"a": Share(3, 4.5), "b": Share(0, 2.25), "c": Share(0, 2.25)}


def test_a_stated_target_is_that_of_a_full_timer_in_four_weeks(centre, people):
    policy = centre(shift_templates=NIGHT, objective={"fairness": {"target": {"nights": 4}}})
    shares, _ = fair(policy, people(policy, [{"id": "a"}, {"id": "b"}]), None, {"nights": 6})
    assert shares["nights"] == {"a": Share(0, 1.0), "b": Share(0, 1.0)}


def test_the_requirement_tells_how_much_there_will_be_to_share(centre, requirement, week):
    """Two agents round the clock: two nights a day, and two shifts round a weekend's day three times over."""
    policy = centre(shift_templates=NIGHT)
    horizon = horizon_of(week, ["Europe/Berlin"])
    need = np.where(np.arange(horizon.slots) < 7 * 96, 2.0, 0.0)
    units = expected_units(policy, kinds_of(policy), horizon, need)
    assert units == {"weekends": 6.0, "nights": 12.0, "early": 14.0, "late": 14.0}  # the seventh night is next week's


@given(start=st.integers(-6, 12), days=st.lists(st.booleans(), min_size=1, max_size=14))
def test_the_cost_is_the_sum_of_rising_prices_of_each_unit_beyond(start, days):
    """By the definition: the unit that brings the excess to e costs min(e, cap), none below the share."""
    rule = FairShare("nights", 2.0, None, {"a": Share(0, 0)})
    worker = _Somebody("a")
    state, paid = (min(start / 2, CAP), False), 0.0
    for day, night in enumerate(days):
        state, value = rule.extend(worker, state, day, night or None)
        if value is not None:
            paid += sum(bound.excess(value) * bound.price for bound in rule.bounds(worker, day))
    excess, expected = min(start / 2, CAP), 0.0
    for _ in range(sum(days)):
        excess += 1
        expected += 2.0 * min(max(excess, 0.0), CAP)
    assert paid == pytest.approx(expected)


class _Somebody:
    def __init__(self, name):
        self.id = name


def test_who_had_the_nights_is_spared_and_without_fairness_is_not_told_apart(centre, people, requirement, roster, week):
    """Four nights a week behind a: without fairness either may get the next ones, with it b does."""
    before = nights(roster, "a", FIRST - timedelta(days=8), 4)
    need = requirement(week, (22, 24), 1.0).iloc[: 4 * 48]
    had = {}
    for price in (0, 3):
        policy = centre(
            shift_templates=[{"id": "night", "start": "22:00", "lengths_h": [8]}],
            prices={"overstaffing": 0, "outside_opening": 0},
            objective={"wage": 0, "fairness": {"nights": price, "weekends": 0}},
        )
        wish = [{"agent": "b", "weekday": day, "wish": "off", "weight": 0.01} for day in ("monday", "tuesday")]
        staff = people(policy, [{"id": "a"}, {"id": "b"}], preferences=wish)
        solved = schedule(need, policy, staff, week, seconds=15, previous=before)
        assert solved.terms["understaffing"] == 0
        had[price] = solved.roster.groupby("agent")["work_date"].nunique().to_dict()
    assert had[0].get("a", 0) >= 2  # the wishes of b, a hundredth of a point, decide
    assert had[3] == {"b": 4}


def test_a_weekend_counts_once(centre, people, roster, requirement):
    policy = centre(objective={"wage": 0, "fairness": {"weekends": 5, "target": {"weekends": 1}}})
    period = Period(FIRST, 14)
    staff = people(policy, [{"id": "a"}])
    shifts = [("a", f"2026-{day} 06:00", f"2026-{day} 14:00") for day in ("11-28", "11-29", "12-05", "12-06")]
    problem = problem_of(requirement(period, (6, 14), 1.0), policy, staff, period)
    # Two weekends, of which half a one is the share of a fortnight: 0.5 and 1.5 beyond.
    assert objective_terms(problem, roster(shifts))["fairness"] == pytest.approx(5 * (0.5 + 1.5))
    assert objective_terms(problem, roster(shifts[:2]))["fairness"] == pytest.approx(5 * 0.5)


def test_kinds_by_the_clock(centre, people, roster):
    """A night by three hours after 23:00; early before seven, late after twenty, neither of them nights."""
    policy = centre()
    horizon = horizon_of(Period(FIRST, 7), ["Europe/Berlin"])
    workers = workers_of(policy, people(policy, [{"id": "a"}]), horizon)
    spans = [("23", "06:45", "14:45"), ("24", "07:00", "15:00"), ("25", "12:00", "20:00"), ("26", "12:15", "20:15")]
    shifts = [("a", f"2026-11-{day} {start}", f"2026-11-{day} {end}") for day, start, end in spans]
    shifts += [("a", "2026-11-27 18:00", "2026-11-28 02:00"), ("a", "2026-11-29 00:00", "2026-11-29 08:00")]
    duties = worked(roster(shifts), workers, horizon)["a"]
    found = {kind: kinds_of(policy).days(kind, horizon, duties) for kind in ("early", "late", "nights", "weekends")}
    assert found == {"early": [0], "late": [3], "nights": [4, 6], "weekends": [6]}


def test_the_report_adds_up_and_says_how_unequal_it_is(centre, people, roster):
    policy = centre(shift_templates=NIGHT)
    staff = people(policy, [{"id": "a"}, {"id": "b"}])
    table = fairness_table(
        nights(roster, "a", FIRST, 3),
        policy,
        staff,
        Period(FIRST, 7),
        nights(roster, "b", FIRST - timedelta(days=7), 1),
    )
    own = table[table["kind"] == "nights"].set_index("agent")
    assert own.loc["a"].drop("kind").tolist() == [0, 3, 2, 1]
    assert own.loc["b"].drop("kind").tolist() == [1, 0, 2, -1]
    assert table.groupby("kind")["excess"].sum().abs().max() < 1e-9
    row = fairness_summary(table).set_index("kind").loc["nights"]
    assert row.tolist() == [2, 2, 2, 1, 0.25]


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.floats(0.1, 10))
@example([22.106152054471416] * 4, 1.0)
def test_gini_is_between_0_and_1_and_has_no_unit(values, unit):
    found = gini(np.array(values))
    assert 0 <= found < 1
    assert gini(np.array(values) * unit) == pytest.approx(found, abs=1e-9)
    if sum(values) > 0:  # half the relative mean difference, taken at its word
        apart = [abs(one - other) for one in values for other in values]
        assert found == pytest.approx(np.mean(apart) / (2 * np.mean(values)), abs=1e-9)


def test_fair_shares_of_overtime_raise_its_price_for_who_had_more(centre, people, roster, requirement, week):
    """Both may do the eight hours of overtime that the need asks for; who did eight last week is left out."""
    policy = centre(
        contracts=[{"id": "full", "hours_week": 16, "min_hours_week": 0, "max_hours_week": 24, "max_days_week": 3}],
        shift_templates=[{"id": "day", "start": "08:00", "lengths_h": [8]}],
        objective={"wage": 0, "fairness": {"overtime": 1}},
    )
    last = FIRST - timedelta(days=7)
    days = [last + timedelta(days=at) for at in range(3)]
    before = roster([("a", f"{day} 08:00", f"{day} 16:00") for day in days])
    need = requirement(week, (8, 16), 1.0).iloc[: 5 * 48]
    solved = schedule(need, policy, people(policy, [{"id": "a"}, {"id": "b"}]), week, seconds=15, previous=before)
    hours = solved.roster.groupby("agent")["work_date"].nunique()
    assert hours.to_dict() == {"a": 2, "b": 3}
    assert solved.terms["fairness"] == 0
