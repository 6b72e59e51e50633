"""Who sizes staff in the staffing benchmark: ours, a plain numpy yardstick, and three libraries, each if it is there.

What the libraries compute, read from their sources: pyworkforce Erlang C, and from 0.5.4 on Erlang A by its
birth-death chain, both one interval at a time. call-center-tools 1.0.0: Erlang C by a search one agent at a time.
turbotab 0.8.0: Erlang C by doubling and bisection from the load plus one; its "Erlang A" is Erlang C whose waiting is
cut off at the patience, no birth-death process, and it too begins above the load.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wfm import __version__ as wfm_version
from wfm.queueing.required import required_agents
from wfm.queueing.required_a import required_agents_a

YARDSTICK = Path(__file__).resolve().parents[2] / "shared" / "reference" / "erlang_numpy_yardstick.py"
AHT_S, LEVEL, THRESHOLD_S, PATIENCE_S = 180, 0.8, 20, 120
UNANSWERED = -1
"""What stands for an interval at which a library fails."""

Agents = NDArray[np.int64]
Size = Callable[[NDArray[np.float64]], Agents]
"""Agents for offered loads in Erlangs, at AHT, LEVEL, THRESHOLD and PATIENCE above."""


@dataclass(frozen=True)
class Engine:
    """One way to size staff: ``model`` C or A; ``size`` None where it is absent, and ``why``.

    ``most`` is the number of intervals up to which it is run; beyond, that many are, and the time is scaled.
    """

    name: str
    model: str
    version: str
    size: Size | None
    most: int | None = None
    why: str = ""


def engines(yardstick: Path = YARDSTICK) -> list[Engine]:
    """All engines, ours of each model first."""
    return [
        Engine("wfm", "C", wfm_version, ours_c),
        *_yardsticks(yardstick),
        _library("pyworkforce", "C", "pyworkforce.queuing", "ErlangC", _pyworkforce_c, most=100_000),
        _library("call-center-tools", "C", "call_center_tools", "calc_staffing", _call_center_tools, most=100_000),
        _library("turbotab", "C", "mod_turbotab.agents.capacity", "agents_required", _turbotab, most=100_000),
        Engine("wfm", "A", wfm_version, ours_a),
        _library("pyworkforce", "A", "pyworkforce.queuing", "ErlangA", _pyworkforce_a, most=500),
        _library(
            "turbotab", "A", "mod_turbotab.agents.capacity", "agents_required",
            partial(_turbotab, patience=PATIENCE_S), most=100_000,
        ),
    ]  # fmt: skip


def ours_c(load: NDArray[np.float64]) -> Agents:
    """Erlang C, all intervals at once."""
    return required_agents(load * 3600 / AHT_S, AHT_S, service_level=LEVEL, threshold_s=THRESHOLD_S).agents


def ours_a(load: NDArray[np.float64]) -> Agents:
    """Erlang A, all intervals at once."""
    rate = load * 3600 / AHT_S
    return required_agents_a(rate, AHT_S, PATIENCE_S, service_level=LEVEL, threshold_s=THRESHOLD_S).agents


def version_of(package: str) -> str:
    """Its version, empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _yardsticks(path: Path) -> list[Engine]:
    names = ("required_recurrence", "required_search")
    spec = importlib.util.spec_from_file_location("yardstick", path) if path.is_file() else None
    if spec is None or spec.loader is None:
        return [Engine(f"yardstick {name}", "C", "", None, why=f"no file {path}") for name in names]
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def size(name: str, load: NDArray[np.float64]) -> Agents:
        answer: Agents = getattr(module, name)(load, THRESHOLD_S / AHT_S, LEVEL)
        return answer

    return [Engine(f"yardstick {name}", "C", "", partial(size, name)) for name in names]


def _library(package: str, model: str, module: str, function: str, one: Callable[..., int], most: int) -> Engine:
    try:
        call = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError):
        there = version_of(package)
        why = f"{package} {there} has none" if there else f"{package} is not installed"
        return Engine(package, model, there, None, why=why)
    return Engine(package, model, version_of(package), partial(_each, partial(one, call)), most)


def _each(one: Callable[[float], int], load: NDArray[np.float64]) -> Agents:
    """One call an interval, as these libraries are used; an interval at which one fails is UNANSWERED."""
    return np.array([_or_unanswered(one, rate) for rate in (load * 3600 / AHT_S).tolist()], dtype=np.int64)


def _or_unanswered(one: Callable[[float], int], rate: float) -> int:
    try:
        return int(one(rate))
    except Exception:
        return UNANSWERED


def _pyworkforce_c(queue: Any, rate: float) -> int:
    found = queue(transactions=rate, aht=AHT_S / 60, asa=THRESHOLD_S / 60, interval=60).required_positions(LEVEL)
    return int(found["raw_positions"])


def _pyworkforce_a(queue: Any, rate: float) -> int:
    asked = queue(
        transactions=rate, aht=AHT_S / 60, asa=THRESHOLD_S / 60, interval=60, patience=PATIENCE_S / 60
    )  # fmt: skip
    return int(asked.required_positions(LEVEL)["raw_positions"])


def _call_center_tools(calc: Any, rate: float) -> int:
    found = calc(rate, AHT_S, max_occupancy=1.0, target_answer_time=THRESHOLD_S, target_service_level=LEVEL)
    return int(found.agents)


def _turbotab(required: Any, rate: float, patience: float | None = None) -> int:
    return int(required(LEVEL, THRESHOLD_S, rate, AHT_S, interval=3600.0, patience=patience))
