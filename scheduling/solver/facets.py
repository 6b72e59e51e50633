"""Facets: straight lines below what a cell costs, as a function of the agents of each skill set on the floor.

What meeting needs is worth is a sum of layers, each a maximum flow, and queues that no skill set ties together are
apart. By max-flow min-cut such a part of a cell's cost is the greatest of one line a union U of skill sets: the sets
inside U are too many for the queues of U, all others too few for the rest. Agents come whole and needs are fractions,
so more holds. Between two nested unions the lines differ by a whole number of agents m against a need d, and
``max(0, m - d)`` for whole m is at least ``(1 - r) (m - floor d)`` with r the fraction of d: mixed-integer rounding
(Nemhauser & Wolsey, "A recursive procedure to generate all cuts for 0-1 mixed integer programs", Mathematical
Programming 46, 1990). One queue of its own agents thus costs what a straight line between its two neighbouring whole
numbers says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.problem.needs import Layer
from scheduling.problem.problem import Problem

MOST_UNIONS = 32
"""Beyond so many unions only those of one skill set, none and all are taken: fewer lines, a lower bound still."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Facets:
    """Lines in groups, a group a part of a cell's cost; several may share a cell.

    Group i lowers the cost of ``cell[i]`` by at most ``-(constant + slope @ agents by set)`` of its greatest line,
    among lines ``first[i]`` to ``first[i + 1]``; what is left is ``needs.short`` and the idle price of everybody. Given
    agents are part of the constant. ``gain[i]`` is the most that an agent-quarter is worth to it. ``span[s]`` are the
    first group in which skill set s has any slope, and the one after the last.
    """

    cell: Ints
    first: Ints
    slope: Floats
    constant: Floats
    gain: Floats
    span: Ints


@lru_cache(maxsize=2)
def facets_of(problem: Problem) -> Facets:
    """The lines of all cells in which any queue has a need."""
    sets = len(problem.sets)
    cells, counts, slopes, constants, gains = [], [], [np.zeros((0, sets))], [np.zeros(0)], [np.zeros(0)]
    span = np.zeros((sets, 2), dtype=np.int64)
    given = problem.by_set(problem.given)
    done = 0
    for queues, own in components(problem.serves):
        serves = problem.serves[own][:, queues]
        unions = _unions(serves)
        span[own, 0] = done
        for layer in problem.layers:
            at = np.flatnonzero((layer.demand[queues] > 0).any(axis=0) & (layer.gain > 0))
            part = Layer(layer.demand[queues][:, at], layer.price[at], layer.gain[at])
            slope, constant = _lines(
                part, problem.serves[own][:, queues], given[own][:, at], unions, problem.whole[own]
            )
            kept = np.isfinite(constant).T
            wide = np.zeros((int(kept.sum()), sets))
            wide[:, own] = slope.transpose(2, 0, 1)[kept]
            slopes.append(wide)
            constants.append(constant.T[kept])
            cells.append(at)
            gains.append(layer.gain[at])
            counts.append(kept.sum(axis=1))
            done += len(at)
        span[own, 1] = done
    first = np.concatenate([[0], np.cumsum(np.concatenate([[0], *counts])[1:])])
    return Facets(
        cell=np.concatenate([np.zeros(0, np.int64), *cells]).astype(np.int64),
        first=first.astype(np.int64),
        slope=np.concatenate(slopes),
        constant=np.concatenate(constants),
        gain=np.concatenate(gains),
        span=span,
    )


def components(serves: Flags) -> Iterator[tuple[Flags, Flags]]:
    """Queues and skill sets that are tied together, as masks; queues that nobody serves are in none."""
    left: Flags = np.asarray(serves.any(axis=0))
    while left.any():
        queues = np.asarray(np.arange(len(left)) == np.argmax(left))
        own = np.asarray(serves[:, queues].any(axis=1))
        while int((wider := np.asarray(serves[own].any(axis=0))).sum()) > int(queues.sum()):
            queues, own = wider, np.asarray(serves[:, wider].any(axis=1))
        yield queues, own
        left = left & ~queues


def _unions(serves: Flags) -> Flags:
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


def _lines(layer: Layer, serves: Flags, given: Floats, unions: Flags, whole: Flags) -> tuple[Floats, Floats]:
    """Slopes (lines, sets, cells) and constants (lines, cells); minus infinity where a line says nothing.

    ``whole`` are the skill sets of which agents deliver whole agent-quarters: only these are rounded.
    """
    inside = np.asarray(~(serves[None] & ~unions[:, None, :]).any(axis=2))
    own = unions.astype(float) @ layer.demand
    slope = -layer.gain * ~inside[:, :, None]
    constant = -layer.gain * own + (slope * given).sum(axis=1)
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
        if between.any() and whole[between].all() and telling.any():
            rise = layer.gain * (1 - part)
            slopes.append((slope[a] + rise * between[:, None])[None])
            constants.append(np.where(telling, constant[a] - rise * np.floor(left), -np.inf)[None])
    return np.concatenate(slopes), np.concatenate(constants)
