"""Coverage: a shared agent counts once, split over queues."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from scipy.optimize import linprog

from scheduling.coverage import coverage
from wfm.time.week import Period

DAY = Period(date(2026, 11, 23), 1)


def two_queues(centre, interval_min=30):
    queues = [{"id": "general", "interval_min": interval_min}, {"id": "vip", "interval_min": interval_min}]
    return centre(queues=queues)


@pytest.mark.parametrize("interval_min", [5, 10, 15, 30, 60])
def test_shares_of_a_shared_agent_sum_to_one(centre, people, requirement, roster, interval_min):
    policy = two_queues(centre, interval_min)
    staff = people(policy, [{"id": "a", "skills": "general+vip"}, {"id": "b", "skills": "vip"}])
    need = pd.concat([requirement(DAY, (8, 16), 0.6, queue, interval_min) for queue in ("general", "vip")])
    table = coverage(roster([(agent, "2026-11-23 08:00", "2026-11-23 12:00") for agent in "ab"]), need, policy, staff)
    at = table[table["interval_start"] == pd.Timestamp("2026-11-23T08:00Z")]
    assert at["scheduled"].sum() == pytest.approx(2)
    assert (at["gap"] >= 0).all()
    after = table[table["interval_start"] >= pd.Timestamp("2026-11-23T11:00Z")]
    assert after["scheduled"].sum() == 0
    assert len(table) == len(need)


def test_half_an_interval_counts_half(centre, people, requirement, roster):
    policy = centre()
    table = coverage(
        roster([("a", "2026-11-23 08:00", "2026-11-23 08:20")]), requirement(DAY, (8, 9), 1.0), policy,
        people(policy, [{"id": "a"}]),
    )  # fmt: skip
    at = table.set_index("interval_start")["scheduled"]
    assert at[pd.Timestamp("2026-11-23T07:00Z")] == pytest.approx(2 / 3)


def test_service_level_only_where_a_load_is_known(centre, people, requirement, roster):
    policy = centre()
    staff = people(policy, [{"id": "a"}])
    work = roster([("a", "2026-11-23 08:00", "2026-11-23 16:00")])
    need = requirement(DAY, (8, 16), 1.0)
    assert coverage(work, need, policy, staff)["service_level"].isna().all()
    known = coverage(work, need.assign(offered_load=0.4), policy, staff)
    inside = known["scheduled"] > 0
    assert known.loc[inside, "service_level"].between(0.01, 0.99).all()
    assert (known.loc[~inside, "service_level"] == 0).all()


def test_as_much_need_as_possible_is_met(centre, people, requirement, roster):
    """Against scipy's linear programme on random teams."""
    import numpy as np

    rng = np.random.default_rng(5)
    policy = centre(queues=[{"id": queue} for queue in "xyz"])
    for _ in range(8):
        skills = ["+".join(sorted(rng.choice(list("xyz"), rng.integers(1, 4), replace=False))) for _ in range(6)]
        staff = people(policy, [{"id": f"a{at}", "skills": own} for at, own in enumerate(skills)])
        wanted = rng.uniform(0, 3, 3)
        need = pd.concat([requirement(DAY, (8, 9), float(n), q) for q, n in zip("xyz", wanted, strict=True)])
        work = roster([(f"a{at}", "2026-11-23 08:00", "2026-11-23 09:00") for at in range(6)])
        table = coverage(work, need, policy, staff)
        at = table[table["interval_start"] == pd.Timestamp("2026-11-23T07:00Z")]
        pairs = [(a, q) for a, own in enumerate(skills) for q in own.split("+")]
        rows = [[float(a == other) for a, _ in pairs] for other in range(6)]
        rows += [[float(q == queue) for _, q in pairs] for queue in "xyz"]
        answer = linprog(-np.ones(len(pairs)), A_ub=rows, b_ub=[*np.ones(6), *wanted], method="highs-ds")
        assert np.minimum(at["scheduled"], at["required"]).sum() == pytest.approx(-answer.fun)
        assert at["scheduled"].sum() == pytest.approx(6)
