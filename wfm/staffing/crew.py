"""A crew: how many agents of each skill set are on the floor when some serve one queue and some several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.inputs import FloatArray
from wfm.staffing.pool import SkillSet


@dataclass(frozen=True)
class Crew:
    """``count`` (s,) agents of s skill sets; ``serves`` (s, k): whether they serve each of k queues. The last k sets
    are those of a single queue, in the order of the queues."""

    count: NDArray[np.int64]
    serves: NDArray[np.bool_]

    def moved(self, giver: int, taker: int) -> Crew:
        """One agent of a single queue serves another queue instead."""
        change = np.zeros_like(self.count)
        change[self.first_single + giver] -= 1
        change[self.first_single + taker] += 1
        return replace(self, count=self.count + change)

    @property
    def single(self) -> NDArray[np.int64]:
        """Agents (k,) who serve one queue only."""
        return self.count[self.first_single :]

    @property
    def first_single(self) -> int:
        """Position of the first skill set of a single queue."""
        return len(self.serves) - int(self.serves.shape[1])


def crew_of(agents: int, queues: tuple[str, ...], needs: FloatArray, share: Mapping[SkillSet, float]) -> Crew:
    """``agents`` split by skill set, so that each queue has its part of them.

    Agents with several skills are as many of the crew as of the workforce, but no more than their queues need; they
    count for each queue as it needs agents. Agents with one skill fill up what every queue lacks. With as many agents
    as ``needs`` adds up to, each queue has what it needs alone, and helpers besides.

    Args:
        agents: of all skill sets together.
        queues: the k queues of the pool.
        needs: (k,) what each queue needs on its own, at least one of them above 0.
        share: share of the workforce by the queues served; what it has of single skills is not read.

    >>> crew = crew_of(48, ("a", "b"), np.array([25.0, 25.0]), {frozenset("ab"): 0.25})
    >>> crew.count.tolist(), crew.serves.tolist()
    ([12, 18, 18], [[True, True], [True, False], [False, True]])
    """
    several = {skills: part for skills, part in share.items() if len(skills) > 1}
    serves = np.array([[queue in skills for queue in queues] for skills in several], dtype=bool).reshape(
        -1, len(queues)
    )
    due = agents * needs / needs.sum()
    weight = np.where(serves, needs, 0.0)
    in_all = weight.sum(axis=1, keepdims=True)
    split = weight / np.where(in_all > 0, in_all, 1.0)
    wanted = agents * np.array(list(several.values())) * (in_all[:, 0] > 0)
    for_queue = wanted @ split
    room = np.minimum(due / np.maximum(for_queue, 1e-9), 1.0)
    wanted = wanted * np.where(serves, room, 1.0).min(axis=1, initial=1.0)
    flexible = _whole(wanted, int(wanted.sum() + 1e-9))
    lacking = np.maximum(due - flexible @ split, 0.0)
    single = _whole(lacking, agents - int(flexible.sum()))
    return Crew(
        np.concatenate([flexible, single]),
        np.concatenate([serves, np.eye(len(queues), dtype=bool)]),
    )


def _whole(parts: FloatArray, total: int) -> NDArray[np.int64]:
    """Whole numbers that add up to ``total``, in proportion to ``parts`` (largest remainders)."""
    if total <= 0:
        return np.zeros(len(parts), dtype=np.int64)
    exact = parts * total / parts.sum() if parts.sum() > 0 else np.full(len(parts), total / len(parts))
    whole = np.floor(exact).astype(np.int64)
    whole[np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]] += 1
    return np.asarray(whole)
