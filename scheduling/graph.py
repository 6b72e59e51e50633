"""The graph of one person's legal tours: the product of the rules' automata, explored once and shared by the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduling.automaton import OFF, Automaton
from scheduling.duty import Menu
from wfm.compiled import kernel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DENSE_CODES = 20_000_000
"""Up to so many combinations of states, reached ones are marked in a table instead of sorted."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Layer d holds the states before day d; the last layer those at the end.

    All arrays are flat. Node s of day d leads by class k to ``step[step_at[d] + s * classes[d] + k]`` (-1: not legal)
    at a toll of ``toll`` at the same place after ``toll_at[d]`` (-1: none that day). ``duty_class`` gives the class of
    every duty of the menu (-1: never legal). ``node_of`` finds the first layer's node of a tuple of rule states.
    """

    nodes: Ints
    classes: Ints
    step: NDArray[np.int32]
    step_at: Ints
    toll: Floats
    toll_at: Ints
    duty_class: Ints
    node_of: dict[tuple[int, ...], int]

    @cached_property
    def node_at(self) -> Ints:
        """Where each layer begins among all nodes."""
        return np.concatenate([[0], np.cumsum(self.nodes)]).astype(np.int64)

    @cached_property
    def class_at(self) -> Ints:
        """Where each day's classes begin among all classes."""
        return np.concatenate([[0], np.cumsum(self.classes)]).astype(np.int64)


def graph_of(automata: Sequence[Automaton], menu: Menu, starts: Sequence[tuple[int, ...]]) -> Graph:
    """The product of ``automata`` over ``menu`` from each tuple of their start states."""
    days = len(menu.days)
    distinct = list(dict.fromkeys(starts))
    layer = np.array(distinct, dtype=np.int64).reshape(len(distinct), len(automata))
    node_of = {tuple(int(state) for state in row): at for at, row in enumerate(layer)}
    nodes, classes, steps, tolls, duty_classes = [len(layer)], [], [], [], []
    for day in range(days):
        choices, duty_class = _classes(automata, menu, day)
        width = [len(a.step[day + 1]) if day + 1 < days else 1 for a in automata]
        step, toll, layer = _product(automata, day, layer, choices, width, must=menu.must[day])
        nodes.append(len(layer))
        classes.append(len(choices))
        steps.append(step.ravel())
        tolls.append(toll.ravel() if toll.any() else np.zeros(0))
        duty_classes.append(duty_class)
    has_toll = np.array([len(toll) > 0 for toll in tolls], dtype=bool)
    toll_at = np.cumsum([0, *(len(toll) for toll in tolls)])[:-1]
    return Graph(
        nodes=np.array(nodes, dtype=np.int64),
        classes=np.array(classes, dtype=np.int64),
        step=np.concatenate(steps).astype(np.int32),
        step_at=np.cumsum([0, *(len(step) for step in steps)])[:-1].astype(np.int64),
        toll=np.concatenate([*tolls, np.zeros(1)]),
        toll_at=np.where(has_toll, toll_at, -1).astype(np.int64),
        duty_class=np.concatenate(duty_classes).astype(np.int64),
        node_of=node_of,
    )


def _classes(automata: Sequence[Automaton], menu: Menu, day: int) -> tuple[Ints, Ints]:
    """The day's classes as a row of rule classes each, the day off first; and the class of each of its duties."""
    begin, end = menu.day_at[day], menu.day_at[day + 1]
    traits = np.array([a.duty_class[begin:end] for a in automata], dtype=np.int64)
    traits = traits.reshape(len(automata), end - begin).T
    allowed = (traits >= 0).all(axis=1)
    duty_class = np.full(end - begin, -1, dtype=np.int64)
    rows = np.zeros((0, len(automata)), dtype=np.int64)
    if allowed.any():
        if len(automata):
            rows, inverse = np.unique(traits[allowed], axis=0, return_inverse=True)
        else:
            rows, inverse = np.zeros((1, 0), dtype=np.int64), np.zeros(int(allowed.sum()), dtype=np.int64)
        duty_class[allowed] = inverse.ravel() + 1
    return np.vstack([np.full((1, len(automata)), OFF, dtype=np.int64), rows]), duty_class


def _product(
    automata: Sequence[Automaton], day: int, layer: Ints, choices: Ints, width: Sequence[int], *, must: bool
) -> tuple[Ints, Floats, Ints]:
    """Steps and tolls from ``layer`` by class, and the next layer's tuples of states."""
    code = np.zeros((len(layer), len(choices)), dtype=np.int64)
    toll = np.zeros(code.shape)
    legal = np.ones(code.shape, dtype=bool)
    if must:
        legal[:, OFF] = False
    for at, automaton in enumerate(automata):
        states, columns = layer[:, at], choices[:, at]
        alive = states >= 0
        step = automaton.step[day][np.ix_(np.where(alive, states, 0), columns)] if len(automaton.step[day]) else -1
        legal &= alive[:, None] & (step >= 0)
        code = code * max(width[at], 1) + np.maximum(step, 0)
        if len(automaton.step[day]):
            toll += automaton.toll[day][np.ix_(np.where(alive, states, 0), columns)]
    reached, step = _interned(np.where(legal, code, -1), int(np.prod([max(w, 1) for w in width])))
    following = np.empty((len(reached), len(automata)), dtype=np.int64)
    rest = reached.copy()
    for at in range(len(automata) - 1, -1, -1):
        following[:, at] = rest % max(width[at], 1)
        rest //= max(width[at], 1)
    return step, np.where(legal, toll, 0.0), following


def _interned(code: Ints, codes: int) -> tuple[Ints, Ints]:
    """The distinct codes in order, and each code's place among them; -1 stays."""
    if codes <= DENSE_CODES:
        mark = np.zeros(codes + 1, dtype=np.int64)
        mark[code.ravel()] = 1  # -1 marks the last place, which no code has
        mark[-1] = 0
        reached = np.flatnonzero(mark[:-1])
        place = np.cumsum(mark) - 1
        return reached, np.where(code >= 0, place[code], -1)
    reached = np.unique(code)
    reached = reached[reached >= 0]
    return reached, np.where(code >= 0, np.searchsorted(reached, code), -1)


@kernel
def values_to_go(
    nodes: Ints,
    classes: Ints,
    step: NDArray[np.int32],
    step_at: Ints,
    toll: Floats,
    toll_at: Ints,
    class_cost: Floats,
    class_at: Ints,
    node_at: Ints,
) -> Floats:
    """Least cost from every node to the end of the horizon, backwards; infinite where nothing legal is left."""
    value = np.zeros(node_at[-1])
    open_class = np.empty(classes.max() if len(classes) else 0, np.int64)
    for d in range(len(classes) - 1, -1, -1):
        seen = 0
        for k in range(classes[d]):
            if class_cost[class_at[d] + k] < np.inf:
                open_class[seen] = k
                seen += 1
        for s in range(nodes[d]):
            best = np.inf
            row = s * classes[d]
            for i in range(seen):
                k = open_class[i]
                after = step[step_at[d] + row + k]
                if after >= 0:
                    cost = class_cost[class_at[d] + k] + value[node_at[d + 1] + after]
                    if toll_at[d] >= 0:
                        cost += toll[toll_at[d] + row + k]
                    best = min(best, cost)
            value[node_at[d] + s] = best
    return value


@kernel
def walk(
    node: int,
    classes: Ints,
    step: NDArray[np.int32],
    step_at: Ints,
    toll: Floats,
    toll_at: Ints,
    class_cost: Floats,
    class_at: Ints,
    node_at: Ints,
    value: Floats,
) -> tuple[Ints, float]:
    """The classes of a cheapest path from ``node`` of the first layer, and the tolls on it."""
    days = len(classes)
    chosen = np.zeros(days, np.int64)
    paid = 0.0
    here = node
    for d in range(days):
        best, best_k, best_after = np.inf, 0, 0
        for k in range(classes[d]):
            after = step[step_at[d] + here * classes[d] + k]
            if after < 0 or not class_cost[class_at[d] + k] < np.inf:
                continue
            cost = class_cost[class_at[d] + k] + value[node_at[d + 1] + after]
            if toll_at[d] >= 0:
                cost += toll[toll_at[d] + here * classes[d] + k]
            if cost < best:
                best, best_k, best_after = cost, k, after
        if toll_at[d] >= 0:
            paid += toll[toll_at[d] + here * classes[d] + best_k]
        chosen[d] = best_k
        here = best_after
    return chosen, paid
