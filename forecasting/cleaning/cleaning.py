"""Cleaning: what in a history is not the volume that came, or not like it; masked for fits, always reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook
from forecasting.book.finding import Finding
from forecasting.cleaning.outlier import level_shifts, outlier_days
from forecasting.cleaning.part_day import silent_cells, unusual_cells
from forecasting.cleaning.recording import NATURE_SHARE, doubled_days, stuck_cells
from forecasting.cleaning.report import day_findings
from forecasting.cleaning.usual import Usual, usual_volume
from wfm.policy.cleaning import Cleaning

OUTAGE_RATIO, STORM_RATIO = 0.6, 1.5
"""Outlying days below or above this share of the usual are called outages and storms."""
WHOLE_DAY_SHARE = 0.6
"""Where unusual hours usually hold this share of a day, or the rest of it is an outlier too, the day as a whole is
judged."""


def clean(book: Daybook, overrule: Cleaning | None = None) -> tuple[Daybook, list[Finding]]:
    """The book with what is not its usual volume masked or put right, and a finding on everything that was found.

    Missing and partial days are told (of a partial day the rest counts, by its share of the usual day); stuck counts
    and silence become unknown; days counted twice are halved; hours far below or above the usual become unknown; days
    far off as a whole, and those the planner masks, are left out of fits; level shifts stay, for models to follow.
    Days that the planner keeps stay as they are. Negative counts never get here: the table HISTORY refuses them.
    """
    overrule = overrule or Cleaning()
    keep, mask = (_named(book, days) for days in (overrule.keep, overrule.mask))
    told = _holes(book)
    book = replace(book, odd=book.odd | mask)
    told += day_findings(
        book, mask[: book.past], "outlier", lambda _: "left out by the policy", "masked", "no fit looks at it"
    )
    book, stuck = _without_stuck(book, keep)
    book, silent = _without_silence(book, usual_volume(book), keep)
    book, doubled = _without_doubles(book, usual_volume(book), keep)
    book, hours = _without_unusual_hours(book, usual_volume(book), keep)
    usual = usual_volume(book)
    book, outliers = _without_outliers(book, usual, keep)
    return book, [*told, *stuck, *silent, *doubled, *hours, *outliers, *_shifts(book, usual)]


def _named(book: Daybook, days: Sequence[date]) -> np.ndarray:
    """(D,) days of the book that the policy names."""
    return np.asarray(book.days.isin(pd.to_datetime(list(days))))


def _holes(book: Daybook) -> list[Finding]:
    opens = (book.open_min[: book.past] > 0).any(axis=1)
    known = book.known_share[: book.past]
    missing = day_findings(
        book,
        opens & (known == 0),
        "missing_day",
        lambda days: "no data on an open day" if len(days) == 1 else f"no data on {len(days)} open days",
        "kept",
        "left out; taken for a closure by the day after it",
    )
    return missing + day_findings(
        book,
        opens & (known > 0) & (known < 1 - 1e-9),
        "partial_day",
        lambda days: f"{100 * (1 - known[days].mean()):.0f} % of the open minutes have no data",
        "kept",
        "the rest counts, by its share of the usual day",
        contacts=book.totals[: book.past],
    )


def _without_stuck(book: Daybook, keep: np.ndarray) -> tuple[Daybook, list[Finding]]:
    stuck = stuck_cells(book) & ~keep[: book.past, None]
    natural = stuck.sum() > NATURE_SHARE * book.known.sum()
    counts = np.where(stuck, book.offered[: book.past], 0.0)
    told = day_findings(
        book,
        np.asarray(stuck.any(axis=1)),
        "stuck",
        lambda days: f"the same count {counts[days].max():g} in {stuck[days].sum()} intervals in a row",
        "kept" if natural else "masked",
        "so much of the history is like it that it is taken as it is" if natural else "these intervals are unknown",
        contacts=counts.sum(axis=1),
    )
    return (book if natural else _unknown(book, stuck)), told


def _without_silence(book: Daybook, usual: Usual, keep: np.ndarray) -> tuple[Daybook, list[Finding]]:
    silent = silent_cells(book, usual) & ~keep[: book.past, None]
    told = _hour_findings(book, silent, usual, "outage", "no contact", "outage or closure")
    return _unknown(book, silent), told


def _without_doubles(book: Daybook, usual: Usual, keep: np.ndarray) -> tuple[Daybook, list[Finding]]:
    doubled = doubled_days(book, usual) & ~keep[: book.past]
    told = day_findings(
        book,
        doubled,
        "doubled",
        lambda _: "every count is even and the total twice the usual: counted twice",
        "replaced",
        "counts are halved",
        np.nan_to_num(book.totals[: book.past]),
        usual.cells.sum(axis=1),
    )
    factor = np.ones((len(book.days), 1))
    factor[: book.past][doubled] = 0.5
    halved = {name: getattr(book, name) * factor for name in ("offered", "handled", "abandoned", "handle_s")}
    return (replace(book, **halved) if doubled.any() else book), told


def _without_unusual_hours(book: Daybook, usual: Usual, keep: np.ndarray) -> tuple[Daybook, list[Finding]]:
    side = unusual_cells(book, usual)
    side[keep[: book.past] | book.odd[: book.past]] = 0
    side[np.where(side != 0, usual.cells, 0.0).sum(axis=1) > WHOLE_DAY_SHARE * usual.cells.sum(axis=1)] = 0
    if side.any():
        rest = _unknown(book, side != 0)
        side[outlier_days(rest, usual_volume(rest))[0]] = 0
    told = _hour_findings(book, side < 0, usual, "outage", "far fewer contacts than usual", "partial outage")
    told += _hour_findings(book, side > 0, usual, "storm", "far more contacts than usual", "storm")
    return _unknown(book, side != 0), told


def _hour_findings(book: Daybook, cells: np.ndarray, usual: Usual, kind: str, what: str, name: str) -> list[Finding]:
    clock_min = np.zeros(book.open_min.shape)
    np.add.at(clock_min, (book.rows.day, book.rows.slot), book.rows.open_min)
    minutes = np.where(cells, clock_min[: book.past], 0.0).sum(axis=1)
    came = np.where(cells, np.nan_to_num(book.offered[: book.past]), 0.0).sum(axis=1)
    expected = np.where(cells, usual.cells, 0.0).sum(axis=1)

    def found(days: np.ndarray) -> str:
        volume = f" ({came[days].sum():.0f}, usually {expected[days].sum():.0f})"
        return f"{name}: {what} in {minutes[days].sum() / 60:.1f} open hours{volume}"

    return day_findings(
        book, np.asarray(cells.any(axis=1)), kind, found, "masked", "these hours count as unknown", came, expected
    )


def _unknown(book: Daybook, cells: np.ndarray) -> Daybook:
    """The book with the cells (P, K) of its past unknown."""
    if not cells.any():
        return book
    offered = book.offered.copy()
    offered[: book.past][cells] = np.nan
    return replace(book, offered=offered)


def _without_outliers(book: Daybook, usual: Usual, keep: np.ndarray) -> tuple[Daybook, list[Finding]]:
    outlying, expected = outlier_days(book, usual)
    outlying &= ~keep[: book.past] & ~book.odd[: book.past]
    came = np.nan_to_num(book.totals[: book.past])
    ratio = came / np.maximum(expected, 0.5)
    kinds = {
        "outage": ratio < OUTAGE_RATIO,
        "storm": ratio > STORM_RATIO,
        "outlier": (ratio >= OUTAGE_RATIO) & (ratio <= STORM_RATIO),
    }

    def found(days: np.ndarray) -> str:
        here, usually = float(came[days].sum()), float(expected[days].sum())
        apart = f"volume {100 * (here / max(usually, 0.5) - 1):+.0f} % ({here:.0f}, usually {usually:.0f})"
        return f"{apart} beside what the calendar and its neighbours suggest"

    told = [
        finding
        for kind, of_kind in kinds.items()
        for finding in day_findings(
            book, outlying & of_kind, kind, found, "masked", "left out of the fit", came, expected
        )
    ]
    odd = book.odd.copy()
    odd[: book.past] |= outlying
    return replace(book, odd=odd), told


def _shifts(book: Daybook, usual: Usual) -> list[Finding]:
    return [
        Finding(
            book.queue,
            book.days[shift.day].date(),
            f"level shift: {100 * (shift.after / shift.before - 1):+.0f} %, and stays",
            "models follow it",
            "level_shift",
            contacts=shift.after,
            expected=shift.before,
        )
        for shift in level_shifts(book, usual)
    ]
