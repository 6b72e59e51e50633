"""The objective's independent witness: every term recomputed from the roster table, without the solver's kernels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from scheduling.arrays import Floats
from scheduling.checking.objective_cover import cover_terms
from scheduling.checking.objective_pay import bare_hours
from scheduling.costs.stability import change_cost
from scheduling.costs.wages import rate_of, wage_points
from scheduling.costs.wishes import unheard
from scheduling.problem.problem import Problem
from scheduling.rules.rule import AgentRule
from scheduling.staff.given import Worked, worked
from scheduling.staff.worker import Worker
from wfm.policy.objective import TERMS


def objective_terms(problem: Problem, roster: pd.DataFrame) -> dict[str, float]:
    """Points of each term of the objective, as weighed, for any roster over the problem's period."""
    workers, weights = problem.team.workers, problem.centre.objective.term_weights()
    on_floor = problem.team.presence(roster)
    previous = problem.given - problem.team.presence(problem.locked)
    presence = on_floor + previous
    duties = worked(roster, workers, problem.horizon)
    terms = {
        **soft_bounds_by_term(problem.atlas.rules, workers, duties),
        **cover_terms(problem, presence),
        "team_rules": _team_rules(problem, presence),
        "wages": weights["wages"] * _wages(problem, duties),
        "preferences": weights["preferences"] * _preferences(problem, duties),
        "stability": weights["stability"] * _stability(problem, duties),
    }
    return {term: terms.get(term, 0.0) for term in TERMS}


def soft_bounds(rules: Iterable[AgentRule], workers: Iterable[Worker], duties: Mapping[str, Worked]) -> float:
    """Points of all priced bounds of agent rules, day by day."""
    return sum(soft_bounds_by_term(rules, workers, duties).values())


def soft_bounds_by_term(
    rules: Iterable[AgentRule], workers: Iterable[Worker], duties: Mapping[str, Worked]
) -> dict[str, float]:
    """The same by the term that each bound counts to."""
    rules, total = tuple(rules), dict.fromkeys(TERMS, 0.0)
    for worker in workers:
        own = duties.get(worker.id, {})
        for rule in rules:
            state = rule.start(worker)
            for day in range(worker.horizon.period.days):
                state, value = rule.extend(worker, state, day, rule.trait(own[day]) if day in own else None)
                if value is not None:
                    for bound in rule.bounds(worker, day):
                        if bound.price is not None:
                            total[bound.term] += bound.excess(value) * bound.price
    return total


def _team_rules(problem: Problem, presence: Floats) -> float:
    rows = problem.rows
    total = 0.0
    for slot, kind, sign, limit, price in zip(rows.slot, rows.kind, rows.sign, rows.limit, rows.price, strict=True):
        total += float(price) * max(0.0, sign * (limit - float(rows.weights[kind] @ presence[:, slot])))
    return float(total)


def _wages(problem: Problem, duties: Mapping[str, Worked]) -> float:
    workers = {worker.id: worker for worker in problem.team.workers if worker.id in duties}
    hours = bare_hours(problem.centre, problem.horizon, workers, duties)
    return wage_points(problem.centre) * sum(rate_of(problem.centre, workers[agent]) * h for agent, h in hours.items())


def _preferences(problem: Problem, duties: Mapping[str, Worked]) -> float:
    placed = {agent for profile in problem.profiles for agent in profile.agents}
    wishing = (worker for at, worker in enumerate(problem.team.workers) if at in placed)
    return problem.centre.prices.preference * sum(unheard(worker, duties.get(worker.id, {})) for worker in wishing)


def _stability(problem: Problem, duties: Mapping[str, Worked]) -> float:
    last, prices = problem.atlas.draft or {}, problem.centre.objective.stability
    total = 0.0
    for profile in problem.profiles:
        for agent in profile.agents:
            worker = problem.team.workers[agent]
            if worker.id in last:
                before, after = last[worker.id], duties.get(worker.id, {})
                days = range(problem.horizon.period.days)
                total += sum(change_cost(prices, before.get(day), after.get(day)) for day in days)
    return total
