"""Shortfalls: when a queue or a team rule has too few agents on the floor, by how many, and what keeps the others.

Short intervals that follow one another are one shortfall. Everybody who has the skill is asked why he isn't there at
its worst moment: at work already, away, on a shift at other hours, or stopped by one of his rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scheduling.explaining.obstacles import AT_WORK, obstacle, said
from scheduling.problem.problem import Problem
from scheduling.rules.catalogue import team_rules
from scheduling.rules.rule import TeamRow
from scheduling.staff.duty import Duty
from scheduling.staff.given import Worked, worked
from wfm.policy.shift import SLOT_MIN

LEAST_SHORT = 0.05
"""Agents; what is less is rounding of the requirement."""


@dataclass(frozen=True)
class Shortfall:
    """A run of short intervals.

    Attributes:
        rule: ``coverage`` or the team rule; ``subject`` is the queue or what the rule's row speaks of.
        day: of the period, on the clock of the centre; ``start``, ``end`` as instants.
        agents: missing at the worst moment; ``hours``: missing agent-hours altogether.
        skilled: agents who could count; ``obstacles``: how many of them are stopped by what.
    """

    rule: str
    subject: str
    day: int
    start: pd.Timestamp
    end: pd.Timestamp
    agents: float
    hours: float
    skilled: int
    obstacles: Mapping[str, int]
    sentence: str


@dataclass(frozen=True)
class _Run:
    """Minutes from the origin; ``worst`` is where most are missing. ``pools`` says which pools count; ``template`` is
    the shift that a row counts, if it counts shifts."""

    rule: str
    subject: str
    first: int
    last: int
    worst: int
    agents: float
    hours: float
    pools: np.ndarray
    template: str | None = None

    def covers(self, duty: Duty) -> bool:
        """Whether ``duty`` would help at the worst moment."""
        if self.template is None:
            return duty.starts <= self.worst < duty.ends
        return duty.template == self.template and self.first <= duty.starts < self.last


def shortfalls(
    problem: Problem, roster: pd.DataFrame, coverage: pd.DataFrame, most: int | None = None
) -> tuple[tuple[Shortfall, ...], int]:
    """The shortfalls of any roster over the problem's period, most missing hours first, at most ``most`` of them; and
    how many there are.

    ``coverage`` is the roster's, in contract. Team rules' rows count where they ask for at least so many.
    """
    runs = sorted(
        [*_queue_runs(problem, coverage), *_team_runs(problem, roster)], key=lambda run: (-run.hours, run.first)
    )
    duties = worked(roster, problem.team.workers, problem.horizon)
    return tuple(_explained(problem, run, duties) for run in runs[:most]), len(runs)


def _queue_runs(problem: Problem, coverage: pd.DataFrame) -> Iterable[_Run]:
    short = coverage[coverage["gap"] < -LEAST_SHORT]
    for queue, rows in short.groupby("queue"):
        width = problem.centre.queue(str(queue)).interval_min
        pools = np.array([queue in pool.queues for pool in problem.team.pools])
        starts = problem.horizon.minutes(pd.DatetimeIndex(rows["interval_start"]))
        order = np.argsort(starts)
        yield from _runs("coverage", str(queue), starts[order], -rows["gap"].to_numpy(float)[order], width, pools)


def _team_runs(problem: Problem, roster: pd.DataFrame) -> Iterable[_Run]:
    team, presence = problem.team, present_with_given(problem, roster)
    for rule in team_rules(problem.centre):
        short: dict[tuple[str, bytes], list[tuple[int, float]]] = {}
        for row in rule.rows(team):
            missing = row.excess(float(row.pools @ presence[:, row.slot])) if row.at_least else 0.0
            if missing > LEAST_SHORT and row.slot >= problem.horizon.slots:
                yield _shift_run(problem, rule.name, row, missing)
            elif missing > LEAST_SHORT:
                short.setdefault((row.subject, (row.pools > 0).tobytes()), []).append((row.slot, missing))
        for (subject, pools), found in short.items():
            slots, missing_by_slot = zip(*sorted(found), strict=True)
            minutes = np.array(slots) * SLOT_MIN
            counted = np.frombuffer(pools, dtype=bool)
            yield from _runs(rule.name, subject, minutes, np.array(missing_by_slot), SLOT_MIN, counted)


def _shift_run(problem: Problem, rule: str, row: TeamRow, missing: float) -> _Run:
    """One day's shift with too few agents, at a mean shift's hours for each."""
    team = problem.team
    day, template = team.marks.of(row.slot)
    first, last = (int(minute) for minute in problem.horizon.midnights(team.zone)[day : day + 2])
    lengths = [own.lengths_h for own in problem.centre.shift_templates if own.id == template]
    hours = missing * float(np.mean(lengths[0])) if lengths else 0.0
    return _Run(rule, row.subject, first, last, first, missing, hours, row.pools > 0, template)


def present_with_given(problem: Problem, roster: pd.DataFrame) -> np.ndarray:
    """Presence by pool and slot of ``roster``, and of what the days before the period left on the floor."""
    return np.asarray(problem.team.presence(roster) + problem.given - problem.team.presence(problem.locked))


def _runs(
    rule: str, subject: str, starts: np.ndarray, missing: np.ndarray, width: int, pools: np.ndarray
) -> Iterable[_Run]:
    """Intervals that touch, as one; ``starts`` in order."""
    for part in np.split(np.arange(len(starts)), np.flatnonzero(np.diff(starts) != width) + 1):
        if len(part):
            yield _Run(
                rule=rule,
                subject=subject,
                first=int(starts[part[0]]),
                last=int(starts[part[-1]]) + width,
                worst=int(starts[part[np.argmax(missing[part])]]),
                agents=float(missing[part].max()),
                hours=float(missing[part].sum()) * width / 60,
                pools=pools,
            )


def _explained(problem: Problem, run: _Run, duties: Mapping[str, Worked]) -> Shortfall:
    team, horizon = problem.team, problem.horizon
    able = [worker for worker in team.workers if run.pools[team.pool_of(worker)]]
    covering: dict[int, list[Duty]] = {}
    stopped: Counter[str] = Counter()
    for worker in able:
        menu, own = problem.atlas.menu(worker), duties.get(worker.id, {})
        if id(menu) not in covering:
            covering[id(menu)] = [duty for duty in menu.duties if run.covers(duty)]
        there = any(run.covers(duty) for duty in own.values())
        stopped[AT_WORK if there else obstacle(problem.atlas.rules, worker, own, covering[id(menu)])] += 1
    begin, end = (horizon.instants([minute])[0].tz_convert(team.zone) for minute in (run.first, run.last))
    day = int(np.searchsorted(horizon.midnights(team.zone), run.first, side="right")) - 1
    counts = dict(stopped.most_common())
    return Shortfall(
        rule=run.rule,
        subject=run.subject,
        day=day,
        start=begin,
        end=end,
        agents=run.agents,
        hours=run.hours,
        skilled=len(able),
        obstacles=counts,
        sentence=f"{_missing(run, begin, end)}: {_why(len(able), counts, run.rule)}",
    )


def _missing(run: _Run, begin: pd.Timestamp, end: pd.Timestamp) -> str:
    what = run.subject if run.rule == "coverage" else f"{run.rule.replace('_', ' ')} of {run.subject}"
    agents = "1 more agent" if f"{run.agents:.1f}" == "1.0" else f"{run.agents:.1f} more agents"
    when = f"{begin:%A} {begin.day} {begin:%B}" + ("" if run.template else f" {begin:%H:%M} to {end:%H:%M}")
    return f"{what}: up to {agents} needed on {when}, {run.hours:.1f} agent-hours"


def _why(able: int, counts: Mapping[str, int], rule: str) -> str:
    if not able:
        return "nobody has the skill" if rule == "coverage" else "there is nobody who counts"
    parts = [f"{count} {said(name)}" for name, count in counts.items()]
    return f"of {able} {'with the skill' if rule == 'coverage' else 'who count'}, {', '.join(parts)}"
