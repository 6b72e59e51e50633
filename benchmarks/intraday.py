"""Intraday updates on public data: the error of the rest-of-day total, beside no update and four simple peers.

On each of the last open days of a file a forecast is made from the history before it (nothing looked ahead), then
updated at two times of day by what had come. wMAPE is that of the rest-of-day totals; ``ratio`` is it over that of no
update. ``past_days`` earlier days calibrate every method alike. CPU seconds are those of learning and updating once.

Repeat with::

    python -m benchmarks.intraday             # in the checkout: all cases
    python -m benchmarks.intraday bank 911    # some

The data is looked for beside the checkout as for ``benchmarks.forecasting``; a case whose file is absent is skipped,
visibly. Results are appended to ``benchmarks/intraday.csv`` with date and versions.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.forecasting.case import CASES, centre_of
from forecasting.book.daybook import Daybook, read_daybook
from forecasting.calibration import clean_book
from forecasting.choice import model_named
from forecasting.intraday.past_days import DAYS, PastDays, past_days
from forecasting.intraday.update import Today, learn_update
from forecasting.models.model import Model
from wfm.tables.history import HISTORY
from wfm.time.week import Period

RESULTS = Path(__file__).with_suffix(".csv")


@dataclass(frozen=True)
class Scored:
    """The last ``days`` open days up to ``last_day``, updated at two times, in hours of the file's own clock."""

    last_day: date
    days: int
    hours: tuple[int, int]


SCORED = {
    "bank": Scored(date(2003, 7, 31), 20, (10, 12)),
    "israel": Scored(date(1999, 2, 28), 20, (3, 5)),
    "israel-ps": Scored(date(1999, 2, 28), 20, (3, 5)),
    "911": Scored(date(2016, 8, 21), 20, (10, 12)),
    "911-ems": Scored(date(2016, 8, 21), 20, (10, 12)),
}
BASES = ("blend", "mean of 4")
PAST_DAYS = (20, DAYS)

Peer = Callable[[np.ndarray, np.ndarray, np.ndarray], float]
"""From expected and came of past days so far (n, 2), of their rest (n, 2), and of today so far (2,), to a factor."""


def plain_ratio(_so_far: np.ndarray, _rest: np.ndarray, today: np.ndarray) -> float:
    """What came over what was expected."""
    return float(today[1] / today[0])


def shrunken_slope(so_far: np.ndarray, rest: np.ndarray, today: np.ndarray) -> float:
    """The logarithm of the ratio times a slope that least squares find on the past days, 0 to 1.2."""
    seen, later = (np.log(np.maximum(pair[:, 1], 0.5) / pair[:, 0]) for pair in (so_far, rest))
    slope = np.clip((seen * later).sum() / max(float((seen**2).sum()), 1e-12), 0.0, 1.2)
    return float(np.exp(slope * np.log(max(today[1], 0.5) / today[0])))


def gamma_poisson(so_far: np.ndarray, _rest: np.ndarray, today: np.ndarray) -> float:
    """The mean of a day factor, gamma of mean 1 before, given Poisson counts; its variance by moments of past days."""
    excess = ((so_far[:, 1] - so_far[:, 0]) ** 2 - so_far[:, 0]).sum()
    variance = max(float(excess / ((so_far[:, 0] ** 2).sum())), 1e-9)
    return float((1 / variance + today[1]) / (1 / variance + today[0]))


PEERS: dict[str, Peer] = {
    "plain ratio": plain_ratio,
    "shrunken slope": shrunken_slope,
    "Gamma-Poisson": gamma_poisson,
}
OURS = "wfm"


def history_of(name: str) -> pd.DataFrame:
    """The file of a case up to the last scored day, as a HISTORY table of one queue."""
    case = CASES[name]
    raw = pd.read_csv(case.path, parse_dates=["timestamp"])
    end = pd.Timestamp(SCORED[name].last_day) + pd.Timedelta(days=1)
    raw = raw[(raw["timestamp"] >= pd.Timestamp(case.first_day)) & (raw["timestamp"] < end)]
    if case.queue is not None:
        raw = raw[raw["queue"] == case.queue]
    volume = raw.groupby("timestamp")["volume"].sum(min_count=1)
    starts = pd.DatetimeIndex(volume.index).tz_localize(case.zone, ambiguous="NaT", nonexistent="NaT")
    table = pd.DataFrame({"queue": name, "interval_start": starts.tz_convert("UTC"), "offered": volume.to_numpy(float)})
    return HISTORY.check(table.dropna(subset=["interval_start"]))


def run(name: str) -> pd.DataFrame:
    """Scores of one case: a row a base, number of past days, time of day, and method."""
    history, centre, scored = history_of(name), centre_of(name), SCORED[name]
    whole, _ = read_daybook(history, centre, name, Period(scored.last_day + timedelta(days=1), 1))
    days = np.flatnonzero(whole.known_share[: whole.past] > 0.5)[-scored.days :].tolist()
    rows = []
    for day in days:
        book, _ = clean_book(history, centre, name, Period(whole.days[day].date(), 1))
        came = np.where(whole.known[day], whole.offered[day], np.nan)
        for base in BASES:
            rows += _one_day(book, came, model_named(base), scored, centre.queue(name).interval_min)
    errors = pd.DataFrame(rows)
    keys = ["base", "past_days", "hour", "method"]
    sums = errors.groupby(keys, sort=False)[["error", "before", "volume", "cpu_s"]].sum().reset_index()
    sums["wmape"], sums["ratio"] = sums["error"] / sums["volume"], sums["error"] / sums["before"]
    sums["cpu_s"] = (sums["cpu_s"] / len(days)).where(sums["method"] == OURS)
    return sums[[*keys, "wmape", "ratio", "cpu_s"]].assign(case=name, days=len(days))


def _one_day(
    book: Daybook, came: np.ndarray, model: Model, scored: Scored, interval_min: int
) -> list[dict[str, object]]:
    """Errors of the rest of the book's last day, by number of past days, time and method."""
    rows: list[dict[str, object]] = []
    expected = model.fit(book).means(book)[-1]
    started = time.process_time()
    every = past_days(book, model, 0)
    refits_s = time.process_time() - started
    for most in PAST_DAYS:
        started = time.process_time()
        past = PastDays(every.expected[-most:], every.came[-most:], every.surprise_ahead[-most:])
        updater = learn_update(past, interval_min)
        cpu_s = time.process_time() - started + refits_s * len(past.came) / max(len(every.came), 1)
        for hour in scored.hours:
            ahead = np.arange(len(expected)) * interval_min >= hour * 60
            known, is_open = np.isfinite(came) & (expected > 0), book.open_min[-1] > 0
            rest, seen = known & ahead, known & ~ahead
            if not rest.any() or not seen.any():
                continue
            slots = np.flatnonzero(is_open)
            updated = updater.update(Today(slots, expected[is_open], came[is_open], ahead[is_open]))
            ours = expected.copy()
            if updated is not None:
                ours[is_open] = updated.mean
            totals = {"no update": expected[rest].sum(), OURS: ours[rest].sum()}
            totals |= {peer: expected[rest].sum() * _factor(peer, past, expected, came, seen, ahead) for peer in PEERS}
            volume, before = came[rest].sum(), abs(expected[rest].sum() - came[rest].sum())
            about = {"base": model.name, "past_days": most, "hour": hour, "volume": volume, "before": before}
            rows += [
                {**about, "method": name, "error": abs(total - volume), "cpu_s": cpu_s}
                for name, total in totals.items()
            ]
    return rows


def _factor(
    peer: str, past: PastDays, expected: np.ndarray, came: np.ndarray, seen: np.ndarray, ahead: np.ndarray
) -> float:
    known = np.isfinite(past.came) & (past.expected > 0)

    def sums(part: np.ndarray) -> np.ndarray:
        use = known & part
        return np.column_stack([np.where(use, one, 0.0).sum(axis=1) for one in (past.expected, past.came)])

    so_far, rest = sums(~ahead), sums(ahead)
    use = (so_far[:, 0] > 0) & (rest[:, 0] > 0)
    if not use.any():
        return 1.0
    today = np.array([expected[seen].sum(), came[seen].sum()])
    return PEERS[peer](so_far[use], rest[use], today)


def main(names: list[str]) -> int:
    """Run the named cases, print, and append to the results."""
    unknown = sorted(set(names) - set(SCORED))
    if unknown:
        print(f"unknown case {unknown[0]}; known: {', '.join(SCORED)}", file=sys.stderr)
        return 2
    for name in names or list(SCORED):
        if not CASES[name].path.is_file():
            print(f"SKIPPED {name}: {CASES[name].path} is not here", file=sys.stderr)
            continue
        table = run(name)
        print(table.round(4).to_string(index=False), end="\n\n", flush=True)
        stamp = {"date": datetime.now(UTC).date().isoformat(), "python": platform.python_version()}
        stamp |= {package: version(package) for package in ("numpy", "pandas", "statsmodels", "holidays")}
        table.round(6).assign(**stamp).to_csv(
            RESULTS, mode="a", header=not RESULTS.exists(), index=False, lineterminator="\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
