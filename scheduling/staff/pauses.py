"""Pauses: when the shifts of a roster table rest, by their breaks and by the gaps between their segments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scheduling.staff.duty import Rest

BREAKS = ("break", "lunch")


def pauses_of(segments: pd.DataFrame) -> list[tuple[Rest, ...]]:
    """The pauses of each shift in ``segments``, which hold no absences, in the order of ``shifts(segments)``.

    Time between two segments is an unpaid pause: who imports a roster often leaves lunch out of it.
    """
    if segments.empty:
        return []
    shift = segments.groupby(["agent", "work_date"], sort=True).ngroup().to_numpy(np.int64)
    start, end = (_minutes(segments[name], segments["start"].min()) for name in ("start", "end"))
    order = np.lexsort((start, shift))
    shift, start, end = shift[order], start[order], end[order]
    opens = np.flatnonzero(np.diff(shift, prepend=-1))
    began = start[opens][shift]
    # Shifts one after the other on a line of their own: the latest end so far is then one running maximum.
    apart = shift * (int(end.max()) + 1)
    so_far = np.concatenate([[0], np.maximum.accumulate(end + apart)[:-1]]) - apart
    so_far[opens] = start[opens]
    gap = start > so_far
    rest = segments["activity"].isin(BREAKS).to_numpy()[order] & (end > start)
    of_shift = np.concatenate([shift[gap], shift[rest]])
    at = np.concatenate([(so_far - began)[gap], (start - began)[rest]])
    length = np.concatenate([(start - so_far)[gap], (end - start)[rest]])
    paid = np.concatenate([np.zeros(gap.sum(), dtype=bool), segments["paid"].to_numpy(bool)[order][rest]])
    return _by_shift(len(opens), of_shift, at, length, paid)


def _minutes(instants: pd.Series, origin: pd.Timestamp) -> np.ndarray:
    return np.asarray((instants - origin).dt.total_seconds() // 60, dtype=np.int64)


def _by_shift(
    shifts: int, of_shift: np.ndarray, at: np.ndarray, length: np.ndarray, paid: np.ndarray
) -> list[tuple[Rest, ...]]:
    """Rests in order, equal ones the same object: many shifts pause alike."""
    known: dict[tuple[int, int, bool], Rest] = {}
    out: list[tuple[Rest, ...]] = [()] * shifts
    order = np.lexsort((at, of_shift))
    for own, *pause in zip(*(column[order].tolist() for column in (of_shift, at, length, paid)), strict=True):
        first, minutes, is_paid = pause
        rest = known.get((first, minutes, is_paid))
        if rest is None:
            rest = known[first, minutes, is_paid] = Rest(first, first, minutes, is_paid)
        out[own] = (*out[own], rest)
    return out
