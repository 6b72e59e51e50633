"""Facets: straight lines below what a slot costs, as a function of the agents of each skill set on the floor.

By max-flow min-cut a slot's cost is the greatest of one line a union U of skill sets: the sets inside U are too many
for the queues of U, all others too few for the rest. Agents come whole and needs are fractions, so more holds. Between
two nested unions the lines differ by a whole number of agents m against a need d, and ``max(0, m - d)`` for whole m is
at least ``(1 - r) (m - floor d)`` with r the fraction of d: mixed-integer rounding (Nemhauser & Wolsey, "A recursive
procedure to generate all cuts for 0-1 mixed integer programs", Mathematical Programming 46, 1990). One queue of its own
agents thus costs what a straight line between its two neighbouring whole numbers says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduling.graph import Floats, Ints
from scheduling.problem import Problem

MOST_UNIONS = 32
"""Beyond so many unions only those of one skill set, none and all are taken: fewer lines, a lower bound still."""


@dataclass(frozen=True, eq=False)
class Facets:
    """Slot ``slots[i]`` costs at least ``constant + slope @ agents by set`` of lines ``first[i]`` to ``first[i + 1]``.

    Slots without need have no line; an agent there costs what idleness costs. Given agents are part of the constant.
    """

    slots: Ints
    first: Ints
    slope: Floats
    constant: Floats


def facets_of(problem: Problem) -> Facets:
    """The lines of all slots in which any queue has a need."""
    slots = np.flatnonzero((problem.demand > 0).any(axis=0))
    unions = _unions(problem.serves)
    slope, constant = _lines(problem, slots, unions)
    kept = np.isfinite(constant).T
    return Facets(
        slots=slots,
        first=np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64),
        slope=np.ascontiguousarray(slope.transpose(2, 0, 1)[kept]),
        constant=constant.T[kept],
    )


def _unions(serves: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Unions of skill sets as (unions, queues), the empty one first."""
    none = np.zeros(serves.shape[1], dtype=bool)
    found = {none.tobytes()}
    for row in serves:
        found |= {(np.frombuffer(union, dtype=bool) | row).tobytes() for union in found}
        if len(found) > MOST_UNIONS:
            found = {row.tobytes() for row in [none, *serves, serves.any(axis=0)]}
            break
    unions = np.array([np.frombuffer(union, dtype=bool) for union in found])
    return unions[np.lexsort([*unions.T, unions.sum(axis=1)])]


def _lines(problem: Problem, slots: Ints, unions: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Slopes (lines, sets, slots) and constants (lines, slots); minus infinity where a line says nothing."""
    need, given = problem.demand[:, slots], problem.by_set(problem.given)[:, slots]
    inside = np.asarray(~(problem.serves[None] & ~unions[:, None, :]).any(axis=2))
    both = problem.understaffing + problem.overstaffing
    own = unions.astype(float) @ need
    slope = problem.idle_price[:, slots] - both * ~inside[:, :, None]
    constant = problem.understaffing * need.sum(axis=0) - both * own + (slope * given).sum(axis=1)
    nested = [(a, b) for a in range(len(unions)) for b in range(a + 1, len(unions)) if (unions[a] <= unions[b]).all()]
    slopes, constants = [slope], [constant.copy()]
    for a, b in nested:
        # A larger union of the same need has fewer sets outside and so the higher line.
        constants[0][a, own[b] - own[a] <= 0] = -np.inf
    for a, b in nested:
        between = inside[b] & ~inside[a]
        left = (own[b] - own[a] - between @ given).round(7)
        part = left - np.floor(left)
        telling = (left > 0) & (part > 0) & np.isfinite(constants[0][a] + constants[0][b])
        if between.any() and telling.any():
            rise = both * (1 - part)
            slopes.append((slope[a] + rise * between[:, None])[None])
            constants.append(np.where(telling, constant[a] - rise * np.floor(left), -np.inf)[None])
    return np.concatenate(slopes), np.concatenate(constants)
