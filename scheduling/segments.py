"""Segments: tours as the roster table, with absences and locked days beside them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scheduling.problem.problem import Problem
from scheduling.solver.search import Tours
from scheduling.staff.duty import Duty, Menu
from scheduling.staff.worker import DAY_MIN, Worker
from wfm.policy.shift import SLOT_MIN
from wfm.tables.roster import ROSTER, WORK
from wfm.time.zones import at_wall_time

ABSENCE_STARTS_MIN = 9 * 60
"""An absence has no hours of its own; its segment starts at nine on the wall clock and lasts what the day credits."""

Segment = tuple[str, int, int, int, str, str | None, str | None, bool]


def roster_table(problem: Problem, tours: Tours) -> pd.DataFrame:
    """The roster of ``tours``, in contract: work and breaks, absences, and locked segments as they were."""
    rows: list[Segment] = []
    for agent, tour in tours.items():
        worker, menu = problem.team.workers[agent], _menu(problem, agent)
        for at, places in zip(tour.duties, tour.breaks, strict=True):
            if not menu.duties[at].given:
                rows += _shift(worker, menu.duties[at], places)
    held = set(zip(problem.locked["agent"], problem.locked["work_date"], strict=True))
    for worker in problem.team.workers:
        rows += [row for row in absences(worker) if (worker.id, pd.Timestamp(worker.horizon.date(row[3]))) not in held]
    new = _frame(problem, rows)
    return ROSTER.check(new if problem.locked.empty else pd.concat([new, problem.locked.assign(locked=True)]))


def absences(worker: Worker) -> Iterator[Segment]:
    """A segment for every day away: paid for what it credits, or unpaid for a fifth of the contract's hours."""
    for day, kind in enumerate(worker.away):
        if kind is None or not worker.employed[day]:
            continue
        wall = at_wall_time(pd.DatetimeIndex([pd.Timestamp(worker.horizon.date(day))]), ABSENCE_STARTS_MIN, worker.zone)
        start = int(worker.horizon.minutes(wall)[0])
        credit = worker.credit_min(day)
        length = min(round(credit or worker.day_credit_min), DAY_MIN - ABSENCE_STARTS_MIN)
        yield worker.id, start, start + length, day, kind, None, None, credit > 0


def _menu(problem: Problem, agent: int) -> Menu:
    return problem.atlas.menu(problem.team.workers[agent])


def _shift(worker: Worker, duty: Duty, places: tuple[int, ...]) -> list[Segment]:
    """Work from break to break."""
    rows: list[Segment] = []
    here = duty.starts

    def work(until: int) -> None:
        if until > here:
            rows.append((worker.id, here, until, duty.day, WORK, worker.agent.skill_set, duty.template, True))

    for window, slot in zip(duty.breaks, places, strict=True):
        begin, end = slot * SLOT_MIN, (slot + window.slots) * SLOT_MIN
        work(begin)
        rows.append((worker.id, begin, end, duty.day, window.kind, None, duty.template, window.paid))
        here = end
    work(duty.ends)
    return rows


def _frame(problem: Problem, rows: list[Segment]) -> pd.DataFrame:
    columns = ["agent", "start", "end", "day", "activity", "skill_set", "template", "paid"]
    frame = pd.DataFrame(rows, columns=columns)
    dates = problem.horizon.period.dates()
    return pd.DataFrame(
        {
            "agent": frame["agent"],
            "start": problem.horizon.instants(frame["start"].to_numpy(np.int64)),
            "end": problem.horizon.instants(frame["end"].to_numpy(np.int64)),
            "work_date": dates[frame["day"].to_numpy(np.int64)],
            "activity": frame["activity"],
            "skill_set": frame["skill_set"],
            "template": frame["template"],
            "paid": frame["paid"].astype(bool),
            "locked": False,
        }
    )
