"""The report of a mix: its numbers beside today's, what it costs and why, and what each queue gets, in tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scheduling.checking.objective import objective_terms, soft_bounds_by_term
from scheduling.checking.objective_pay import bare_hours
from scheduling.mix.candidates import WEEK_DAYS, Candidates
from scheduling.problem.cover import TINY, served
from scheduling.problem.needs import QUARTER_H
from scheduling.problem.problem import Problem
from scheduling.segments import roster_table
from scheduling.solver.search import Search, Tours
from scheduling.staff.given import Worked, worked
from scheduling.staff.worker import Worker

RELAXATION = (
    "Lagrangian: every agent's own rules and whole shifts exact, each takes the cheaper of his best tour and none, "
    "agents tied together only through prices of cover and team rows"
)
HEADS, TOTAL = "heads", "total"


@dataclass(frozen=True)
class Mix:
    """A mix and how good it is. Amounts are in units of currency a week.

    Attributes:
        kinds: a row a kind: kind, skills, contract, site, grade, now, best, difference, hours (paid, of the best), and
            cost_week (wages, overtime and heads of the best); the last row is the total.
        costs: a row a term of the cost: item, now, best; the last is the total. ``now`` is NaN without a team.
        queues: a row a queue in need: agent-hours of the period that are required, met by the best mix, and short.
        roster: that of the best mix over the period.
        cost, bound: of the best mix, and what no mix is below, by ``relaxation``; gap: (cost - bound) / cost.
        present_cost, present_bound: today's numbers rostered alike, and what no roster of theirs is below; or NaN.
        point: what a point of the policy's prices is worth.
        notes: sentences on kinds without a legal roster, kinds at their most, and queues that nobody serves.
    """

    kinds: pd.DataFrame
    costs: pd.DataFrame
    queues: pd.DataFrame
    roster: pd.DataFrame
    cost: float
    bound: float
    relaxation: str
    gap: float
    present_cost: float
    present_bound: float
    point: float
    notes: tuple[str, ...]
    seconds: float
    interrupted: bool


@dataclass(frozen=True)
class Account:
    """A team's roster and what it costs over the period: by item, and pay with heads by kind; paid hours by kind, and
    agent-hours of each queue's need that are met."""

    heads: tuple[int, ...]
    roster: pd.DataFrame
    items: Mapping[str, float]
    pay: tuple[float, ...]
    hours: tuple[float, ...]
    met: tuple[float, ...]


def mix_of(
    candidates: Candidates,
    best: Search,
    present: Search | None,
    bound: float,
    seconds: float,
    interrupted: bool,
) -> Mix:
    """What the searches have found, as tables; every amount is computed anew from the roster table."""
    found = account_of(candidates, best.problem, best.best)
    today = None
    if present is not None and np.isfinite(present.incumbent):
        today = account_of(candidates, present.problem, present.best)
    point = candidates.priced.point
    a_week = WEEK_DAYS / candidates.problem.horizon.period.days
    cost = a_week * sum(found.items.values())
    low = cost if best.incumbent - bound <= 1e-6 * max(best.incumbent, 1.0) else min(a_week * bound * point, cost)
    return Mix(
        kinds=_kinds(candidates, found, a_week),
        costs=_costs(found, today, a_week),
        queues=_queues(candidates, found),
        roster=found.roster,
        cost=cost,
        bound=low,
        relaxation=RELAXATION,
        gap=(cost - low) / cost if cost > 0 else 0.0,
        present_cost=float("nan") if today is None else a_week * sum(today.items.values()),
        present_bound=float("nan") if today is None or present is None else a_week * present.bound * point,
        point=point,
        notes=tuple(_notes(candidates, found)),
        seconds=seconds,
        interrupted=interrupted,
    )


def account_of(candidates: Candidates, problem: Problem, tours: Tours) -> Account:
    """The account of a team's ``tours``; who has none in ``problem`` by choice is not employed."""
    kinds, point = candidates.kinds, candidates.priced.point
    heads = candidates.heads(problem, tours)
    optional = {agent for profile in problem.profiles if profile.optional for agent in profile.agents}
    employed = sorted(agent for agent, tour in tours.items() if tour.duties or agent not in optional)
    workers = tuple(problem.team.workers[agent] for agent in employed)
    team = replace(problem, team=replace(problem.team, workers=workers), profiles=())
    roster = roster_table(problem, {agent: tours[agent] for agent in employed})
    items = {term: points * point for term, points in objective_terms(team, roster).items()}
    weeks = problem.horizon.period.days / WEEK_DAYS
    head = [count * kind.head_week * weeks for count, kind in zip(heads, kinds, strict=True)]
    duties = worked(roster, workers, problem.horizon)
    hours = bare_hours(team.centre, problem.horizon, {worker.id: worker for worker in workers}, duties)
    pay = list(head)
    paid = [0.0] * len(kinds)
    for agent, worker in zip(employed, workers, strict=True):
        at = candidates.kind_of(agent)
        paid[at] += sum(duty.paid_min for duty in duties.get(worker.id, {}).values()) / 60
        pay[at] += kinds[at].rate * hours.get(worker.id, 0.0) + _overtime(team, worker, duties) * point
    demands = np.array([layer.demand for layer in problem.layers])
    met = served(team.by_set(team.team.presence(roster)), demands, problem.serves).sum(axis=1) * QUARTER_H
    return Account(tuple(heads), roster, {**items, HEADS: sum(head)}, tuple(pay), tuple(paid), tuple(met.tolist()))


def _overtime(problem: Problem, worker: Worker, duties: Mapping[str, Worked]) -> float:
    return soft_bounds_by_term(problem.atlas.rules, [worker], duties)["overtime"]


def _kinds(candidates: Candidates, found: Account, a_week: float) -> pd.DataFrame:
    rows = [
        (
            kind.id, "+".join(sorted(kind.skills)), kind.contract, kind.site, kind.grade,
            kind.now, heads, heads - kind.now, hours * a_week, pay * a_week,
        )
        for kind, heads, hours, pay in zip(candidates.kinds, found.heads, found.hours, found.pay, strict=True)
        if kind.now or heads
    ]  # fmt: skip
    now, best = sum(kind.now for kind in candidates.kinds), sum(found.heads)
    sums = now, best, best - now, sum(found.hours) * a_week, sum(found.pay) * a_week
    rows.append((TOTAL, "", "", "", "", *sums))
    columns = ["kind", "skills", "contract", "site", "grade", "now", "best", "difference", "hours", "cost_week"]
    return pd.DataFrame(rows, columns=columns)


def _costs(found: Account, today: Account | None, a_week: float) -> pd.DataFrame:
    now = {name: float("nan") for name in found.items} if today is None else dict(today.items)
    rows = [
        (name, now[name] * a_week, amount * a_week)
        for name, amount in found.items.items()
        if amount > TINY or now[name] > TINY
    ]
    rows.append((TOTAL, sum(now.values()) * a_week, sum(found.items.values()) * a_week))
    return pd.DataFrame(rows, columns=["item", "now", "best"])


def _queues(candidates: Candidates, found: Account) -> pd.DataFrame:
    problem = candidates.problem
    need = problem.demand.sum(axis=1) * QUARTER_H
    table = pd.DataFrame({"queue": [queue.id for queue in problem.centre.queues], "required_h": need})
    table = table.assign(met_h=found.met, short_h=np.maximum(need - np.array(found.met), 0.0))
    return table[table["required_h"] > 0].reset_index(drop=True)


def _notes(candidates: Candidates, found: Account) -> list[str]:
    """What the reader must know of kinds and queues beside their numbers."""
    kinds = candidates.kinds
    notes = sorted({agent.sentence for agent in candidates.problem.unplaceable})
    for at, (kind, heads, most) in enumerate(zip(kinds, found.heads, candidates.most, strict=True)):
        if heads == most > 0 and at in candidates.profile:
            notes.append(f"{kind.id}: {heads}, all that may be employed; more might be better still")
        if most == 0 and kind.now:
            notes.append(f"{kind.id}: {kind.now} today, none in the mix, since it is not among its kinds")
    return notes + _unserved(candidates)


def _unserved(candidates: Candidates) -> list[str]:
    problem = candidates.problem
    able = [kind for at, kind in enumerate(candidates.kinds) if candidates.most[at] > 0 and at in candidates.profile]
    served = {queue for kind in able for queue in kind.skills}
    hours = problem.demand.sum(axis=1) * QUARTER_H
    return [
        f"{queue.id}: no kind serves it, so all of its {need:,.1f} agent-hours are short in any mix"
        for queue, need in zip(problem.centre.queues, hours, strict=True)
        if need > 0 and queue.id not in served
    ]
