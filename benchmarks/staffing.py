"""Agents by Erlang C for a week and for 100,000 intervals: ours, a plain numpy yardstick, and pyworkforce.

Prints CPU seconds and the command that repeats the run. The yardstick is a file of the public reference data; without
it that row says so.
"""

from __future__ import annotations

import argparse
import importlib.util
import platform
import shlex
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.required import required_agents
from wfm.staffing.pyworkforce_engine import required_agents_pyworkforce

CHECKOUT = Path(__file__).resolve().parents[1]
YARDSTICK = CHECKOUT.parent / "shared" / "reference" / "erlang_numpy_yardstick.py"
AHT_S, LEVEL, THRESHOLD_S = 180.0, 0.8, 20.0
MEAN_ERLANGS = 11.5

Agents = NDArray[np.int64]


def loads(intervals: int, seed: int) -> NDArray[np.float64]:
    """Offered loads in Erlangs, gamma distributed with shape 2."""
    return np.random.default_rng(seed).gamma(2.0, MEAN_ERLANGS / 2, intervals)


def cpu_s(call: Callable[[], Agents], repeats: int) -> tuple[float, Agents]:
    """The least CPU seconds of ``repeats`` calls, and the answer."""
    best = np.inf
    for _ in range(repeats):
        begun = time.process_time()
        answer = call()
        best = min(best, time.process_time() - begun)
    return best, answer


def load_yardstick(path: Path) -> ModuleType | None:
    """The yardstick as a module, or None where it is absent."""
    spec = importlib.util.spec_from_file_location("yardstick", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--yardstick", type=Path, default=YARDSTICK, help="erlang_numpy_yardstick.py")
    parser.add_argument("--intervals", type=int, nargs="+", default=[2_016, 100_000])
    parser.add_argument("--pyworkforce-up-to", type=int, default=2_016, help="pyworkforce runs up to so many intervals")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    yardstick = load_yardstick(given.yardstick)
    print(
        f"Erlang C, smallest N for {LEVEL:.0%} in {THRESHOLD_S:.0f} s, mean {MEAN_ERLANGS} Erlangs, AHT {AHT_S:.0f} s"
    )
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    print(f"{'intervals':>10}  {'engine':<22}{'CPU s':>10}  differing from ours")
    for intervals in given.intervals:
        report(intervals, loads(intervals, given.seed), yardstick, given)
    print(f"repeat: python {shlex.join(sys.argv)}")


def report(intervals: int, load: NDArray[np.float64], yardstick: ModuleType | None, given: argparse.Namespace) -> None:
    """One row an engine."""
    rate = load * 3600 / AHT_S
    seconds, ours = cpu_s(lambda: required_agents(rate, AHT_S, service_level=LEVEL, threshold_s=THRESHOLD_S).agents, 5)
    print(f"{intervals:>10,}  {'wfm':<22}{seconds:>10.4f}")
    if yardstick is None:
        print(f"{intervals:>10,}  yardstick: skipped, no file {given.yardstick}")
    else:
        for name in ("required_recurrence", "required_search"):
            seconds, theirs = cpu_s(partial(getattr(yardstick, name), load, THRESHOLD_S / AHT_S, LEVEL), 5)
            print(f"{intervals:>10,}  {name:<22}{seconds:>10.4f}  {np.count_nonzero(theirs != ours)}")
    if intervals > given.pyworkforce_up_to:
        print(f"{intervals:>10,}  pyworkforce: skipped, more than --pyworkforce-up-to {given.pyworkforce_up_to}")
        return
    seconds, theirs = cpu_s(lambda: required_agents_pyworkforce(rate, AHT_S, LEVEL, THRESHOLD_S), 1)
    print(f"{intervals:>10,}  {'pyworkforce':<22}{seconds:>10.4f}  {np.count_nonzero(theirs != ours)}")


if __name__ == "__main__":
    main()
