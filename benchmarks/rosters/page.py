"""The results as a page of tables, written from the rows kept."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

from benchmarks.rosters.published import PREFIX
from benchmarks.rosters.run import WALL

Cell = Callable[[Mapping[Hashable, Any]], str]

HOW = """\
# Rosters: how good, how fast, and how far from the best possible

Written by `python benchmarks/rostering.py` from `{source}`; one row is the last run of an instance with its time limit
and seed, solved by the same `schedule` that `wfm schedule` calls, on policy, people and tables. *Penalty* and *legal*
are by the instance's judge, a program of its own without any solver; *bound* is ours: no roster has a lower penalty.
*Gap* is (penalty - bound) / bound. *Limit* is wall time, or, where marked so, half the CPU time: a busy machine in
place of two idle cores. *First* is when the first roster was there, by the same clock. *Wall* and *CPU* (user and
system) seconds are of the whole call with the problem's building, *MB* is the most memory the process held.
"""
SHIFTS = """\
## Shift scheduling, Curtois & Qu (2014)

Shifts over two weeks to a year. Hours, lengths of runs, weekends and shift sequences are hard; requests and cover have
prices.
*Best known* and *in 10 min* (the best of any published method within 600 s) as quoted by Turhan & Bilgen (2020).
"""
WEEKS = """\
## A contact centre's week

Any shift of 4 to 9 h on half-hours with up to three breaks (264 kinds a day), contract hours hard, 11 h of rest; 10 for
a quarter-hour of work too few, 1 for one too many. In the `peaky` ones the demand fits no roster.
"""


def page(runs: pd.DataFrame, source: str) -> str:
    """The page for the latest ``runs``; ``source`` is the file they are from."""
    parts = [HOW.format(source=source)]
    shifts = runs["instance"].astype(str).str.startswith(PREFIX)
    if shifts.any():
        parts.append(SHIFTS + "\n" + _table(_sorted(runs[shifts]), {**COMMON, **PEERS, **EFFORT}))
    if (~shifts).any():
        parts.append(WEEKS + "\n" + _table(_sorted(runs[~shifts]), {**COMMON, **EFFORT}))
    parts.append(_versions(runs))
    return "\n".join(parts)


def _sorted(runs: pd.DataFrame) -> pd.DataFrame:
    """By size, so that Instance10 comes after Instance9."""
    number = runs["instance"].str.extract(r"(\d+)", expand=False).astype(float)
    ordered = runs.assign(number=number, seconds=runs["seconds"].astype(float))
    return ordered.sort_values(["number", "instance", "seconds", "seed"], kind="stable")


def _table(runs: pd.DataFrame, cells: Mapping[str, Cell]) -> str:
    """A row a run."""
    rows = [[cell(run) for cell in cells.values()] for run in runs.to_dict("records")]
    return "\n".join(
        [_line(list(cells)), _line(["---", *["---:"] * (len(cells) - 1)]), *(_line(row) for row in rows), ""]
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(name: str, digits: int = 0) -> Cell:
    def cell(run: Mapping[Hashable, Any]) -> str:
        value = float(run[name])
        return "" if value != value else f"{value:,.{digits}f}"

    return cell


def _penalty(run: Mapping[Hashable, Any]) -> str:
    if str(run["legal"]) != "True":
        return f"illegal ({run['faults']})"
    mark = " =" if float(run["penalty"]) - float(run["bound"]) < 1 - 1e-6 else ""
    return f"{int(float(run['penalty'])):,}{mark}"


def _limit(run: Mapping[Hashable, Any]) -> str:
    return f"{float(run['seconds']):g}{'' if run['clock'] == WALL else ' (CPU)'}"


def _size(run: Mapping[Hashable, Any]) -> str:
    return f"{run['agents']} x {run['days']} x {run['shifts']}"


def _gap(run: Mapping[Hashable, Any]) -> str:
    gap = float(run["gap"])
    return "" if gap != gap else f"{100 * gap:.2f} %"


COMMON: dict[str, Cell] = {
    "instance": lambda run: str(run["instance"]),
    "agents x days x shifts": _size,
    "limit, s": _limit,
    "seed": lambda run: str(run["seed"]),
    "penalty": _penalty,
    "bound": _number("bound", 1),
    "gap": _gap,
}
PEERS: dict[str, Cell] = {"best known": _number("best_known"), "in 10 min": _number("best_in_ten_minutes")}
EFFORT: dict[str, Cell] = {
    "first, s": _number("first_s", 1),
    "wall, s": _number("wall_s", 1),
    "CPU, s": _number("cpu_s", 1),
    "MB": _number("peak_mb"),
}


def _versions(runs: pd.DataFrame) -> str:
    """What the figures rest on."""
    used = [f"- {date}: {versions}" for date, versions in sorted(set(zip(runs["date"], runs["versions"], strict=True)))]
    mark = "`=` proven best: penalties are whole numbers, and the bound is less than 1 below."
    return "\n".join([mark, "", *used, ""])
