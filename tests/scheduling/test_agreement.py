"""The agreement: tours that the programme's graph allows are exactly those that the audit passes, and cost alike.

Every rule of the catalogue takes part, hard and soft, in small cases of which all rosters are listed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scheduling.checking.audit import agent_violations, audit
from scheduling.checking.objective import soft_bounds
from scheduling.person.atlas import Atlas
from scheduling.person.path import cheapest_path
from scheduling.rules import agent as agent_package
from scheduling.rules.catalogue import ALWAYS_HARD, agent_rules, rule_files
from scheduling.staff.horizon import horizon_of
from scheduling.staff.worker import workers_of
from wfm.time.week import Period

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STARTS = ("00:00", "05:00", "09:00", "13:00", "17:30", "22:00")
SHAPES = ((3, 2, 2), (5, 2, 1), (8, 1, 1))
"""Days, templates, lengths of each: few days of many shifts, or many days of few."""
CASES = 48

Setting = Callable[[np.random.Generator], tuple[dict[str, Any], dict[str, Any]]]


def in_rules(**options: Any) -> Setting:
    """One value of each list, as keys of [rules]."""
    return lambda rng: ({key: choice(rng, values) for key, values in options.items()}, {})


def in_contract(**options: Any) -> Setting:
    """One value of each list, as keys of the contract."""
    return lambda rng: ({}, {key: choice(rng, values) for key, values in options.items()})


def choice(rng, values):
    return values[int(rng.integers(len(values)))]


SETTINGS: dict[str, Setting] = {
    "availability": in_rules(),
    "average_hours": in_rules(average_hours=[{"hours": 12, "weeks": 9}, {"hours": 20, "calendar": "month"}]),
    "breaks_by_law": in_rules(breaks=[[{"over_h": 6, "minutes": 30}], [{"over_h": 4, "minutes": 15}]]),
    "consecutive_days": lambda rng: (
        {"max_consecutive_days": choice(rng, [1, 2, 3])},
        {"max_consecutive_days": choice(rng, [None, 2, 4])},
    ),
    "consecutive_nights": in_rules(max_consecutive_nights=[1, 2], night=["23:00-06:00", "20:00-02:00"]),
    "daily_hours": in_rules(max_day_h=[5, 8]),
    "daily_rest": in_rules(daily_rest_h=[8, 11, 14]),
    "free_weekends": in_rules(free_weekends=[{"free": 1, "of": 2}, {"free": 2, "of": 3}]),
    "least_days_off": in_rules(min_days_off=[2, 3]),
    "least_days_on": lambda rng: (
        {"min_consecutive_days": choice(rng, [None, 2, 3])},
        {"min_consecutive_days": choice(rng, [2, 3])},
    ),
    "overtime": in_rules(max_overtime_month_h=[0, 3]),
    "pattern": in_contract(
        pattern=[["t0", "off", "free", "free"], ["on", "free", "free", "free", "off"]],
        pattern_from=["2026-01-01", "2026-01-02", "2027-01-03"],
    ),
    "period_hours": in_contract(min_hours_period=[None, 8], max_hours_period=[20, 30]),
    "rolling_rest": in_rules(weekly_rest=[{"hours": 24, "days": 3}, {"hours": 35, "days": 4}]),
    "shift_caps": in_contract(most_shifts=[{"t0": 1}, {"t0": 2}], least_shifts=[{}, {"t0": 1}]),
    "shift_length": in_contract(lengths_h=[[4.0], [4.0, 7.5], [9.0, 7.5]]),
    "start_consistency": in_rules(start_within_min=[0, 240]),
    "start_spread": lambda rng: ({"start_spread_min": 300}, {"start_spread_min": choice(rng, [None, 0, 500])}),
    "succession": in_rules(
        forbidden=[[{"after": "t0", "never": ["t0"]}], [{"after": "t0", "never": ["t0", "t1"], "days_off": 1}]]
    ),
    "time_off": in_rules(),
    "weekdays_off": in_contract(weekdays_off=[["saturday"], ["monday", "sunday"]]),
    "weekends": in_rules(max_weekends=[0, 1]),
    "weekly_days": in_contract(max_days_week=[1, 2, 3]),
    "weekly_hours": lambda rng: ({}, {"min_hours_week": choice(rng, [0, 6]), "hours_week": 20, "max_hours_week": 24}),
    "weekly_rest": in_rules(weekly_rest=[{"hours": 30}, {"hours": 40}, {"hours": 20}]),
}
"""How each rule is switched on, by the name of its file; what two rules share, the later one has."""


def random_case(seed, centre, people, roster):
    """One agent over some days around a weekend or a change of clocks, with random rules, some of them soft."""
    rng = np.random.default_rng(seed)
    days, templates, lengths = SHAPES[seed % len(SHAPES)]
    first = [date(2026, 11, 21), date(2026, 3, 27), date(2026, 10, 23), date(2026, 11, 23)][rng.integers(4)]
    period = Period(first, days)
    starts = rng.choice(STARTS, size=2, replace=False)
    shapes = [
        {"id": f"t{at}", "start": str(start), "lengths_h": sorted({float(h) for h in rng.choice([4, 7.5, 9], lengths)})}
        for at, start in enumerate(starts)
    ]
    unusual = {"id": "t1", "start": "12:00", "lengths_h": [4], "weekdays": ["tuesday"]}
    rules: dict[str, Any] = {"daily_rest_h": None, "max_consecutive_days": None}
    contract = {"id": "full", "hours_week": 30, "min_hours_week": 0, "max_hours_week": 60, "max_days_week": 7}
    switched = [name for name in SETTINGS if rng.random() < 0.45]
    soft = {name: float(choice(rng, [0, 2, 7.5])) for name in switched if rng.random() < 0.4}
    for name in switched:
        own_rules, own_contract = SETTINGS[name](rng)
        rules.update(own_rules)
        contract.update(own_contract)
    rules["soft"] = {name: price for name, price in soft.items() if name not in ALWAYS_HARD}
    offered = [*shapes[:templates], unusual] if templates == 1 else shapes
    policy = centre(contracts=[contract], shift_templates=offered, rules=rules, objective={"wage": 0})
    staff = people(
        policy,
        [{"id": "li"}],
        availability_of(rng, period) if "availability" in switched else None,
        absence_of(rng, period) if "time_off" in switched else None,
    )
    return policy, staff, period, history_of(rng, first, starts, roster) if rng.random() < 0.7 else None


def availability_of(rng, period):
    span = pd.date_range(period.first - timedelta(days=1), periods=min(period.days + 2, 7))
    return [
        {"agent": "li", "weekday": WEEKDAYS[day.weekday()], "start": str(rng.choice(["00:00", "08:00"])), "end": end}
        for day, end in zip(span, rng.choice(["24:00", "24:00", "22:00"], len(span)), strict=True)
    ]


def absence_of(rng, period):
    away = str(period.first + timedelta(days=int(rng.integers(0, period.days + 1))))
    return [{"agent": "li", "first_day": away, "last_day": away, "kind": "leave", "paid": bool(rng.integers(2))}]


def history_of(rng, first, starts, roster):
    """Shifts on some of the last 1 to 16 days."""
    shifts, templates = [], []
    for ago in range(int(rng.integers(1, 17)), 0, -1):
        at = int(rng.integers(2))
        begin = pd.Timestamp(first - timedelta(days=ago)) + pd.Timedelta(f"{starts[at]}:00")
        if rng.random() < 0.6:
            shifts.append(("li", str(begin), str(begin + pd.Timedelta(hours=8))))
            templates.append(f"t{at}")
    return roster(shifts, template=templates) if shifts else None


def table_of(duties, worker, horizon):
    """A roster table of one agent's duties, without the solver's own writer."""
    return pd.DataFrame(
        {
            "agent": worker.id,
            "start": horizon.instants([duty.starts for duty in duties]),
            "end": horizon.instants([duty.ends for duty in duties]),
            "work_date": pd.DatetimeIndex([horizon.date(duty.day) for duty in duties]).as_unit("us"),
            "activity": "work",
            "skill_set": "general",
            "template": [duty.template for duty in duties],
            "paid": True,
            "locked": False,
        }
    )


def one_worker(case):
    policy, staff, period, before = case
    horizon = horizon_of(period, ["Europe/Berlin"])
    (worker,) = workers_of(policy, staff, horizon, before)
    return worker, agent_rules(policy)


@pytest.mark.parametrize("seed", range(CASES))
def test_the_graph_allows_what_the_audit_passes(seed, centre, people, roster):
    case = random_case(seed, centre, people, roster)
    policy, staff, period, before = case
    worker, rules = one_worker(case)
    rng = np.random.default_rng(1000 + seed)
    atlas = Atlas(policy, worker.horizon, rules, {})
    atlas.prepare([worker])
    profile = atlas.profile(worker, atlas.rules, 0, 0)
    menu = atlas.menu(worker)
    price = rng.normal(-3, 6, len(menu.duties)).round(2)
    best, sampled = np.inf, 0
    for chosen in product(*(range(-1, len(day)) for day in menu.days)):
        at = [int(menu.day_at[day] + number) for day, number in enumerate(chosen) if number >= 0]
        duties = {menu.duties[number].day: menu.duties[number] for number in at}
        broken = [v for rule in atlas.rules for v in agent_violations(rule, worker, duties)]
        passed = not any(violation.hard for violation in broken)
        forced = np.full(len(menu.duties), np.inf)
        forced[at] = -1e6
        path = cheapest_path(profile, forced) if profile is not None else None
        allowed = path is not None and path.duties == tuple(at)
        assert allowed == passed, (chosen, broken)
        if sampled < 3 and rng.random() < 0.05:
            sampled += 1
            table = table_of(list(duties.values()), worker, worker.horizon)
            assert audit(table, policy, staff, period, previous=before).legal == passed
        if passed:
            best = min(best, price[at].sum() + soft_bounds(atlas.rules, [worker], {worker.id: duties}))
    path = None if profile is None else cheapest_path(profile, price)
    assert (path is None) == (best == np.inf)
    if path is not None:
        assert path.cost == pytest.approx(best, abs=1e-6)


def test_no_rule_of_the_catalogue_is_left_out(centre, people, roster):
    """Each is switched on in some of the cases, and there some roster breaks it; hard, and soft where it can be."""
    assert sorted(SETTINGS) == rule_files(agent_package)
    broken: dict[bool, set[str]] = {True: set(), False: set()}
    for seed in range(CASES):
        worker, rules = one_worker(case := random_case(seed, centre, people, roster))
        menu = Atlas(case[0], worker.horizon, rules, {}).menu(worker)
        rng = np.random.default_rng(seed)
        for density in (0.3, 0.6, 0.9, 1.0):
            duties = {d: choice(rng, day) for d, day in enumerate(menu.days) if day and rng.random() < density}
            for rule in rules:
                for violation in agent_violations(rule, worker, duties):
                    broken[violation.hard].add(violation.rule.partition(":")[0])
    warns_only = {"average_hours"}
    assert broken[True] == set(rule_files(agent_package)) - warns_only
    assert broken[False] == set(rule_files(agent_package)) - ALWAYS_HARD
