"""The results kept: one row a run in a CSV, and beside it the course of each run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from benchmarks.rosters.run import Answer

RUN_KEY = ["instance", "seconds", "seed"]
DIGITS = {"wall_s": 2, "cpu_s": 2, "first_s": 2, "objective": 4, "bound": 4, "gap": 6, "peak_mb": 0}


@dataclass(frozen=True)
class Results:
    """``path`` has a row a run, the file of its name with ``_course`` a row for each better roster of a run."""

    path: Path

    @property
    def course_path(self) -> Path:
        """When each run found what."""
        return self.path.with_stem(f"{self.path.stem}_course")

    @property
    def page_path(self) -> Path:
        """The tables for people."""
        return self.path.with_suffix(".md")

    def runs(self) -> pd.DataFrame:
        """Every run kept, oldest first; empty where there is none."""
        if not self.path.exists():
            return pd.DataFrame(columns=RUN_KEY)
        return pd.read_csv(self.path, dtype={"instance": str})

    def latest(self) -> pd.DataFrame:
        """The last run of each instance, time limit and seed."""
        return self.runs().drop_duplicates(RUN_KEY, keep="last").reset_index(drop=True)

    def has(self, instance: str, seconds: float, seed: int) -> bool:
        """Whether a run of the instance with this time limit and seed is there."""
        runs = self.runs()
        return bool(((runs["instance"] == instance) & (runs["seconds"] == seconds) & (runs["seed"] == seed)).any())

    def add(self, answer: Answer) -> None:
        """Keep one run and its course; the course first, so that a run always has one."""
        run = asdict(answer.run) | {"gap": answer.run.gap}
        row = pd.DataFrame([{name: _short(name, value) for name, value in run.items()}])
        key = {name: run[name] for name in (*RUN_KEY, "date")}
        steps = [
            {**key, "at_s": round(step.at_s, 3), "objective": round(step.objective, 4), "bound": round(step.bound, 4)}
            for step in answer.course
        ]
        if steps:
            _append(pd.DataFrame(steps), self.course_path)
        _append(row, self.path)


def _short(name: str, value: object) -> object:
    return round(float(value), DIGITS[name]) if name in DIGITS else value  # type: ignore[arg-type]


def _append(rows: pd.DataFrame, path: Path) -> None:
    """At the end of the file, below its header; a file with other columns is written anew with all of both."""
    if path.exists() and list(pd.read_csv(path, nrows=0)) != list(rows):
        rows = pd.concat([pd.read_csv(path, dtype={"instance": str}), rows], ignore_index=True)
        rows.to_csv(path, index=False, lineterminator="\n")
        return
    rows.to_csv(path, mode="a", header=not path.exists(), index=False, lineterminator="\n")
