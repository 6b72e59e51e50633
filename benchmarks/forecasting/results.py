"""The results kept: one row a run of a case by a method, and the block sums of the latest run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from benchmarks.forecasting.case import AREA_CASES, AREA_GROUP, CHECKOUT
from benchmarks.forecasting.method import Method
from benchmarks.forecasting.scores import score
from benchmarks.forecasting.task import CALIBRATION

BENCHMARKS = CHECKOUT / "benchmarks"
OWN_CODE = ("forecasting", "wfm/policy", "wfm/tables", "wfm/time", "wfm/errors.py")
PROTOCOL = ("case.py", "truth.py", "scores.py")
PEER_CODE = ("grid.py", "peers/series.py", "peers/requirements.txt")


@dataclass(frozen=True)
class Results:
    """The files in ``folder``: ``forecasting.csv`` with every run, ``forecasting_origins.csv`` with the block sums of
    the latest run of each case and method, and the page. One process at a time writes them."""

    folder: Path = BENCHMARKS

    @property
    def runs_path(self) -> Path:
        """Rows of scores."""
        return self.folder / "forecasting.csv"

    @property
    def blocks_path(self) -> Path:
        """Block sums."""
        return self.folder / "forecasting_origins.csv"

    @property
    def page_path(self) -> Path:
        """The tables for people."""
        return self.folder / "forecasting.md"

    def runs(self) -> pd.DataFrame:
        """Every run kept, oldest first; empty where there is none."""
        if not self.runs_path.exists():
            return pd.DataFrame(columns=["case", "method", "code"])
        return pd.read_csv(self.runs_path, dtype={"case": str, "code": str})

    def blocks(self) -> pd.DataFrame:
        """Block sums of the latest runs; empty where there are none."""
        if not self.blocks_path.exists():
            return pd.DataFrame(columns=["case", "method", "origin", "week"])
        return pd.read_csv(self.blocks_path, dtype={"case": str}, parse_dates=["origin"])

    def has(self, name: str, method: Method, origins: Sequence[date]) -> bool:
        """True where the latest run of the case by the method used this code, these versions and these origins."""
        runs, blocks = self.runs(), self.blocks()
        runs = runs[(runs["case"] == name) & (runs["method"] == method.name)]
        if runs.empty or runs.iloc[-1]["code"] != code_state(method):
            return False
        kept = blocks.loc[(blocks["case"] == name) & (blocks["method"] == method.name), "origin"]
        return set(kept) == {pd.Timestamp(origin) for origin in origins}

    def add(self, name: str, method: Method, blocks: pd.DataFrame, versions: dict[str, str], code: str) -> None:
        """Keep one run, made with ``code``: its blocks first, so that a row of scores always has them."""
        blocks = blocks.assign(case=name, method=method.name)
        others = self.blocks()
        others = others[(others["case"] != name) | (others["method"] != method.name)]
        kept = pd.concat([others, blocks], ignore_index=True) if len(others) else blocks
        first = ["case", "method", "origin", "week"]
        kept = kept[[*first, *(column for column in kept if column not in first)]].sort_values(first)
        _write(_short(kept), self.blocks_path)
        runs = self.runs()
        run = pd.DataFrame([{"case": name, "method": method.name, **_run(blocks, versions, code)}])
        _write(pd.concat([runs, run], ignore_index=True) if len(runs) else run, self.runs_path)


def _run(blocks: pd.DataFrame, versions: dict[str, str], code: str) -> dict[str, object]:
    """A run's scores and what they rest on."""
    scores = score(blocks) | {
        CALIBRATION: float(blocks[CALIBRATION].median()) if CALIBRATION in blocks else float("nan")
    }
    rounded: dict[str, object] = {measure: round(value, 6) for measure, value in scores.items()}
    return rounded | {
        "origins": blocks["origin"].nunique(),
        "code": code,
        "versions": "; ".join(f"{package} {number}" for package, number in versions.items()),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _write(table: pd.DataFrame, path: Path) -> None:
    """Whole or not at all."""
    part = path.with_suffix(".part")
    table.to_csv(part, index=False, lineterminator="\n")
    part.replace(path)


def _short(blocks: pd.DataFrame) -> pd.DataFrame:
    """Six digits, and whole numbers as such, for a small file; sums need no more."""
    short = blocks.assign(origin=blocks["origin"].dt.strftime("%Y-%m-%d"))
    for name in blocks.select_dtypes("number"):
        short[name] = ["" if value != value else f"{value:.6g}" for value in blocks[name].tolist()]
    return short


def code_state(method: Method) -> str:
    """Short hash of all that a method's figures rest on in this checkout.

    For ours and the simple rules: the forecasting code, what it reads with, and the versions installed; for a package:
    its module here, how its grid is made, and the versions asked for.
    """
    here = Path(__file__).parent
    if method.is_peer:
        paths = [here / name for name in (*PROTOCOL, *PEER_CODE, f"peers/{method.module}.py")]
    else:
        own = (CHECKOUT / part for part in OWN_CODE)
        paths = [here / "ours.py", *(here / name for name in PROTOCOL)]
        paths += [path for part in own for path in ([part] if part.is_file() else sorted(part.rglob("*.py")))]
        paths = [path for path in paths if "commands" not in path.parts]
    digest = hashlib.sha256()
    if not method.is_peer:
        digest.update(" ".join(f"{package} {version(package)}" for package in method.packages).encode())
    for path in paths:
        digest.update(os.fspath(path.relative_to(CHECKOUT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def group_of(blocks: pd.DataFrame, name: str) -> pd.DataFrame:
    """Blocks of a case; for the group of areas those of all seven, each scaled by its area's naive error and added
    up by origin and week, so that volume counts cells and ``abs_error`` over it is the mean MASE."""
    if name != AREA_GROUP:
        return blocks[blocks["case"] == name]
    areas = blocks[blocks["case"].isin(AREA_CASES)]
    complete = areas.groupby("method")["case"].transform("nunique") == len(AREA_CASES)
    areas = areas[complete]
    scaled = ["abs_error", "error", "pinball"]
    areas = areas.assign(volume=areas["cells"], **{column: areas[column] / areas["naive_error"] for column in scaled})
    sums = areas.drop(columns=["case", "naive_error", "cpu_s", CALIBRATION], errors="ignore").groupby(
        ["method", "origin", "week"], as_index=False
    )
    cpu = areas.groupby(["method", "origin", "week"])["cpu_s"].mean().to_numpy()
    return sums.sum(min_count=1).assign(case=AREA_GROUP, naive_error=1.0, cpu_s=cpu)


def group_names(names: Iterable[str]) -> list[str]:
    """Cases as they are compared: the seven areas as one.

    >>> group_names(["bank", "ambulance-devon", "ambulance-dorset"])
    ['bank', 'ambulance-areas']
    """
    return list(dict.fromkeys(AREA_GROUP if name in AREA_CASES else name for name in names))


def case_names(names: Iterable[str]) -> list[str]:
    """The group of areas as its seven cases."""
    return [case for name in names for case in (AREA_CASES if name == AREA_GROUP else (name,))]
