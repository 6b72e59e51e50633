"""Programmes: what the rules leave of one agent's tours, shared by all whom the rules see alike.

Rules that seldom bind stand aside at first and are only asked afterwards whether an answer breaks them; one that an
exact answer breaks joins the states for good (decremental state space: Righini & Salani, "New dynamic programming
algorithms for the resource constrained elementary shortest path problem", Networks 51, 2008). Answers are exact all the
same; where prices are still sought, a legal answer nearby and a bound do, and the rule goes on standing aside. Caps
stand aside as well: multipliers keep them (see ``cap``).
"""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from scheduling.person.automaton import OFF, Automaton
from scheduling.person.cap import Cap
from scheduling.person.counter import Counter
from scheduling.person.graph import Graph, graph_of
from scheduling.rules.rule import State
from scheduling.staff.duty import Menu

Start = tuple[State, ...]
"""Before the first day: the state of every automaton, and the rule's own of every cap."""


class Programme:
    """Automata and caps over a menu, and the graph of those that are not standing aside."""

    def __init__(
        self,
        automata: Sequence[Automaton | Cap],
        counter: Counter | None,
        menu: Menu,
        graphs: MutableMapping[object, Graph] | None = None,
    ) -> None:
        """``automata`` with ``seldom`` rules stand aside until an answer breaks them.

        ``graphs`` are those of programmes that differ in what stands aside.
        """
        self.automata = tuple(automata)
        self.counter = counter
        self.menu = menu
        self.aside = frozenset(at for at, each in enumerate(self.automata) if each.seldom)
        self._starts: dict[Start, None] = {}
        self._graph: Graph | None = None
        self._graphs: MutableMapping[object, Graph] = {} if graphs is None else graphs
        self._told_apart: dict[int, NDArray[np.bool_]] = {}
        self._lock = RLock()

    def begin(self, start: Start) -> None:
        """Let an agent start in ``start``."""
        if start not in self._starts:
            self._starts[start] = None
            self._graph = None

    @property
    def caps(self) -> dict[int, Cap]:
        """The caps that stand aside, by place among the automata."""
        return {at: each for at in sorted(self.aside) if isinstance(each := self.automata[at], Cap)}

    @property
    def grows(self) -> bool:
        """Whether what stands aside may join the states: not where counts over a long period are too many for that."""
        return all(cap.tally is None for cap in self.caps.values())

    @property
    def graph(self) -> Graph:
        """The graph of tours, from every start known."""
        with self._lock:
            if self._graph is None:
                kept = [(at, each) for at, each in enumerate(self.automata) if at not in self.aside]
                active = [each.automaton if isinstance(each, Cap) else each for _, each in kept]
                tallies = [cap.tally for cap in self.caps.values() if cap.tally is not None]
                starts = tuple(dict.fromkeys(self._active(start) for start in self._starts))
                key = (*(id(each) for each in active), *(id(each) for each in tallies), id(self.counter), starts)
                if key not in self._graphs:
                    self._graphs[key] = graph_of(active, self.counter, self.menu, starts, tallies)
                self._graph = self._graphs[key]
            return self._graph

    def node(self, start: Start) -> int:
        """The node of ``start`` in the graph's first layer."""
        return self.graph.node_of[self._active(start)]

    def _active(self, start: Start) -> tuple[int, ...]:
        """The states of the graph's automata and tallies."""
        states: list[int] = []
        for at, (each, own) in enumerate(zip(self.automata, start, strict=True)):
            if at not in self.aside:
                states.append(each.automaton.start[own] if isinstance(each, Cap) else own)  # type: ignore[arg-type]
        rests = [cap.rest[start[at]] for at, cap in self.caps.items() if cap.tally is not None]
        return (*states, *rests)

    def broken(self, start: Start, duties: Sequence[int]) -> frozenset[int]:
        """Which of the automata that stand aside these duties of the menu break, or must pay for; caps left out."""
        return frozenset(at for at in self._rules_aside() if self._toll(at, start, duties) != 0)

    def aside_toll(self, start: Start, duties: Sequence[int]) -> float:
        """What these duties cost by the automata that stand aside; infinite where they break one; caps left out."""
        return sum(self._toll(at, start, duties) for at in self._rules_aside())

    def _rules_aside(self) -> list[int]:
        return [at for at in sorted(self.aside) if not isinstance(self.automata[at], Cap)]

    def told_apart(self, at: int) -> NDArray[np.bool_]:
        """The duties of the menu that automaton ``at`` tells apart from a day off."""
        if at not in self._told_apart:
            automaton = self.automata[at]
            assert isinstance(automaton, Automaton)
            self._told_apart[at] = _told_apart(automaton, self.menu)
        return self._told_apart[at]

    def _toll(self, at: int, start: Start, duties: Sequence[int]) -> float:
        automaton, state = self.automata[at], start[at]
        assert isinstance(automaton, Automaton)
        assert isinstance(state, int)
        return _toll(automaton, state, duties, self.menu)

    def tighter(self, broken: frozenset[int]) -> Programme:
        """This programme with automata of ``broken`` among the states, for answers that must be exact this once."""
        programme = Programme(self.automata, self.counter, self.menu, self._graphs)
        programme._starts = self._starts
        programme.aside = self.aside - broken
        return programme

    def tighten(self, broken: frozenset[int]) -> None:
        """Take automata among the states for good."""
        with self._lock:
            if broken & self.aside:
                self.aside -= broken
                self._graph = None


def _toll(automaton: Automaton, state: int, duties: Sequence[int], menu: Menu) -> float:
    """What an automaton charges for these duties; infinite where it forbids them."""
    of_day = np.full(len(menu.days), -1, dtype=np.int64)
    chosen = np.asarray(duties, dtype=np.int64)
    of_day[np.searchsorted(menu.day_at, chosen, side="right") - 1] = chosen
    total = 0.0
    for day, duty in enumerate(of_day):
        column = OFF if duty < 0 else int(automaton.duty_class[duty])
        if state < 0 or column < 0:
            return float("inf")
        total += float(automaton.toll[day][state, column])
        state = int(automaton.step[day][state, column])
    return total if state >= 0 else float("inf")


def _told_apart(automaton: Automaton, menu: Menu) -> NDArray[np.bool_]:
    out = np.zeros(len(menu.duties), dtype=bool)
    for day, (begin, end) in enumerate(zip(menu.day_at[:-1], menu.day_at[1:], strict=True)):
        step, toll = automaton.step[day], automaton.toll[day]
        apart = (step != step[:, :1]).any(axis=0) | (toll != toll[:, :1]).any(axis=0)
        classes = automaton.duty_class[begin:end]
        out[begin:end] = np.where(classes >= 0, apart[classes], True)
    return out
