"""Tours: one agent's duties over the horizon, and the cheapest legal one for given prices of his time.

The agents are grouped into profiles of like people: same graph, start, allowed duties, own wishes and pool.
Prices are per slot: what one more agent of the pool on the floor is worth there. A duty then costs minus its working
slots' worth, with each break where it loses the least; of the duties that the rules cannot tell apart the cheapest
stands for all; and the cheapest tour is a shortest path.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.graph import Graph, layer_values, walk
from scheduling.person.programme import Programme, Start
from scheduling.staff.duty import Menu
from wfm.compiled import kernel


@dataclass(eq=False)
class Profile:
    """Like agents. ``duty_toll`` is what each duty of the menu costs these agents by itself (infinite: not allowed).

    ``constant`` is what every tour of theirs costs besides.
    ``start`` are the states of the programme's automata before the first day, ``count`` the counter's value.
    ``agents`` are positions among the team's workers.
    """

    programme: Programme
    start: Start
    count: int
    pool: int
    duty_toll: Floats
    agents: tuple[int, ...]
    constant: float = 0.0
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
        return Profile(self.programme, self.start, self.count, self.pool, toll, agents, self.constant)


@dataclass(frozen=True, eq=False)
class Tour:
    """One legal tour: positions of its duties in the menu, the slots of each of their breaks, and what it costs alone.

    ``slots`` are the working slots, and the columns of the marks that its shifts bear; ``own_cost`` are soft bounds
    and wishes in points.
    """

    duties: tuple[int, ...]
    breaks: tuple[tuple[int, ...], ...]
    slots: NDArray[np.int64]
    own_cost: float


@kernel
def duty_costs(
    price: Floats,
    first: Ints,
    last: Ints,
    break_at: Ints,
    break_first: Ints,
    break_last: Ints,
    break_slots: Ints,
    break_step: Ints,
    mark: Ints,
) -> Floats:
    """Minus the worth of each duty's working slots and of its mark, its breaks where they lose least."""
    total = np.zeros(len(price) + 1)
    for t in range(len(price)):
        total[t + 1] = total[t] + price[t]
    out = np.empty(len(first))
    for i in range(len(first)):
        cost = total[first[i]] - total[last[i]]
        for b in range(break_at[i], break_at[i + 1]):
            lost = np.inf
            for t in range(break_first[b], break_last[b] + 1, break_step[b]):
                lost = min(lost, total[t + break_slots[b]] - total[t])
            cost += lost
        if mark[i] >= 0:
            cost -= price[mark[i]]
        out[i] = cost
    return out


@kernel
def class_costs(duty_cost: Floats, toll: Floats, class_of: Ints, first_class: Ints, out: Floats, best: Ints) -> None:
    """The cheapest duty of every class into ``out`` and ``best``; a day off (the first class of a day) costs 0."""
    out[:] = np.inf
    best[:] = -1
    for d in range(len(first_class) - 1):
        out[first_class[d]] = 0.0
    for i in range(len(duty_cost)):
        k = class_of[i]
        if k >= 0 and duty_cost[i] + toll[i] < out[k]:
            out[k] = duty_cost[i] + toll[i]
            best[k] = i


LIFTED_BY, LIFTS = 0.02, 10
"""Duties of which a rule that stands aside has had too many are made dearer by so much of the greatest cost, and half
as much again each time."""


@dataclass(frozen=True)
class Path:
    """A legal path through a profile's graph: duties of the menu, its tolls, its whole cost, and a lower bound on the
    cheapest path's; ``broken`` are rules standing aside because of which bound and cost may differ."""

    duties: tuple[int, ...]
    paid: float
    cost: float
    bound: float
    broken: frozenset[int] = frozenset()


def cheapest_path(profile: Profile, duty_cost: Floats) -> Path | None:
    """The cheapest legal choice of duties where each of the menu's costs ``duty_cost``; None if there is none."""
    while True:
        path = _relaxed_path(profile, duty_cost)
        if path is None:
            return None
        broken = profile.programme.broken(profile.start, path.duties)
        if not broken:
            return path
        profile.programme.tighten(broken)


def near_path(profile: Profile, duty_cost: Floats) -> Path | None:
    """A legal choice of duties that is the cheapest or near it, with a bound, at a fraction of the exact one's work.

    Rules that stand aside stay there: what they charge is added, and of what they forbid the duties are made dearer
    until the path keeps them. Only where that does not help do they join the graph.
    """
    programme = profile.programme
    path = _relaxed_path(profile, duty_cost)
    if path is None or not programme.aside:
        return path
    bound, lifted, seen = path.cost, duty_cost, frozenset[int]()
    rise = LIFTED_BY * (float(np.abs(duty_cost[np.isfinite(duty_cost)]).max(initial=0.0)) + 1.0)
    for _ in range(LIFTS):
        broken = programme.broken(profile.start, path.duties)
        seen |= broken
        toll = programme.aside_toll(profile.start, path.duties)
        if np.isfinite(toll):
            dearer = float((lifted - duty_cost)[list(path.duties)].sum())
            return Path(path.duties, path.paid + toll, path.cost + toll - dearer, bound, seen)
        apart = np.any([programme.told_apart(at) for at in broken], axis=0)
        lifted = lifted + np.where(apart, rise, 0.0)
        rise *= 1.5
        path = _relaxed_path(profile, lifted)
        if path is None:
            break
    return cheapest_path(profile, duty_cost)


def _relaxed_path(profile: Profile, duty_cost: Floats) -> Path | None:
    """The cheapest choice of duties as far as the graph knows the rules."""
    graph = profile.graph
    axis, days = graph.axis, len(graph.classes)
    if not axis.low[0] <= profile.count <= axis.high[0]:
        return None
    by_class, best = np.empty(graph.class_at[-1]), np.empty(graph.class_at[-1], dtype=np.int64)
    class_costs(duty_cost, profile.duty_toll, profile.class_of, graph.class_at, by_class, best)
    closing = np.zeros(graph.nodes[-1] * (axis.high[-1] - axis.low[-1] + 1))
    value, layer_at = layer_values(graph.nodes, 0, days, closing, *graph.lead, by_class, *axis.lead)
    node = profile.programme.node(profile.start)
    least = value[node * (axis.high[0] - axis.low[0] + 1) + profile.count - axis.low[0]]
    if not np.isfinite(least):
        return None
    chosen, paid, _, _ = walk(node, profile.count, 0, days, value, layer_at, *graph.lead, by_class, *axis.lead)
    duties = tuple(int(best[graph.class_at[day] + k]) for day, k in enumerate(chosen) if k > 0)
    cost = float(least) + profile.constant
    return Path(duties, paid, cost, cost)


def best_tour(profile: Profile, duty_cost: Floats, price: Floats) -> tuple[Tour, float] | None:
    """The cheapest legal tour of ``profile`` and its cost, or None if there is none at all.

    ``duty_cost`` is of the profile's menu under ``price``.
    """
    path = cheapest_path(profile, duty_cost)
    return None if path is None else (tour_of(profile, path.duties, price, path.paid), path.cost)


@kernel
def _working(
    price: Floats,
    duties: Ints,
    first: Ints,
    last: Ints,
    break_at: Ints,
    break_first: Ints,
    break_last: Ints,
    break_slots: Ints,
    break_step: Ints,
    mark: Ints,
) -> tuple[Ints, Ints]:
    """The first slot of every break of ``duties``, where it loses least; the slots that remain for work, and marks."""
    places = np.empty((break_at[duties + 1] - break_at[duties]).sum(), np.int64)
    slots = np.empty((last[duties] - first[duties] + 1).sum(), np.int64)
    rests, worked = 0, 0
    for i in duties:
        begin = worked
        for t in range(first[i], last[i]):
            slots[worked] = t
            worked += 1
        for b in range(break_at[i], break_at[i + 1]):
            least = np.inf
            for t in range(break_first[b], break_last[b] + 1, break_step[b]):
                lost = price[t : t + break_slots[b]].sum()
                if lost < least:
                    least = lost
                    places[rests] = t
            for t in range(places[rests], places[rests] + break_slots[b]):
                slots[begin + t - first[i]] = -1
            rests += 1
        slots[worked] = mark[i]
        worked += 1
    return places, slots[slots >= 0]


def tour_of(profile: Profile, duties: tuple[int, ...], price: Floats, paid: float) -> Tour:
    """A tour of the menu's ``duties``, breaks placed by ``price``; ``paid`` are the tolls along its path."""
    a = profile.menu.arrays
    chosen = np.array(duties, dtype=np.int64)
    rests = a.break_at, a.break_first, a.break_last, a.break_slots, a.break_step, a.mark
    places, slots = _working(price, chosen, a.first, a.last, *rests)
    placed = iter(places.tolist())
    breaks = tuple(tuple(next(placed) for _ in profile.menu.duties[at].breaks) for at in duties)
    own = profile.constant + paid + float(sum(profile.duty_toll[at] for at in duties))
    return Tour(duties, breaks, slots, own)
