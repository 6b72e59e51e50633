"""Lines below a slot's cost against every roster of a few whole agents, and the bound they give with shared agents."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from scheduling import solver
from scheduling.facets import facets_of
from scheduling.problem import problem_of
from scheduling.roster import schedule
from scheduling.standing import team_costs

SKILLS = ["general", "vip", "general+vip", "chat", "chat+general+vip"]


def shared_queues(rng, centre, people, requirement, week):
    policy = centre(queues=[{"id": "general"}, {"id": "vip"}, {"id": "chat"}])
    staff = people(policy, [{"id": f"a{at}", "skills": skills} for at, skills in enumerate(SKILLS)])
    spans = [(queue, int(rng.integers(6, 10)), rng.uniform(0, 2)) for queue in ("general", "vip", "chat")]
    need = pd.concat([requirement(week, (start, 14), agents, queue) for queue, start, agents in spans])
    return need, policy, staff


@pytest.mark.parametrize("seed", range(6))
def test_no_line_is_above_the_cost_of_whole_agents(seed, centre, people, requirement, week):
    rng = np.random.default_rng(seed)
    problem = problem_of(*shared_queues(rng, centre, people, requirement, week), week)
    given = np.zeros_like(problem.given)
    given[rng.integers(len(given))] = rng.uniform(0, 1)
    problem = replace(problem, given=given if seed % 2 else problem.given)
    facets = facets_of(problem)
    tightest = np.full(len(facets.slots), np.inf)
    for whole in product(range(3), repeat=len(problem.sets)):
        presence = np.zeros_like(problem.given)
        presence[:, facets.slots] = np.array(whole)[problem.set_of_pool][:, None]
        lines = facets.constant + facets.slope @ np.array(whole, dtype=float)
        height = np.maximum.reduceat(lines, facets.first[:-1])
        cost = [
            sum(team_costs(problem, (presence + problem.given) * (np.arange(problem.horizon.slots) == slot)).values())
            - problem.understaffing * (problem.demand.sum() - problem.demand[:, slot].sum())
            for slot in facets.slots[:: len(facets.slots) // 9]
        ]
        above = np.array(cost) - height[:: len(facets.slots) // 9]
        assert above.min() > -1e-6
        tightest[:: len(facets.slots) // 9] = np.minimum(tightest[:: len(facets.slots) // 9], above)
    assert tightest[:: len(facets.slots) // 9] == pytest.approx(0, abs=1e-6)


def test_a_queue_of_its_own_agents_costs_the_line_between_two_whole_numbers(centre, people, requirement, week):
    policy = centre()
    problem = problem_of(requirement(week, (6, 14), 1.4), policy, people(policy, [{"id": "a"}]), week)
    facets = facets_of(problem)
    lines = slice(facets.first[0], facets.first[1])
    cost = [float((facets.constant[lines] + facets.slope[lines, 0] * agents).max()) for agents in (1, 1.5, 2)]
    assert cost[0] == pytest.approx(0.4 * problem.understaffing)
    assert cost[2] == pytest.approx(0.6 * problem.overstaffing)
    assert cost[1] == pytest.approx((cost[0] + cost[2]) / 2)


@pytest.mark.parametrize("rows", [0, 700])
def test_the_bound_with_shared_agents_is_below_every_roster_found(rows, centre, people, requirement, week, monkeypatch):
    monkeypatch.setattr(solver, "MOST_ROWS", rows)
    need, policy, staff = shared_queues(np.random.default_rng(8), centre, people, requirement, week)
    found = [schedule(need, policy, staff, week, seconds=2, seed=seed) for seed in range(2)]
    assert max(one.bound for one in found) <= min(one.objective for one in found) + 1e-6
    assert all(one.bound > 0 for one in found)
