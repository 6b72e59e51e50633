"""Named agents: who works which of three shifts a day in a week or month, with bans and wishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from benchmarks.rosters.shift_selection import ended
from benchmarks.rosters.task import MONDAY, NOTHING_ELSE
from scheduling.outcome import Solved
from scheduling.roster import schedule
from wfm.policy.centre import Centre
from wfm.policy.load import policy_of
from wfm.policy.people import People, people_of
from wfm.tables.people import AGENTS, AVAILABILITY, PREFERENCES, WEEKDAY_NAMES
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.shift_demand import SHIFT_DEMAND
from wfm.time.week import Period

WEEK = 7
SHIFTS = {"Morning": ("06:00", "14:00"), "Afternoon": ("14:00", "22:00"), "Night": ("22:00", "06:00")}
SHIFT_H = 8
SHORT_PRICE = 10_000
"""Points a shift, in place of a hard requirement; an answer that is short is no answer."""
NONE = float("nan")


@dataclass(frozen=True)
class Team:
    """Agents by number. ``required`` of each shift every day; ``banned`` (agent, shift, weekday); ``wishes``: the shift
    an agent likes; each time he is given it counts an hour less. No second shift of ``never_after`` follows its first.
    """

    agents: int
    required: dict[str, tuple[int, ...]]
    least_hours: int
    most_off: int
    banned: tuple[tuple[int, str, int], ...]
    wishes: dict[int, str]
    never_after: tuple[tuple[str, str], ...] = ()

    @property
    def days(self) -> int:
        """How many days are asked for."""
        return len(next(iter(self.required.values())))


def plain_team() -> Team:
    """Twelve agents; every third likes mornings, every fourth nights."""
    return Team(
        agents=12,
        required={"Morning": (4, 4, 4, 4, 4, 2, 2), "Afternoon": (3, 3, 3, 3, 3, 2, 2), "Night": (1, 1, 1, 1, 1, 2, 2)},
        least_hours=32,
        most_off=3,
        banned=tuple((agent, "Night", agent % WEEK) for agent in range(8)),
        wishes={
            agent: "Morning" if agent % 3 == 0 else "Night" for agent in range(12) if not agent % 3 or not agent % 4
        },
    )


def month_team() -> Team:
    """Forty agents over four weeks, seventeen days of work each on average."""
    return Team(
        agents=40,
        required={"Morning": (12,) * 4 * WEEK, "Afternoon": (9,) * 4 * WEEK, "Night": (3,) * 4 * WEEK},
        least_hours=128,
        most_off=12,
        banned=tuple((agent, "Night", agent % WEEK) for agent in range(40)),
        wishes={
            agent: "Morning" if agent % 3 == 0 else "Night" for agent in range(40) if not agent % 3 or not agent % 4
        },
    )


def team_of_nights() -> Team:
    """Two agents, a morning and a night each day: one has all the nights, and so no morning after one."""
    return Team(
        agents=2,
        required={"Morning": (1,) * WEEK, "Afternoon": (0,) * WEEK, "Night": (1,) * WEEK},
        least_hours=0,
        most_off=WEEK,
        banned=(),
        wishes={},
        never_after=(("Night", "Morning"),),
    )


def theirs(team: Team, seconds: float) -> tuple[float, str]:
    """Hours given less wishes honoured, by ``MinHoursRoster``; NaN where it has no answer."""
    from pyworkforce.rostering.binary_programming import MinHoursRoster

    names = [str(agent) for agent in range(team.agents)]
    answer = MinHoursRoster(
        num_days=team.days,
        resources=names,
        shifts=list(SHIFTS),
        shifts_hours=[SHIFT_H] * len(SHIFTS),
        min_working_hours=team.least_hours,
        banned_shifts=[
            {"resource": str(agent), "shift": shift, "day": day}
            for agent, shift, weekday in team.banned
            for day in range(weekday, team.days, WEEK)
        ],
        max_resting=team.most_off,
        required_resources={shift: list(team.required.get(shift, (0,) * team.days)) for shift in SHIFTS},
        non_sequential_shifts=[{"origin": first, "destination": next_} for first, next_ in team.never_after],
        resources_preferences=[{"resource": str(agent), "shift": shift} for agent, shift in team.wishes.items()],
        max_search_time=float(seconds),
    ).solve()
    given = [(int(row["resource"]), row["shift"], int(row["day"])) for row in answer["resource_shifts"]]
    return objective(team, [row for row in given if row[0] >= 0]), str(answer["status"]).lower()


def ours(team: Team, seconds: float) -> tuple[float, str]:
    """The same by the roster."""
    centre = _centre(team)
    demand = SHIFT_DEMAND.check(
        pd.DataFrame(
            [
                {"day": pd.Timestamp(MONDAY + timedelta(days=day)), "template": shift, "agents": count,
                 "price_under": SHORT_PRICE, "price_over": SHIFT_H}
                for shift, counts in team.required.items()
                for day, count in enumerate(counts)
            ]
        )
    )  # fmt: skip
    people, period = _people(team, centre), Period(MONDAY, team.days)
    outcome = schedule(REQUIREMENT.empty(), centre, people, period, seconds=seconds, shift_demand=demand)
    if not isinstance(outcome, Solved):
        return NONE, outcome.reason
    worked = outcome.roster.dropna(subset="template").drop_duplicates(["agent", "work_date"])
    days = (worked["work_date"] - pd.Timestamp(MONDAY)).dt.days
    rows = zip(worked["agent"].astype(int), worked["template"], days, strict=True)
    # The roster counts hours beyond those required, and wishes not honoured.
    ahead = SHIFT_H * sum(map(sum, team.required.values())) - team.days * len(team.wishes)
    return objective(team, [(agent, str(shift), int(day)) for agent, shift, day in rows]), ended(outcome, ahead)


def objective(team: Team, given: list[tuple[int, str, int]]) -> float:
    """Hours less wishes honoured of shifts (agent, shift, day); NaN where one of the hard demands is not met."""
    return NONE if any(_broken(team, given)) else float(
        sum(SHIFT_H - (team.wishes.get(agent) == shift) for agent, shift, _ in given)
    )  # fmt: skip


def _broken(team: Team, given: list[tuple[int, str, int]]) -> Iterator[bool]:
    """Each hard demand: whether the shifts break it."""
    at = {(agent, day): shift for agent, shift, day in given}
    yield len(at) < len(given)
    yield any((agent, shift, day % WEEK) in team.banned for agent, shift, day in given)
    for shift, counts in team.required.items():
        yield any(sum(at.get((a, day)) == shift for a in range(team.agents)) < n for day, n in enumerate(counts))
    for agent in range(team.agents):
        days = [day for day in range(team.days) if (agent, day) in at]
        yield len(days) < team.days - team.most_off or len(days) * SHIFT_H < team.least_hours
        yield any((at[agent, day], at.get((agent, day + 1))) in team.never_after for day in days)


def _centre(team: Team) -> Centre:
    least = max(team.least_hours, SHIFT_H * (team.days - team.most_off))
    hours = {"hours_week": 168, "min_hours_week": 0, "min_hours_period": least, "min_hours": "hard"}
    contract = {"id": "any", **hours, "max_days_week": WEEK}
    return policy_of(
        {
            "centre": {"name": "Named agents"},
            "sites": [{"id": "site", "zone": "UTC"}],
            "queues": [{"id": "calls"}],
            "contracts": [contract],
            "shift_templates": [
                {"id": shift, "start": start, "lengths_h": [SHIFT_H]} for shift, (start, _) in SHIFTS.items()
            ],
            "rules": {
                "daily_rest_h": None,
                "max_consecutive_days": None,
                "forbidden": [{"after": first, "never": [next_]} for first, next_ in team.never_after],
            },
            "pay": {"grades": {"a": "20"}},
            "prices": {"overstaffing": 0, "outside_opening": 0, "preference": 1},
            "objective": NOTHING_ELSE,
        }
    )


def _people(team: Team, centre: Centre) -> People:
    """A ban is a gap in the hours at which an agent may work; a wish, one for each day."""
    told = {"team": "t", "site": "site", "skills": "calls", "grade": "a", "contract": "any"}
    agents = [{"id": str(agent), "name": str(agent), **told} for agent in range(team.agents)]
    windows = [
        {"agent": str(agent), "weekday": WEEKDAY_NAMES[day], "start": start, "end": end}
        for agent in sorted({agent for agent, _, _ in team.banned})
        for day in range(WEEK)
        for shift, (start, end) in SHIFTS.items()
        if (agent, shift, day) not in team.banned
    ]
    wishes = [
        {"agent": str(agent), "day": pd.Timestamp(MONDAY + timedelta(days=day)), "template": shift, "wish": "on",
         "weight": 1.0}
        for agent, shift in team.wishes.items()
        for day in range(team.days)
    ]  # fmt: skip
    return people_of(
        centre,
        AGENTS.check(pd.DataFrame(agents)),
        AVAILABILITY.check(pd.DataFrame(windows)) if windows else None,
        None,
        PREFERENCES.check(pd.DataFrame(wishes)) if wishes else None,
    )
