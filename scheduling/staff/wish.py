"""Wishes of agents for single days: a shift or none, a template, early or late."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from scheduling.staff.horizon import Horizon
from wfm.tables.people import WEEKDAY_NAMES

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
