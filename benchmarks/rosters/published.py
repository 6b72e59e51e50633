"""Figures published for the instances of Curtois & Qu: the best known, and the best within ten minutes."""

from __future__ import annotations

from functools import cache

import pandas as pd

from benchmarks.rosters.judge import SHARED

PREFIX = "Instance"
TEN_MINUTES_S = "600"


@cache
def best_known() -> dict[str, int]:
    """Penalty of the best roster known by instance; empty where the figures are absent."""
    path = SHARED / "best_known.csv"
    if not path.exists():
        return {}
    table = pd.read_csv(path)
    return dict(zip(PREFIX + table["instance"].astype(str), table["best_known"].astype(int), strict=True))


@cache
def best_in_ten_minutes() -> dict[str, int]:
    """Least penalty of any published method at 600 s by instance; empty where the figures are absent.

    As quoted by Turhan & Bilgen (2020), a hybrid fix-and-relax and simulated annealing approach.
    """
    path = SHARED / "published.csv"
    if not path.exists():
        return {}
    table = pd.read_csv(path, dtype=str, usecols=["instance", "time_limit_s", "result"], on_bad_lines="error")
    table = table[table["time_limit_s"] == TEN_MINUTES_S]
    result = pd.to_numeric(table["result"], errors="coerce")
    least = result.groupby(PREFIX + table["instance"]).min().dropna()
    return {str(name): int(value) for name, value in least.items()}
