"""Rule costs: how many points a roster could be cheaper if one rule were left out, the others staying in force.

Without the rule everybody answers once to the others as they stand, each with the best tour that the remaining rules
allow. What that saves is a roster that exists, so the rule costs this roster at least so much; a new search may find
more. The same turn with every rule in force tells how much of it could be saved anyway. A bound from the other side
says how much it can be at most (see ``saving``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from scheduling.arrays import Floats
from scheduling.checking.objective import objective_terms
from scheduling.explaining.saving import lower_bounds, settled_prices
from scheduling.explaining.shortfall import present_with_given
from scheduling.explaining.variant import ALL_IN_FORCE, Variant, variants_of
from scheduling.person.tour import Tour, best_tour
from scheduling.problem.problem import Problem
from scheduling.problem.standing import Standing
from scheduling.solver.draft import tours_of
from scheduling.solver.search import Tours, priced
from scheduling.staff.given import worked

LEAST_POINTS = 0.5
KEEP = 1e6
"""Points by which the shifts of the roster are wanted when the cost of keeping them all is asked for."""
TURNS_SHARE, SETTLE_SHARE = 0.5, 0.2
"""Of the time, for everybody's answers and for settling prices; bounds have the rest."""


@dataclass(frozen=True)
class RuleCost:
    """What a rule costs a roster.

    Attributes:
        points: saved at least where the rule is left out; ``anyway`` of them with every rule in force as well.
        most: no roster without the rule saves more than that; None where time ran out.
        tried: agents who were given another tour if that was cheaper, of ``agents``; fewer where time ran out.
    """

    rule: str
    points: float
    anyway: float
    most: float | None
    tried: int
    agents: int
    sentence: str

    @property
    def cost(self) -> float:
        """Points that are the rule's own doing; of all rules in force, what can be saved with them."""
        return self.points if self.rule == ALL_IN_FORCE else max(self.points - self.anyway, 0.0)


def rule_costs(problem: Problem, roster: pd.DataFrame, *, seconds: float = 5.0, seed: int = 0) -> tuple[RuleCost, ...]:
    """What each rule in force and the preferences cost ``roster``, the dearest first, within about ``seconds``.

    Before them comes what could be saved with all rules in force. Agents whose roster is none of the problem's legal
    tours, by hand or by law, keep it.
    """
    began = time.monotonic()
    presence = present_with_given(problem, roster)
    variants = variants_of(problem)
    tours = _tours(problem, variants[0], roster)
    agents = [agent for agent in np.random.default_rng(seed).permutation(len(problem.team.workers)) if agent in tours]
    saved: list[tuple[float, int]] = []
    for done, variant in enumerate(variants):
        now = time.monotonic()
        share = (began + TURNS_SHARE * seconds - now) / (len(variants) - done)
        # Where time is short the same agents are asked about every rule, so that savings compare.
        asked = agents[: saved[0][1]] if saved else agents
        saved.append(_turn(variants[0], variant, presence, tours, asked, now + share))
    prices = settled_prices(problem, tours, SETTLE_SHARE * seconds, seed)
    objective = sum(objective_terms(problem, roster).values())
    bounds = [None] * len(variants) if prices is None else lower_bounds(variants, prices, began + seconds)
    costs = [
        _rule_cost(variant.left_out, points, saved[0][0], objective, bound, tried, len(agents))
        for variant, (points, tried), bound in zip(variants, saved, bounds, strict=True)
    ]
    return costs[0], *sorted(costs[1:], key=lambda cost: (-cost.cost, cost.rule))


def _rule_cost(
    rule: str, points: float, anyway: float, objective: float, bound: float | None, tried: int, agents: int
) -> RuleCost:
    # Nothing costs less than 0, so a bound below tells nothing.
    most = None if bound is None or bound <= 0 else max(objective - bound, points)
    cost = max(points - anyway, 0.0)
    if rule == ALL_IN_FORCE:
        told = f"one turn in which everybody takes his best tour would save {points:,.0f} points"
    elif cost < LEAST_POINTS:
        told = "without it nobody's best tour would save anything"
    else:
        told = f"without it the roster could cost at least {cost:,.0f} points less"
    if most is not None:
        told += f"; no search can save more than {most:,.0f}"
    return RuleCost(rule, points, anyway, most, tried, agents, f"{rule.replace('_', ' ')}: {told}")


def _tours(problem: Problem, in_force: Variant, roster: pd.DataFrame) -> Tours:
    """The roster's tours where all shifts of an agent are legal together; empty ones for agents without a shift."""
    duties = worked(roster, problem.team.workers, problem.horizon)
    found = tours_of(problem, roster)
    tours = {}
    for profile in problem.profiles:
        for agent in profile.agents:
            shifts = len(duties.get(problem.team.workers[agent].id, {}))
            tour = found.get(agent) if shifts else _kept(in_force, agent, ())
            if tour is not None and len(tour.duties) == shifts:
                tours[agent] = tour
    return tours


def _kept(variant: Variant, agent: int, duties: tuple[int, ...]) -> Tour | None:
    """The tour of exactly ``duties``, at what it costs in ``variant``; None where it is not legal there."""
    profile = variant.profile(agent)
    if profile is None:
        return None
    costs = np.full(len(profile.menu.duties), np.inf)
    costs[list(duties)] = -KEEP
    found = best_tour(profile, costs, np.zeros(variant.problem.given.shape[1]))
    return found[0] if found is not None and found[0].duties == duties else None


def _turn(
    in_force: Variant, variant: Variant, presence: Floats, tours: Tours, agents: Sequence[int], until: float
) -> tuple[float, int]:
    """Everybody's best answer in ``variant``: points saved by those who were tried in time, and how many they are."""
    saved, tried = Standing(in_force.problem, presence).cost(), 0
    standing = Standing(variant.problem, presence.copy())
    for agent in agents:
        if time.monotonic() > until:
            break
        tried += 1
        profile, held = variant.profile(agent), tours[agent]
        stays = _kept(variant, agent, held.duties)
        if profile is None or stays is None or (standing.presence[profile.pool, held.slots] < 1 - 1e-9).any():
            continue  # not legal here, or with breaks that its template does not have
        standing.add(profile.pool, held, -1)
        worth = standing.worth(profile.pool)
        found = best_tour(profile, priced(profile.menu, worth), worth)
        better = found is not None and found[1] < stays.own_cost - float(worth[held.slots].sum()) - 1e-9
        new = found[0] if found is not None and better else replace(held, own_cost=stays.own_cost)
        standing.add(profile.pool, new)
        saved += held.own_cost - new.own_cost
    return saved - standing.cost(), tried
