"""Form: what only a table can get wrong, since no tour of the solver ever looks like it.

Overlapping segments, segments that end before they start, agents nobody knows, work outside the period, skills an agent
lacks, and shifts of another shape than their template's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from scheduling.checking.shape import break_violations, template_violations, templated_shifts
from scheduling.checking.violations import Violation
from scheduling.staff.given import day_of, present
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.tables.roster import WORK
from wfm.time.zones import local_day

Checked = dict[str, tuple[int, int]]
"""By rule: how many agents were checked, and how many of them broke it."""


def form_violations(
    roster: pd.DataFrame, centre: Centre, workers: Sequence[Worker], horizon: Horizon
) -> tuple[list[Violation], Checked]:
    """All violations of form of a roster in contract, and what was checked."""
    staff = {worker.id: worker for worker in workers}
    known = roster[roster["agent"].isin(list(staff))]
    rostered = int(roster["agent"].nunique())
    at_work = present(known, workers)
    templated = templated_shifts(at_work)
    checks = {
        "known_agent": _unknown_agents(roster, staff),
        "span": _backward(known, staff, horizon),
        "overlap": _overlaps(known, staff, horizon),
        "work_date": _dates(known, staff, horizon),
        "skills": _skills(known, staff, horizon),
        "template": template_violations(templated, centre, staff, horizon),
        "breaks": break_violations(at_work, templated, centre, staff, horizon),
    }
    found: list[Violation] = []
    checked: Checked = {}
    for rule, violations in checks.items():
        broken = list(violations)
        found += broken
        checked[rule] = (rostered, len({violation.agent for violation in broken}))
    return found, checked


def _hard(
    rule: str, agent: str, day: int | None, found: float | None, limit: float | None, unit: str, text: str
) -> Violation:
    return Violation(rule, agent, day, found, limit, unit, True, text)


def _unknown_agents(roster: pd.DataFrame, staff: dict[str, Worker]) -> Iterator[Violation]:
    unknown = roster.loc[~roster["agent"].isin(list(staff)), "agent"].value_counts().sort_index()
    for agent, count in unknown.items():
        text = f"{agent}: {count} segments, but no agent of that id is known"
        yield _hard("known_agent", str(agent), None, float(count), 0, "segments", text)


def _backward(roster: pd.DataFrame, staff: dict[str, Worker], horizon: Horizon) -> Iterator[Violation]:
    wrong = roster[roster["end"] <= roster["start"]]
    for agent, day in zip(wrong["agent"], day_of(wrong["work_date"], horizon), strict=True):
        text = f"{staff[agent].name}: a segment on {horizon.day_name(int(day))} ends before it starts"
        yield _hard("span", agent, int(day), None, None, "segments", text)


def _overlaps(roster: pd.DataFrame, staff: dict[str, Worker], horizon: Horizon) -> Iterator[Violation]:
    """A segment that starts before the latest end of the agent's earlier ones."""
    ordered = roster.sort_values(["agent", "start"], kind="stable")
    ends = horizon.minutes(pd.DatetimeIndex(ordered["end"]))
    starts = horizon.minutes(pd.DatetimeIndex(ordered["start"]))
    latest = pd.Series(ends, index=ordered.index).groupby(ordered["agent"]).cummax().groupby(ordered["agent"]).shift(1)
    minutes = np.minimum(latest.to_numpy(float), ends) - starts
    days = day_of(ordered["work_date"], horizon)
    for row in np.flatnonzero(minutes > 0):
        agent, day = ordered["agent"].iloc[row], int(days[row])
        text = f"{staff[agent].name}: segments overlap by {minutes[row]:g} minutes on {horizon.day_name(day)}"
        yield _hard("overlap", agent, day, float(minutes[row]), 0, "min", text)


def _dates(roster: pd.DataFrame, staff: dict[str, Worker], horizon: Horizon) -> Iterator[Violation]:
    """Work dates outside of the period, and shifts whose work date isn't the local date of their start."""
    if roster.empty:
        return
    first = roster.groupby(["agent", "work_date"], as_index=False).agg(start=("start", "min"))
    first["day"] = day_of(first["work_date"], horizon)
    zones = first["agent"].map({agent: worker.zone for agent, worker in staff.items()})
    for zone, rows in first.groupby(zones):
        rows = rows.assign(local=local_day(rows["start"], str(zone)))
        outside = ~rows["day"].between(0, horizon.period.days - 1)
        wrong = rows[outside | (rows["local"] != rows["work_date"])]
        for agent, day, date in zip(wrong["agent"], wrong["day"].astype(int), wrong["local"], strict=True):
            name, when = staff[agent].name, horizon.day_name(day)
            text = f"{name}: the shift of {when} starts on {date:%A} {date.day} {date:%B}"
            if not 0 <= day < horizon.period.days:
                text = f"{name}: a shift on {when}, outside of {horizon.period}"
            yield _hard("work_date", agent, day, None, None, "days", text)


def _skills(roster: pd.DataFrame, staff: dict[str, Worker], horizon: Horizon) -> Iterator[Violation]:
    work = roster[(roster["activity"] == WORK) & roster["skill_set"].notna()]
    kinds = work.assign(day=day_of(work["work_date"], horizon)).groupby(["agent", "skill_set"], as_index=False)
    for agent, skill_set, day in kinds["day"].min().itertuples(index=False):
        lacking = sorted(set(str(skill_set).split("+")) - set(staff[str(agent)].agent.skills))
        if lacking:
            text = f"{staff[str(agent)].name}: works on {' and '.join(lacking)} from {horizon.day_name(int(day))} on"
            yield _hard("skills", str(agent), int(day), len(lacking), 0, "skills", f"{text}, without the skill")
