"""Deferred work, placed where it costs least before its deadline.

The requirement gives deferred queues a level plan. Any other plan is as good that never runs ahead of what has been
released and never falls behind what is due, so between these two the work is moved to where agents would be idle. In
turn, agents are rostered for the plan and the plan is moved to suit the agents: for agents as they stand the best plan
is a linear programme over flows of work from interval to interval, and so exact; the whole is a descent, and the bound
of a roster is one for its final plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scheduling.arrays import Floats, Ints
from scheduling.problem.demand import required_agents
from scheduling.problem.needs import Needs, needs_of
from scheduling.problem.problem import Problem
from scheduling.solver.construct import construct, sweep
from scheduling.solver.facets import components
from scheduling.solver.linear import LinearProgram
from scheduling.solver.search import Clock, Search, Tours, standing_of, wall_clock
from wfm.policy.days import queue_open_minutes
from wfm.policy.deadline import work_minutes
from wfm.policy.shift import SLOT_MIN

TURNS = 3
LONGEST_S = 10.0
"""For moving all work once."""
STAY = 1e-3
"""Of the price of understaffing, what moving an agent-quarter costs: work stays where moving it gains nothing."""


@dataclass(frozen=True, eq=False)
class Plan:
    """One deferred queue: ``rows`` of the requirement in order of time, and agent-quarters by row.

    ``planned`` is the plan so far; the running total of any plan stays within ``least`` and ``most``. ``cell`` is each
    row's first cell, ``parts`` its number of cells, ``slots`` of quarter-hours; ``movable`` rows are open to the work.
    """

    queue: int
    rows: Ints
    cell: Ints
    parts: int
    slots: float
    planned: Floats
    least: Floats
    most: Floats
    movable: np.ndarray


def plans_of(problem: Problem, requirement: pd.DataFrame) -> list[Plan]:
    """Plans of the deferred queues whose requirement tells what is released and due and whose rows are whole cells.

    What waits before the period, and what may wait after it, is what the level plan leaves there.
    """
    told = {"released_h", "due_h"} <= set(requirement.columns)
    minutes = problem.horizon.minutes(pd.DatetimeIndex(requirement["interval_start"]))
    found = [_plan(problem, requirement, minutes, q) for q in range(len(problem.centre.queues))] if told else []
    return [plan for plan in found if plan is not None]


def _plan(problem: Problem, requirement: pd.DataFrame, minutes: Ints, q: int) -> Plan | None:
    queue, cell_min = problem.centre.queues[q], problem.cells.size * SLOT_MIN
    borders = problem.horizon.midnights(problem.centre.zone_of(queue.id))
    own = (requirement["queue"] == queue.id).to_numpy() & (minutes >= borders[0]) & (minutes < borders[-1])
    rows = np.flatnonzero(own)
    rows = rows[np.argsort(minutes[rows], kind="stable")]
    table = requirement.iloc[rows]
    if not queue.deferred or queue.interval_min % cell_min or table.empty or table["released_h"].isna().any():
        return None
    if "basis" in table and (table["basis"] == "blended").any():
        return None
    agents = table["agents"].to_numpy(float)
    rostered = table["rostered"].fillna(table["agents"]).to_numpy(float) if "rostered" in table else agents
    if agents.sum() <= 0:
        return None
    quarters = queue.interval_min / SLOT_MIN
    planned, to_roster = rostered * quarters, rostered.sum() / agents.sum() * 60 / SLOT_MIN
    done = np.cumsum(planned)
    due, released = (np.cumsum(table[name].to_numpy(float)) * to_roster for name in ("due_h", "released_h"))
    waiting = max(float((done - released).max()), 0.0)
    owed = max(float((due - done).max()), 0.0)
    least, most = np.minimum(due - owed, done), np.maximum(released + waiting, done)
    least[-1] = most[-1] = done[-1]
    return Plan(
        queue=q,
        rows=rows,
        cell=minutes[rows] // cell_min,
        parts=queue.interval_min // cell_min,
        slots=quarters,
        planned=planned,
        least=np.maximum(least, 0.0),
        most=np.minimum(most, done[-1]),
        movable=_open(problem, queue.id, minutes[rows]) | (planned > 0),
    )


def _open(problem: Problem, queue: str, minutes: Ints) -> np.ndarray:
    """Whether a queue's work may be done in the intervals that start at ``minutes``."""
    own = problem.centre.queue(queue)
    starts = problem.horizon.instants(minutes)
    if own.work_hours is not None:
        return np.asarray(work_minutes(starts, problem.centre, queue) >= own.interval_min)
    return np.asarray(queue_open_minutes(starts, problem.centre, queue, own.interval_min) >= own.interval_min)


def moved(problem: Problem, plans: Sequence[Plan], presence: Floats) -> list[Floats]:
    """The cheapest plans for agents present by pool and slot, in agent-quarters by row of each plan.

    Where the linear programme is not done within its time, plans stay as they are.
    """
    lp = LinearProgram()
    need_row = _floor_rows(lp, problem, problem.by_set(presence), plans)
    changes = []
    for plan in plans:
        steps = np.diff(plan.least, prepend=0.0) - plan.planned
        rows = [lp.add_row(float(step), float(step)) for step in steps]
        for at, room in enumerate(plan.most - plan.least):
            # What is done ahead of the latest plan is carried from row to row.
            later = rows[at : at + 2]
            lp.add_column(0.0, later, [-1.0, 1.0][: len(later)], high=float(max(room, 0.0)))
        own = []
        for at, row in enumerate(rows):
            cells = range(int(plan.cell[at]), int(plan.cell[at]) + plan.parts)
            floor, share = [need_row[plan.queue, cell] for cell in cells], 1.0 / plan.parts
            price, top = STAY * problem.understaffing, np.inf if plan.movable[at] else 0.0
            more = lp.add_column(price, [row, *floor], [1.0, *[-share] * plan.parts], high=top)
            less = lp.add_column(price, [row, *floor], [-1.0, *[share] * plan.parts], high=float(plan.planned[at]))
            own.append((more, less))
        changes.append(np.array(own))
    solution = lp.solve(LONGEST_S, dual_simplex=True)
    if solution is None:
        return [plan.planned for plan in plans]
    value = solution.values  # noqa: PD011
    pairs = zip(plans, changes, strict=True)
    return [np.maximum(plan.planned + value[own[:, 0]] - value[own[:, 1]], 0.0) for plan, own in pairs]


def _floor_rows(
    lp: LinearProgram, problem: Problem, by_set: Floats, plans: Sequence[Plan]
) -> dict[tuple[int, int], int]:
    """Rows of the floor by queue and cell: what flows there + what is short = need. Flows come out of skill sets.

    Of the queues, those that share agents with deferred ones.
    """
    deferred = {plan.queue: plan for plan in plans}
    tied = _tied(problem, list(deferred))
    touched = np.zeros(by_set.shape[1], dtype=bool)
    for plan in plans:
        for part in range(plan.parts):
            touched[plan.cell + part] = True
    needs, row_of = problem.needs, {}
    for cell in np.flatnonzero(touched):
        for q in tied:
            own = (needs.queue == q) & (needs.price[:, cell] > 0) & (needs.amount[:, cell] > 0)
            total = float(needs.amount[own, cell].sum())
            if total <= 0 and q not in deferred:
                continue
            row_of[int(q), int(cell)] = row = lp.add_row(total, total)
            for price, amount in zip(needs.price[own, cell], needs.amount[own, cell], strict=True):
                lp.add_column(float(price), [row], [1.0], high=np.inf if q in deferred else float(amount))
            if total <= 0:
                lp.add_column(problem.understaffing, [row], [1.0])
        for s in np.flatnonzero(by_set[:, cell] > 0):
            pairs = ((int(q), int(cell)) for q in np.flatnonzero(problem.serves[s]))
            reached = [row_of[pair] for pair in pairs if pair in row_of]
            if reached:
                capacity = lp.add_row(-np.inf, float(by_set[s, cell]))
                for row in reached:
                    lp.add_column(0.0, [capacity, row], [1.0, 1.0])
    return row_of


def _tied(problem: Problem, queues: list[int]) -> Ints:
    """The queues that share agents with any of ``queues``, themselves among them."""
    tied = np.isin(np.arange(problem.serves.shape[1]), queues)
    for own, _ in components(problem.serves):
        if own[queues].any():
            tied |= own
    return np.flatnonzero(tied)


def with_deferred(
    problem: Problem, requirement: pd.DataFrame, seconds: float, rng: np.random.Generator, clock: Clock = wall_clock
) -> tuple[Problem, pd.DataFrame, Tours]:
    """The problem and the requirement with deferred work where it suits the agents best, and a team for them.

    In turn the team is swept and the work is moved, ``TURNS`` times or until nothing moves, within ``seconds``. Without
    deferred work all stays and there is no team.
    """
    plans, tours = plans_of(problem, requirement), Tours()
    if not plans or not problem.profiles:
        return problem, requirement, tours
    for _ in range(TURNS):
        search = Search(problem, seconds / TURNS, rng, clock=clock)
        tours = sweep(search, tours or construct(search), rounds=2)
        planned = moved(problem, plans, standing_of(problem, tours).presence)
        change = max(float(np.abs(new - plan.planned).max()) for new, plan in zip(planned, plans, strict=True))
        plans = [replace(plan, planned=new) for plan, new in zip(plans, planned, strict=True)]
        problem = replace(problem, needs=_needs(problem, plans))
        if change < 1e-6:
            break
    return problem, _requirement(requirement, plans), tours


def suited(problem: Problem, requirement: pd.DataFrame, tours: Tours) -> tuple[Problem, pd.DataFrame]:
    """The problem and the requirement with deferred work where it suits ``tours`` best, as they are."""
    plans = plans_of(problem, requirement)
    if not plans:
        return problem, requirement
    planned = moved(problem, plans, standing_of(problem, tours).presence)
    plans = [replace(plan, planned=new) for plan, new in zip(plans, planned, strict=True)]
    return replace(problem, needs=_needs(problem, plans)), _requirement(requirement, plans)


def _needs(problem: Problem, plans: Sequence[Plan]) -> Needs:
    """The problem's needs with the plans' demand in place of their queues'."""
    demand = problem.demand.copy()
    for plan in plans:
        demand[plan.queue] = 0.0
        for part in range(plan.parts):
            demand[plan.queue, plan.cell + part] = plan.planned / plan.parts
    starts = problem.horizon.slot_starts()[problem.cells.first]
    nowhere = np.zeros(demand.shape, dtype=bool)
    under, old = needs_of(demand, nowhere, problem.centre, starts, 0.0), problem.needs
    beyond = (old.price <= 0).all(axis=1)
    return Needs(
        np.concatenate([under.queue, old.queue[beyond]]),
        np.concatenate([under.amount, old.amount[beyond]]),
        np.concatenate([under.price, old.price[beyond]]),
    )


def _requirement(requirement: pd.DataFrame, plans: Sequence[Plan]) -> pd.DataFrame:
    """The requirement with the agents of the plans."""
    told = required_agents(requirement).copy()
    agents = requirement["agents"].to_numpy(float).copy()
    for plan in plans:
        planned = plan.planned / plan.slots
        before = told[plan.rows].sum()
        agents[plan.rows] = planned * (agents[plan.rows].sum() / before if before > 0 else 1.0)
        told[plan.rows] = planned
    return requirement.assign(agents=agents, rostered=told)
