"""Pools: interactive queues that the same agents serve, and how many agents serve which of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wfm.errors import InputError, MissingError, UsageError
from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People

SkillSet = frozenset[str]


@dataclass(frozen=True)
class Pool:
    """``queues`` in the order of the policy. ``share``: of the pool's contract hours, by the queues of the pool that an
    agent serves; the shares add up to 1, or there is nobody."""

    queues: tuple[str, ...]
    share: Mapping[SkillSet, float]

    @property
    def name(self) -> str:
        """The queues joined by ``+``, as a skill set is written."""
        return "+".join(self.queues)

    @property
    def flexible(self) -> float:
        """Share of contract hours of those who serve more than one queue of the pool."""
        return sum(share for skills, share in self.share.items() if len(skills) > 1)


def pools_of(centre: Centre, people: People) -> tuple[Pool, ...]:
    """Every group of two or more interactive queues that agents with several skills tie together, directly or by way
    of others; deferred queues wait for their deadlines and are no part of it."""
    interactive = [queue.id for queue in centre.queues if not queue.deferred]
    group = {queue: {queue} for queue in interactive}
    for agent in people.agents:
        served = [queue for queue in interactive if queue in agent.skills]
        united = set().union(*(group[queue] for queue in served))
        group |= dict.fromkeys(united, united)
    groups = {frozenset(members) for members in group.values() if len(members) > 1}
    order = sorted(groups, key=lambda members: min(interactive.index(queue) for queue in members))
    return tuple(pool_of(members, centre, people) for members in order)


def pool_of(queues: Iterable[str], centre: Centre, people: People) -> Pool:
    """The pool of the queues named, shared by agents or not yet.

    Raises:
        MissingError: a queue that the policy doesn't know.
        InputError: a deferred queue.
        UsageError: fewer than two queues.
    """
    named = set(queues)
    known = {queue.id: queue for queue in centre.queues}
    for queue in sorted(named):
        if queue not in known:
            raise MissingError("unknown queue", where="pool", found=queue, expected=", ".join(known))
        if known[queue].deferred:
            raise InputError(
                "a deferred queue in a pool", found=queue, expected="queues whose contacts wait for an answer"
            )
    if len(named) < 2:
        raise UsageError("nothing to pool", found="+".join(sorted(named)) or "no queue", expected="two queues or more")
    hours: dict[SkillSet, float] = {}
    for agent in people.agents:
        skills = frozenset(agent.skills) & named
        if skills:
            hours[skills] = hours.get(skills, 0.0) + contract_hours(agent, centre)
    total = sum(hours.values())
    ordered = sorted(hours, key=lambda skills: (len(skills), sorted(skills)))
    share = {skills: hours[skills] / total for skills in ordered} if total else {}
    return Pool(tuple(queue for queue in known if queue in named), share)


def contract_hours(agent: Agent, centre: Centre) -> float:
    """Paid hours a week of an agent's contract."""
    return float(centre.contract(agent.contract).hours_week)
