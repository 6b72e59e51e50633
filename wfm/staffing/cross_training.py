"""What cross-training saves: a pool's queues apart, with the skills there are, and with everyone serving all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People
from wfm.staffing.pool import Pool, contract_hours
from wfm.staffing.pooling import Bounds
from wfm.staffing.traffic import Traffic

APART, TOGETHER = "separate", "pooled"
COLUMNS = (
    "pool", "design", "flexible_share", "agent_hours", "peak_agents", "hourly_rate", "cost", "saving", "currency",
)  # fmt: skip


def cross_training(
    pool: Pool, traffic: Traffic, found: Bounds, centre: Centre, people: People, kept: Mapping[str, tuple[float, float]]
) -> pd.DataFrame:
    """Agent-hours and cost of a pool by design: ``separate``, those of ``kept``, ``pooled``.

    A design between the bounds keeps a share of what pooling can save: its agents lie that far between those of the
    two, slot by slot, and stay fractional. Cost is of paid hours (both kinds of shrinkage) at mean hourly rates,
    weighted by contract hours: of those who serve one queue of the pool only, and for the flexible of those who serve
    several, so that what they earn more is in it (where there are none, they are taken to earn the same).

    Args:
        traffic, found: of the pool.
        kept: by design, the share of its agents who serve several queues, and the share of the gain it keeps.

    Returns:
        ``pool``, ``design``, ``flexible_share``, ``agent_hours``, ``peak_agents``, ``hourly_rate``, ``cost`` and
        ``saving`` against ``separate`` (currency units; NaN where nobody is there to name a rate), ``currency``.
    """
    hours = traffic.slot_min / 60
    separate, pooled = found.separate.astype(float), found.pooled.astype(float)
    apart_h = found.by_queue.sum(axis=0) * hours
    rates = np.array([_rate_of_single(queue, pool, centre, people) for queue in pool.queues])
    apart_rate = float(apart_h @ rates / apart_h.sum()) if apart_h.sum() else float("nan")
    several = _rate(people, centre, lambda agent: len(_served(agent, pool)) > 1)
    several = several if several == several else apart_rate
    designs = [(APART, 0.0, separate, apart_rate)]
    for name, (flexible, share) in kept.items():
        rate = flexible * several + (1 - flexible) * apart_rate
        designs.append((name, flexible, separate - share * (separate - pooled), rate))
    designs.append((TOGETHER, 1.0, pooled, several))
    paid = 1 / (1 - centre.shrinkage.unplanned) / (1 - centre.shrinkage.planned)
    table = pd.DataFrame(
        {
            "pool": pool.name,
            "design": [name for name, *_ in designs],
            "flexible_share": [flexible for _, flexible, *_ in designs],
            "agent_hours": [float(agents.sum() * hours) for _, _, agents, _ in designs],
            "peak_agents": [float(agents.max(initial=0.0)) for _, _, agents, _ in designs],
            "hourly_rate": [rate for *_, rate in designs],
        }
    )
    cost = table["agent_hours"] * paid * table["hourly_rate"]
    return table.assign(cost=cost, saving=cost.iloc[0] - cost, currency=centre.centre.currency)


def _served(agent: Agent, pool: Pool) -> set[str]:
    return set(agent.skills) & set(pool.queues)


def _rate_of_single(queue: str, pool: Pool, centre: Centre, people: People) -> float:
    """Mean rate of those who serve this queue of the pool only; where there are none, of all who serve it."""
    only = _rate(people, centre, lambda agent: _served(agent, pool) == {queue})
    return only if only == only else _rate(people, centre, lambda agent: queue in agent.skills)


def _rate(people: People, centre: Centre, which: Callable[[Agent], bool]) -> float:
    """Mean hourly rate by contract hours; NaN where there is nobody."""
    chosen = [agent for agent in people.agents if which(agent)]
    hours = np.array([contract_hours(agent, centre) for agent in chosen])
    rates = np.array([float(centre.pay.grades[agent.grade]) for agent in chosen])
    return float(hours @ rates / hours.sum()) if hours.sum() else float("nan")
