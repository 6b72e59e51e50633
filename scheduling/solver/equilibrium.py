"""Equilibrium: fractional shares of tours that best answer the prices they make, without a linear programme.

A cell's cost is a sum of groups of lines (see ``facets``), of each the greatest, smoothed by a temperature in points:
a line weighs by how near it is to the greatest of its group, against what an agent may be worth there, and the
weighted slopes are the prices. Profile after profile answers the prices of the others' mean with its best tour and
mixes it into its own mean by line search (block-coordinate Frank-Wolfe: Lacoste-Julien, Jaggi, Schmidt & Pletscher,
ICML 2013). As the temperature falls, the mean tends to the cheapest mixture of tours and the prices to the best
bound, at the cost of pricing alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scheduling.arrays import Floats, Ints
from scheduling.person.tour import Tour
from scheduling.problem.problem import Problem
from scheduling.solver.dual import Prices
from scheduling.solver.facets import Facets, facets_of
from scheduling.solver.search import respond
from wfm.compiled import kernel

LEAST_SHARE = 1e-3
"""Tours of a smaller share are forgotten."""
SECANTS = 3
"""The line search refines its step so many times."""
REACH = 6.0
"""Lines further below their group's greatest than so many temperatures weigh next to nothing and are left aside."""
NEARLY = 2.0
"""Unless a round, in which many mixes move one after the other, could lift them there: by so many agent-quarters."""


@dataclass(eq=False)
class Mix:
    """Some agents of one profile: tours with shares, the mean agent's presence by slot and mark, and own cost."""

    profile: int
    agents: list[int]
    tours: list[Tour]
    shares: list[float]
    presence: Floats
    own_cost: float


@kernel
def _weigh(lines: Floats, at: Ints, slope: Floats, cells: Ints, temper: Floats, weight: Floats, worth: Floats) -> None:
    """Weights of the lines of every group (they add up to 1); their mean slope is taken off the worth by set."""
    for i in range(len(cells)):
        top = lines[at[i]]
        for f in range(at[i] + 1, at[i + 1]):
            top = max(top, lines[f])
        total = 0.0
        for f in range(at[i], at[i + 1]):
            behind = (lines[f] - top) / temper[i]
            weight[f] = np.exp(behind) if behind > -20.0 else 0.0
            total += weight[f]
        for f in range(at[i], at[i + 1]):
            weight[f] /= total
            if weight[f] > 0.0:
                for s in range(slope.shape[1]):
                    worth[s, cells[i]] -= weight[f] * slope[f, s]


@kernel
def _slope_at(step: float, lines: Floats, at: Ints, slope: Floats, way: Floats, temper: Floats) -> float:
    """How fast the smoothed cost of all groups changes ``step`` along ``way``, one skill set's agents by group."""
    out = 0.0
    for i in range(len(way)):
        if way[i] == 0.0:
            continue
        move = step * way[i]
        top = -np.inf
        for f in range(at[i], at[i + 1]):
            top = max(top, lines[f] + move * slope[f])
        total, mean = 0.0, 0.0
        for f in range(at[i], at[i + 1]):
            behind = (lines[f] + move * slope[f] - top) / temper[i]
            if behind > -20.0:
                weight = np.exp(behind)
                total += weight
                mean += weight * slope[f]
        out += way[i] * mean / total
    return out


@kernel
def _rise(
    step: float,
    own: float,
    lines: Floats,
    at: Ints,
    slope: Floats,
    way: Floats,
    excess: Floats,
    row_way: Floats,
    row_price: Floats,
    temper: Floats,
    temperature: float,
) -> float:
    """How fast the smoothed cost of cells, team rows and tours changes ``step`` along a way."""
    out = own + _slope_at(step, lines, at, slope, way, temper)
    for r in range(len(excess)):
        if row_way[r] != 0.0:
            over = row_price[r] * (excess[r] + step * row_way[r]) / temperature
            out += row_way[r] * row_price[r] / (1.0 + np.exp(-min(max(over, -30.0), 30.0)))
    return out


@kernel
def _best_step(
    own: float,
    lines: Floats,
    at: Ints,
    slope: Floats,
    way: Floats,
    excess: Floats,
    row_way: Floats,
    row_price: Floats,
    temper: Floats,
    temperature: float,
) -> float:
    """The step in [0, 1] along a way at which the smoothed cost is least: where its slope crosses 0, by secants."""
    low, high = 0.0, 1.0
    at_low = _rise(low, own, lines, at, slope, way, excess, row_way, row_price, temper, temperature)
    if at_low >= 0:
        return 0.0
    at_high = _rise(high, own, lines, at, slope, way, excess, row_way, row_price, temper, temperature)
    if at_high <= 0:
        return 1.0
    step = 0.0
    for _ in range(SECANTS):
        step = low + (high - low) * at_low / (at_low - at_high)
        rise = _rise(step, own, lines, at, slope, way, excess, row_way, row_price, temper, temperature)
        if rise < 0:
            low, at_low, at_high = step, rise, at_high / 2
        else:
            high, at_high, at_low = step, rise, at_low / 2
    return step


class Equilibrium:
    """The mean of all free agents on top of what is given and fixed."""

    def __init__(self, problem: Problem, fixed: Floats, start: Mapping[int, Tour], temperature: float) -> None:
        """``fixed`` is the presence by pool and slot that stays; ``start`` are the tours that free agents begin with.

        A large profile is cut into mixes of few agents: were they all to answer at once, they would all overdo it.
        """
        self.problem = problem
        self._facets = facets_of(problem)
        self._line_group = np.repeat(np.arange(len(self._facets.cell)), np.diff(self._facets.first))
        self._floor = fixed - problem.given
        self.mixes = [
            self._even(at, own, [start[agent] for agent in own])
            for at, profile in enumerate(problem.profiles)
            for own in _portions([agent for agent in profile.agents if agent in start], len(start))
        ]
        for mix in self.mixes:
            self._floor[problem.profiles[mix.profile].pool] += len(mix.agents) * mix.presence
        self.cool(temperature)

    def cool(self, temperature: float) -> None:
        """Set the temperature and take up the lines that count at it."""
        problem, rows, facets = self.problem, self.problem.rows, self._facets
        self.temperature = temperature
        self._temper = temperature * facets.gain / problem.scale
        by_group = problem.by_set(self._floor)[:, facets.cell]
        lines = facets.constant + (facets.slope * by_group.T[self._line_group]).sum(axis=1)
        top = np.maximum.reduceat(lines, facets.first[:-1]) if len(lines) else lines
        near = lines - top[self._line_group] > -(REACH * self._temper + NEARLY * facets.gain)[self._line_group]
        count = np.bincount(self._line_group[near], minlength=len(facets.cell))
        self._active = Facets(
            cell=facets.cell,
            first=np.concatenate([[0], np.cumsum(count)]).astype(np.int64),
            slope=facets.slope[near],
            constant=facets.constant[near],
            gain=facets.gain,
            span=facets.span,
        )
        self._active_group = self._line_group[near]
        self._slope_of_set = np.ascontiguousarray(self._active.slope.T)
        self._lines = lines[near]
        self._excess = rows.sign * (rows.limit - rows.counts(problem.given + self._floor))

    def prices(self) -> Prices:
        """Prices at the present temperature, with the constant of the bound they give."""
        problem, rows = self.problem, self.problem.rows
        worth = -problem.idle_price
        weight = np.zeros(len(self._lines))
        active = self._active
        _weigh(self._lines, active.first, active.slope, active.cell, self._temper, weight, worth)
        price = self._row_price()
        constant = problem.needs.short + float(weight @ active.constant)
        constant += float((problem.idle_price * problem.by_set(problem.given)).sum())
        return Prices(
            worth, price, constant + float((rows.sign * price * (rows.limit - rows.counts(problem.given))).sum())
        )

    def round(self, rng: np.random.Generator) -> None:
        """Every mix answers once."""
        for at in rng.permutation(len(self.mixes)):
            self._answer(self.mixes[at])

    def _answer(self, mix: Mix) -> None:
        problem, rows, free = self.problem, self.problem.rows, len(mix.agents)
        profile = problem.profiles[mix.profile]
        s = problem.set_of_pool[profile.pool]
        tour, _ = respond(profile, self._worth(profile.pool))
        way = free * (self._presence(tour) - mix.presence)
        by_cell = problem.proficiency[profile.pool] * problem.cells.total(way)
        own = free * (tour.own_cost - mix.own_cost) + float(problem.idle_price[s] @ by_cell)
        row_way = -rows.sign * rows.weights[rows.kind, profile.pool] * way[rows.slot]
        groups, lines = self._own(s)
        step = _best_step(
            own, self._lines[lines], self._first(groups), self._slope_of_set[s, lines],
            by_cell[self._active.cell[groups]], self._excess, row_way, rows.price,
            self._temper[groups], self.temperature,
        )  # fmt: skip
        if step <= 0:
            return
        self._move(profile.pool, step * way)
        mix.presence = mix.presence + step * (self._presence(tour) - mix.presence)
        mix.own_cost += step * (tour.own_cost - mix.own_cost)
        kept = [(t, s * (1 - step)) for t, s in zip(mix.tours, mix.shares, strict=True) if s > LEAST_SHARE]
        mix.tours, mix.shares = [*(t for t, _ in kept), tour], [*(s for _, s in kept), step]

    def _own(self, s: int) -> tuple[slice, slice]:
        """The groups in which skill set ``s`` counts, and their lines."""
        begin, end = (int(at) for at in self._active.span[s])
        return slice(begin, end), slice(int(self._active.first[begin]), int(self._active.first[end]))

    def _first(self, groups: slice) -> Ints:
        """First lines of some groups, counted from the first of all."""
        first = self._active.first[groups.start : groups.stop + 1]
        return np.asarray(first - first[0])

    def _worth(self, pool: int) -> Floats:
        """Worth of an agent of ``pool`` by slot and mark, team rows included."""
        problem, rows, active = self.problem, self.problem.rows, self._active
        s = problem.set_of_pool[pool]
        groups, lines = self._own(s)
        by_cell, weight = -problem.idle_price[s : s + 1], np.empty(lines.stop - lines.start)
        slope = self._slope_of_set[s, lines].reshape(-1, 1)
        of_group = self._first(groups), slope, active.cell[groups], self._temper[groups]
        _weigh(self._lines[lines], *of_group, weight, by_cell)
        worth = problem.proficiency[pool] * problem.cells.by_slot(by_cell[0])
        if len(rows.slot):
            team = rows.sign * self._row_price() * rows.weights[rows.kind, pool]
            worth = worth + np.bincount(rows.slot, weights=team, minlength=len(worth))
        return np.asarray(worth)

    def _row_price(self) -> Floats:
        price = self.problem.rows.price
        return np.asarray(price / (1.0 + np.exp(-np.clip(price * self._excess / self.temperature, -30.0, 30.0))))

    def _move(self, pool: int, by: Floats) -> None:
        """More agents of ``pool`` on the floor, by slot and mark."""
        rows = self.problem.rows
        s = self.problem.set_of_pool[pool]
        self._floor[pool] += by
        _, lines = self._own(s)
        by_group = self.problem.proficiency[pool] * self.problem.cells.total(by)[self._active.cell]
        self._lines[lines] += self._slope_of_set[s, lines] * by_group[self._active_group[lines]]
        self._excess -= rows.sign * rows.weights[rows.kind, pool] * by[rows.slot]

    def _presence(self, tour: Tour) -> Floats:
        presence = np.zeros(self._floor.shape[1])
        presence[tour.slots] = 1.0
        return presence

    def _even(self, at: int, agents: list[int], tours: list[Tour]) -> Mix:
        presence = np.mean([self._presence(tour) for tour in tours], axis=0)
        own_cost = float(np.mean([tour.own_cost for tour in tours]))
        return Mix(at, agents, list(tours), [1 / len(tours)] * len(tours), presence, own_cost)


def _portions(agents: list[int], everyone: int) -> list[list[int]]:
    """Agents in groups of at most a hundredth of everyone."""
    size = 1 + everyone // 100
    return [agents[at : at + size] for at in range(0, len(agents), size)]
