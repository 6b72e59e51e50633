"""The objective's independent witness: every term recomputed from the roster table, without the solver's kernels.

What a slot's agents can meet is taken here from the cut side of max-flow min-cut (Gale; Hoffman): over all unions U of
skill sets, the least of need(U) + agents of the skill sets not inside U. The solver sends flows instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from scheduling.given import Worked, worked
from scheduling.graph import Floats
from scheduling.problem import Problem
from scheduling.rules.rule import AgentRule
from scheduling.wishes import wish_cost
from scheduling.worker import Worker


def objective_terms(problem: Problem, roster: pd.DataFrame) -> dict[str, float]:
    """Points of each term of the objective for any roster over the problem's period."""
    on_floor = problem.team.presence(roster)
    previous = problem.given - problem.team.presence(problem.locked)
    presence = on_floor + previous
    served = _met(problem, problem.by_set(presence))
    by_set = problem.by_set(presence) * problem.scope
    idle = (by_set * ~problem.closed).sum() - served.sum()
    return {
        "understaffing": problem.understaffing * float(problem.demand.sum() - served.sum()),
        "overstaffing": problem.overstaffing * float(idle),
        "outside_opening": problem.outside_opening * float((by_set * problem.closed).sum()),
        "below_minimum_hours": soft_bounds(
            problem.atlas.rules, problem.team.workers, worked(roster, problem.team.workers, problem.horizon)
        ),
        "team_rules": _team_rules(problem, presence),
        "preferences": _preferences(problem, roster),
    }


def _met(problem: Problem, by_set: Floats) -> Floats:
    unions = {np.zeros(problem.serves.shape[1], dtype=bool).tobytes()}
    for row in problem.serves:
        unions |= {(np.frombuffer(union, dtype=bool) | row).tobytes() for union in unions}
    least = np.full(by_set.shape[1], np.inf)
    for union in sorted(unions):
        inside = np.frombuffer(union, dtype=bool)
        # Skill sets inside the union can serve no more than its queues need; the others are counted whole.
        outside = (problem.serves & ~inside).any(axis=1)
        least = np.minimum(least, problem.demand[inside].sum(axis=0) + by_set[outside].sum(axis=0))
    return least


def soft_bounds(rules: Iterable[AgentRule], workers: Iterable[Worker], duties: Mapping[str, Worked]) -> float:
    """Points of all priced bounds of agent rules, day by day."""
    rules, total = tuple(rules), 0.0
    for worker in workers:
        own = duties.get(worker.id, {})
        for rule in rules:
            state = rule.start(worker)
            for day in range(worker.horizon.period.days):
                state, value = rule.extend(worker, state, day, rule.trait(own[day]) if day in own else None)
                if value is not None:
                    total += sum(b.excess(value) * b.price for b in rule.bounds(worker, day) if b.price is not None)
    return total


def _team_rules(problem: Problem, presence: Floats) -> float:
    rows = problem.rows
    total = 0.0
    for slot, pools, sign, limit, price in zip(rows.slot, rows.pools, rows.sign, rows.limit, rows.price, strict=True):
        total += float(price) * max(0.0, sign * (limit - float(pools @ presence[:, slot])))
    return float(total)


def _preferences(problem: Problem, roster: pd.DataFrame) -> float:
    price = problem.centre.prices.preference
    duties = worked(roster, problem.team.workers, problem.horizon)
    wishing = (worker for worker in problem.team.workers if worker.wishes)
    return sum(wish_cost(worker, duty, price) for worker in wishing for duty in duties.get(worker.id, {}).values())
