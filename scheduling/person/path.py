"""Paths: the cheapest legal choice of duties for given costs, or one near it with a bound on the cheapest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.course import classes_of, course_of
from scheduling.person.graph import layer_values, walk
from scheduling.person.profile import Profile
from wfm.compiled import kernel

RISE = 0.02
"""Duties and tallies that a rule standing aside has too many of are made dearer by so much of the greatest cost."""
LIFTS = 10
"""Times that duties are made dearer for rules that are no caps, half as much again each time."""
STEP = 0.1
"""The first step of a multiplier nothing is known of, in shares of the greatest cost."""
TRIALS, MORE_TRIALS, MOST_TRIALS = 6, 16, 60
"""Multipliers tried where the answer is near the bound, where it is not, and until there is one at all."""
CLOSE, NEAR = 2e-4, 1e-2
"""An answer within so much of the bound will do; one that is near it, after a few trials."""


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
    """The cheapest legal choice of duties where each of the menu's costs ``duty_cost``; None if there is none.

    Where counts over a long period are too many for states it is one near it (see ``near_path``).
    """
    return _or_not_employed(profile, _cheapest_path(profile, duty_cost))


def _or_not_employed(profile: Profile, path: Path | None) -> Path | None:
    """``path``, or where it costs something and its agent is optional, no duties at no cost."""
    if not profile.optional or (path is not None and path.cost < 0):
        return path
    bound = 0.0 if path is None else min(path.bound, 0.0)
    return Path((), -profile.constant, 0.0, bound, path.broken if path is not None and bound < 0 else frozenset())


def _cheapest_path(profile: Profile, duty_cost: Floats) -> Path | None:
    programme = profile.programme
    if not programme.grows:
        return _near_path(profile, duty_cost)
    while True:
        trial = _trial(profile, duty_cost, {})
        if trial is None:
            return None
        broken = trial.too_many | programme.broken(profile.start, trial.duties)
        if not broken:
            return Path(trial.duties, trial.paid, trial.cost, trial.cost)
        programme.tighten(broken)


def near_path(profile: Profile, duty_cost: Floats) -> Path | None:
    """A legal choice of duties that is the cheapest or near it, with a bound, at a fraction of the exact one's work.

    Rules that stand aside stay there: multipliers keep the caps; what others charge is added, and of what they forbid
    the duties are made dearer until the path keeps them. Only where that does not help do they join the graph, or the
    answer is one that was legal before.
    """
    return _or_not_employed(profile, _near_path(profile, duty_cost))


def _near_path(profile: Profile, duty_cost: Floats) -> Path | None:
    programme = profile.programme
    path, lifted, seen = _kept_path(profile, duty_cost, duty_cost), duty_cost, frozenset[int]()
    if not programme.aside:
        return path
    bound = -np.inf if path is None else path.bound
    rise = RISE * _scale(duty_cost)
    for _ in range(LIFTS):
        if path is None:
            break
        broken = programme.broken(profile.start, path.duties)
        seen |= broken | path.broken
        toll = programme.aside_toll(profile.start, path.duties)
        if np.isfinite(toll):
            if profile.standing is None:
                profile.standing = path.duties
            loose = seen if programme.grows else frozenset[int]()
            return Path(path.duties, path.paid + toll, path.cost + toll, bound, loose)
        lifted = lifted + np.where(np.any([programme.told_apart(at) for at in broken], axis=0), rise, 0.0)
        rise *= 1.5
        path = _kept_path(profile, lifted, duty_cost)
    if programme.grows:
        return _cheapest_path(profile, duty_cost)
    return None if profile.standing is None else _standing_path(profile, profile.standing, duty_cost, bound)


def _standing_path(profile: Profile, duties: tuple[int, ...], duty_cost: Floats, bound: float) -> Path | None:
    """Duties known to be legal, as a path."""
    graph, programme = profile.graph, profile.programme
    axis, chosen = graph.axis, classes_of(profile, duties)
    nodes, counts, tolls = course_of(programme.node(profile.start), profile.count, chosen, graph)
    paid = float(tolls.sum()) + programme.aside_toll(profile.start, duties)
    if profile.closing is not None:
        width = axis.high[-1] - axis.low[-1] + 1
        paid += float(profile.closing[nodes[-1] * width + counts[-1] - axis.low[-1]])
    cost = paid + profile.constant + float((duty_cost + profile.duty_toll)[list(duties)].sum())
    return Path(duties, paid, cost, min(bound, cost)) if np.isfinite(cost) else None


def _scale(duty_cost: Floats) -> float:
    return float(np.abs(duty_cost[np.isfinite(duty_cost)]).max(initial=0.0)) + 1.0


@cache
def _unlike(duties: int) -> Floats:
    return np.random.default_rng(duties).random(duties)


def _untied(duties: int, scale: float) -> Floats:
    """A little for each duty: where all cost alike, a multiplier would move all of them at once."""
    return scale * _unlike(duties)


@dataclass(frozen=True)
class _Trial:
    """The cheapest path at some multipliers; ``cost`` is without them, ``bound`` with what the caps leave free.

    ``excess`` is by how much each cap is exceeded.
    """

    duties: tuple[int, ...]
    paid: float
    cost: float
    bound: float
    excess: dict[int, float]

    @property
    def too_many(self) -> frozenset[int]:
        """The caps that are not kept."""
        return frozenset(at for at, excess in self.excess.items() if excess > 0)


def _kept_path(profile: Profile, duty_cost: Floats, true_cost: Floats) -> Path | None:
    """A path that keeps the caps, near the cheapest by ``duty_cost``; its cost is by ``true_cost``.

    Each cap has a multiplier, which rises while the cap is exceeded and sinks while it is not used up, by steps that
    grow while they go one way and shrink where they turn (resilient propagation: Riedmiller & Braun, IEEE International
    Conference on Neural Networks, 1993).
    """
    caps = profile.programme.caps
    scale = _scale(duty_cost)
    first, noise = STEP * scale, RISE * scale
    multiplier = {at: profile.multipliers.get(at, 0.0) * scale for at in caps}
    rise, last = {at: multiplier[at] / 4 or first for at in caps}, dict.fromkeys(caps, 0.0)
    best: _Trial | None = None
    bound, loose = -np.inf, set[int]()
    told = duty_cost
    for turn in range(MOST_TRIALS):
        if turn == MORE_TRIALS:
            told = duty_cost + _untied(len(duty_cost), noise)
        trial = _trial(profile, told, multiplier)
        if trial is None:
            return None
        if told is duty_cost and trial.bound > bound:
            bound = trial.bound
            profile.multipliers.update({at: own / scale for at, own in multiplier.items()})
        if not trial.too_many and (best is None or trial.cost < best.cost):
            best = trial
        if best is not None:
            gap = (best.cost - bound) / max(abs(bound), 1.0)
            if gap <= CLOSE or turn + 1 >= (TRIALS if gap <= NEAR else MORE_TRIALS):
                break
        before = dict(multiplier)
        for at, excess in trial.excess.items():
            if turn >= 2 * MORE_TRIALS:
                rise[at] = max(1.5 * rise[at], noise / 10)
                multiplier[at] += rise[at] if excess > 0 else 0.0
                continue
            if excess * last[at] < 0:
                rise[at] *= 0.4
            elif excess * last[at] > 0:
                rise[at] *= 1.8
            last[at] = excess
            multiplier[at] = max(multiplier[at] + rise[at] * float(np.sign(excess)), 0.0)
        loose |= {at for at in caps if multiplier[at] != before[at]}
        if multiplier == before:
            break
    if best is None:
        return None
    cost = best.paid + profile.constant + float((true_cost + profile.duty_toll)[list(best.duties)].sum())
    loose_at = frozenset(loose | {at for at in caps if multiplier[at]}) if best.cost - bound > 1e-9 else frozenset()
    return Path(best.duties, best.paid, cost, bound, loose_at)


def _trial(profile: Profile, duty_cost: Floats, multiplier: dict[int, float]) -> _Trial | None:
    """The cheapest choice of duties as far as the graph knows the rules, and where each unit of a cap costs more."""
    graph, programme = profile.graph, profile.programme
    axis, days = graph.axis, len(graph.classes)
    if not axis.low[0] <= profile.count <= axis.high[0]:
        return None
    caps = programme.caps
    dearer = duty_cost
    for at, cap in caps.items():
        if cap.adds is not None and multiplier.get(at):
            dearer = dearer + multiplier[at] * cap.adds
    tallied = [at for at, cap in caps.items() if cap.tally is not None]
    lead = graph.led([multiplier.get(at, 0.0) for at in tallied])
    by_class, best = np.empty(graph.class_at[-1]), np.empty(graph.class_at[-1], dtype=np.int64)
    class_costs(dearer, profile.duty_toll, profile.class_of, graph.class_at, by_class, best)
    ends = graph.nodes[-1] * (axis.high[-1] - axis.low[-1] + 1)
    closing = np.zeros(ends) if profile.closing is None else profile.closing
    value, layer_at = layer_values(graph.nodes, 0, days, closing, *lead, by_class, *axis.lead)
    node = programme.node(profile.start)
    least = value[node * (axis.high[0] - axis.low[0] + 1) + profile.count - axis.low[0]]
    if not np.isfinite(least):
        return None
    chosen, paid, end, count = walk(node, profile.count, 0, days, value, layer_at, *lead, by_class, *axis.lead)
    duties = tuple(int(best[graph.class_at[day] + k]) for day, k in enumerate(chosen) if k > 0)
    paid += float(closing[end * (axis.high[-1] - axis.low[-1] + 1) + count - axis.low[-1]])
    tallies = dict(zip(tallied, graph.tallies, strict=True))
    excess, charged, free = {}, 0.0, 0.0
    for at, cap in caps.items():
        own = multiplier.get(at, 0.0)
        if cap.adds is None:
            used = float(tallied_along(node, chosen, graph.classes, graph.step, graph.step_at, graph.toll_at,
                                       tallies[at]))  # fmt: skip
            paid -= own * used
        else:
            used = float(cap.adds[list(duties)].sum())
        left = cap.most - cap.start[profile.start[at]]
        excess[at] = used - left
        charged += own * used
        free += own * left
    cost = float(least) + profile.constant
    return _Trial(duties, paid, cost - charged, cost - free, excess)


@kernel
def tallied_along(
    node: int, chosen: Ints, classes: Ints, step: NDArray[np.int32], step_at: Ints, toll_at: Ints, tally: Floats
) -> float:
    """What a tally counts along a path."""
    total = 0.0
    for d in range(len(chosen)):
        place = node * classes[d] + chosen[d]
        if toll_at[d] >= 0:
            total += tally[toll_at[d] + place]
        node = step[step_at[d] + place]
    return total


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
