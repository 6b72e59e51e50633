"""The atlas: every agent's menu, automata and graph, built once for all who are alike to the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduling.automaton import Automaton, automaton_of
from scheduling.duty import Duty, Menu, menu_of
from scheduling.given import Worked
from scheduling.graph import Floats, Graph, graph_of
from scheduling.horizon import Horizon
from scheduling.rules.rule import AgentRule, State
from scheduling.tour import Profile, cheapest_path
from scheduling.wishes import wish_cost
from scheduling.worker import Worker
from wfm.policy.centre import Centre


@dataclass(eq=False)
class Atlas:
    """Caches of menus, automata and graphs over one horizon; agents of equal keys share them."""

    centre: Centre
    horizon: Horizon
    rules: tuple[AgentRule, ...]
    fixed: Mapping[str, Mapping[int, Duty | None]]
    _menus: dict[Hashable, Menu] = field(default_factory=dict)
    _automata: dict[Hashable, Automaton] = field(default_factory=dict)
    _graphs: dict[Hashable, Graph] = field(default_factory=dict)
    _tolls: dict[Hashable, Floats] = field(default_factory=dict)

    def menu(self, worker: Worker) -> Menu:
        """The duties of the worker's site and contract; on fixed days the given duty, or none."""
        allowed = worker.contract.templates
        key: Hashable = (worker.zone, allowed)
        if key not in self._menus:
            templates = [t for t in self.centre.shift_templates if allowed is None or t.id in allowed]
            self._menus[key] = menu_of(self.horizon, worker.zone, templates)
        fixed = self.fixed.get(worker.id)
        if not fixed:
            return self._menus[key]
        own: Hashable = (worker.id, worker.zone, allowed)
        if own not in self._menus:
            common = self._menus[key]
            days = [_fixed_day(fixed[day]) if day in fixed else duties for day, duties in enumerate(common.days)]
            self._menus[own] = Menu(tuple(days), tuple(fixed.get(day) is not None for day in range(len(days))))
        return self._menus[own]

    def prepare(self, workers: Sequence[Worker]) -> None:
        """Build the automata of all ``workers``, each from all the states in which one of its agents starts."""
        starts: dict[Hashable, dict[State, None]] = defaultdict(dict)
        example: dict[Hashable, tuple[AgentRule, Worker, Menu]] = {}
        for worker in workers:
            menu = self.menu(worker)
            for rule in self.rules:
                key: Hashable = (rule.name, rule.key(worker), id(menu))
                starts[key][rule.start(worker)] = None
                example.setdefault(key, (rule, worker, menu))
        for known, (rule, worker, menu) in example.items():
            self._automata[known] = automaton_of(rule, worker, menu, list(starts[known]))

    def profile(self, worker: Worker, rules: Sequence[AgentRule], pool: int, at: int) -> Profile | None:
        """The worker under ``rules``, as a profile of one; None where no legal tour begins at his start."""
        menu = self.menu(worker)
        automata = [(self._automata[rule.name, rule.key(worker), id(menu)], rule.start(worker)) for rule in rules]
        lasting = [(automaton, automaton.start[start]) for automaton, start in automata if not automaton.trivial]
        start = tuple(state for _, state in lasting)
        if -1 in start:
            return None
        graph = self._graph([automaton for automaton, _ in lasting], menu)
        toll = np.zeros(len(menu.duties))
        for automaton, _ in automata:
            if automaton.trivial:
                toll = toll + self._toll(automaton, menu)
        if worker.wishes:
            price = self.centre.prices.preference
            toll = toll + np.array([wish_cost(worker, duty, price) for duty in menu.duties])
        return Profile(graph, menu, graph.node_of[start], pool, toll, (at,))

    def _graph(self, automata: Sequence[Automaton], menu: Menu) -> Graph:
        key = (id(menu), *(id(automaton) for automaton in automata))
        if key not in self._graphs:
            starts = [()] if not automata else _start_tuples(automata)
            self._graphs[key] = graph_of(automata, menu, starts)
        return self._graphs[key]

    def _toll(self, automaton: Automaton, menu: Menu) -> Floats:
        key = id(automaton)
        if key not in self._tolls:
            self._tolls[key] = automaton.duty_toll(menu)
        return self._tolls[key]


def _start_tuples(automata: Sequence[Automaton]) -> list[tuple[int, ...]]:
    grids = np.meshgrid(*(sorted({s for s in a.start.values() if s >= 0}) for a in automata), indexing="ij")
    return [tuple(int(state) for state in row) for row in np.stack([grid.ravel() for grid in grids], axis=1)]


def _fixed_day(duty: Duty | None) -> tuple[Duty, ...]:
    return () if duty is None else (duty,)


def has_tour(profile: Profile | None) -> bool:
    """Whether there is any legal tour."""
    return profile is not None and cheapest_path(profile, np.zeros(len(profile.menu.duties))) is not None


def may_work(profile: Profile | None) -> bool:
    """Whether some legal tour holds a shift: with a reward above every toll, the cheapest one does if any does."""
    if profile is None:
        return False
    path = cheapest_path(profile, np.full(len(profile.menu.duties), -1e9))
    return path is not None and bool(path.duties)


def fixed_days(locked: Mapping[str, Worked], absent: Mapping[str, set[int]]) -> dict[str, dict[int, Duty | None]]:
    """Each agent's fixed days: a locked shift, or None for a day locked as absence."""
    fixed: dict[str, dict[int, Duty | None]] = {agent: dict.fromkeys(sorted(days)) for agent, days in absent.items()}
    for agent, duties in locked.items():
        fixed.setdefault(agent, {}).update(duties)
    return fixed
