"""What a package is given at one origin: the regular grid up to the origin, and the cells ahead without volumes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

QUANTILES = {"q025": 0.025, "q10": 0.1, "q20": 0.2, "q30": 0.3, "q40": 0.4, "q50": 0.5,
             "q60": 0.6, "q70": 0.7, "q80": 0.8, "q90": 0.9, "q975": 0.975}  # fmt: skip


@dataclass(frozen=True)
class Series:
    """``past`` and ``ahead`` are rows of the grid (``start``, ``wall``, ``day``, ``slot``, ``open``, ``special``; the
    past with ``volume``), whole days in order. ``slots`` a day, ``weekdays`` of them a week."""

    past: pd.DataFrame
    ahead: pd.DataFrame
    slots: int
    weekdays: int

    @property
    def week(self) -> int:
        """Cells a week."""
        return self.slots * self.weekdays

    @property
    def daily(self) -> bool:
        """One value a day."""
        return self.slots == 1

    def filled(self) -> np.ndarray:
        """Volumes of the past; an unknown cell takes the mean of the same cell in the two weeks before and after, as
        far as they are past and known, or else of the nearest known one."""
        volume = self.past["volume"].reset_index(drop=True)
        near = pd.concat([volume.shift(self.week * back) for back in (-2, -1, 1, 2)], axis=1).mean(axis=1)
        of_cell = volume.groupby(np.arange(len(volume)) % self.week)
        return volume.fillna(near).fillna(of_cell.ffill()).fillna(of_cell.bfill()).to_numpy(float)


def series_at(grid: pd.DataFrame, origin: pd.Timestamp, horizon_days: int, slots: int, weekdays: int) -> Series:
    """The series as it was on the morning of ``origin``."""
    end = origin + pd.Timedelta(days=horizon_days)
    past = grid[grid["day"] < origin]
    ahead = grid[(grid["day"] >= origin) & (grid["day"] < end)].drop(columns="volume")
    return Series(past.reset_index(drop=True), ahead.reset_index(drop=True), slots, weekdays)


@dataclass(frozen=True)
class Prediction:
    """``mean`` of the cells ahead; ``quantiles`` of the cells and ``day_quantiles`` of the days ahead where the package
    gives them, a column of QUANTILES each."""

    mean: np.ndarray
    quantiles: pd.DataFrame | None = None
    day_quantiles: pd.DataFrame | None = None
