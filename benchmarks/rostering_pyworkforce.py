"""Rosters beside pyworkforce's schedulers, on the problems that they can state.

    python benchmarks/rostering_pyworkforce.py --seconds 10

``MinAbsDifference`` and ``MinRequiredResources`` choose how many agents get each shift of each day, without agents:
least total difference from an hourly requirement, or fewest shifts that never fall short of it. ``MinHoursRoster``
gives named agents the shifts of a week. The same problems go through ``scheduling.roster.schedule``; every objective is
counted here, from either's answer, in the problem's own unit. The page ``rostering_pyworkforce.md`` is written anew.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks.forecasting.cpu import cpu_s
from benchmarks.rosters import named_agents, shift_selection

Solve = Callable[[float], tuple[float, str]]
"""Seconds allowed in; the objective in the problem's unit and a word on how it ended out."""

CANNOT = """\
What `pyworkforce` cannot say, and a roster needs: who works (the two selections have no agents, so no contracts,
skills, time off or rest); breaks that move (each place of a lunch is a shift of its own); several queues and agents of
several skills; shortfalls at a price (`MinRequiredResources` and `MinHoursRoster` have no answer where a requirement
cannot be met); hours per contract, most hours, weekly or daily rest, runs of days, weekends; nights that reach into the
next day's requirement; a bound or gap beside the answer; reasons. Its rule that one shift must not follow another also
forbids the first after itself and before every other shift: with "no morning after a night", one agent with two nights
in a row has no roster.

What `wfm` cannot say: agents without number (sixty, more than are ever present, stand for them here), and a requirement
that must be met at any price (a shortfall has one; where it is dear enough there is none, and if there were it would be
told).
"""


@dataclass(frozen=True)
class Contest:
    """One problem: what is minimised, and both ways to solve it."""

    name: str
    unit: str
    theirs: Solve
    ours: Solve


@dataclass(frozen=True)
class Entry:
    """What one of the two made of a problem."""

    problem: str
    unit: str
    engine: str
    objective: float
    ended: str
    wall_s: float
    cpu_s: float


def contests() -> list[Contest]:
    """The problems, small first."""
    week, lunches = shift_selection.plain_week(), shift_selection.week_with_lunch()
    team, month, nights = named_agents.plain_team(), named_agents.month_team(), named_agents.team_of_nights()
    return [
        Contest("shifts nearest to a week's requirement", "agent-hours too many or too few",
                lambda s: shift_selection.theirs_nearest(week, s), lambda s: shift_selection.ours_nearest(week, s)),
        Contest("fewest shifts that cover a week", "shifts",
                lambda s: shift_selection.theirs_fewest(week, s), lambda s: shift_selection.ours_fewest(week, s)),
        Contest("the same, a lunch hour in the third to fifth", "shifts",
                lambda s: shift_selection.theirs_fewest(lunches, s), lambda s: shift_selection.ours_fewest(lunches, s)),
        Contest("12 named agents, a week, bans and wishes", "hours less wishes honoured",
                lambda s: named_agents.theirs(team, s), lambda s: named_agents.ours(team, s)),
        Contest("40 named agents, four weeks", "hours less wishes honoured",
                lambda s: named_agents.theirs(month, s), lambda s: named_agents.ours(month, s)),
        Contest("2 named agents, no morning after a night", "hours less wishes honoured",
                lambda s: named_agents.theirs(nights, s), lambda s: named_agents.ours(nights, s)),
    ]  # fmt: skip


def entries(contest: Contest, seconds: float) -> list[Entry]:
    """Theirs and ours, one after the other."""
    found = []
    for engine, solve in ((f"pyworkforce {version('pyworkforce')}", contest.theirs), ("wfm", contest.ours)):
        begun, cpu = time.perf_counter(), cpu_s()
        objective, ended = solve(seconds)
        spent = time.perf_counter() - begun, cpu_s() - cpu
        found.append(Entry(contest.name, contest.unit, engine, objective, ended, *spent))
    return found


def page(rows: list[Entry], seconds: float) -> str:
    """The table for people."""
    lines = [
        "# Rosters beside pyworkforce",
        "",
        f"Written by `python benchmarks/rostering_pyworkforce.py`; {seconds:g} s allowed for each.",
        "",
        "| problem | minimised | by | objective | ended | wall, s | CPU, s |",
        "| --- | --- | --- | ---: | --- | ---: | ---: |",
    ]
    for row in rows:
        objective = "none" if row.objective != row.objective else f"{row.objective:g}"
        lines.append(
            f"| {row.problem} | {row.unit} | {row.engine} | {objective} | {row.ended} | {row.wall_s:.1f} "
            f"| {row.cpu_s:.1f} |"
        )
    return "\n".join([*lines, "", CANNOT])


def main(arguments: list[str]) -> int:
    """Solve all, print and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".md"))
    given = parser.parse_args(arguments)
    rows = []
    for contest in contests():
        rows += entries(contest, given.seconds)
    given.out.write_text(page(rows, given.seconds), encoding="utf-8")
    print(given.out.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
