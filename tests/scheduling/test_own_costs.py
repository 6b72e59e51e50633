"""What a tour costs by itself: wages against costing, wishes, changes against the last version."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.objective import objective_terms
from scheduling.costs.wages import Wages, wage_points
from scheduling.costs.wishes import wish_table
from scheduling.person.tour import best_tour
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.segments import roster_table
from scheduling.solver.search import objective, respond
from scheduling.staff.given import worked
from scheduling.staff.horizon import horizon_of
from scheduling.staff.wish import Wish, wishes_of
from wfm.costing.lines import cost
from wfm.costing.money import minor_exponent
from wfm.errors import PolicyError
from wfm.tables.people import PREFERENCES
from wfm.time.week import Period

OWN = ("below_minimum_hours", "soft_rules", "wages", "overtime", "preferences", "fairness", "stability")
PREMIUMS = {"night_premium": "0.25", "weekend_premium": "0.5", "holiday_premium": "1", "night": "22:00-06:00"}
BREAKS = [{"kind": "lunch", "minutes": 30, "window_h": [3, 5], "paid": False}]
SHIFTS = [
    {"id": "early", "start": "06:00-08:00", "lengths_h": [8.5], "breaks": BREAKS},
    {"id": "late", "start": "14:00", "lengths_h": [6.5, 8.5], "breaks": BREAKS},
    {"id": "night", "start": "22:00", "lengths_h": [8]},
]


def paid_centre(centre, **changes):
    values = {
        "pay": {"grades": {"a": "20.00", "b": "24.40"}, **PREMIUMS},
        "shift_templates": SHIFTS,
        "contracts": [{"id": "full", "hours_week": 40, "min_hours_week": 0, "max_hours_week": 40, "max_days_week": 5}],
        "calendar": {"country": "DE"},
        "objective": {"wage": 1},
    }
    return centre(**{**values, **changes})


@pytest.mark.slow
@pytest.mark.parametrize("first", [date(2026, 3, 23), date(2026, 10, 19), date(2026, 12, 21)])
def test_tolls_of_a_whole_roster_are_what_costing_pays_to_the_cent(first, centre, people, requirement):
    """Both changes of the clock, and a week of Christmas; no break's window lies over the edge of a premium."""
    period = Period(first, 7)
    policy = paid_centre(centre)
    staff = people(policy, [{"id": f"a{at}", "grade": "ab"[at % 2]} for at in range(6)])
    solved = schedule(requirement(period, (0, 24), 1.0), policy, staff, period, seconds=4)
    lines = cost(solved.roster, None, policy, staff, period)
    assert {"base", "night", "weekend"} <= set(lines["pay_class"])
    paid = Decimal(int(lines["amount"].sum())).scaleb(-minor_exponent("EUR"))
    assert solved.terms["wages"] == pytest.approx(float(paid), abs=1e-6)


def test_a_duty_is_paid_by_hand_worked_hours(centre, people):
    """A night from Saturday 22:00: two hours of Saturday and six of Sunday, all at night and on the weekend."""
    policy = paid_centre(centre)
    horizon = horizon_of(Period(date(2026, 11, 23), 7), ["Europe/Berlin"])
    problem = problem_of(_nothing(), policy, people(policy, [{"id": "a"}]), horizon.period)
    menu = problem.atlas.menu(problem.team.workers[0])
    hours = Wages(policy, horizon).of_menu(menu, "Europe/Berlin")
    at = {
        (duty.template, duty.day, duty.wall_start, duty.ends - duty.starts): at for at, duty in enumerate(menu.duties)
    }
    assert hours[at["night", 5, 1320, 480]] == pytest.approx(8 * 1.75)
    assert hours[at["night", 6, 1320, 480]] == pytest.approx(2 * 1.75 + 6 * 1.25)
    assert hours[at["late", 0, 840, 510]] == pytest.approx(8 + 0.5 * 0.25)
    assert hours[at["early", 0, 360, 510]] == pytest.approx(8)


def _nothing():
    return pd.DataFrame({"queue": [], "interval_start": pd.DatetimeIndex([], tz="UTC"), "agents": []}).astype(
        {"queue": object, "agents": float}
    )


def test_of_rosters_that_cover_alike_the_cheaper_one_is_taken(centre, people, requirement, week):
    """Without wages nothing tells the dear from the cheap agent; with them the cheap one works."""
    day = [{"id": "day", "start": "06:00", "lengths_h": [8]}]
    policy = centre(pay={"grades": {"a": "20", "b": "24"}}, shift_templates=day)
    staff = people(policy, [{"id": "cheap", "grade": "a"}, {"id": "dear", "grade": "b"}])
    need = requirement(week, (6, 14), 1.0).iloc[:96]
    for wage, agents in ((0.0, None), (0.05, {"cheap"})):
        own = policy.model_copy(update={"objective": policy.objective.model_copy(update={"wage": wage})})
        solved = schedule(need, own, staff, week, seconds=15)
        assert solved.terms["understaffing"] == 0
        if agents:
            assert set(solved.roster["agent"]) == agents
            assert solved.terms["wages"] == pytest.approx(0.05 * 20 * _paid(solved))


def _paid(solved):
    rows = solved.roster[solved.roster["paid"]]
    return float((rows["end"] - rows["start"]).dt.total_seconds().sum() / 3600)


def test_hours_that_nobody_needs_are_given_back_at_the_usual_wage(centre, people, requirement, week):
    """Two may take the same hours; overstaffing is free, and only wages speak against the second."""
    need = requirement(week, (8, 16), 1.0)
    shifts = [{"id": "day", "start": "08:00", "lengths_h": [8]}]
    hours = {}
    for wage in (0, None):
        policy = centre(shift_templates=shifts, prices={"overstaffing": 0, "preference": 5}, objective={"wage": wage})
        wish = [{"agent": "b", "weekday": "monday", "wish": "on"}]
        staff = people(policy, [{"id": "a"}, {"id": "b"}], preferences=wish)
        hours[wage] = _paid(schedule(need, policy, staff, week, seconds=15))
    assert hours[None] == 56
    assert hours[0] >= 56


def test_the_usual_wage_makes_an_hour_a_point_in_any_currency(centre):
    for rate in ("17.50", "1600", "0.9"):
        policy = centre(pay={"grades": {"a": rate}}, objective={})
        assert wage_points(policy) * float(rate) == pytest.approx(1)
    assert wage_points(centre(pay={"grades": {"a": "0"}}, objective={})) == 0


def table(*rows):
    return PREFERENCES.check(pd.DataFrame(rows))


def test_wishes_of_weekdays_and_of_dates(week):
    horizon = horizon_of(Period(date(2026, 11, 23), 14), ["Europe/Berlin"])
    found = wishes_of(
        table(
            {"agent": "a", "weekday": "tuesday", "wish": "off", "weight": 2.0},
            {"agent": "a", "day": "2026-11-27", "wish": "on", "template": "night"},
            {"agent": "b", "day": "2026-12-24", "wish": "off"},
        ),
        horizon,
    )
    assert found["a"] == (Wish(1, "off", None, 2.0), Wish(4, "on", "night", 1.0), Wish(8, "off", None, 2.0))
    assert found["b"] == ()


@pytest.mark.parametrize(
    ("wish", "template", "honoured"),
    [
        ("off", None, {None: 1, ("early", 360): 0, ("late", 840): 0}),
        ("off", "late", {None: 1, ("early", 360): 1, ("late", 840): 0}),
        ("on", None, {None: 0, ("early", 360): 1, ("late", 840): 1}),
        ("on", "late", {None: 0, ("early", 360): 0, ("late", 840): 1}),
        ("early", None, {None: 1, ("early", 360): 1, ("late", 840): 0}),
        ("late", None, {None: 1, ("early", 360): 0, ("late", 840): 1}),
    ],
)
def test_what_honours_a_wish(wish, template, honoured):
    for shift, right in honoured.items():
        assert Wish(0, wish, template, 1.0).honoured(*(shift or (None, None))) is bool(right)


def test_a_request_costs_its_weight_exactly_when_it_is_not_granted(centre, people, requirement, week):
    """Requests as the public benchmarks state them: day, shift, and weight if not given or if given."""
    shifts = [{"id": "D", "start": "08:00", "lengths_h": [8]}, {"id": "E", "start": "10:00", "lengths_h": [8]}]
    policy = centre(shift_templates=shifts, prices={"preference": 1})
    asked = [
        {"agent": "a", "day": "2026-11-23", "wish": "on", "template": "D", "weight": 3},
        {"agent": "a", "day": "2026-11-24", "wish": "off", "template": "E", "weight": 2},
    ]
    staff = people(policy, [{"id": "a"}], preferences=asked)
    problem = problem_of(requirement(week, (8, 16), 0.0), policy, staff, week)
    (profile,) = problem.profiles
    menu = profile.menu
    for monday, tuesday, points in [
        (None, None, 3), ("D", None, 0), ("E", None, 3), ("D", "E", 2), (None, "E", 5), ("D", "D", 0),
    ]:  # fmt: skip
        price = np.full(len(menu.duties), np.inf)
        chosen = [at for at, d in enumerate(menu.duties) if (monday, tuesday)[d.day : d.day + 1] == (d.template,)]
        price[chosen] = -1000.0
        tour, cost_of_it = best_tour(profile, price, np.zeros(problem.given.shape[1]))
        assert len(tour.duties) == len(chosen)
        assert tour.own_cost == pytest.approx(points)
        assert cost_of_it == pytest.approx(points - 1000 * len(chosen))
        assert objective_terms(problem, roster_table(problem, {0: tour}))["preferences"] == pytest.approx(points)


def test_a_wish_to_work_is_heard(centre, people, requirement, week):
    need = requirement(week, (6, 14), 1.0)
    for agents in (["a", "b"], ["b", "a"]):
        policy = centre()
        wish = [{"agent": agents[0], "day": "2026-11-28", "wish": "on", "template": "early", "weight": 1}]
        staff = people(policy, [{"id": agent} for agent in agents], preferences=wish)
        solved = schedule(need, policy, staff, week, seconds=15)
        on = solved.roster[solved.roster["work_date"] == pd.Timestamp("2026-11-28")]
        assert agents[0] in set(on["agent"])
        assert solved.terms["preferences"] == 0
        heard = wish_table(
            problem_of(need, policy, staff, week).team.workers, _duties(solved, policy, staff, need, week)
        )
        assert heard["honoured"].tolist() == [True]


def _duties(solved, policy, staff, need, week):
    problem = problem_of(need, policy, staff, week)
    return worked(solved.roster, problem.team.workers, problem.horizon)


def test_a_wish_on_a_day_of_leave_is_void(centre, people, requirement, week):
    policy = centre()
    leave = [{"agent": "a", "first_day": "2026-11-23", "last_day": "2026-11-29", "kind": "leave", "paid": True}]
    wish = [{"agent": "a", "weekday": "monday", "wish": "on"}]
    staff = people(policy, [{"id": "a"}], time_off=leave, preferences=wish)
    assert schedule(requirement(week, (6, 14), 1.0), policy, staff, week, seconds=15).terms["preferences"] == 0


@pytest.mark.slow
def test_small_changes_are_cheap_and_the_last_version_stands_where_nothing_speaks_against_it(
    centre, people, requirement, week
):
    """A need that moves by an hour on one day: without stability the roster is dealt anew, with it one shift moves."""
    shifts = [{"id": "day", "start": "07:00-10:00", "step_min": 60, "lengths_h": [8]}]
    policy = centre(shift_templates=shifts, prices={"overstaffing": 4})
    staff = people(policy, [{"id": f"a{at}"} for at in range(6)])
    first = schedule(requirement(week, (8, 16), 3.0), policy, staff, week, seconds=15, seed=1)
    need = requirement(week, (8, 16), 3.0)
    local = pd.DatetimeIndex(need["interval_start"]).tz_convert("Europe/Berlin")
    moved = (local.normalize() == pd.Timestamp("2026-11-25", tz="Europe/Berlin")) & (local.hour == 8)
    later = (local.normalize() == pd.Timestamp("2026-11-25", tz="Europe/Berlin")) & (local.hour == 16)
    need.loc[moved, "agents"], need.loc[later, "agents"] = 0.0, 3.0
    problem = problem_of(need, policy, staff, week, draft=first.roster)
    assert objective_terms(problem, first.roster)["stability"] == 0
    free = schedule(need, policy, staff, week, seconds=15, seed=2)
    kept = schedule(need, policy, staff, week, seconds=15, seed=2, draft=first.roster)
    dealt = objective_terms(problem, free.roster)["stability"]
    assert kept.terms["stability"] <= 3 * policy.objective.stability.hour + 1e-9
    assert dealt > kept.terms["stability"]
    assert kept.terms["understaffing"] == pytest.approx(free.terms["understaffing"])


@pytest.mark.parametrize("seed", range(4))
def test_every_term_from_the_table_is_the_solvers(seed, centre, people, requirement):
    """Random tours of a random team with wishes, a draft, overtime, weights and a history: the sums agree."""
    rng = np.random.default_rng(seed)
    period = Period([date(2026, 11, 23), date(2026, 3, 26)][seed % 2], 9)
    policy = paid_centre(
        centre,
        contracts=[
            {"id": "full", "hours_week": 30, "min_hours_week": 20, "max_hours_week": 45, "max_days_week": 6},
            {"id": "part", "hours_week": 16, "max_days_week": 4, "templates": ["early", "late"]},
        ],
        objective={
            "wage": 0.1,
            "fairness": {"weekends": 2, "nights": 3, "early": 1, "late": 1.5, "overtime": 0.5},
            "weights": {"preferences": 1.5, "below_minimum_hours": 0.5, "overtime": 2, "coverage": 3},
            "order": [["coverage"], ["cost", "fairness"], ["preferences", "stability"]],
            "outweighs": 3,
        },
    )
    agents = [
        {"id": f"a{at}", "grade": "ab"[int(rng.integers(2))], "contract": ["full", "part"][at % 2]} for at in range(6)
    ]
    days = pd.date_range(period.first, periods=period.days)
    wishes = [
        {
            "agent": f"a{at}",
            "day": str(days[int(rng.integers(9))].date()),
            "wish": wish,
            "weight": float(rng.integers(4)),
        }
        for at in range(6)
        for wish in rng.choice(["on", "off", "early", "late"], 2, replace=False)
    ]
    staff = people(policy, agents, preferences=wishes)
    need = requirement(period, (0, 24), 1.5)
    before = Period(date.fromordinal(period.first.toordinal() - 14), 14)
    past = _random_roster(problem_of(requirement(before, (0, 24), 1.0), policy, staff, before), rng)
    last = _random_roster(problem_of(need, policy, staff, period, past), rng)
    problem = problem_of(need, policy, staff, period, past, draft=last)
    for _ in range(5):
        tours = _random_tours(problem, rng)
        terms = objective_terms(problem, roster_table(problem, tours))
        assert sum(terms.values()) == pytest.approx(objective(problem, tours))
        assert min(terms.values()) >= 0
    assert {"wages", "overtime", "preferences", "fairness", "stability"} <= {t for t, v in terms.items() if v > 0}


def _random_tours(problem, rng):
    tours = {}
    for profile in problem.profiles:
        for agent in profile.agents:
            price = rng.normal(2, 3, problem.given.shape[1])
            tours[agent] = respond(profile, price)[0]
    return tours


def _random_roster(problem, rng):
    return roster_table(problem, _random_tours(problem, rng))


def test_overtime_is_priced_at_its_premium_and_equals_costing(centre, people, requirement, week):
    """One agent, 30 hours by contract, six shifts of eight: 18 hours of overtime at half of the rate."""
    policy = centre(
        contracts=[{"id": "full", "hours_week": 30, "max_hours_week": 48, "max_days_week": 6}],
        pay={"grades": {"a": "20"}, "overtime_premium": "0.5"},
        objective={"wage": 1},
        prices={"understaffing": 400},
    )
    staff = people(policy, [{"id": "a"}])
    solved = schedule(requirement(week, (6, 14), 1.0), policy, staff, week, seconds=15)
    lines = cost(solved.roster, None, policy, staff, week).groupby("pay_class")["amount"].sum() / 100
    assert lines["overtime"] == 18 * 10
    assert solved.terms["overtime"] == pytest.approx(lines["overtime"])
    assert solved.terms["wages"] == pytest.approx(lines["base"])


def test_a_level_outweighs_the_next(centre, people, requirement, week):
    """A wish dearer than the need of one shift wins by points, and loses where coverage is a level of its own."""
    need = requirement(week, (6, 14), 1.0).iloc[:48]
    prices = {"understaffing": 1, "preference": 100}
    wish = [{"agent": "a", "weekday": "monday", "wish": "off"}]
    worked_on = {}
    for order in ([], [["coverage"], ["preferences"]]):
        policy = centre(prices=prices, objective={"wage": 0, "order": order})
        staff = people(policy, [{"id": "a"}], preferences=wish)
        worked_on[len(order)] = len(schedule(need, policy, staff, week, seconds=15).roster)
    assert worked_on[0] == 0
    assert worked_on[2] > 0


@pytest.mark.parametrize(
    ("objective", "complaint"),
    [
        ({"order": [["coverage"], ["understaffing"]]}, "names understaffing twice"),
        ({"weights": {"kindness": 2}}, "no term of the objective is called kindness"),
        ({"wage": -1}, "objective.wage"),
        ({"fairness": {"target": {"lunches": 2}}}, "objective.fairness.target"),
    ],
)
def test_a_wrong_objective_is_refused_by_name(objective, complaint, centre):
    with pytest.raises(PolicyError, match=complaint):
        centre(objective=objective)


@pytest.mark.parametrize("seed", range(2))
def test_the_cheapest_tour_is_the_cheapest_of_all(seed, centre, people, requirement, roster):
    """All choices of four days by brute force, each priced by the witness: none is below the programme's answer."""
    rng = np.random.default_rng(seed)
    period = Period(date(2026, 11, 27), 4)
    policy = paid_centre(
        centre,
        shift_templates=[{"id": "early", "start": "06:00", "lengths_h": [8]}, *SHIFTS[2:]],
        contracts=[{"id": "full", "hours_week": 14, "min_hours_week": 8, "max_hours_week": 30, "max_days_week": 4}],
        objective={"wage": 0.1, "fairness": {"weekends": 4, "nights": 5, "early": 2, "target": {"nights": 1}}},
    )
    wishes = [
        {"agent": "a", "day": "2026-11-29", "wish": "on", "template": "night", "weight": 0.5},
        {"agent": "a", "weekday": "friday", "wish": "off", "weight": float(rng.uniform())},
    ]
    past = roster([("a", "2026-11-24 22:00", "2026-11-25 06:00"), ("a", "2026-11-22 06:00", "2026-11-22 14:00")])
    last = roster([("a", "2026-11-28 07:00", "2026-11-28 15:00")], template="early")
    staff = people(policy, [{"id": "a"}], preferences=wishes)
    problem = problem_of(requirement(period, (0, 24), 0.0), policy, staff, period, past, draft=last)
    (profile,) = problem.profiles
    menu, nothing = profile.menu, np.zeros(problem.given.shape[1])
    price = rng.normal(-20, 15, len(menu.duties))
    values = []
    for choice in product(*(range(-1, len(day)) for day in menu.days)):
        at = [int(menu.day_at[day] + number) for day, number in enumerate(choice) if number >= 0]
        forced = np.full(len(menu.duties), np.inf)
        forced[at] = -1e6
        found = best_tour(profile, forced, nothing)
        if found is not None and found[0].duties == tuple(at):
            terms = objective_terms(problem, roster_table(problem, {0: found[0]}))
            own = sum(points for term, points in terms.items() if term in OWN)
            assert found[0].own_cost == pytest.approx(own)
            values.append(own + price[at].sum())
    assert len(values) > 30
    _, least = best_tour(profile, price, nothing)
    assert least == pytest.approx(min(values))
