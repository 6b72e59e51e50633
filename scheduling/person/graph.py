"""The graph of one person's legal tours: the product of the rules' automata, explored once and shared by the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.automaton import OFF, Automaton
from scheduling.person.counter import Counter
from scheduling.staff.duty import Menu
from wfm.compiled import kernel

DENSE_CODES = 20_000_000
"""Up to so many combinations of states, reached ones are marked in a table instead of sorted."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Layer d holds the states before day d; the last layer those at the end. Beside every state stands a counter.

    All arrays are flat. Node s of day d leads by class k to ``step[step_at[d] + s * classes[d] + k]`` (-1: not legal)
    at a toll of ``toll`` at the same place after ``toll_at[d]`` (-1: none that day). ``duty_class`` gives the class of
    every duty of the menu (-1: never legal). ``node_of`` finds the first layer's node of a tuple of rule states.
    ``axis`` are the counter's layers (one value wide where no rule counts), ``weight`` what each class adds to it.
    ``tallies`` are what each tally counts on a step, in the places of ``toll``.
    """

    nodes: Ints
    classes: Ints
    step: NDArray[np.int32]
    step_at: Ints
    toll: Floats
    toll_at: Ints
    weight: Ints
    duty_class: Ints
    node_of: dict[tuple[int, ...], int]
    axis: Axis
    tallies: tuple[Floats, ...] = ()

    @cached_property
    def class_at(self) -> Ints:
        """Where each day's classes begin among all classes."""
        return np.concatenate([[0], np.cumsum(self.classes)]).astype(np.int64)

    @property
    def size(self) -> int:
        """How many values a programme over it reckons."""
        return int((self.nodes * np.maximum(self.axis.high - self.axis.low + 1, 0)).sum())

    @property
    def lead(self) -> tuple[Ints, NDArray[np.int32], Ints, Floats, Ints, Ints, Ints]:
        """What the kernels read of the states."""
        return self.led(())

    def led(self, multipliers: Sequence[float]) -> tuple[Ints, NDArray[np.int32], Ints, Floats, Ints, Ints, Ints]:
        """The same where each unit of a tally costs its multiplier besides the tolls."""
        toll = self.toll
        for multiplier, tally in zip(multipliers, self.tallies, strict=False):
            if multiplier:
                toll = toll + multiplier * tally
        return self.classes, self.step, self.step_at, toll, self.toll_at, self.weight, self.class_at


@dataclass(frozen=True, eq=False)
class Axis:
    """A counter's layers as the kernels read them: see ``Counter``; ``toll`` flat, from ``toll_at`` on (-1: none)."""

    low: Ints
    high: Ints
    after_low: Ints
    after_high: Ints
    resets: Ints
    toll: Floats
    toll_at: Ints

    @property
    def lead(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Floats, Ints]:
        """What the kernels read of the counter."""
        return self.low, self.high, self.after_low, self.after_high, self.resets, self.toll, self.toll_at


def axis_of(counter: Counter | None, days: int) -> Axis:
    """The layers of a counter, or of none."""
    if counter is None:
        none, ends = np.zeros(days + 1, dtype=np.int64), np.zeros(days, dtype=np.int64)
        return Axis(none, none, ends, ends, ends - 1, np.zeros(1), ends - 1)
    lengths = np.array([len(toll) for toll in counter.toll], dtype=np.int64)
    begins = np.cumsum([0, *lengths])[:-1].astype(np.int64)
    return Axis(
        counter.low, counter.high, counter.after_low, counter.after_high, counter.resets,
        np.concatenate([*counter.toll, np.zeros(1)]), np.where(lengths > 0, begins, -1),
    )  # fmt: skip


def graph_of(
    automata: Sequence[Automaton],
    counter: Counter | None,
    menu: Menu,
    starts: Sequence[tuple[int, ...]],
    tallies: Sequence[Automaton] = (),
) -> Graph:
    """The product of ``automata`` and ``tallies`` over ``menu`` from each tuple of their start states, beside
    ``counter``. The tolls of tallies are no costs: they are kept apart as what is counted."""
    charging, automata = len(automata), [*automata, *tallies]
    days = len(menu.days)
    distinct = list(dict.fromkeys(starts))
    layer = np.array(distinct, dtype=np.int64).reshape(len(distinct), len(automata))
    node_of = {tuple(int(state) for state in row): at for at, row in enumerate(layer)}
    steps: list[Ints] = []
    tolls: list[Floats] = []
    counts: list[tuple[Floats, ...]] = []
    weights, duty_classes = [], []
    for day in range(days):
        choices, weight, duty_class = _classes(automata, counter, menu, day)
        width = [len(a.step[day + 1]) if day + 1 < days else 1 for a in automata]
        counts.append(tuple(_counted(automata, at, day, layer, choices) for at in range(charging, len(automata))))
        step, toll, layer = _product(automata, charging, day, layer, choices, width, must=menu.must[day])
        steps.append(step)
        tolls.append(toll)
        weights.append(weight)
        duty_classes.append(duty_class)
    _prune(steps, tolls, counts)
    nodes = [*(len(step) for step in steps), int(steps[-1].max(initial=-1)) + 1 if days else len(layer)]
    has_toll = np.array([toll.any() for toll in tolls], dtype=bool)
    has_toll |= np.array([any(own.any() for own in counted) for counted in counts], dtype=bool)
    toll_sizes = [toll.size if any_toll else 0 for toll, any_toll in zip(tolls, has_toll, strict=True)]
    return Graph(
        nodes=np.array(nodes, dtype=np.int64),
        classes=np.array([step.shape[1] for step in steps], dtype=np.int64),
        step=np.concatenate([step.ravel() for step in steps]).astype(np.int32),
        step_at=np.cumsum([0, *(step.size for step in steps)])[:-1].astype(np.int64),
        toll=_flat(tolls, has_toll),
        toll_at=np.where(has_toll, np.cumsum([0, *toll_sizes])[:-1], -1).astype(np.int64),
        weight=np.concatenate(weights).astype(np.int64),
        duty_class=np.concatenate(duty_classes).astype(np.int64),
        node_of=node_of,
        axis=axis_of(counter, days),
        tallies=tuple(_flat([own[at] for own in counts], has_toll) for at in range(len(tallies))),
    )


def _flat(layers: Sequence[Floats], some: NDArray[np.bool_]) -> Floats:
    """Layers that have ``some``, one after the other, and a last place that is nobody's."""
    return np.concatenate([*(layer.ravel() for layer, kept in zip(layers, some, strict=True) if kept), np.zeros(1)])


def _counted(automata: Sequence[Automaton], at: int, day: int, layer: Ints, choices: Ints) -> Floats:
    """What tally ``at`` counts from each node by class."""
    toll = automata[at].toll[day]
    if not len(toll):
        return np.zeros((len(layer), len(choices)))
    return np.asarray(toll[np.ix_(np.maximum(layer[:, at], 0), choices[:, at])])


def _prune(steps: list[Ints], tolls: list[Floats], counts: list[tuple[Floats, ...]]) -> None:
    """Leave out nodes from which no legal end is reached, backwards; the start nodes all stay."""
    for day in range(len(steps) - 2, -1, -1):
        alive = (steps[day + 1] >= 0).any(axis=1)
        steps[day] = np.append(np.where(alive, np.cumsum(alive) - 1, -1), -1)[steps[day]]
        steps[day + 1], tolls[day + 1] = steps[day + 1][alive], tolls[day + 1][alive]
        counts[day + 1] = tuple(own[alive] for own in counts[day + 1])


def _classes(automata: Sequence[Automaton], counter: Counter | None, menu: Menu, day: int) -> tuple[Ints, Ints, Ints]:
    """The day's classes as a row of rule classes each, the day off first; what each adds; the class of each duty."""
    begin, end = menu.day_at[day], menu.day_at[day + 1]
    adds = np.zeros(end - begin, dtype=np.int64) if counter is None else counter.add[begin:end]
    traits = np.array([*(a.duty_class[begin:end] for a in automata), adds], dtype=np.int64).T
    allowed = (traits >= 0).all(axis=1)
    duty_class = np.full(end - begin, -1, dtype=np.int64)
    rows = np.zeros((0, len(automata) + 1), dtype=np.int64)
    if allowed.any():
        rows, inverse = np.unique(traits[allowed], axis=0, return_inverse=True)
        duty_class[allowed] = inverse.ravel() + 1
    off = np.full((1, len(automata) + 1), OFF, dtype=np.int64)
    off[0, -1] = 0
    rows = np.vstack([off, rows])
    return rows[:, :-1], rows[:, -1], duty_class


def _product(
    automata: Sequence[Automaton],
    charging: int,
    day: int,
    layer: Ints,
    choices: Ints,
    width: Sequence[int],
    *,
    must: bool,
) -> tuple[Ints, Floats, Ints]:
    """Steps and tolls from ``layer`` by class, and the next layer's tuples of states; only the first ``charging``
    automata charge."""
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
        if at < charging and len(automaton.step[day]):
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
def layer_values(
    nodes: Ints,
    first: int,
    last: int,
    closing: Floats,
    classes: Ints,
    step: NDArray[np.int32],
    step_at: Ints,
    toll: Floats,
    toll_at: Ints,
    weight: Ints,
    class_at: Ints,
    class_cost: Floats,
    low: Ints,
    high: Ints,
    after_low: Ints,
    after_high: Ints,
    resets: Ints,
    judged: Floats,
    judged_at: Ints,
) -> tuple[Floats, Ints]:
    """Least cost from every node and counter value of layers ``first`` to ``last``, and where each layer begins.

    ``closing`` are the values of layer ``last``. Infinite where nothing legal is left.
    """
    layer_at = np.zeros(last - first + 2, np.int64)
    for d in range(first, last + 1):
        layer_at[d - first + 1] = layer_at[d - first] + nodes[d] * max(high[d] - low[d] + 1, 0)
    value = np.empty(layer_at[last - first + 1])
    value[layer_at[last - first] :] = closing
    open_class = np.empty(classes.max() if len(classes) else 0, np.int64)
    widest = 1
    most = 1
    for d in range(first, last):
        widest = max(widest, after_high[d] - after_low[d] + 1)
        most = max(most, nodes[d + 1])
    ahead = np.empty((most, widest))
    for d in range(last - 1, first - 1, -1):
        size, breadth = high[d] - low[d] + 1, after_high[d] - after_low[d] + 1
        at, beyond = layer_at[d - first], layer_at[d - first + 1]
        next_size = high[d + 1] - low[d + 1] + 1
        for a in range(nodes[d + 1]):
            for j in range(breadth):
                here = (resets[d] if resets[d] >= 0 else after_low[d] + j) - low[d + 1]
                if here < 0 or here >= next_size:
                    ahead[a, j] = np.inf
                    continue
                cost = value[beyond + a * next_size + here]
                if judged_at[d] >= 0:
                    cost += judged[judged_at[d] + j]
                ahead[a, j] = cost
        seen = 0
        for k in range(classes[d]):
            if class_cost[class_at[d] + k] < np.inf:
                open_class[seen] = k
                seen += 1
        for s in range(nodes[d]):
            row = s * classes[d]
            best = value[at + s * size : at + (s + 1) * size]
            best[:] = np.inf
            for i in range(seen):
                k = open_class[i]
                after = step[step_at[d] + row + k]
                if after >= 0:
                    cost = class_cost[class_at[d] + k]
                    if toll_at[d] >= 0:
                        cost += toll[toll_at[d] + row + k]
                    shift = low[d] + weight[class_at[d] + k] - after_low[d]
                    begin, end = max(0, -shift), min(size, breadth - shift)
                    if end > begin:
                        best_part = best[begin:end]
                        ahead_part = ahead[after, begin + shift : end + shift]
                        for m in range(end - begin):
                            new = cost + ahead_part[m]
                            best_part[m] = new if new < best_part[m] else best_part[m]
    return value, layer_at


@kernel
def walk(
    node: int,
    count: int,
    first: int,
    last: int,
    value: Floats,
    layer_at: Ints,
    classes: Ints,
    step: NDArray[np.int32],
    step_at: Ints,
    toll: Floats,
    toll_at: Ints,
    weight: Ints,
    class_at: Ints,
    class_cost: Floats,
    low: Ints,
    high: Ints,
    after_low: Ints,
    after_high: Ints,
    resets: Ints,
    judged: Floats,
    judged_at: Ints,
) -> tuple[Ints, float, int, int]:
    """The classes of a cheapest path from ``node`` and ``count`` of layer ``first`` to layer ``last``.

    Also the tolls on it, and the node and count it ends in. There must be one.
    """
    chosen = np.zeros(last - first, np.int64)
    paid = 0.0
    here, now = node, count
    for d in range(first, last):
        best, best_k = np.inf, 0
        best_after, best_count, best_toll = 0, 0, 0.0
        for k in range(classes[d]):
            after = step[step_at[d] + here * classes[d] + k]
            if after < 0 or not class_cost[class_at[d] + k] < np.inf:
                continue
            counted = now + weight[class_at[d] + k]
            if counted < after_low[d] or counted > after_high[d]:
                continue
            own = 0.0
            if toll_at[d] >= 0:
                own += toll[toll_at[d] + here * classes[d] + k]
            if judged_at[d] >= 0:
                own += judged[judged_at[d] + counted - after_low[d]]
            following = resets[d] if resets[d] >= 0 else counted
            if following < low[d + 1] or following > high[d + 1]:
                continue
            size = high[d + 1] - low[d + 1] + 1
            cost = class_cost[class_at[d] + k] + own
            cost += value[layer_at[d + 1 - first] + after * size + following - low[d + 1]]
            if cost < best:
                best, best_k, best_after, best_count, best_toll = cost, k, after, following, own
        paid += best_toll
        chosen[d - first] = best_k
        here, now = best_after, best_count
    return chosen, paid, here, now
