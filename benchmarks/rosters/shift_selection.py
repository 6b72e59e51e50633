"""Shift selection: how many agents get each shift of each day, for an hourly requirement. Agents are all alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.rosters.task import MONDAY, NOTHING_ELSE
from scheduling.outcome import Solved
from scheduling.roster import schedule
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import people_of
from wfm.tables.people import AGENTS
from wfm.tables.requirement import REQUIREMENT
from wfm.time.week import Period

DAYS, HOURS = 7, 24
AGENTS_AT_HAND = 60
"""So many that their number never binds: the selections have none."""
OPEN_FROM, OPEN_TO = 6, 22
SHORT_PRICE = 1000
"""Points an hour, in place of a hard requirement; an answer that is short is no answer."""
NONE = float("nan")


@dataclass(frozen=True)
class Kind:
    """Shifts of ``length`` hours that start on any full hour while open; ``lunch`` is the hours after the start in
    which an hour of lunch may begin, first and last."""

    length: int
    lunch: tuple[int, int] | None = None

    @property
    def starts(self) -> range:
        """Hours of the day."""
        return range(OPEN_FROM, OPEN_TO - self.length + 1)


@dataclass(frozen=True, eq=False)
class Selection:
    """``required`` agents by day and hour, and the kinds of shift."""

    required: NDArray[np.int64]
    kinds: tuple[Kind, ...]

    @cached_property
    def placed(self) -> dict[str, NDArray[np.int64]]:
        """Every shift with its lunch placed: 1 in the hours of the day at which it covers, else 0."""
        found = {}
        for kind in self.kinds:
            places = [None] if kind.lunch is None else [*range(kind.lunch[0], kind.lunch[1] + 1)]
            for start, lunch in product(kind.starts, places):
                covers = np.zeros(HOURS, dtype=np.int64)
                covers[start : start + kind.length] = 1
                if lunch is not None:
                    covers[start + lunch] = 0
                found[f"{kind.length} h from {start}:00, lunch {lunch}"] = covers
        return found


def plain_week() -> Selection:
    """Full and half shifts without breaks."""
    return Selection(_requirement(seed=1), (Kind(8), Kind(4)))


def week_with_lunch() -> Selection:
    """Full shifts of nine hours with an hour of lunch, and half shifts without."""
    return Selection(_requirement(seed=1), (Kind(9, (3, 5)), Kind(4)))


def _requirement(seed: int) -> NDArray[np.int64]:
    """Two peaks a day, quieter at the weekend."""
    hours = np.arange(HOURS)
    shape = np.exp(-0.5 * ((hours - 10) / 2.2) ** 2) + 0.8 * np.exp(-0.5 * ((hours - 16) / 2.5) ** 2) + 0.1
    week = np.array([1.1, 1.0, 1.0, 1.0, 1.05, 0.6, 0.5])
    noise = np.random.default_rng(seed).normal(1, 0.05, (DAYS, HOURS))
    is_open = (hours >= OPEN_FROM) & (hours < OPEN_TO)
    required: NDArray[np.int64] = np.round(15 * np.outer(week, shape) * noise * is_open).astype(np.int64)
    return required


def theirs_nearest(selection: Selection, seconds: float) -> tuple[float, str]:
    """Total difference from the requirement, in agent-hours, by ``MinAbsDifference``."""
    from pyworkforce.scheduling import MinAbsDifference

    present, _, ended = _theirs(MinAbsDifference, selection, seconds)
    return float(np.abs(present - selection.required).sum()), ended


def theirs_fewest(selection: Selection, seconds: float) -> tuple[float, str]:
    """Shifts that never fall short, by ``MinRequiredResources``; NaN where it has no answer."""
    from pyworkforce.scheduling import MinRequiredResources

    present, shifts, ended = _theirs(MinRequiredResources, selection, seconds)
    return (float(shifts) if (present >= selection.required).all() else NONE), ended


def _theirs(scheduler: Any, selection: Selection, seconds: float) -> tuple[NDArray[np.int64], int, str]:
    """Agents present by day and hour, how many shifts in all, and the solver's status."""
    answer = scheduler(
        num_days=DAYS,
        periods=HOURS,
        shifts_coverage={name: covers.tolist() for name, covers in selection.placed.items()},
        required_resources=selection.required.tolist(),
        max_period_concurrency=AGENTS_AT_HAND,
        max_shift_concurrency=AGENTS_AT_HAND,
        max_search_time=float(seconds),
    ).solve()
    present, shifts = np.zeros((DAYS, HOURS), dtype=np.int64), 0
    for given in answer["resources_shifts"]:
        if given["day"] >= 0:
            present[given["day"]] += given["resources"] * selection.placed[given["shift"]]
            shifts += given["resources"]
    return present, shifts, str(answer["status"]).lower()


def ours_nearest(selection: Selection, seconds: float) -> tuple[float, str]:
    """The same by the roster: a point for an agent-hour too few or too many."""
    present, _, ended = _ours(selection, {"understaffing": 1, "overstaffing": 1}, {}, seconds)
    return float(np.abs(present - selection.required).sum()), ended


def ours_fewest(selection: Selection, seconds: float) -> tuple[float, str]:
    """The same by the roster: a point a shift, and a price for being short that no shift is worth."""
    each = [{"template": f"h{kind.length}", "most": 0, "price_over": 1} for kind in selection.kinds]
    prices = {"understaffing": SHORT_PRICE, "overstaffing": 0}
    present, shifts, ended = _ours(selection, prices, {"shift_staff": each}, seconds)
    return (float(shifts) if (present >= selection.required).all() else NONE), ended


def _ours(
    selection: Selection, prices: Mapping[str, float], rules: dict[str, Any], seconds: float
) -> tuple[NDArray[np.int64], int, str]:
    """Agents present by day and hour, how many shifts in all, and the bound."""
    centre = _centre(selection, prices, rules)
    agents = [
        {
            "id": str(at),
            "name": str(at),
            "team": "t",
            "site": "site",
            "skills": "calls",
            "grade": "a",
            "contract": "any",
        }
        for at in range(AGENTS_AT_HAND)
    ]
    people = people_of(centre, AGENTS.check(pd.DataFrame(agents)))
    outcome = schedule(_table(selection), centre, people, Period(MONDAY, DAYS), seconds=seconds)
    if not isinstance(outcome, Solved):
        return np.zeros((DAYS, HOURS), dtype=np.int64), 0, outcome.reason
    return *_presence(outcome.roster), ended(outcome)


def ended(outcome: Solved, ahead: float = 0) -> str:
    """How a solve of ours ended, its bound in the problem's unit: ``ahead`` is what counts there whatever is done."""
    if outcome.objective - outcome.bound < 1 - 1e-6:
        return "optimal"
    return f"bound {outcome.bound + ahead:.1f}"


def _centre(selection: Selection, prices: Mapping[str, float], rules: dict[str, Any]) -> Centre:
    return policy_of(
        {
            "centre": {"name": "Selection"},
            "sites": [{"id": "site", "zone": "UTC"}],
            "queues": [{"id": "calls", "interval_min": 60}],
            "contracts": [{"id": "any", "hours_week": 168, "min_hours_week": 0, "max_days_week": 7}],
            "shift_templates": [_template(kind) for kind in selection.kinds],
            "rules": {"daily_rest_h": None, "max_consecutive_days": None, **rules},
            "pay": {"grades": {"a": "20"}},
            "prices": prices,
            "objective": NOTHING_ELSE,
        }
    )


def _template(kind: Kind) -> dict[str, Any]:
    lunch = {"kind": "lunch", "minutes": 60, "window_h": kind.lunch, "step_min": 60, "paid": False}
    return {
        "id": f"h{kind.length}",
        "start": f"{kind.starts[0]:02}:00-{kind.starts[-1]:02}:00",
        "step_min": 60,
        "lengths_h": [kind.length],
        "breaks": [] if kind.lunch is None else [lunch],
    }


def _table(selection: Selection) -> pd.DataFrame:
    """The requirement as a table."""
    starts = pd.date_range(MONDAY, periods=DAYS * HOURS, freq="h", tz="UTC")
    told = {"queue": "calls", "interval_start": starts, "agents": selection.required.ravel().astype(float)}
    return REQUIREMENT.check(pd.DataFrame(told))


def _presence(roster: pd.DataFrame) -> tuple[NDArray[np.int64], int]:
    """Agents at work by day and hour, and how many shifts there are."""
    present = np.zeros(DAYS * HOURS, dtype=np.int64)
    work = roster[roster["activity"] == "work"]
    origin = pd.Timestamp(MONDAY, tz="UTC")
    hours = [((work[edge] - origin) // pd.Timedelta(hours=1)).astype(int) for edge in ("start", "end")]
    for first, last in zip(*hours, strict=True):
        present[first:last] += 1
    return present.reshape(DAYS, HOURS), len(work[["agent", "work_date"]].drop_duplicates())
