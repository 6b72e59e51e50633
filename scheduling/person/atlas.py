"""The atlas: every agent's menu, automata and graph, built once for all who are alike to the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from scheduling.arrays import Floats
from scheduling.costs.own import OwnCosts
from scheduling.person.automaton import Automaton, automaton_of
from scheduling.person.cap import Cap, counted_cap, tallied_cap, tallying
from scheduling.person.counter import Counter, counter_of
from scheduling.person.graph import Graph
from scheduling.person.lawful import lawful_menu
from scheduling.person.path import near_path
from scheduling.person.profile import Profile
from scheduling.person.programme import Programme
from scheduling.rules.rule import AgentRule, State
from scheduling.staff.duty import Duty, Menu, menu_of
from scheduling.staff.given import Worked
from scheduling.staff.horizon import Horizon
from scheduling.staff.marks import Marks
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre


@dataclass(eq=False)
class Atlas:
    """Caches of menus, automata and graphs over one horizon; agents of equal keys share them."""

    centre: Centre
    horizon: Horizon
    rules: tuple[AgentRule, ...]
    fixed: Mapping[str, Mapping[int, Duty | None]]
    marks: Marks | None = None
    draft: Mapping[str, Worked] | None = None
    _menus: dict[Hashable, Menu] = field(default_factory=dict)
    _counters: dict[Hashable, Counter | None] = field(default_factory=dict)
    _automata: dict[Hashable, Automaton] = field(default_factory=dict)
    _caps: dict[Hashable, Cap | None] = field(default_factory=dict)
    _graphs: dict[object, Graph] = field(default_factory=dict)
    _programmes: dict[Hashable, Programme] = field(default_factory=dict)
    _tolls: dict[Hashable, Floats] = field(default_factory=dict)
    _starts: dict[Hashable, dict[State, None]] = field(default_factory=lambda: defaultdict(dict))

    def under(self, rules: Sequence[AgentRule], fixed: Mapping[str, Mapping[int, Duty | None]] | None = None) -> Atlas:
        """An atlas of the same centre and horizon under other rules, and with other fixed days if any are named."""
        days = self.fixed if fixed is None else fixed
        return Atlas(self.centre, self.horizon, tuple(rules), days, self.marks, self.draft)

    @cached_property
    def costs(self) -> OwnCosts:
        """What single days of a tour cost by themselves; ``draft`` is the last version to which changes count."""
        return OwnCosts(self.centre, self.horizon, self.draft)

    def menu(self, worker: Worker) -> Menu:
        """The duties of the worker's site, of all templates, so that contracts share what is built on it; on fixed days
        the given duty, or none."""
        key: Hashable = worker.zone
        if key not in self._menus:
            made = menu_of(self.horizon, worker.zone, self.centre.shift_templates, self.marks)
            self._menus[key] = lawful_menu(made, self.centre.rules.breaks)
        fixed = self.fixed.get(worker.id)
        if not fixed:
            return self._menus[key]
        own: Hashable = (worker.id, worker.zone)
        if own not in self._menus:
            common = self._menus[key]
            days = [_fixed_day(fixed[day]) if day in fixed else duties for day, duties in enumerate(common.days)]
            self._menus[own] = Menu(tuple(days), tuple(fixed.get(day) is not None for day in range(len(days))))
        return self._menus[own]

    def prepare(self, workers: Sequence[Worker]) -> None:
        """Take note of the states in which ``workers`` start, so that each automaton is built once for all of them."""
        for worker in workers:
            menu = self.menu(worker)
            for rule in self.rules:
                self._starts[_key(rule, worker, menu)][rule.start(worker)] = None

    def profile(self, worker: Worker, rules: Sequence[AgentRule], pool: int, at: int) -> Profile | None:
        """The worker under ``rules``, as a profile of one; None where no legal tour begins at his start."""
        menu = self.menu(worker)
        counting = self._counting(worker, rules, menu)
        lasting: list[tuple[State, Automaton | Cap]] = []
        toll = _offered(menu, worker.contract.templates)
        for rule in rules:
            if rule is counting or self._never_binds(rule, worker, menu):
                continue
            begin, cap = rule.start(worker), self._cap(rule, worker, menu)
            if cap is not None:
                lasting.append((begin, cap))
                continue
            automaton = self._automaton(rule, worker, menu)
            if automaton.trivial:
                toll = toll + self._toll(automaton, menu)
            elif automaton.start[begin] < 0:
                return None
            else:
                lasting.append((automaton.start[begin], automaton))
        start = tuple(state for state, _ in lasting)
        counter = None if counting is None else self._counter(counting, worker, menu)
        programme = self._programme([each for _, each in lasting], counter, menu)
        programme.begin(start)
        own, constant = self.costs.of(worker, menu)
        count = 0 if counter is None or counting is None else counter.start[counting.start(worker)]
        return Profile(programme, start, count, pool, toll + own, (at,), constant)

    def _counting(self, worker: Worker, rules: Sequence[AgentRule], menu: Menu) -> AgentRule | None:
        """The rule that becomes the programme's axis: of those that count, the one with the most values.

        Rules that stand aside at first do better as states.
        """
        widths = {}
        for rule in rules:
            if getattr(rule, "counts", False) and not getattr(rule, "seldom", False):
                counter = self._counter(rule, worker, menu)
                if counter is not None and counter.binding:
                    widths[rule] = counter.width
        return max(widths, key=lambda rule: (widths[rule], rule.name)) if widths else None

    def _counter(self, rule: AgentRule, worker: Worker, menu: Menu) -> Counter | None:
        key = _key(rule, worker, menu)
        self._starts[key].setdefault(rule.start(worker))
        known = self._counters.get(key)
        if key not in self._counters or (known is not None and rule.start(worker) not in known.start):
            self._counters[key] = counter_of(rule, worker, menu, list(self._starts[key]))
        return self._counters[key]

    def _never_binds(self, rule: AgentRule, worker: Worker, menu: Menu) -> bool:
        """Whether a rule that counts forbids and charges nothing."""
        if not getattr(rule, "counts", False):
            return False
        counter = self._counter(rule, worker, menu)
        return counter is not None and not counter.binding

    def _cap(self, rule: AgentRule, worker: Worker, menu: Menu) -> Cap | None:
        """The rule as a cap that stands aside, if it is one."""
        counts = getattr(rule, "counts", False) and getattr(rule, "seldom", False)
        if not counts and tallying(rule) is None:
            return None
        key = _key(rule, worker, menu)
        self._starts[key].setdefault(rule.start(worker))
        known = self._caps.get(key)
        if key not in self._caps or (known is not None and rule.start(worker) not in known.start):

            def exactly() -> Automaton:
                return self._automaton(rule, worker, menu)

            if counts:
                counter = self._counter(rule, worker, menu)
                self._caps[key] = None if counter is None else counted_cap(rule, worker, menu, counter, exactly)
            else:
                self._caps[key] = tallied_cap(rule, worker, menu, list(self._starts[key]), exactly)
        return self._caps[key]

    def _automaton(self, rule: AgentRule, worker: Worker, menu: Menu) -> Automaton:
        key = _key(rule, worker, menu)
        self._starts[key].setdefault(rule.start(worker))
        if key not in self._automata or rule.start(worker) not in self._automata[key].start:
            self._automata[key] = automaton_of(rule, worker, menu, list(self._starts[key]))
        return self._automata[key]

    def _programme(self, automata: Sequence[Automaton | Cap], counter: Counter | None, menu: Menu) -> Programme:
        key = (id(menu), id(counter), *(id(automaton) for automaton in automata))
        if key not in self._programmes:
            self._programmes[key] = Programme(automata, counter, menu, self._graphs)
        return self._programmes[key]

    def _toll(self, automaton: Automaton, menu: Menu) -> Floats:
        key = id(automaton)
        if key not in self._tolls:
            self._tolls[key] = automaton.duty_toll(menu)
        return self._tolls[key]


def _key(rule: AgentRule, worker: Worker, menu: Menu) -> Hashable:
    return id(rule), rule.key(worker), id(menu)


def _offered(menu: Menu, templates: Collection[str] | None) -> Floats:
    """0 for duties of ``templates`` (None: all) and given ones, infinite for others."""
    if templates is None:
        return np.zeros(len(menu.duties))
    return np.where([duty.given or duty.template in templates for duty in menu.duties], 0.0, np.inf)


def _fixed_day(duty: Duty | None) -> tuple[Duty, ...]:
    return () if duty is None else (duty,)


def has_tour(profile: Profile | None) -> bool:
    """Whether there is any legal tour."""
    return profile is not None and near_path(profile, np.zeros(len(profile.menu.duties))) is not None


REWARD = 1e9
"""More than all tolls of a tour."""


def may_work(profile: Profile | None) -> bool:
    """Whether some legal tour holds a shift: the cheapest one of all, or with a reward above every toll the cheapest
    one then."""
    if profile is None:
        return False
    path = near_path(profile, np.zeros(len(profile.menu.duties)))
    if path is None or path.duties:
        return path is not None
    path = near_path(profile, np.full(len(profile.menu.duties), -REWARD))
    return path is not None and bool(path.duties)


def fixed_days(locked: Mapping[str, Worked], absent: Mapping[str, set[int]]) -> dict[str, dict[int, Duty | None]]:
    """Each agent's fixed days: a locked shift, or None for a day locked as absence."""
    fixed: dict[str, dict[int, Duty | None]] = {agent: dict.fromkeys(sorted(days)) for agent, days in absent.items()}
    for agent, duties in locked.items():
        fixed.setdefault(agent, {}).update(duties)
    return fixed
