"""Stretches: some days of an agent's tour, while he keeps the days before and after as they stand.

What the rules know on the first day follows from the tour before it, and what they will say to the days after, from
the states that the stretch may end in. So a stretch is a small programme of its own, over its own days; what it may
still use of a cap is what the rest of the tour leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.cap import Cap
from scheduling.person.course import classes_of, course_of
from scheduling.person.graph import Axis, Graph
from scheduling.person.profile import Profile
from scheduling.person.programme import Programme, Start
from scheduling.staff.duty import Menu


@dataclass(eq=False)
class Days:
    """The days ``first`` to ``last`` (not included) of a horizon; what all agents' stretches over them share."""

    first: int
    last: int
    _menus: dict[int, Menu] = field(default_factory=dict)
    _graphs: dict[int, Graph] = field(default_factory=dict)
    _spread: dict[tuple[int, ...], Graph] = field(default_factory=dict)

    def menu(self, menu: Menu) -> Menu:
        """Its days."""
        if id(menu) not in self._menus:
            self._menus[id(menu)] = Menu(menu.days[self.first : self.last], menu.must[self.first : self.last])
        return self._menus[id(menu)]

    def graph(self, graph: Graph, menu: Menu, at: int, most: int) -> Graph:
        """The graph's layers of these days; with ``at`` >= 0 its nodes also know how many of that tally are left."""
        key = id(graph), at, most
        if key not in self._spread:
            if id(graph) not in self._graphs:
                self._graphs[id(graph)] = _layers(graph, menu, self.first, self.last)
            cut = self._graphs[id(graph)]
            self._spread[key] = cut if at < 0 else _spread(cut, at, most)
        return self._spread[key]


class Stretch(Programme):
    """The programme of a stretch: a graph that is given, and caps with what is left of them."""

    def __init__(self, whole: Profile, duties: tuple[int, ...], days: Days, graph: Graph, node: int,
                 caps: Sequence[Cap], menu: Menu) -> None:  # fmt: skip
        """``duties`` are those of the whole tour, of the whole menu; ``node`` is where the stretch begins."""
        super().__init__(caps, None, menu)
        self._whole, self._cut, self._first = whole, graph, node
        begin, end = (int(whole.menu.day_at[day]) for day in (days.first, days.last))
        self._before = tuple(at for at in duties if at < begin)
        self._after = tuple(at for at in duties if at >= end)
        self._begin = begin

    @property
    def graph(self) -> Graph:
        """The layers of its days."""
        return self._cut

    def node(self, start: Start) -> int:  # noqa: ARG002
        """The node in which the tour before it ends."""
        return self._first

    def whole(self, duties: Sequence[int]) -> tuple[int, ...]:
        """The whole tour's duties, with these in the stretch."""
        return (*self._before, *(at + self._begin for at in duties), *self._after)

    def broken(self, start: Start, duties: Sequence[int]) -> frozenset[int]:  # noqa: ARG002
        """Which of the whole programme's rules that stand aside the whole tour would break."""
        return self._whole.programme.broken(self._whole.start, self.whole(duties))

    def aside_toll(self, start: Start, duties: Sequence[int]) -> float:  # noqa: ARG002
        """What they charge the whole tour."""
        return self._whole.programme.aside_toll(self._whole.start, self.whole(duties))

    def told_apart(self, at: int) -> NDArray[np.bool_]:
        """As the whole programme does."""
        begin = self._begin
        return self._whole.programme.told_apart(at)[begin : begin + len(self.menu.duties)]

    @property
    def grows(self) -> bool:
        """A stretch is not worth it."""
        return False


def stretch_of(whole: Profile, duties: tuple[int, ...], days: Days, agent: int) -> Profile:
    """One agent's programme over ``days``, where his tour stands at ``duties``; its tours cost what whole ones cost."""
    programme, graph, axis = whole.programme, whole.graph, whole.graph.axis
    chosen = classes_of(whole, duties)
    nodes, counts, paid = course_of(programme.node(whole.start), whole.count, chosen, graph)
    first, last = days.first, days.last
    menu = days.menu(whole.menu)
    begin, end = int(whole.menu.day_at[first]), int(whole.menu.day_at[last])
    inside = [at for at in duties if begin <= at < end]
    outside = [at for at in duties if not begin <= at < end]
    layers = _narrowed(axis, graph, first, last, int(counts[first]))
    by_node, *tallied = _ends(graph, chosen, last, [graph.toll, *graph.tallies])
    by_count = _judged(axis, graph, chosen, last, layers)
    caps: list[Cap] = []
    at_tally, left, most = -1, 0, 0
    tally = -1
    for at, cap in programme.caps.items():
        room = cap.most - cap.start[whole.start[at]]
        if cap.adds is not None:
            room -= int(cap.adds[outside].sum())
            own = cap.adds[begin:end]
            if own.any():
                caps.append(Cap(cap.rule, room, {0: 0}, {0: 0}, own, None, cap.exactly))
            continue
        tally += 1
        used = _along(nodes, chosen, graph, graph.tallies[tally])
        room -= round(float(used[:first].sum()))
        after = tallied[tally]
        legal = np.isfinite(after)
        least = after[legal].min(initial=np.inf)
        top = round(_most(days.graph(graph, whole.menu, -1, 0), tally) + after[legal].max() - least)
        if room - least < top:
            at_tally, most, left = tally, top, round(room - least)
            after_left = np.where(legal, after - least, np.inf)
    cut = days.graph(graph, whole.menu, at_tally, most)
    node = int(nodes[first])
    if at_tally >= 0:
        ends = np.concatenate([np.where(after_left <= r, by_node, np.inf) for r in range(left + 1)])
        nodes_of = graph.nodes[first : last + 1] * (left + 1)
        node += left * int(graph.nodes[first])
    else:
        ends, nodes_of = by_node, cut.nodes
    own_graph = Graph(nodes_of, cut.classes, cut.step, cut.step_at, cut.toll, cut.toll_at, cut.weight,
                      cut.duty_class, {}, layers, ())  # fmt: skip
    constant = whole.constant + float(paid[:first].sum()) + float(whole.duty_toll[outside].sum())
    stretch = Stretch(whole, duties, days, own_graph, node, caps, menu)
    return Profile(
        stretch, (0,) * len(caps), int(counts[first]), whole.pool, whole.duty_toll[begin:end], (agent,), constant,
        closing=(ends[:, None] + by_count[None, :]).ravel(), standing=tuple(at - begin for at in inside),
    )  # fmt: skip


def _along(nodes: Ints, chosen: Ints, graph: Graph, tally: Floats) -> Floats:
    """What a tally counts on each day of a path."""
    place = graph.toll_at + nodes[:-1] * graph.classes + chosen
    return np.where(graph.toll_at >= 0, tally[np.where(graph.toll_at >= 0, place, 0)], 0.0)


def _ends(graph: Graph, chosen: Ints, last: int, tolls: Sequence[Floats]) -> list[Floats]:
    """What each node of layer ``last`` has to pay of each of ``tolls`` on the path ``chosen`` after it; infinite where
    that is not legal."""
    here = np.arange(graph.nodes[last])
    sums = [np.zeros(len(here)) for _ in tolls]
    for day in range(last, len(chosen)):
        alive = here >= 0
        place = np.where(alive, here, 0) * graph.classes[day] + chosen[day]
        if graph.toll_at[day] >= 0:
            for own, toll in zip(sums, tolls, strict=True):
                own += np.where(alive, toll[graph.toll_at[day] + place], 0.0)
        here = np.where(alive, graph.step[graph.step_at[day] + place], -1)
    return [np.where(here >= 0, own, np.inf) for own in sums]


def _judged(axis: Axis, graph: Graph, chosen: Ints, last: int, layers: Axis) -> Floats:
    """What each count of the stretch's last layer has to pay on the path after it; infinite where that is not legal."""
    here = np.arange(layers.low[-1], layers.high[-1] + 1)
    out = np.zeros(len(here))
    for day in range(last, len(chosen)):
        here = here + graph.weight[graph.class_at[day] + chosen[day]]
        inside = (here >= axis.after_low[day]) & (here <= axis.after_high[day])
        out[~inside] = np.inf
        if axis.toll_at[day] >= 0:
            at = np.clip(here - axis.after_low[day], 0, axis.after_high[day] - axis.after_low[day])
            out += axis.toll[axis.toll_at[day] + at]
        if axis.resets[day] >= 0:
            here = np.full(len(here), axis.resets[day])
    return out


def _narrowed(axis: Axis, graph: Graph, first: int, last: int, count: int) -> Axis:
    """The counter's layers of the days ``first`` to ``last`` that ``count`` before them can reach."""
    days = last - first
    low, high = axis.low[first : last + 1].copy(), axis.high[first : last + 1].copy()
    after_low, after_high = axis.after_low[first:last].copy(), axis.after_high[first:last].copy()
    toll_at = axis.toll_at[first:last].copy()
    least = most = count
    for d in range(days):
        low[d], high[d] = max(low[d], least), min(high[d], most)
        most += int(graph.weight[graph.class_at[first + d] : graph.class_at[first + d + 1]].max(initial=0))
        cut = max(least - int(after_low[d]), 0)
        after_low[d] += cut
        toll_at[d] += cut if toll_at[d] >= 0 else 0
        after_high[d] = min(after_high[d], most)
        if axis.resets[first + d] >= 0:
            least = most = int(axis.resets[first + d])
    low[days], high[days] = max(low[days], least), min(high[days], most)
    return Axis(low, high, after_low, after_high, axis.resets[first:last], axis.toll, toll_at)


def _layers(graph: Graph, menu: Menu, first: int, last: int) -> Graph:
    """A graph's layers ``first`` to ``last``."""
    step_end = graph.step_at[last] if last < len(graph.step_at) else len(graph.step)
    begin = graph.step_at[first]
    classes = slice(graph.class_at[first], graph.class_at[last])
    return Graph(
        graph.nodes[first : last + 1], graph.classes[first:last], graph.step[begin:step_end],
        graph.step_at[first:last] - begin, graph.toll, graph.toll_at[first:last], graph.weight[classes],
        graph.duty_class[menu.day_at[first] : menu.day_at[last]], {}, graph.axis, graph.tallies,
    )  # fmt: skip


def _most(graph: Graph, tally: int) -> float:
    """The most that a tally counts in a graph, from any node."""
    value = np.zeros(graph.nodes[-1])
    for d in range(len(graph.classes) - 1, -1, -1):
        shape = int(graph.nodes[d]), int(graph.classes[d])
        step = graph.step[graph.step_at[d] : graph.step_at[d] + shape[0] * shape[1]].reshape(shape)
        more = np.zeros(shape)
        if graph.toll_at[d] >= 0:
            more = graph.tallies[tally][graph.toll_at[d] : graph.toll_at[d] + more.size].reshape(shape)
        value = np.where(step >= 0, value[np.maximum(step, 0)] + more, 0.0).max(axis=1)
    return float(value.max(initial=0.0))


def _spread(graph: Graph, tally: int, most: int) -> Graph:
    """The graph whose node ``left * nodes + node`` also knows how many of a tally are left, 0 to ``most`` - 1."""
    steps, tolls, step_at, toll_at = [], [], [], []
    size = toll_size = 0
    for d in range(len(graph.classes)):
        nodes, classes, beyond = int(graph.nodes[d]), int(graph.classes[d]), int(graph.nodes[d + 1])
        step = graph.step[graph.step_at[d] : graph.step_at[d] + nodes * classes].reshape(nodes, classes)
        at = graph.toll_at[d]
        more = np.zeros((nodes, classes), dtype=np.int64)
        if at >= 0:
            more = graph.tallies[tally][at : at + step.size].reshape(step.shape).round().astype(np.int64)
            own = graph.toll[at : at + step.size].reshape(step.shape)
            tolls.append(np.tile(own.ravel(), most))
            toll_at.append(toll_size)
            toll_size += step.size * most
        else:
            toll_at.append(-1)
        left = np.arange(most)[:, None, None] - more
        full = np.where((step >= 0) & (left >= 0), left * beyond + step, -1)
        steps.append(full.ravel())
        step_at.append(size)
        size += full.size
    return Graph(
        graph.nodes * most, graph.classes, np.concatenate(steps).astype(np.int32), np.array(step_at, dtype=np.int64),
        np.concatenate([*tolls, np.zeros(1)]), np.array(toll_at, dtype=np.int64), graph.weight, graph.duty_class, {},
        graph.axis, (),
    )  # fmt: skip
