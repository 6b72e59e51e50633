"""Alternatives: what else an agent may do on one day while the rest of his tour stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.automaton import OFF, Automaton
from scheduling.person.cap import Cap
from scheduling.person.profile import Profile
from scheduling.person.tour import Tour
from scheduling.rules.rule import State
from scheduling.staff.duty import Menu
from wfm.compiled import kernel


def alternatives(profile: Profile, tour: Tour, day: int) -> Floats:
    """Points of a day off and of each duty of the menu's ``day``, in this order, with the tour's other duties kept.

    Costs are the tolls of the rules and the agent's own; infinite where a rule forbids it. Only their differences tell
    anything: tolls before the day are left out in part.
    """
    graph, menu, programme = profile.graph, profile.menu, profile.programme
    begin, end = int(menu.day_at[day]), int(menu.day_at[day + 1])
    of_day = np.full(len(menu.days), -1, dtype=np.int64)
    chosen = np.array(tour.duties, dtype=np.int64)
    of_day[np.searchsorted(menu.day_at, chosen, side="right") - 1] = chosen
    classes = np.where(of_day >= 0, graph.duty_class[of_day], OFF)
    lead = graph.lead, graph.axis.lead
    by_class = _class_tolls(day, classes, programme.node(profile.start), profile.count, *lead[0], *lead[1])
    duty_class = graph.duty_class[begin:end]
    out = np.append(
        by_class[OFF], np.where(duty_class >= 0, by_class[duty_class], np.inf) + profile.duty_toll[begin:end]
    )
    for at in programme.aside:
        each, start = programme.automata[at], profile.start[at]
        tolls = _cap_tolls if isinstance(each, Cap) else _rule_tolls
        out += tolls(each, start, of_day, day, menu)  # type: ignore[arg-type]
    return out


@kernel
def _class_tolls(
    day: int,
    chosen: Ints,
    node: int,
    count: int,
    classes: Ints,
    step: NDArray[np.int32],
    step_at: Ints,
    toll: Floats,
    toll_at: Ints,
    weight: Ints,
    class_at: Ints,
    low: Ints,
    high: Ints,
    after_low: Ints,
    after_high: Ints,
    resets: Ints,
    judged: Floats,
    judged_at: Ints,
) -> Floats:
    """Tolls from ``day`` on by class of that day, with the classes ``chosen`` on all other days."""
    out = np.full(classes[day], np.inf)
    first_node, first_count = node, count
    for k in range(classes[day]):
        # The way up to the day is the same for all classes and walked but once.
        here, now, begin, paid = first_node, first_count, 0 if k == 0 else day, 0.0
        for d in range(begin, len(classes)):
            if d == day:
                first_node, first_count, paid = here, now, 0.0
            own = k if d == day else chosen[d]
            after = -1 if own < 0 else step[step_at[d] + here * classes[d] + own]
            counted = now + (weight[class_at[d] + own] if own >= 0 else 0)
            following = resets[d] if resets[d] >= 0 else counted
            inside = after_low[d] <= counted <= after_high[d] and low[d + 1] <= following <= high[d + 1]
            if after < 0 or not inside:
                if d < day:
                    return out
                paid = np.inf
                break
            if toll_at[d] >= 0:
                paid += toll[toll_at[d] + here * classes[d] + own]
            if judged_at[d] >= 0:
                paid += judged[judged_at[d] + counted - after_low[d]]
            here, now = after, following
        out[k] = paid
    return out


def _rule_tolls(automaton: Automaton, start: State, of_day: Ints, day: int, menu: Menu) -> Floats:
    """Tolls of one automaton over all days, by a day off and each duty of ``day``; ``of_day`` are all days' duties."""
    chosen = np.where(of_day >= 0, automaton.duty_class[of_day], OFF)
    own = np.append(OFF, automaton.duty_class[menu.day_at[day] : menu.day_at[day + 1]])
    state, paid = cast("int", start), 0.0
    ahead = np.zeros(int(automaton.step[-1].max(initial=-1)) + 1)
    if state < 0 or (np.delete(chosen, day) < 0).any():
        return np.full(len(own), np.inf)
    for d in range(day):
        paid += float(automaton.toll[d][state, chosen[d]])
        state = int(automaton.step[d][state, chosen[d]])
        if state < 0:
            return np.full(len(own), np.inf)
    for d in range(len(automaton.step) - 1, day, -1):
        ahead = automaton.toll[d][:, chosen[d]] + np.append(ahead, np.inf)[automaton.step[d][:, chosen[d]]]
    by_class = paid + automaton.toll[day][state] + np.append(ahead, np.inf)[automaton.step[day][state]]
    return np.where(own >= 0, by_class[own], np.inf)


def _cap_tolls(cap: Cap, start: State, of_day: Ints, day: int, menu: Menu) -> Floats:
    """0 where the cap is kept by a day off or each duty of ``day``, else infinite."""
    if cap.tally is not None:
        used = cap.start[start] + _rule_tolls(cap.tally, cap.rest[start], of_day, day, menu)
    else:
        adds = np.zeros(len(menu.duties)) if cap.adds is None else cap.adds
        others = np.delete(of_day, day)
        own = np.append(0.0, adds[menu.day_at[day] : menu.day_at[day + 1]])
        used = cap.start[start] + float(adds[others[others >= 0]].sum()) + own
    return np.where(used <= cap.most, 0.0, np.inf)


def exchanged(menu: Menu, tour: Tour, day: int, duty: int, breaks: Sequence[int], own_cost: float) -> Tour:
    """The tour with ``duty`` of the menu (-1: a day off) on ``day`` instead; its breaks begin in slots ``breaks``."""
    old = duty_on(menu, tour, day)
    placed = {at: starts for at, starts in zip(tour.duties, tour.breaks, strict=True) if at != old}
    if duty >= 0:
        placed[duty] = tuple(breaks)
    duties = tuple(sorted(placed))
    slots = [working_slots(menu, at, placed[at]) for at in duties]
    return Tour(
        duties=duties,
        breaks=tuple(placed[at] for at in duties),
        slots=np.concatenate([np.zeros(0, dtype=np.int64), *slots]),
        own_cost=own_cost,
    )


def duty_on(menu: Menu, tour: Tour, day: int) -> int:
    """The duty of the menu that a tour holds on ``day``; -1: none."""
    begin, end = menu.day_at[day], menu.day_at[day + 1]
    return next((at for at in tour.duties if begin <= at < end), -1)


def span(menu: Menu, duty: int) -> Ints:
    """The slots of a duty from start to end, and the column of its mark, if it has one."""
    slots = np.arange(menu.arrays.first[duty], menu.arrays.last[duty], dtype=np.int64)
    mark = menu.duties[duty].mark
    return np.append(slots, mark) if mark >= 0 else slots


def working_slots(menu: Menu, duty: int, breaks: Sequence[int]) -> Ints:
    """The same but for its breaks, which begin in slots ``breaks``."""
    slots = span(menu, duty)
    for window, begin in zip(menu.duties[duty].breaks, breaks, strict=True):
        slots = slots[(slots < begin) | (slots >= begin + window.slots)]
    return slots
