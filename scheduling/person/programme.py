"""Programmes: what the rules leave of one agent's tours, shared by all whom the rules see alike.

Rules that seldom bind stand aside at first and are only asked afterwards whether an answer breaks them; one that does
joins the states for good (decremental state space: Righini & Salani, "New dynamic programming algorithms for the
resource constrained elementary shortest path problem", Networks 51, 2008). Answers are exact all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import RLock

import numpy as np

from scheduling.person.automaton import OFF, Automaton
from scheduling.person.counter import Counter
from scheduling.person.graph import Graph, graph_of
from scheduling.staff.duty import Menu

Start = tuple[int, ...]
"""The state of every automaton before the first day."""


class Programme:
    """Automata over a menu, and the graph of those that are not standing aside."""

    def __init__(self, automata: Sequence[Automaton], counter: Counter | None, menu: Menu) -> None:
        """``automata`` with ``seldom`` rules stand aside until an answer breaks them."""
        self.automata = tuple(automata)
        self.counter = counter
        self.menu = menu
        self.aside = frozenset(at for at, each in enumerate(self.automata) if each.seldom)
        self._starts: dict[Start, None] = {}
        self._graph: Graph | None = None
        self._lock = RLock()

    def begin(self, start: Start) -> None:
        """Let an agent start in ``start``."""
        if start not in self._starts:
            self._starts[start] = None
            self._graph = None

    @property
    def graph(self) -> Graph:
        """The graph of tours, from every start known."""
        with self._lock:
            if self._graph is None:
                active = [each for at, each in enumerate(self.automata) if at not in self.aside]
                self._graph = graph_of(active, self.counter, self.menu, [self._active(s) for s in self._starts])
            return self._graph

    def node(self, start: Start) -> int:
        """The node of ``start`` in the graph's first layer."""
        return self.graph.node_of[self._active(start)]

    def _active(self, start: Start) -> Start:
        return tuple(state for at, state in enumerate(start) if at not in self.aside)

    def broken(self, start: Start, duties: Sequence[int]) -> frozenset[int]:
        """Which of the automata that stand aside these duties of the menu break, or must pay for."""
        return frozenset(at for at in self.aside if not _free(self.automata[at], start[at], duties, self.menu))

    def tighten(self, broken: frozenset[int]) -> None:
        """Take automata among the states."""
        with self._lock:
            if broken & self.aside:
                self.aside -= broken
                self._graph = None


def _free(automaton: Automaton, state: int, duties: Sequence[int], menu: Menu) -> bool:
    """Whether an automaton lets these duties pass without a toll."""
    of_day = np.full(len(menu.days), -1, dtype=np.int64)
    chosen = np.asarray(duties, dtype=np.int64)
    of_day[np.searchsorted(menu.day_at, chosen, side="right") - 1] = chosen
    for day, duty in enumerate(of_day):
        column = OFF if duty < 0 else int(automaton.duty_class[duty])
        if state < 0 or column < 0 or automaton.toll[day][state, column] > 0:
            return False
        state = int(automaton.step[day][state, column])
    return state >= 0
