"""The agreement: tours that the programme's graph allows are exactly those that the audit passes, and cost alike."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest

from scheduling.atlas import Atlas
from scheduling.audit import agent_violations, audit
from scheduling.horizon import horizon_of
from scheduling.objective import soft_bounds
from scheduling.rules.catalogue import agent_rules
from scheduling.tour import cheapest_path
from scheduling.worker import workers_of
from wfm.time.week import Period

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def random_case(rng, centre, people, roster):
    """One agent, three or four days around a weekend or a change of clocks, a few duties, every rule on."""
    first = [date(2026, 11, 21), date(2026, 3, 27), date(2026, 10, 23)][rng.integers(3)]
    period = Period(first, int(rng.integers(3, 5)))
    starts = rng.choice(["00:00", "05:00", "09:00", "13:00", "17:30", "22:00"], size=2, replace=False)
    templates = [
        {"id": f"t{at}", "start": str(start), "lengths_h": sorted({float(h) for h in rng.choice([4, 7.5, 9], 2)})}
        for at, start in enumerate(starts)
    ]
    hours = int(rng.integers(10, 30))
    contract = {
        "id": "full", "hours_week": hours, "min_hours_week": min(hours, int(rng.integers(0, 20))),
        "max_hours_week": hours + int(rng.integers(0, 6)), "max_days_week": int(rng.integers(1, 5)),
    }  # fmt: skip
    rules = {
        "daily_rest_h": float(rng.choice([8, 11, 14])), "max_consecutive_days": int(rng.integers(1, 4)),
        "max_day_h": float(rng.choice([5, 8, 10])),
    }  # fmt: skip
    policy = centre(contracts=[contract], shift_templates=templates, rules=rules)
    days = pd.date_range(first - timedelta(days=1), periods=period.days + 2)
    windows = [
        {"agent": "li", "weekday": WEEKDAYS[day.weekday()], "start": str(rng.choice(["00:00", "08:00"])), "end": end}
        for day, end in zip(days, rng.choice(["24:00", "24:00", "22:00"], len(days)), strict=True)
    ]
    away = first + timedelta(days=int(rng.integers(0, period.days + 1)))
    off = [
        {"agent": "li", "first_day": str(away), "last_day": str(away), "kind": "leave", "paid": bool(rng.integers(2))}
    ]
    staff = people(policy, [{"id": "li"}], windows if rng.random() < 0.5 else None, off if rng.random() < 0.5 else None)
    eve = first - timedelta(days=1)
    before = roster([("li", f"{eve} 15:00", f"{eve} 23:00")]) if rng.random() < 0.5 else None
    return policy, staff, period, before


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
            "template": None,
            "paid": True,
            "locked": False,
        }
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_graph_allows_what_the_audit_passes(seed, centre, people, roster):
    rng = np.random.default_rng(seed)
    policy, staff, period, before = random_case(rng, centre, people, roster)
    horizon = horizon_of(period, ["Europe/Berlin"])
    (worker,) = workers_of(policy, staff, horizon, before)
    atlas = Atlas(policy, horizon, agent_rules(policy), {})
    atlas.prepare([worker])
    profile = atlas.profile(worker, atlas.rules, 0, 0)
    menu = atlas.menu(worker)
    price = rng.normal(-3, 6, len(menu.duties)).round(2)
    best, legal, sampled = np.inf, 0, 0
    for choice in product(*(range(-1, len(day)) for day in menu.days)):
        at = [int(menu.day_at[day] + number) for day, number in enumerate(choice) if number >= 0]
        duties = {menu.duties[number].day: menu.duties[number] for number in at}
        broken = [v for rule in atlas.rules for v in agent_violations(rule, worker, duties)]
        passed = not any(violation.hard for violation in broken)
        forced = np.full(len(menu.duties), np.inf)
        forced[at] = -1e6
        path = cheapest_path(profile, forced) if profile is not None else None
        allowed = path is not None and path.duties == tuple(at)
        assert allowed == passed, (choice, broken)
        if sampled < 8 and rng.random() < 0.1:
            sampled += 1
            table = table_of(list(duties.values()), worker, horizon)
            assert audit(table, policy, staff, period, previous=before).legal == passed
        if passed:
            legal += 1
            best = min(best, price[at].sum() + soft_bounds(atlas.rules, [worker], {worker.id: duties}))
    assert legal >= 1
    assert sampled
    assert cheapest_path(profile, price).cost == pytest.approx(best, abs=1e-6)
