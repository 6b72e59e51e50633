"""Rostering on instances that others judge, through the roster's own problem, rules and solver.

    python benchmarks/rostering.py INSTANCE --seconds 60            # one instance
    python benchmarks/rostering.py all --seconds 600 --resume       # all; goes on where it was stopped

INSTANCE is a text file of Curtois & Qu, or a week made by ``centre_week.py make``; ``all`` is every text file of the
shared folder and contact centres of 200, 1,000 and 5,000 agents, plain and peaky. Judges (``check_instance.py``,
``centre_week.py``) are looked for beside the instance, one folder above, and in ``reference/rostering`` of the folder
``$WFM_SHARED`` (default: ``shared`` beside the checkout); what is absent is skipped, visibly.

A run appends a row to ``--out`` and its course (each better roster: when, its objective, the bound then) to the file
beside it, and has the page of tables written anew. Rosters go to ``--rosters`` as the judge reads them. ``all`` runs
each instance in a process of its own. With ``--resume``, what the results have for this time limit and seed is skipped.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rosters import centre_week, curtois_qu
from benchmarks.rosters.course import Step
from benchmarks.rosters.judge import SHARED, NoJudgeError
from benchmarks.rosters.page import page
from benchmarks.rosters.results import Results
from benchmarks.rosters.run import CPU, WALL, NoRosterError, StoppedError, answer
from benchmarks.rosters.task import Task

ALL = "all"
SIZES = (200, 1000, 5000)
WEEK_SEED = 1
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run; exit code 1 where a roster is illegal, not judged or missing, 130 where the user stopped."""
    given = _parser().parse_args(arguments)
    given.rosters.mkdir(parents=True, exist_ok=True)
    results = Results(given.out)
    if given.instance == ALL:
        return _all(given, results)
    path = Path(given.instance)
    if not path.exists():
        print(f"skipped: no instance at {path}", file=sys.stderr)
        return 1
    if given.resume and results.has(path.stem, given.seconds, given.seed):
        print(f"{path.stem}: the results have it", file=sys.stderr)
        return 0
    try:
        return _one(path, given, results)
    except (NoJudgeError, NoRosterError) as error:
        print(f"\n{path.stem}: {error}", file=sys.stderr)
    except StoppedError as error:
        print(f"\n{path.stem}: {error}", file=sys.stderr)
        return INTERRUPTED
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance", help=f"an instance's file, or {ALL}")
    parser.add_argument("--seconds", type=float, required=True, help="time limit of each solve")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cpu", action="store_true", help="count two CPU seconds for one: fair on a busy machine")
    parser.add_argument("--resume", action="store_true", help="skip what the results have")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".csv"), help="the results")
    parser.add_argument("--rosters", type=Path, default=Path(tempfile.gettempdir()) / "wfm-rostering")
    return parser


def _one(path: Path, given: argparse.Namespace, results: Results) -> int:
    """Solve, have it judged, keep it, say it."""

    def tell(step: Step) -> None:
        print(f"\r{path.stem}: {step.at_s:7.1f} s  {step.objective:12.1f}  bound {step.bound:12.1f}", end="",
              file=sys.stderr, flush=True)  # fmt: skip

    got = answer(task_of(path), given.seconds, given.seed, CPU if given.cpu else WALL, given.rosters, tell)
    results.add(got)
    results.page_path.write_text(page(results.latest(), results.path.name), encoding="utf-8")
    run = got.run
    print(file=sys.stderr)
    print(
        f"{run.instance}: {'legal' if run.legal else 'ILLEGAL'}, penalty {run.penalty}, objective {run.objective:.1f}, "
        f"bound {run.bound:.1f}, gap {run.gap:.2%}, first roster at {run.first_s:.1f} s, {run.wall_s:.1f} s, "
        f"{run.cpu_s:.1f} CPU s, {run.peak_mb:.0f} MB"
    )
    for fault in got.faults:
        print(f"  {fault}")
    return 0 if run.legal else 1


def task_of(path: Path) -> Task:
    """The instance in ``path`` as a task, by what kind of file it is."""
    return centre_week.task_of(path) if path.suffix == ".json" else curtois_qu.task_of(path)


def _all(given: argparse.Namespace, results: Results) -> int:
    """Every instance in a process of its own, so that memory and time are its own."""
    failed = 0
    for path in _instances(given.rosters):
        if given.resume and results.has(path.stem, given.seconds, given.seed):
            continue
        told = ["--seconds", f"{given.seconds:g}", "--seed", str(given.seed), *(["--cpu"] if given.cpu else [])]
        places = ["--out", str(given.out), "--rosters", str(given.rosters)]
        code = _waited_for([sys.executable, __file__, str(path), *told, *places])
        if code == INTERRUPTED:
            return INTERRUPTED
        failed += code != 0
    return 1 if failed else 0


def _waited_for(command: list[str]) -> int:
    """The exit code of a process; after Ctrl-C, which reaches it as well, it may still write what it has."""
    with subprocess.Popen(command) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            return INTERRUPTED


def _instances(folder: Path) -> Iterator[Path]:
    """The shared text files in the order of their numbers, then the weeks, made in ``folder``."""
    files = sorted(
        (SHARED / "instances").glob("Instance*.txt"), key=lambda path: int(path.stem.removeprefix("Instance"))
    )
    if not files:
        print(f"skipped: no instances in {SHARED / 'instances'}", file=sys.stderr)
    yield from files
    for agents in SIZES:
        for peaky in (False, True):
            try:
                yield centre_week.made(folder, agents, WEEK_SEED, peaky=peaky)
            except NoJudgeError as error:
                print(f"skipped: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
