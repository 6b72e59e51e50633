"""Lines below a cell's cost against every roster of a few whole agents, and the bound they give with shared agents."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from scheduling.problem.cover import met
from scheduling.problem.problem import problem_of
from scheduling.roster import schedule
from scheduling.solver import solve as solver
from scheduling.solver.facets import facets_of

SKILLS = ["general", "vip", "general+vip", "chat", "chat+general+vip"]


def shared_queues(rng, centre, people, requirement, week):
    policy = centre(queues=[{"id": "general"}, {"id": "vip"}, {"id": "chat"}])
    staff = people(policy, [{"id": f"a{at}", "skills": skills} for at, skills in enumerate(SKILLS)])
    spans = [(queue, int(rng.integers(6, 10)), rng.uniform(0, 2)) for queue in ("general", "vip", "chat")]
    need = pd.concat([requirement(week, (start, 14), agents, queue) for queue, start, agents in spans])
    return need, policy, staff


def lowest(facets, agents):
    """Points by cell that the lines say at least, without what a floor without anybody costs and without idleness."""
    lines = facets.constant + (facets.slope * np.repeat(agents[:, facets.cell].T, np.diff(facets.first), axis=0)).sum(1)
    out = np.zeros(agents.shape[1])
    np.add.at(out, facets.cell, np.maximum.reduceat(lines, facets.first[:-1]))
    return out


@pytest.mark.parametrize("seed", range(6))
def test_no_line_is_above_the_cost_of_whole_agents(seed, centre, people, requirement, week):
    rng = np.random.default_rng(seed)
    problem = problem_of(*shared_queues(rng, centre, people, requirement, week), week)
    given = np.zeros_like(problem.given)
    given[rng.integers(len(given))] = rng.uniform(0, 1)
    problem = replace(problem, given=given if seed % 2 else problem.given)
    facets = facets_of(problem)
    assert len(facets.cell)
    tightest = np.full(problem.cells.count, np.inf)
    for whole in product(range(4), repeat=len(problem.sets)):
        agents = np.repeat(np.array(whole, dtype=float)[:, None], problem.cells.count, axis=1)
        served = [met(agents + problem.by_set(problem.given), layer.demand, problem.serves) for layer in problem.layers]
        cost = -sum(layer.gain * part for layer, part in zip(problem.layers, served, strict=True))
        above = cost - lowest(facets, agents)
        assert above.min() > -1e-6
        tightest = np.minimum(tightest, above)
    assert tightest == pytest.approx(0, abs=1e-6)


def test_a_queue_of_its_own_agents_costs_the_line_between_two_whole_numbers(centre, people, requirement, week):
    policy = centre()
    problem = problem_of(requirement(week, (6, 14), 0.7), policy, people(policy, [{"id": "a"}]), week)
    cell = int(np.flatnonzero(problem.demand[0])[0])
    assert problem.demand[0, cell] == pytest.approx(1.4)  # agent-quarters of half an hour
    cost = []
    for agents in (1, 1.5, 2):
        floor = np.full((1, problem.cells.count), float(agents))
        short = 1.4 * problem.understaffing
        cost.append(short + agents * problem.overstaffing + lowest(facets_of(problem), floor)[cell])
    assert cost[0] == pytest.approx(0.4 * problem.understaffing)
    assert cost[2] == pytest.approx(0.6 * problem.overstaffing)
    assert cost[1] == pytest.approx((cost[0] + cost[2]) / 2)


@pytest.mark.parametrize("rows", [0, 700])
def test_the_bound_with_shared_agents_is_below_every_roster_found(rows, centre, people, requirement, week, monkeypatch):
    monkeypatch.setattr(solver, "MOST_ROWS", rows)
    need, policy, staff = shared_queues(np.random.default_rng(8), centre, people, requirement, week)
    found = [schedule(need, policy, staff, week, seconds=1, seed=seed) for seed in range(2)]
    assert max(one.bound for one in found) <= min(one.objective for one in found) + 1e-6
    assert all(one.bound > 0 for one in found)
