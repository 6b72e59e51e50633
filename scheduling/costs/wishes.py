"""Wishes: what agents would like on single days. Never a rule; each one that is not honoured costs its weight."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from wfm.tables.people import WEEKDAY_NAMES

if TYPE_CHECKING:
    from scheduling.costs.facts import MenuFacts
    from scheduling.given import Worked
    from scheduling.graph import Floats
    from scheduling.horizon import Horizon
    from scheduling.worker import Worker

NOON_MIN = 720


@dataclass(frozen=True, order=True)
class Wish:
    """On ``day`` of the period: ``off`` (no shift, or none of ``template``), ``on`` (a shift, or one of ``template``),
    ``early`` (no start at noon or later), ``late`` (no start before noon)."""

    day: int
    kind: str
    template: str | None
    weight: float

    def honoured(self, template: str | None, wall_start: int | None) -> bool:
        """Whether a shift of ``template`` that starts ``wall_start`` minutes after midnight, or a day off (None), does.

        >>> Wish(0, "on", "night", 1.0).honoured("late", 840), Wish(0, "early", None, 1.0).honoured(None, None)
        (False, True)
        """
        if wall_start is None:
            return self.kind != "on"
        if self.kind in ("off", "on"):
            return (self.kind == "on") == (self.template is None or self.template == template)
        return (self.kind == "early") == (wall_start < NOON_MIN)


def wishes_of(preferences: pd.DataFrame, horizon: Horizon) -> dict[str, tuple[Wish, ...]]:
    """Each agent's wishes on the days of the period, by contract PREFERENCES; one of a weekday is one each week."""
    days = range(horizon.period.days)
    by_weekday = {name: [d for d in days if horizon.weekday(d) == at] for at, name in enumerate(WEEKDAY_NAMES)}
    found: dict[str, list[Wish]] = defaultdict(list)
    for row in preferences.to_dict("records"):
        template = None if pd.isna(row["template"]) else str(row["template"])
        weight = 1.0 if pd.isna(row["weight"]) else float(row["weight"])
        if pd.isna(row["day"]):
            on = by_weekday[str(row["weekday"])]
        else:
            on = [(row["day"].date() - horizon.period.first).days]
        found[str(row["agent"])] += [Wish(d, str(row["wish"]), template, weight) for d in on if d in days]
    return {agent: tuple(sorted(wishes, key=_order)) for agent, wishes in found.items()}


def _order(wish: Wish) -> tuple[int, str, str, float]:
    return wish.day, wish.kind, wish.template or "", wish.weight


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
