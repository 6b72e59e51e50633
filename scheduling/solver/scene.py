"""Scenes: one day of a team, who may take which other shifts on it, and how its programme's answer is read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from scheduling.arrays import Floats, Ints
from scheduling.person.alternatives import alternatives, duty_on, exchanged, span, working_slots
from scheduling.problem.problem import Problem
from scheduling.solver.day import OFF, Day, Group, Settled, Window, windows_of
from scheduling.solver.floor import Floor
from scheduling.solver.integer import IntegerProgram
from scheduling.solver.search import Search, Tours

DIGITS = 7
"""Costs that differ by less are the same."""


@dataclass(frozen=True, eq=False)
class Scene:
    """One day of a team.

    ``on`` is everybody's duty of the menu or ``OFF``; agents of ``groups`` may change it, the others not, though their
    breaks may move. ``cost`` is what each of the groups' agents pays for what he has, on his group's scale.
    """

    search: Search
    tours: Tours
    day: int
    on: Mapping[int, int]
    groups: Sequence[Group]
    cost: Mapping[int, float]

    @property
    def everyone(self) -> bool:
        """Whether nobody has to keep his shift."""
        return len(self.cost) == len(self.on)

    def programme(self, presence: Floats) -> Day:
        """The day's programme where ``presence`` is the team's by pool and column."""
        profiles = self.search.profile_of
        given, placed = presence.copy(), np.zeros_like(presence)
        kept: Counter[tuple[int, Window]] = Counter()
        columns: list[Ints] = []
        for agent, duty in self.on.items():
            if duty == OFF:
                continue
            pool, menu = profiles[agent].pool, profiles[agent].menu
            given[pool, working_slots(menu, duty, self._breaks(agent))] -= 1
            if agent not in self.cost:
                columns.append(span(menu, duty))
                placed[pool, columns[-1]] += 1
                kept.update((pool, window) for window in windows_of(menu.duties[duty]))
        columns += [span(group.menu, duty) for group in self.groups for duty in group.duties if duty != OFF]
        return Day(floor_of(self.search.problem, given, placed, columns), self.groups, kept)

    def now(self) -> Settled:
        """The day as it is."""
        counts, rests = [], defaultdict(list)
        for group in self.groups:
            on = Counter(self.on[agent] for agent in group.agents)
            counts.append(np.array([on[duty] for duty in group.duties], dtype=np.int64))
        for agent, duty in self.on.items():
            profile = self.search.profile_of[agent]
            windows = [] if duty == OFF else windows_of(profile.menu.duties[duty])
            for window, begin in zip(windows, self._breaks(agent), strict=True):
                rests[profile.pool, window].append(begin)
        return Settled(counts, rests)

    def exchanged(self, settled: Settled) -> Tours:
        """New tours of all whose shift or breaks change: whoever can keep his shift does, and breaks go in order."""
        new = dict(self.on)
        for group, count in zip(self.groups, settled.counts, strict=True):
            left = Counter(dict(zip(group.duties, count.tolist(), strict=True)))
            moved = [agent for agent in group.agents if not _taken(left, self.on[agent])]
            new.update(zip(moved, left.elements(), strict=True))
        cost = {agent: own for group in self.groups for agent, own in self._costs(group, new).items()}
        waiting = {key: iter(begins) for key, begins in settled.rests.items()}
        tours: Tours = {}
        for agent, duty in new.items():
            profile, old = self.search.profile_of[agent], self.tours[agent]
            windows = [] if duty == OFF else windows_of(profile.menu.duties[duty])
            breaks = [next(waiting[profile.pool, window]) for window in windows]
            if duty != self.on[agent] or tuple(breaks) != self._breaks(agent):
                own_cost = old.own_cost + cost.get(agent, 0.0)
                tours[agent] = exchanged(profile.menu, old, self.day, duty, breaks, own_cost)
        return tours

    def _costs(self, group: Group, new: Mapping[int, int]) -> dict[int, float]:
        """What each agent's new shift costs him more than the one he has."""
        cost = dict(zip(group.duties, group.costs, strict=True))
        return {agent: cost[new[agent]] - self.cost[agent] for agent in group.agents}

    def _breaks(self, agent: int) -> tuple[int, ...]:
        tour = self.tours[agent]
        return tour.breaks[tour.duties.index(self.on[agent])] if self.on[agent] != OFF else ()


def scene_of(search: Search, tours: Tours, day: int, most: int) -> Scene:
    """A day of a team; agents in random order are free to change until their groups have ``most`` choices."""
    on = {agent: duty_on(search.profile_of[agent].menu, tour, day) for agent, tour in tours.items()}
    members: dict[tuple[int, int, bytes], list[int]] = defaultdict(list)
    offered: dict[tuple[int, int, bytes], Floats] = {}
    cost: dict[int, float] = {}
    choices = 0
    for agent in search.rng.permutation(sorted(tours)).tolist():
        if choices >= most:
            break
        profile = search.profile_of[agent]
        own = alternatives(profile, tours[agent], day)
        now = own[_place(on[agent], int(profile.menu.day_at[day]))]
        if not np.isfinite(now):
            continue
        own = (own - own.min()).round(DIGITS)
        key = profile.pool, id(profile.menu), own.tobytes()
        if key not in offered:
            offered[key] = own
            choices += int(np.isfinite(own).sum())
        members[key].append(agent)
        cost[agent] = float(own[_place(on[agent], int(profile.menu.day_at[day]))])
    groups = [_group(search, day, members[key], own) for key, own in offered.items()]
    return Scene(search, tours, day, on, groups, cost)


def floor_of(problem: Problem, given: Floats, placed: Floats, columns: Sequence[Ints]) -> Floor:
    """The floor where shifts lie in ``columns`` of presence."""
    touched = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *columns]))
    marks = touched[touched >= problem.cells.slots]
    slots = touched[touched < problem.cells.slots]
    first, last = (int(slots[0]), int(slots[-1]) + 1) if len(slots) else (0, 0)
    return Floor(replace(problem, given=given), placed, IntegerProgram(), first, last, marks.tolist())


def _group(search: Search, day: int, agents: Sequence[int], own: Floats) -> Group:
    profile = search.profile_of[agents[0]]
    places = np.flatnonzero(np.isfinite(own))
    begin = int(profile.menu.day_at[day])
    duties = tuple(OFF if place == 0 else begin + int(place) - 1 for place in places)
    return Group(profile.pool, profile.menu, tuple(agents), duties, tuple(own[places].tolist()))


def _place(duty: int, begin: int) -> int:
    """The place of a duty among a day's alternatives."""
    return 0 if duty == OFF else duty - begin + 1


def _taken(left: Counter[int], duty: int) -> bool:
    """Take one of ``duty`` if one is left."""
    if left[duty] <= 0:
        return False
    left[duty] -= 1
    return True
