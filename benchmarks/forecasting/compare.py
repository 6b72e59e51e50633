"""Ours against another method on the same origins: difference, interval by block bootstrap, verdict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

RESAMPLES = 4000
MEASURES = {
    "wmape": ("abs_error", "volume"),
    "wmape_day": ("day_abs_error", "day_volume"),
    "pinball": ("pinball", "volume"),
}
"""Each measure is a ratio of two sums over blocks."""


@dataclass(frozen=True)
class Difference:
    """``ours`` minus ``other`` on the same ``blocks`` blocks (negative: ours is lower), and its 95 % interval."""

    ours: float
    other: float
    low: float
    high: float
    origins: int
    blocks: int

    @property
    def difference(self) -> float:
        """Ours minus other."""
        return self.ours - self.other

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` where the whole interval lies on one side of 0, else ``level``."""
        if self.high < 0:
            return "better"
        return "worse" if self.low > 0 else "level"


def compare(ours: pd.DataFrame, other: pd.DataFrame, measure: str, seed: int = 0) -> Difference | None:
    """Compare two methods' blocks by a measure of MEASURES; None where one of them does not give it.

    Both methods' sums of a block (one week of one origin) are drawn together, so what is hard for both cancels out.
    Windows of neighbouring origins overlap, so the interval is somewhat too narrow.
    """
    error, volume = MEASURES[measure]
    if error not in ours or error not in other:
        return None
    both = ours.merge(other, on=["origin", "week"], suffixes=("", "_other")).dropna(
        subset=[error, f"{error}_other", volume]
    )
    if both.empty:
        return None
    sums = both[[error, f"{error}_other", volume]].to_numpy(float)
    drawn = np.random.default_rng(seed).multinomial(len(sums), np.full(len(sums), 1 / len(sums)), RESAMPLES)
    resampled = drawn @ sums
    low, high = np.quantile((resampled[:, 0] - resampled[:, 1]) / resampled[:, 2], [0.025, 0.975])
    total = sums.sum(axis=0)
    origins = both["origin"].nunique()
    return Difference(total[0] / total[2], total[1] / total[2], float(low), float(high), origins, len(sums))


def comparisons(blocks: pd.DataFrame, ours: str, seed: int = 0) -> pd.DataFrame:
    """Ours against every other method of one case.

    Returns:
        ``method``, ``measure``, ``origins`` in common, ``ours``, ``other``, ``difference``, ``low``, ``high`` and
        ``verdict``; a daily series has no row of ``wmape_day``, which is its ``wmape``.
    """
    own = blocks[blocks["method"] == ours]
    rows = []
    for method in sorted(set(blocks["method"]) - {ours}):
        for measure in MEASURES:
            found = compare(own, blocks[blocks["method"] == method], measure, seed)
            if found is not None:
                rows.append({"method": method, "measure": measure, **_row(found)})
    return pd.DataFrame(rows)


def _row(found: Difference) -> dict[str, object]:
    names = ("origins", "ours", "other", "difference", "low", "high", "verdict")
    return {name: getattr(found, name) for name in names}
