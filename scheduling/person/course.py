"""Courses: the states that known duties lead through, day by day, and what the rules charge for each day."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scheduling.arrays import Floats, Ints
from scheduling.person.graph import Graph
from scheduling.person.profile import Profile
from wfm.compiled import kernel


def classes_of(profile: Profile, duties: Sequence[int]) -> Ints:
    """The class of each day, of the graph, where these duties are worked."""
    graph, menu = profile.graph, profile.menu
    chosen = np.zeros(len(graph.classes), dtype=np.int64)
    at = np.array(duties, dtype=np.int64)
    chosen[np.searchsorted(menu.day_at, at, side="right") - 1] = graph.duty_class[at]
    return chosen


def course_of(node: int, count: int, chosen: Ints, graph: Graph) -> tuple[Ints, Ints, Floats]:
    """The node and the count before each day and at the end, and the tolls of each day, along a path."""
    axis = graph.axis
    weight = graph.weight[graph.class_at[:-1] + chosen]
    return course(node, count, chosen, weight, graph.classes, graph.step, graph.step_at, graph.toll, graph.toll_at,
                  axis.after_low, axis.resets, axis.toll, axis.toll_at)  # fmt: skip


@kernel
def course(
    node: int,
    count: int,
    chosen: Ints,
    weight: Ints,
    classes: Ints,
    step: NDArray[np.int32],
    step_at: Ints,
    toll: Floats,
    toll_at: Ints,
    after_low: Ints,
    resets: Ints,
    judged: Floats,
    judged_at: Ints,
) -> tuple[Ints, Ints, Floats]:
    """Nodes, counts and tolls day by day along a legal path of classes."""
    days = len(chosen)
    nodes, counts, paid = np.zeros(days + 1, np.int64), np.zeros(days + 1, np.int64), np.zeros(days)
    nodes[0], counts[0] = node, count
    for d in range(days):
        place = node * classes[d] + chosen[d]
        if toll_at[d] >= 0:
            paid[d] += toll[toll_at[d] + place]
        count += weight[d]
        if judged_at[d] >= 0:
            paid[d] += judged[judged_at[d] + count - after_low[d]]
        if resets[d] >= 0:
            count = resets[d]
        node = step[step_at[d] + place]
        nodes[d + 1], counts[d + 1] = node, count
    return nodes, counts, paid
