"""Profiles: like agents, by the graph of their legal tours and what single duties cost them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.graph import Graph
from scheduling.person.programme import Programme, Start
from scheduling.staff.duty import Menu


@dataclass(eq=False)
class Profile:
    """Like agents. ``duty_toll`` is what each duty of the menu costs these agents by itself (infinite: not allowed).

    ``constant`` is what every tour of theirs costs besides.
    ``start`` are the states of the programme's automata before the first day, ``count`` the counter's value.
    ``agents`` are positions among the team's workers. ``optional`` agents need not be employed at all: where every
    tour costs more than it is worth they have none, at no cost.
    ``closing`` is what each node and count of the last layer costs in the end, flat; None: nothing.
    ``standing`` are duties known to be legal, the answer where no multipliers are found that keep the caps.
    ``multipliers`` are those of the last and best bound, by place of the cap, in shares of the greatest cost: a good
    guess for the next prices.
    """

    programme: Programme
    start: Start
    count: int
    pool: int
    duty_toll: Floats
    agents: tuple[int, ...]
    constant: float = 0.0
    optional: bool = False
    closing: Floats | None = None
    standing: tuple[int, ...] | None = None
    multipliers: dict[int, float] = field(default_factory=dict, repr=False)
    _known: tuple[Graph, Ints] | None = field(default=None, repr=False)

    @property
    def graph(self) -> Graph:
        """The graph of legal tours; it may grow as rules that stood aside join it."""
        return self.programme.graph

    @property
    def menu(self) -> Menu:
        """The duties offered."""
        return self.programme.menu

    @property
    def class_of(self) -> Ints:
        """Flat class of each duty of the menu over all days; -1 where the graph or the toll forbids it."""
        graph = self.graph
        if self._known is None or self._known[0] is not graph:
            shift = np.repeat(graph.class_at[:-1], np.diff(self.menu.day_at))
            legal = (graph.duty_class >= 0) & np.isfinite(self.duty_toll)
            self._known = graph, np.where(legal, graph.duty_class + shift, -1)
        return self._known[1]

    def forbidding(self, duties: NDArray[np.bool_], agents: tuple[int, ...]) -> Profile:
        """The profile of some of its agents who may not be given ``duties`` (a flag for each of the menu)."""
        toll = np.where(duties, np.inf, self.duty_toll)
        own = self.programme, self.start, self.count, self.pool
        return Profile(*own, toll, agents, self.constant, self.optional)
