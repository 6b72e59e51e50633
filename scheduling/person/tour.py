"""Tours: one agent's duties over the horizon, and the cheapest legal one for given prices of his time.

The agents are grouped into profiles of like people: same graph, start, allowed duties, own wishes and pool.
Prices are per slot: what one more agent of the pool on the floor is worth there. A duty then costs minus its working
slots' worth, with each break where it loses the least; of the duties that the rules cannot tell apart the cheapest
stands for all; and the cheapest tour is a shortest path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.path import cheapest_path
from scheduling.person.profile import Profile
from wfm.compiled import kernel


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
