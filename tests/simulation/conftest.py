"""Small floors that several tests share."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from wfm.simulation.floor import Demand, Floor, HandleTime, Presence, Queues


def demand(*stretches: tuple[int, float, float, float, float], **columns: Any) -> Demand:
    """Stretches as (queue, start_s, end_s, mean, aht_s)."""
    queue, start, end, mean, aht = (np.array(column, dtype=float) for column in zip(*stretches, strict=True))
    given = {"day": np.zeros(len(queue), np.int64), "gone_s": np.full(len(queue), np.inf)} | columns
    return Demand(queue.astype(np.int64), start, end, mean, aht, **given)


def queues(
    count: int = 1,
    priority: tuple[int, ...] | None = None,
    patience_s: float = np.inf,
    deadline_s: tuple[float, ...] | None = None,
    handle_time: HandleTime = "exponential",
    handle_cv: float = 1.0,
) -> Queues:
    return Queues(
        names=tuple(f"queue {number}" for number in range(count)),
        threshold_s=np.full(count, 20.0),
        priority=np.array(priority or (1,) * count, dtype=np.int64),
        patience_s=np.full(count, patience_s),
        deadline_s=np.array(deadline_s or (np.nan,) * count),
        handle_time=handle_time,
        handle_cv=handle_cv,
    )


def steady(rate_per_h: float, aht_s: float, agents: int, hours: float, warm_up_h: float = 0.0, **queue: Any) -> Floor:
    """One queue in three stretches: warm-up, ``hours`` to measure, and half an hour in which the line is served."""
    starts_h = [0.0, warm_up_h, warm_up_h + hours, warm_up_h + hours + 0.5]
    spans = pairwise(starts_h)
    stretches = [(0, start * 3600, end * 3600, rate_per_h * (end - start), aht_s) for start, end in spans]
    horizon_s = starts_h[-1] * 3600
    return Floor(demand(*stretches), queues(**queue), Presence.constant(agents, horizon_s), horizon_s)


def shifts(*periods: tuple[int, float, float, tuple[float, ...]]) -> Presence:
    """Periods as (agent, start_s, end_s, speed by queue)."""
    agent, start, end, speed = zip(*periods, strict=True)
    return Presence(
        names=tuple(f"agent {number}" for number in range(max(agent) + 1)),
        agent=np.array(agent, dtype=np.int64),
        start_s=np.array(start, dtype=float),
        end_s=np.array(end, dtype=float),
        speed=np.array(speed, dtype=float),
        shift=np.array(agent, dtype=np.int64),
    )


@pytest.fixture
def make() -> SimpleNamespace:
    """The builders of this file."""
    return SimpleNamespace(demand=demand, queues=queues, steady=steady, shifts=shifts)
