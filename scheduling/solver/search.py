"""The search's memory: everyone's current tour, the best team so far, the best bound, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from scheduling.arrays import Floats
from scheduling.person.path import near_path
from scheduling.person.profile import Profile
from scheduling.person.tour import Tour, duty_costs, tour_of
from scheduling.problem.problem import Problem
from scheduling.problem.standing import Standing
from scheduling.staff.duty import Menu
from wfm.compiled import compiling_s

ROUNDING = 1e-6
Progress = Callable[[float, float, float], None]
"""Called with the incumbent's objective, the best bound and the seconds so far."""

Clock = Callable[[], float]
"""Tells seconds; ``time.process_time`` in place of the wall clock compares runs on a busy machine."""


def wall_clock() -> float:
    """Seconds of the wall, but for those in which kernels were compiled: a first run has as long as any other."""
    return time.monotonic() - compiling_s()


Tours = dict[int, Tour]
"""A tour for every placeable agent, by position among the team's workers."""


@dataclass(eq=False)
class Search:
    """What a search knows. ``best`` is always legal and complete once ``incumbent`` is finite."""

    problem: Problem
    seconds: float
    rng: np.random.Generator
    progress: Progress | None = None
    best: Tours = field(default_factory=dict)
    incumbent: float = np.inf
    bound: float = -np.inf
    clock: Clock = wall_clock
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @cached_property
    def profile_of(self) -> Mapping[int, Profile]:
        """Each placeable agent's profile."""
        return {agent: profile for profile in self.problem.profiles for agent in profile.agents}

    @property
    def counts_cpu(self) -> bool:
        """Whether seconds are of the processor, as by every clock but the wall's."""
        return self.clock is not wall_clock

    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.clock() - self.started

    def left(self) -> float:
        """Seconds until the limit."""
        return self.seconds - self.elapsed()

    def offer(self, tours: Tours) -> None:
        """Keep ``tours`` if no team so far was as cheap."""
        cost = objective(self.problem, tours)
        if cost < self.incumbent - 1e-9:
            self.best, self.incumbent = dict(tours), cost
        self.report()

    def raise_bound(self, bound: float) -> None:
        """Keep ``bound`` if it is the best so far."""
        self.bound = max(self.bound, rounded_up(bound, self.grain) if self.grain else bound)

    def report(self) -> None:
        """Tell whoever listens."""
        if self.progress is not None:
            self.progress(self.incumbent, self.bound, self.elapsed())

    @cached_property
    def grain(self) -> float:
        """Points that every change of the objective is a multiple of; 0 where there is no such step."""
        return 1.0 if in_whole_points(self.problem) else 0.0

    @property
    def proven(self) -> bool:
        """Whether the incumbent meets the bound, up to rounding."""
        return self.incumbent - self.bound <= 1e-6 * max(1.0, abs(self.incumbent))


def rounded_up(points: float, grain: float) -> float:
    """The least multiple of ``grain`` that is not below ``points``, but for rounding."""
    return float(grain * np.ceil(points / grain - ROUNDING))


def objective(problem: Problem, tours: Tours) -> float:
    """Points of a whole team."""
    return standing_of(problem, tours).cost() + sum(tour.own_cost for tour in tours.values())


def standing_of(problem: Problem, tours: Tours) -> Standing:
    """Everyone of ``tours`` on the floor, besides what is given."""
    standing = Standing(problem, problem.given.copy())
    for agent, tour in tours.items():
        standing.add(problem.team.pool_of(problem.team.workers[agent]), tour)
    return standing


def priced(menu: Menu, price: Floats) -> Floats:
    """What each duty of a menu costs where an agent's time is worth ``price`` by slot."""
    a = menu.arrays
    rests = a.break_at, a.break_first, a.break_last, a.break_slots, a.break_step
    return duty_costs(price, a.first, a.last, *rests, a.mark)


def respond(profile: Profile, price: Floats) -> tuple[Tour, float]:
    """The best tour of a placeable profile for ``price``, or one near it; its cost, the worth of its time taken off."""
    path = near_path(profile, priced(profile.menu, price))
    assert path is not None  # profiles without a legal tour are kept out of the problem
    return tour_of(profile, path.duties, price, path.paid), path.cost


def in_whole_points(problem: Problem) -> bool:
    """Whether every roster costs a whole number of points: whole needs, rows, prices and tolls."""
    rows, needs = problem.rows, problem.needs
    amounts = [rows.weights.ravel(), rows.limit, rows.price, problem.given.ravel()]
    amounts += [needs.price.ravel(), needs.amount.ravel(), problem.idle_price.ravel(), problem.proficiency]
    for profile in problem.profiles:
        programme = profile.programme
        amounts += [profile.duty_toll, programme.graph.axis.toll, np.array([profile.constant])]
        amounts += [toll.ravel() for automaton in programme.automata for toll in automaton.toll]
    return all(_whole(own) for own in amounts)


def _whole(amounts: Floats) -> bool:
    finite = amounts[np.isfinite(amounts)]
    return bool(np.allclose(finite, np.round(finite), rtol=0, atol=ROUNDING))
