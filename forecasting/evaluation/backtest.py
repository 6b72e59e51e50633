"""Backtest: past weeks forecast as if they were ahead, scored beside last week and the mean of four."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook, read_daybook, require_queue
from forecasting.evaluation.scores import score_row
from forecasting.forecast import clean_book, forecast_book
from forecasting.models.model import Model
from forecasting.models.recent_mean import LAST_WEEK, MEAN_OF_4
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.history import HISTORY
from wfm.time.week import Period
from wfm.time.zones import local_day

OURS = "wfm"
BASELINES: tuple[Model, ...] = (LAST_WEEK, MEAN_OF_4)


@dataclass(frozen=True)
class Backtest:
    """``scores``: one row a queue and method. ``intervals`` and ``days``: every forecast scored, with what came."""

    scores: pd.DataFrame
    intervals: pd.DataFrame
    days: pd.DataFrame


def backtest(
    history: pd.DataFrame,
    centre: Centre,
    *,
    origins: int,
    horizon_days: int,
    step_days: int = 7,
    queues: Sequence[str] | None = None,
    methods: Sequence[Model] = (),
) -> Backtest:
    """Score rolling-origin forecasts, expanding history, nothing looked ahead.

    The last origin is the latest whose whole horizon has come; the others lie ``step_days`` apart before it. Origins
    without any history before them are left out. ``methods`` are further models beside ours and the two baselines.

    Returns:
        Fractions but for ``mase``: ``wmape`` and ``wmape_day`` (sum of absolute errors over sum of volumes),
        ``mase`` (mean absolute error over that of the same cell one week before, in the history), ``bias`` (positive
        is too high), ``pinball`` (mean over the quantiles .1 to .9, of mean volume), ``in_80`` and ``in_95`` (actuals
        inside the bands), the same of days, and ``origins``.

    Raises:
        MissingError: a queue whose history does not reach over the horizon.
    """
    history = HISTORY.check(history)
    chosen = sorted(history["queue"].unique()) if queues is None else list(queues)
    if not chosen:
        raise MissingError("no history to backtest on", mend="import history first")
    parts = [
        part
        for queue_id in chosen
        for part in _of_queue(
            history[(history["queue"] == queue_id).to_numpy(bool)],
            centre,
            queue_id,
            _Plan(origins, horizon_days, step_days, (None, *BASELINES, *methods)),
        )
    ]
    return Backtest(
        pd.DataFrame([scores for scores, _, _ in parts]),
        pd.concat([intervals for _, intervals, _ in parts], ignore_index=True),
        pd.concat([days for _, _, days in parts], ignore_index=True),
    )


@dataclass(frozen=True)
class _Plan:
    origins: int
    horizon_days: int
    step_days: int
    methods: tuple[Model | None, ...]


def _of_queue(
    own: pd.DataFrame, centre: Centre, queue_id: str, plan: _Plan
) -> Iterator[tuple[dict[str, object], pd.DataFrame, pd.DataFrame]]:
    """Scores and scored forecasts of each method (None: ours) for the history of one queue."""
    require_queue(centre, queue_id)
    if own.empty:
        raise MissingError(f"no history of queue {queue_id}", mend="import its history")
    end = local_day(own["interval_start"], centre.zone_of(queue_id)).max().date() + timedelta(days=1)
    whole, _ = read_daybook(own, centre, queue_id, Period(end, 1))
    came, days_came = whole.came()
    periods = _periods(whole, end, plan)
    cleaned = [clean_book(own, centre, queue_id, period) for period in periods]
    for method in plan.methods:
        made = [forecast_book(*then, centre, period, method) for period, then in zip(periods, cleaned, strict=True)]
        first_days = [pd.Timestamp(period.first) for period in periods]
        of_origins = [
            one.intervals.merge(came, on="interval_start").assign(first_day=first)
            for first, one in zip(first_days, made, strict=True)
        ]
        intervals = pd.concat(of_origins, ignore_index=True)
        days = pd.concat([one.days.merge(days_came, on="day") for one in made], ignore_index=True)
        mase = [_mase(whole, first, one) for first, one in zip(first_days, of_origins, strict=True)]
        name = OURS if method is None else method.name
        row = {"queue": queue_id, "method": name, **score_row(intervals, days), "mase": float(np.mean(mase))}
        yield {**row, "origins": len(periods)}, intervals.assign(method=name), days.assign(method=name)


def _periods(book: Daybook, end: date, plan: _Plan) -> list[Period]:
    """The horizons to forecast, oldest first."""
    last = end - timedelta(days=plan.horizon_days)
    firsts = [last - timedelta(days=plan.step_days * back) for back in reversed(range(plan.origins))]
    held = book.days[int(np.flatnonzero(book.known.any(axis=1))[0])].date()
    periods = [Period(first, plan.horizon_days) for first in firsts if first > held]
    if not periods:
        raise MissingError(
            f"the history of queue {book.queue} is too short for a backtest",
            found=f"{book.days[0].date()} to {end - timedelta(days=1)}",
            expected=f"more than {plan.horizon_days} days",
            mend="shorten the horizon",
        )
    return periods


def _mase(book: Daybook, first: pd.Timestamp, intervals: pd.DataFrame) -> float:
    """Mean absolute error over that of the same cell one week before, in the history before ``first``."""
    past = book.offered[: int((book.days < first).sum())]
    weekly = np.abs(past[7:] - past[:-7])
    naive = float(np.nanmean(weekly)) if np.isfinite(weekly).any() else float("nan")
    return float((intervals["mean"] - intervals["actual"]).abs().mean()) / naive
