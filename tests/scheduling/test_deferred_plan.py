"""Deferred work moves to idle agents, never before it is released, never after it is due."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.solver.deferred import moved, plans_of, with_deferred


@pytest.fixture
def mail(centre, people, requirement, week):
    """Mail that comes at 6 and is due by 22 on every day; one agent's level plan asks for half an agent all day long.

    Calls need one agent from 6 to 14 and none later.
    """

    def build(due_hour=22, agents=1):
        policy = centre(
            queues=[
                {"id": "general", "opening": dict.fromkeys(("weekdays", "sat", "sun"), "06:00-22:00")},
                {
                    "id": "mail", "channel": "email", "deadline_h": 24,
                    "opening": dict.fromkeys(("weekdays", "sat", "sun"), "06:00-22:00"),
                },
            ],
            contracts=[{"id": "full", "hours_week": 112, "min_hours_week": 0, "max_days_week": 7}],
            rules={"daily_rest_h": 8, "max_consecutive_days": 7},
            shift_templates=[{"id": "early", "start": "06:00", "lengths_h": [16]}],
            objective={"wage": 0},
        )  # fmt: skip
        calls = requirement(week, (6, 14), 1.0, "general")
        plan = requirement(week, (6, 22), 0.5, "mail")
        local = plan["interval_start"].dt.tz_convert("Europe/Berlin")
        minute = local.dt.hour * 60 + local.dt.minute
        plan["released_h"] = np.where(minute == 360, 8.0, 0.0)
        plan["due_h"] = np.where(minute == due_hour * 60 - 30, 8.0, 0.0)
        staff = people(policy, [{"id": f"a{at}", "skills": "general+mail"} for at in range(agents)])
        return pd.concat([calls, plan], ignore_index=True), policy, staff

    return build


def test_mail_waits_until_the_calls_are_over(mail, week):
    need, policy, staff = mail()
    problem = problem_of(need, policy, staff, week)
    (plan,) = plans_of(problem, need)
    there = np.zeros_like(problem.given)
    there[0, problem.demand.sum(axis=0).repeat(problem.cells.size)[: there.shape[1]] > 0] = 1.0
    (planned,) = moved(problem, [plan], there)
    clock = need["interval_start"].iloc[plan.rows].dt.tz_convert("Europe/Berlin").dt.hour.to_numpy()
    assert planned[clock < 14] == pytest.approx(0)
    assert planned[clock >= 14].reshape(7, -1).sum(axis=1)[:6] == pytest.approx(8 * 4)
    assert planned.sum() == pytest.approx(plan.planned.sum())


@pytest.mark.parametrize("seed", range(4))
def test_any_plan_keeps_release_and_deadline(seed, mail, week):
    need, policy, staff = mail(due_hour=16)
    problem = problem_of(need, policy, staff, week)
    (plan,) = plans_of(problem, need)
    rng = np.random.default_rng(seed)
    there = rng.integers(0, 2, problem.given.shape).astype(float)
    (planned,) = moved(problem, [plan], there)
    done = np.cumsum(planned)
    assert (done >= plan.least - 1e-6).all()
    assert (done <= plan.most + 1e-6).all()
    rows = need.iloc[plan.rows]
    released, level = np.cumsum(rows["released_h"]) * 4, np.cumsum(plan.planned)
    assert (done <= np.maximum(released, level) + 1e-6).all()


def test_moving_saves_points_and_the_coverage_tells_the_new_plan(mail, week):
    need, policy, staff = mail()
    problem = problem_of(need, policy, staff, week)
    after, told, tours = with_deferred(problem, need, 2.0, np.random.default_rng(0))
    assert tours
    assert after.demand.sum() == pytest.approx(problem.demand.sum())
    assert told["rostered"].sum() == pytest.approx(need["agents"].sum())
    level = schedule(need.drop(columns=["released_h", "due_h"]), policy, staff, week, seconds=1)
    placed = schedule(need, policy, staff, week, seconds=1)
    # One agent does 8 h of calls, then 8 h of mail. By the level plan half an agent is short, then half is idle.
    assert placed.terms["understaffing"] + placed.terms["overstaffing"] == pytest.approx(0, abs=1e-6)
    assert level.terms["understaffing"] == pytest.approx(7 * 8 * 0.5 * 40)
    assert placed.bound <= placed.objective + 1e-6
    assert placed.coverage["required"].sum() == pytest.approx(need["agents"].sum())
