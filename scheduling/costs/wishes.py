"""Wishes: what agents would like on single days. Never a rule; each one that is not honoured costs its weight."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduling.staff.wish import NOON_MIN, Wish

if TYPE_CHECKING:
    from scheduling.arrays import Floats
    from scheduling.costs.facts import MenuFacts
    from scheduling.staff.given import Worked
    from scheduling.staff.worker import Worker


def wish_costs(wishes: Iterable[Wish], facts: MenuFacts) -> tuple[Floats, Floats]:
    """Weights of the wishes that each duty of a menu leaves unheard, and that a day off does, by day."""
    duty, off = np.zeros(len(facts.day)), np.zeros(len(facts.day_at) - 1)
    for wish in wishes:
        own = slice(facts.day_at[wish.day], facts.day_at[wish.day + 1])
        if wish.kind in ("off", "on"):
            named = (
                np.ones(own.stop - own.start, bool) if wish.template is None else facts.template[own] == wish.template
            )
            duty[own] += wish.weight * (named if wish.kind == "off" else ~named)
            off[wish.day] += wish.weight * (wish.kind == "on")
        else:
            late = facts.wall_start[own] >= NOON_MIN
            duty[own] += wish.weight * (late if wish.kind == "early" else ~late)
    return duty, off


def unheard(worker: Worker, duties: Worked) -> float:
    """Weights of the worker's wishes that ``duties`` do not honour."""
    return sum(wish.weight for wish in worker.wishes if not _honoured(wish, duties))


def _honoured(wish: Wish, duties: Worked) -> bool:
    duty = duties.get(wish.day)
    return wish.honoured(None, None) if duty is None else wish.honoured(duty.template, duty.wall_start)


def wish_table(workers: Iterable[Worker], duties: dict[str, Worked]) -> pd.DataFrame:
    """Every wish on a day of the period and whether it was honoured.

    Returns:
        ``agent``, ``day`` (naive midnight), ``wish``, ``template``, ``weight``, ``honoured``.
    """
    rows = [
        (
            worker.id,
            pd.Timestamp(worker.horizon.date(wish.day)),
            wish.kind,
            wish.template,
            wish.weight,
            _honoured(wish, duties.get(worker.id, {})),
        )
        for worker in workers
        for wish in worker.wishes
    ]
    return pd.DataFrame(rows, columns=["agent", "day", "wish", "template", "weight", "honoured"])
