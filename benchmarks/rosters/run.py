"""One run: a task solved by ``scheduling.roster.schedule`` within a time limit, judged, and measured."""

from __future__ import annotations

import csv
import math
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.forecasting.cpu import cpu_s
from benchmarks.rosters.course import Course, Step
from benchmarks.rosters.published import best_in_ten_minutes, best_known
from benchmarks.rosters.task import Task
from scheduling.outcome import NoAnswer, Solved
from scheduling.roster import schedule
from scheduling.solver.search import Clock, wall_clock

PACKAGES = ("wfm", "ortools", "numba", "numpy", "pandas")


@dataclass(frozen=True)
class Run:
    """What came of a task in ``seconds``, as a row of the results.

    ``seconds`` are counted by ``clock``, and so is ``first_s``: when the first roster was there, which is legal like
    every later one. ``objective`` and ``bound`` are the solver's, ``penalty`` and ``legal`` the judge's. Wall and CPU
    seconds are those of the whole call, building the problem included; ``peak_mb`` is the process's. The best ones are
    published figures, where there are any.
    """

    instance: str
    agents: int
    days: int
    shifts: int
    seconds: float
    seed: int
    clock: str
    wall_s: float
    cpu_s: float
    first_s: float
    objective: float
    bound: float
    penalty: int
    legal: bool
    faults: int
    unplaceable: int
    best_known: int | None
    best_in_ten_minutes: int | None
    peak_mb: float
    date: str
    versions: str

    @property
    def gap(self) -> float:
        """How far the judge's penalty may be above the best possible, as a share of the bound; NaN where that is 0."""
        above = self.penalty - self.bound
        return above / self.bound if self.bound > 0 else 0.0 if above <= 0 else math.nan


@dataclass(frozen=True)
class Answer:
    """A run with the course it took."""

    run: Run
    course: tuple[Step, ...]
    faults: tuple[str, ...]


class StoppedError(Exception):
    """The user stopped the run; nothing is kept of it."""


class NoRosterError(Exception):
    """No roster was complete in time."""


WALL, CPU = "wall", "CPU / 2"


def half_cpu_s() -> float:
    """Half the CPU seconds of this process: what two idle cores would take at the least, on a machine that is busy."""
    return time.process_time() / 2


CLOCKS: dict[str, Clock] = {WALL: wall_clock, CPU: half_cpu_s}


def answer(task: Task, seconds: float, seed: int, clock: str, folder: Path, tell: Callable[[Step], None]) -> Answer:
    """Solve ``task`` within ``seconds`` by ``clock``, write its roster to ``folder`` and have it judged.

    Raises:
        StoppedError: the user stopped the solve; the roster until then is written all the same.
        NoRosterError: there is none.
        NoJudgeError: the judge is not there.
    """
    cpu_before, began, course = cpu_s(), time.perf_counter(), Course(tell, CLOCKS[clock])
    outcome = schedule(
        task.requirement,
        task.centre,
        task.people,
        task.period,
        seconds=seconds,
        seed=seed,
        shift_demand=task.shift_demand,
        progress=course,
        clock=CLOCKS[clock],
    )
    wall_s, spent_s, peak_mb = time.perf_counter() - began, cpu_s() - cpu_before, _peak_mb()
    if isinstance(outcome, NoAnswer):
        raise (StoppedError if outcome.interrupted else NoRosterError)(outcome.reason)
    path = folder / f"{task.name}_{seconds:g}s_{seed}.csv"
    write_rows(task, outcome, path)
    if outcome.interrupted:
        raise StoppedError(f"stopped; the roster until then is {path}")
    verdict = task.judge(path)
    run = Run(
        instance=task.name,
        agents=task.agents,
        days=task.days,
        shifts=task.shifts,
        seconds=seconds,
        seed=seed,
        clock=clock,
        wall_s=wall_s,
        cpu_s=spent_s,
        first_s=course.first_s,
        objective=outcome.objective,
        bound=outcome.bound,
        penalty=verdict.penalty,
        legal=verdict.legal,
        faults=len(verdict.faults),
        unplaceable=len(outcome.unplaceable),
        best_known=best_known().get(task.name),
        best_in_ten_minutes=best_in_ten_minutes().get(task.name),
        peak_mb=peak_mb,
        date=datetime.now(UTC).date().isoformat(),
        versions=versions(),
    )
    return Answer(run, tuple(course.steps), verdict.faults)


def write_rows(task: Task, outcome: Solved, path: Path) -> None:
    """The roster as the judge reads it."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([task.header, *task.rows(outcome.roster)])


def versions() -> str:
    """Python and the packages that the figures rest on."""
    return "; ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)])


def _peak_mb() -> float:
    """The most memory this process has held; NaN where the system does not tell."""
    if sys.platform == "win32":
        return float("nan")
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most / 2**20 if sys.platform == "darwin" else most / 2**10)
