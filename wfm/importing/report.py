"""What an import did, for the reader: rows read, kept, rejected, repaired, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Effect = Literal["rejected", "repaired", "ignored", "warning"]


@dataclass(frozen=True)
class Remark:
    """One thing that was done to so many rows (or columns, where they were ignored), or is worth a look."""

    effect: Effect
    count: int
    why: str


@dataclass(frozen=True)
class ImportReport:
    """What became of a file. ``kept`` are rows of the table it became: fewer where finer intervals were added up.

    >>> print(ImportReport("calls.csv", 3, 2, (Remark("rejected", 1, "the queue is closed, and nothing came"),)))
    calls.csv: 3 rows read, 2 kept
      rejected 1: the queue is closed, and nothing came
    """

    source: str
    read: int
    kept: int
    remarks: tuple[Remark, ...] = ()

    def count(self, effect: Effect) -> int:
        """How many rows had that effect."""
        return sum(remark.count for remark in self.remarks if remark.effect == effect)

    @property
    def rejected(self) -> int:
        """Rows that were left out."""
        return self.count("rejected")

    @property
    def repaired(self) -> int:
        """Rows that were put right."""
        return self.count("repaired")

    def __str__(self) -> str:
        head = f"{self.source}: {self.read:,} rows read, {self.kept:,} kept"
        return "\n".join([head, *(f"  {remark.effect} {remark.count:,}: {remark.why}" for remark in self.remarks)])


@dataclass(frozen=True)
class Imported:
    """A table in contract, ready for the store, and what it took to get there."""

    table: pd.DataFrame
    report: ImportReport
