"""Own costs: what single days of one agent's tour cost, as a toll on every duty and a constant.

A day off may cost, too (a wish to work, a shift of the last version). Its cost is charged to every agent as a constant
and taken off the toll of each duty of that day: the sum is the same for every tour, and the graph stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from scheduling.arrays import Floats
from scheduling.costs.facts import MenuFacts, facts_of
from scheduling.costs.stability import change_costs
from scheduling.costs.wages import Wages, rate_of, wage_points
from scheduling.costs.wishes import wish_costs
from scheduling.staff.duty import Duty, Menu
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre


@dataclass(eq=False)
class OwnCosts:
    """The costs of single days. ``draft`` holds the duties of the last version by agent and day; None: there is none.

    An agent whom the draft does not know is new to it, and may be given anything.
    """

    centre: Centre
    horizon: Horizon
    draft: Mapping[str, Mapping[int, Duty]] | None = None
    _wages: Wages = field(init=False)
    _hours: dict[tuple[int, str], Floats] = field(default_factory=dict)
    _facts: dict[int, tuple[Menu, MenuFacts]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Pay factors are reckoned once a zone."""
        self._wages = Wages(self.centre, self.horizon)
        self._weights = self.centre.objective.term_weights()

    def of(self, worker: Worker, menu: Menu) -> tuple[Floats, float]:
        """Toll of every duty of ``menu`` in points, and the constant."""
        off = np.zeros(len(menu.days))
        toll = self._wage(worker, menu)
        if worker.wishes:
            price = self.centre.prices.preference * self._weights["preferences"]
            duty, free = wish_costs(worker.wishes, self._of_menu(menu))
            toll, off = toll + price * duty, off + price * free
        if self.draft is not None and worker.id in self.draft:
            duty, free = change_costs(self.centre.objective.stability, self.draft[worker.id], self._of_menu(menu))
            toll, off = toll + self._weights["stability"] * duty, off + self._weights["stability"] * free
        return toll - np.repeat(off, np.diff(menu.day_at)), float(off.sum())

    def _wage(self, worker: Worker, menu: Menu) -> Floats:
        point = wage_points(self.centre) * self._weights["wages"] * rate_of(self.centre, worker)
        if point == 0:
            return np.zeros(len(menu.duties))
        key = (id(menu), worker.zone)
        if key not in self._hours:
            self._of_menu(menu)
            self._hours[key] = self._wages.of_menu(menu, worker.zone)
        return point * self._hours[key]

    def _of_menu(self, menu: Menu) -> MenuFacts:
        if id(menu) not in self._facts:
            self._facts[id(menu)] = menu, facts_of(menu)
        return self._facts[id(menu)][1]
