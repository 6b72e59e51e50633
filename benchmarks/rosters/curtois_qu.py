"""Shift scheduling of Curtois & Qu as policy, people and tables.

A shift is a template with one start, no breaks, within one day; sequences of shifts are forbidden by name, so no hours
of rest are asked for. Terms and days off are a contract; days off are those of its pattern, since time off would lower
the minimum of hours, which here it does not. Requests are preferences of a day and template, cover is shift demand.
There is a queue only because an agent needs a skill: it asks for nobody, and time on the floor costs nothing.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.rosters.curtois_qu_file import Instance, Shift, Terms, read_instance
from benchmarks.rosters.judge import judged_shifts
from benchmarks.rosters.task import MONDAY, NOTHING_ELSE, Row, Task
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.policy.shift import SLOT_MIN
from wfm.tables.people import AGENTS, PREFERENCES
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.shift_demand import SHIFT_DEMAND
from wfm.time.week import Period

DAY_MIN = 1440
HOURS_OF_A_WEEK = 168


def task_of(path: Path) -> Task:
    """The instance in ``path`` as a task.

    Raises:
        ValueError: not an instance of this kind.
    """
    instance = read_instance(path)
    centre = centre_of(instance)
    return Task(
        name=path.stem,
        shifts=len(instance.shifts),
        requirement=REQUIREMENT.empty(),
        centre=centre,
        people=people_in(instance, centre),
        period=Period(MONDAY, instance.days),
        shift_demand=shift_demand_of(instance),
        header=("employee", "day", "shift"),
        rows=rows_of,
        judge=partial(judged_shifts, path),
    )


def centre_of(instance: Instance) -> Centre:
    """Shifts, their forbidden followers and everybody's terms as a policy."""
    return policy_of(
        {
            "centre": {"name": instance.name},
            "sites": [{"id": "ward", "zone": "UTC"}],
            "queues": [{"id": "care"}],
            "contracts": [*_contracts(instance).values()],
            "shift_templates": [_template(instance.shifts, at) for at in range(len(instance.shifts))],
            "rules": {
                "daily_rest_h": None,
                "max_consecutive_days": None,
                "forbidden": [
                    {"after": shift.id, "never": shift.forbidden_next}
                    for shift in instance.shifts
                    if shift.forbidden_next
                ],
            },
            "pay": {"grades": {"a": "20"}},
            "prices": {"overstaffing": 0, "outside_opening": 0, "preference": 1},
            "objective": NOTHING_ELSE,
        }
    )


def _template(shifts: tuple[Shift, ...], at: int) -> dict[str, Any]:
    """One start; later shifts of the list start later, each so early that it ends by midnight."""
    free_min = DAY_MIN - shifts[at].length_min
    start = free_min * at // max(len(shifts) - 1, 1) // SLOT_MIN * SLOT_MIN
    clock = f"{start // 60:02}:{start % 60:02}"
    return {"id": shifts[at].id, "start": clock, "lengths_h": [shifts[at].length_min / 60]}


def _contracts(instance: Instance) -> dict[tuple[Terms, tuple[int, ...]], dict[str, Any]]:
    """A contract for each set of terms and days off, by both; its id is its number."""
    kinds = dict.fromkeys(_kind(instance, name) for name in instance.staff)
    return {kind: _contract(str(at), *kind, days=instance.days) for at, kind in enumerate(kinds)}


def _kind(instance: Instance, name: str) -> tuple[Terms, tuple[int, ...]]:
    return instance.staff[name], instance.days_off.get(name, ())


def _contract(number: str, terms: Terms, days_off: tuple[int, ...], days: int) -> dict[str, Any]:
    """Hours count over the period, so the week's bounds are those of the clock. A shift of which none is allowed is no
    part of the contract."""
    allowed = {shift: most for shift, most in terms.most_shifts if most > 0}
    pattern = ["off" if day in days_off else "free" for day in range(days)]
    return {
        "id": number,
        "templates": list(allowed),
        "hours_week": HOURS_OF_A_WEEK,
        "min_hours_week": 0,
        "max_days_week": 7,
        "min_hours_period": terms.least_min / 60,
        "max_hours_period": terms.most_min / 60,
        "min_hours": "hard",
        "max_consecutive_days": terms.longest_run,
        "min_consecutive_days": terms.shortest_run,
        "min_days_off": terms.shortest_off,
        "max_weekends": terms.most_weekends,
        "most_shifts": allowed,
        **({"pattern": pattern, "pattern_from": MONDAY} if days_off else {}),
    }


def people_in(instance: Instance, centre: Centre) -> People:
    """Staff and their requests."""
    told = {"team": "t", "site": "ward", "skills": "care", "grade": "a"}
    contracts = _contracts(instance)
    agents = [
        {"id": name, "name": name, **told, "contract": contracts[_kind(instance, name)]["id"]}
        for name in instance.staff
    ]
    wishes = [
        {
            "agent": request.staff,
            "day": _day(request.day),
            "template": request.shift,
            "wish": "on" if request.wanted else "off",
            "weight": float(request.weight),
        }
        for request in instance.requests
    ]
    return people_of(
        centre,
        AGENTS.check(pd.DataFrame(agents)),
        preferences=PREFERENCES.check(pd.DataFrame(wishes)) if wishes else None,
    )


def shift_demand_of(instance: Instance) -> pd.DataFrame:
    """Cover, each with its own prices."""
    return SHIFT_DEMAND.check(
        pd.DataFrame(
            {
                "day": [_day(cover.day) for cover in instance.cover],
                "template": [cover.shift for cover in instance.cover],
                "agents": [cover.staff for cover in instance.cover],
                "price_under": [cover.under for cover in instance.cover],
                "price_over": [cover.over for cover in instance.cover],
            }
        )
    )


def _day(day: int) -> pd.Timestamp:
    return pd.Timestamp(MONDAY + timedelta(days=day))


def rows_of(roster: pd.DataFrame) -> list[Row]:
    """``employee,day,shift`` of every shift worked, as the judge reads them."""
    shifts = roster[roster["template"].notna()].drop_duplicates(["agent", "work_date"])
    days = (shifts["work_date"] - pd.Timestamp(MONDAY)).dt.days
    return [
        (str(agent), int(day), str(shift))
        for agent, day, shift in zip(shifts["agent"], days, shifts["template"], strict=True)
    ]
