"""Promises over a day: kept by the curves with fewer paid hours than interval by interval."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from scheduling.problem.cover import met, served
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.solver.promise import courses_of, delivered, needs_at, promises_of
from wfm.errors import TableError
from wfm.queueing.erlang_c import service_level
from wfm.tables.service_level_curve import SERVICE_LEVEL_CURVE


def curve_table(need, loads):
    """Curves of Erlang C, 80 % within 20 s at 300 s, of as many intervals as ``loads``."""
    rows = []
    for start, load in zip(need["interval_start"], loads, strict=True):
        if load > 0:
            agents = np.floor(load) + np.arange(12)
            level = np.nan_to_num(service_level(np.full(12, load), agents, 20.0, 300.0))
            volume = load * 1800 / 300
            rows.append(
                pd.DataFrame(
                    {
                        "queue": "general", "interval_start": start, "agents": agents.astype(int),
                        "service_level": level, "in_time": level * volume, "on_hull": True,
                    }
                )
            )  # fmt: skip
    return SERVICE_LEVEL_CURVE.check(pd.concat(rows, ignore_index=True))


@pytest.fixture
def calls(centre, people, requirement, week):
    """A queue with calls from 6 to 22, many before noon; shifts of four and eight hours, nobody's hours guaranteed."""

    def build(per):
        target = {"service_level": 0.8, "threshold_s": 20, "per": per}
        policy = centre(
            queues=[{"id": "general", "target": target}],
            shift_templates=[{"id": "day", "start": "06:00-18:00", "step_min": 60, "lengths_h": [4, 8]}],
            shrinkage={"unplanned": 0},
        )
        need = requirement(week, (6, 22), 1.0)
        many = (need["interval_start"].dt.tz_convert("Europe/Berlin").dt.hour < 12).to_numpy()
        loads = np.where(need["agents"] > 0, np.where(many, 4.3, 2.2), 0.0)
        agents = np.array([_agents(load) for load in loads], dtype=float)
        return need.assign(agents=agents), policy, people(policy, [{"id": f"a{at}"} for at in range(26)]), loads

    return build


def _agents(load):
    """The fewest agents that keep 80 %."""
    return 0 if load == 0 else next(n for n in range(1, 30) if n > load and service_level(load, n, 20.0, 300.0) >= 0.8)


def paid_h(solved):
    return (solved.roster["end"] - solved.roster["start"]).dt.total_seconds().sum() / 3600


def test_a_promise_over_the_day_takes_fewer_hours_and_is_kept(calls, week):
    need, policy, staff, _ = calls("interval")
    alone = schedule(need, policy, staff, week, seconds=4, clock=time.process_time)
    need, policy, staff, loads = calls("day")
    curves = curve_table(need, loads)
    daily = schedule(need, policy, staff, week, seconds=4, curves=curves, clock=time.process_time)
    level = daily.coverage["scheduled"].to_numpy()
    in_time = [
        volume * np.nan_to_num(float(service_level(load, agents, 20.0, 300.0))) if agents > load else 0.0
        for load, agents, volume in zip(loads, np.floor(level + 1e-6), loads, strict=True)
    ]
    by_day = (
        pd.DataFrame({"day": np.arange(len(loads)) // 48, "in_time": in_time, "volume": loads}).groupby("day").sum()
    )
    # By Erlang's formula itself, at the roster's agents: every day within a point of the promise.
    assert (by_day["in_time"] / by_day["volume"]).min() > 0.79
    assert paid_h(daily) < 0.97 * paid_h(alone)
    assert daily.bound <= daily.objective + 1e-6


def test_steps_fall_and_add_up_to_the_curve(calls, week):
    need, policy, staff, loads = calls("day")
    problem = problem_of(need, policy, staff, week)
    courses = courses_of(problem, curve_table(need, loads))
    prices = [np.full(int(course.span.max()) + 1, 2.0) for course in courses]
    needs = needs_at(problem, courses, prices)
    cell = courses[0].cell[0]
    told = [(p, a) for p, a in zip(needs.price[:, cell], needs.amount[:, cell], strict=True) if a > 0]
    assert [p for p, _ in told] == sorted((p for p, _ in told), reverse=True)
    assert sum(a for _, a in told) <= courses[0].agents[0, -1] + 1e-9
    # The first step is what half the promise takes: six agents at a load of 4.3, for five answer 36 % in time.
    assert service_level(4.3, 5.0, 20.0, 300.0) < 0.4 <= service_level(4.3, 6.0, 20.0, 300.0)
    assert told[0] == pytest.approx((10.0, 2 * 6))
    nobody = delivered(problem, courses, np.zeros_like(problem.given))
    assert np.allclose(nobody[0], 0)


def test_without_curves_or_a_promise_over_days_nothing_changes(calls, week):
    need, policy, staff, loads = calls("interval")
    problem = problem_of(need, policy, staff, week)
    assert promises_of(problem, curve_table(need, loads), 1.0, np.random.default_rng(0)) is None
    need, policy, staff, loads = calls("day")
    problem = problem_of(need, policy, staff, week)
    assert promises_of(problem, SERVICE_LEVEL_CURVE.empty(), 1.0, np.random.default_rng(0)) is None
    with pytest.raises(TableError):
        promises_of(problem, pd.DataFrame({"queue": ["general"]}), 1.0, np.random.default_rng(0))


def test_the_dearest_is_served_first_and_as_much_as_can_be():
    rng = np.random.default_rng(3)
    for _ in range(50):
        serves = rng.random((3, 3)) < 0.6
        presence, first = rng.uniform(0, 3, (3, 4)), rng.uniform(0, 2, (3, 4))
        demands = np.array([first, first + rng.uniform(0, 2, (3, 4))])
        both, alone = served(presence, demands, serves), served(presence, demands[:1], serves)
        assert both.sum(axis=0) == pytest.approx(met(presence, demands[1], serves))
        assert alone.sum(axis=0) == pytest.approx(met(presence, first, serves))
        assert (both >= alone - 1e-9).all()
