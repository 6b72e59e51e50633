"""Forecast accuracy on public data: ours beside simple rules and the usual packages.

    python -m benchmarks.forecasting.peers.environment    # once: the packages, in an environment of their own
    python -m benchmarks.forecasting                      # all cases by all methods; goes on where it was stopped
    python -m benchmarks.forecasting bank 911             # some cases
    python -m benchmarks.forecasting --method wfm         # ours alone
    python -m benchmarks.forecasting --compare            # from what is there: ours against every other

A case by a method that was run with the same code and versions is skipped (``--again`` runs it). Each run adds a row to
``benchmarks/forecasting.csv``, keeps its sums by week of each origin in ``benchmarks/forecasting_origins.csv`` and has
``benchmarks/forecasting.md`` written anew; one process at a time. The data is looked for in ``../shared/data`` beside
the checkout (or ``$WFM_SHARED/data``); a case without its file, and a method without its environment, is skipped,
visibly.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

import pandas as pd

from benchmarks.forecasting.case import AREA_GROUP, CASES
from benchmarks.forecasting.method import METHODS, Method
from benchmarks.forecasting.peers.environment import interpreter
from benchmarks.forecasting.results import Results, case_names, code_state, group_names
from benchmarks.forecasting.scores import block_sums, score
from benchmarks.forecasting.table import comparison_lines, page
from benchmarks.forecasting.task import forecasts_of
from benchmarks.forecasting.truth import truth_of


def main(arguments: list[str]) -> int:
    """Run, or compare; exit code 1 where a method failed."""
    parser = _parser()
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.case) - {*CASES, AREA_GROUP})
    if unknown:
        parser.error(f"unknown case {unknown[0]}; known: {', '.join([*CASES, AREA_GROUP])}")
    results = Results()
    names = case_names(given.case or CASES)
    if given.compare:
        for name in group_names(names):
            print(comparison_lines(results.blocks(), name), end="\n\n")
        _write_page(results)
        return 0
    failed = 0
    for name in names:
        for method in _methods(given.method):
            if name in method.every:
                failed += not _run(name, method, results, again=given.again, every=given.every)
        _write_page(results)
    return 1 if failed else 0


def _write_page(results: Results) -> None:
    if results.blocks_path.exists():
        results.page_path.write_text(page(results.blocks()), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.forecasting",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("case", nargs="*", help=f"{', '.join([*CASES, AREA_GROUP])}; all by default")
    parser.add_argument("--method", action="append", choices=list(METHODS), help="may be repeated; all by default")
    parser.add_argument("--again", action="store_true", help="also what is there already for this code")
    parser.add_argument("--every", type=int, help="a quick try on every so many origins: printed, not kept")
    parser.add_argument("--compare", action="store_true", help="ours against every other, from the results kept")
    return parser


def _methods(names: list[str] | None) -> list[Method]:
    return [METHODS[name] for name in names or METHODS]


def _run(name: str, method: Method, results: Results, *, again: bool, every: int | None) -> bool:
    """Run one case by one method unless it is there; False where it failed."""
    case, what = CASES[name], f"{name} by {method.name}"
    origins = method.origins(name, every)
    if not case.path.is_file():
        return _say(f"SKIPPED {what}: {case.path} is not here")
    if method.is_peer and not interpreter().exists():
        return _say(f"SKIPPED {what}: run python -m benchmarks.forecasting.peers.environment first")
    if every is None and not again and results.has(name, method, origins):
        return _say(f"{what}: there already for this code and these versions")
    begun, code = time.monotonic(), code_state(method)
    try:
        made = forecasts_of(name, method, origins)
    except subprocess.CalledProcessError as error:
        _say(f"FAILED {what}: {error}")
        return False
    truth = truth_of(name)
    blocks = block_sums(made, truth, case.horizon_days, daily=case.daily)
    scale = {first: truth.naive_error(case.scale_before or first.date()) for first in blocks["origin"].unique()}
    blocks = blocks.assign(naive_error=blocks["origin"].map(scale), **made.calibration_column(blocks["origin"]))
    if every is None:
        results.add(name, method, blocks, made.versions, code)
    print(f"{what}: {_in_words(score(blocks))}; {time.monotonic() - begun:.0f} s", flush=True)
    return True


def _in_words(scores: dict[str, float]) -> str:
    shown = pd.Series(scores).dropna()
    return ", ".join(f"{name} {value:.4g}" for name, value in shown.items())


def _say(text: str) -> bool:
    print(text, file=sys.stderr, flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
