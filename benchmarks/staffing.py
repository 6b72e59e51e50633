"""Staffing: how fast agents are found beside other engines, and what keeps its promise through a day.

Speed: smallest number of agents for 80 % in 20 s, AHT 180 s, mean load 11.5 Erlangs (gamma distributed, one interval
in a hundred without contacts), by Erlang C and, with a mean patience of 120 s, Erlang A. CPU seconds of one core, the
least of several runs; ``differing`` counts intervals whose number is not ours, ``failed`` those at which a library
raises. Course: see ``benchmarks.staffing_course``.

Repeat with, in the checkout::

    python -m benchmarks.staffing
    python -m benchmarks.staffing --intervals 2016

Peers that are absent are skipped, visibly. To have them all, Erlang A of pyworkforce too, Python 3.12 is needed::

    python3.12 -m venv peers
    peers/bin/pip install -e . call-center-tools==1.0.0 turbotab==0.8.0 "pyworkforce>=0.5.4"
    peers/bin/python -m benchmarks.staffing

Results are appended to ``benchmarks/staffing.csv`` and ``benchmarks/staffing_course.csv`` with date and versions.
"""

from __future__ import annotations

import argparse
import platform
import shlex
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.staffing_course import course_table
from benchmarks.staffing_engines import UNANSWERED, YARDSTICK, Agents, Engine, Size, engines, ours_a, ours_c, version_of

RESULTS = Path(__file__).with_suffix(".csv")
COURSE_RESULTS = RESULTS.with_stem("staffing_course")
MEAN_ERLANGS, IDLE_SHARE = 11.5, 0.01
YEAR = 1_752_000
"""Half-hours of a year in 100 queues; ours and the yardstick, Erlang C only."""
ENOUGH_CPU_S, MOST_REPEATS = 2.0, 25


def loads(intervals: int, seed: int) -> NDArray[np.float64]:
    """Offered loads in Erlangs, gamma distributed with shape 2; one in a hundred is 0."""
    draw = np.random.default_rng(seed)
    return draw.gamma(2.0, MEAN_ERLANGS / 2, intervals) * (draw.random(intervals) >= IDLE_SHARE)


def cpu_s(size: Size, load: NDArray[np.float64]) -> tuple[float, Agents]:
    """The least CPU seconds of some calls, fewer of slow ones, and the answer."""
    spent: list[float] = []
    while len(spent) < MOST_REPEATS and sum(spent) < ENOUGH_CPU_S:
        begun = time.process_time()
        answer = size(load)
        spent.append(time.process_time() - begun)
    return min(spent), answer


def measured(engine: Engine, load: NDArray[np.float64]) -> dict[str, object]:
    """One row of the table; ``cpu_s`` is scaled where fewer intervals were run than there are."""
    row: dict[str, object] = {
        "intervals": len(load),
        "model": engine.model,
        "engine": engine.name,
        "version": engine.version,
    }
    if engine.size is None:
        return row | {"note": f"skipped: {engine.why}"}
    run = min(len(load), engine.most or len(load))
    seconds, agents = cpu_s(engine.size, load[:run])
    ours = (ours_c if engine.model == "C" else ours_a)(load[:run])
    failed = agents == UNANSWERED
    return row | {
        "run": run,
        "cpu_s": seconds * len(load) / run,
        "differing": int(((agents != ours) & ~failed).sum()),
        "most_too_many": int((agents - ours)[~failed].max(initial=0)),
        "most_too_few": int((ours - agents)[~failed].max(initial=0)),
        "failed": int(failed.sum()),
        "note": "" if run == len(load) else f"time of {run:,} intervals, scaled",
    }


def speed_table(counts: list[int], seed: int, yardstick: Path) -> pd.DataFrame:
    """One row a number of intervals and engine; ``times_ours`` is the CPU time over ours of that model."""
    known, rows = engines(yardstick), []
    for count in counts:
        load = loads(count, seed)
        for engine in known:
            if count <= 100_000 or (engine.model == "C" and (engine.name == "wfm" or "recurrence" in engine.name)):
                rows.append(measured(engine, load))
                print(_line(rows[-1]), flush=True)
    table = pd.DataFrame(rows)
    ours = table[table["engine"] == "wfm"].set_index(["intervals", "model"])["cpu_s"]
    own = ours.reindex(pd.MultiIndex.from_frame(table[["intervals", "model"]])).to_numpy()
    return table.assign(times_ours=table["cpu_s"].to_numpy() / own)


def _line(row: dict[str, object]) -> str:
    label = f"{row['intervals']:>10,}  {row['model']}  {row['engine']!s:<30}"
    if "cpu_s" not in row:
        return f"{label}{row['note']}"
    off = f"{row['differing']} differing (+{row['most_too_many']} -{row['most_too_few']}), {row['failed']} failed"
    return f"{label}{row['cpu_s']:>10.4f} s  {off} {row['note']}"


def append(table: pd.DataFrame, path: Path) -> None:
    """Add rows to a results file, stamped with date and versions."""
    stamp = {"date": datetime.now(UTC).date().isoformat(), "python": platform.python_version()}
    stamp |= {package: version_of(package) for package in ("numpy", "scipy", "numba")}
    table.round(6).assign(**stamp, machine=platform.machine()).to_csv(
        path, mode="a", header=not path.exists(), index=False, lineterminator="\n"
    )


def main() -> None:
    """Measure, print, append."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yardstick", type=Path, default=YARDSTICK, help="erlang_numpy_yardstick.py")
    parser.add_argument("--intervals", type=int, nargs="*", default=[2_016, 100_000, YEAR])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-course", action="store_true", help="leave out the course through the day")
    given = parser.parse_args()
    if given.intervals:
        speed = speed_table(given.intervals, given.seed, given.yardstick)
        append(speed.assign(seed=given.seed), RESULTS)
        print(speed.drop(columns="note").to_string(index=False))
    if not given.no_course:
        course = course_table()
        append(course, COURSE_RESULTS)
        print(course.round(3).to_string(index=False))
    print(f"repeat: {shlex.join([Path(sys.executable).name, '-m', 'benchmarks.staffing', *sys.argv[1:]])}")


if __name__ == "__main__":
    main()
