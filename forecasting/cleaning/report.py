"""What cleaning did to each day, as findings: days of one kind in a row are one finding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from forecasting.book.daybook import Daybook
from forecasting.book.finding import Finding

LISTED = 8
"""Findings of one kind beyond this many are told as one."""

Words = Callable[[np.ndarray], str]
"""The phrase for a finding on the given days (rows of the book)."""


def day_findings(
    book: Daybook,
    at: np.ndarray,
    kind: str,
    found: Words,
    treatment: str,
    treated: str,
    contacts: np.ndarray | None = None,
    expected: np.ndarray | None = None,
) -> list[Finding]:
    """One finding for each run of days ``at`` (P,), days in between that are closed not counted.

    ``contacts`` and ``expected`` (P,): volume of each day, added up over the run.
    """
    findings = []
    for days in _runs(book, at):
        first, last = book.days[days[0]].date(), book.days[days[-1]].date()
        volume = [float(values[days].sum()) if values is not None else float("nan") for values in (contacts, expected)]
        findings.append(
            Finding(
                book.queue, first, found(days), treated, kind, treatment,
                last_day=last if last > first else None, contacts=volume[0], expected=volume[1],
            )
        )  # fmt: skip
    return findings


def _runs(book: Daybook, at: np.ndarray) -> list[np.ndarray]:
    """The marked days, those between which no open day is unmarked together."""
    days = np.flatnonzero(at)
    if len(days) == 0:
        return []
    is_open = (book.open_min[: len(at)] > 0).any(axis=1)
    unmarked = np.cumsum(is_open & ~at)[days]
    return np.split(days, np.flatnonzero(np.diff(unmarked)) + 1)


def told(findings: list[Finding] | tuple[Finding, ...]) -> list[str]:
    """The findings as sentences, many of one kind in one queue as a single one with the last of them."""
    by_kind: dict[tuple[str, str], list[Finding]] = {}
    for one in findings:
        by_kind.setdefault((one.queue, one.kind), []).append(one)
    lines = []
    for (queue, kind), members in by_kind.items():
        if len(members) <= LISTED:
            lines += [str(one) for one in members]
        else:
            words = kind.replace("_", " ")
            lines.append(f"{queue}: {len(members)} findings of kind {words} (`wfm cleaning` lists them); {members[-1]}")
    return lines
