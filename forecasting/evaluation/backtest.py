"""Backtest: past weeks forecast as if they were ahead, scored beside simple means of past weeks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook, read_daybook, require_queue
from forecasting.book.like_queue import queues_read
from forecasting.calibration import QueueCalibration, clean_book, named_in_policy, settle
from forecasting.choice import COLD_START, COLD_START_DAYS, Choice, candidates, choose, model_named
from forecasting.evaluation.breakdown import add_keys, breakdown, summary
from forecasting.evaluation.by import By
from forecasting.evaluation.cost_in_agents import add_agents
from forecasting.evaluation.what_came import what_came
from forecasting.forecast import forecast_book
from forecasting.models.cleaned_mean import CLEANED_MEAN
from forecasting.models.model import Model
from forecasting.models.recent_mean import LAST_WEEK, MEAN_OF_4
from forecasting.trials import Trials, run_trials, trial_origins
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.history import HISTORY
from wfm.time.week import Period
from wfm.time.zones import local_day

OURS = "wfm"
BASELINES: tuple[Model, ...] = (LAST_WEEK, MEAN_OF_4, CLEANED_MEAN)


@dataclass(frozen=True)
class Backtest:
    """``scores``: one row a queue and method. ``intervals`` and ``days``: every forecast scored, with what came."""

    scores: pd.DataFrame
    intervals: pd.DataFrame
    days: pd.DataFrame

    def by(self, what: By, *, all_methods: bool = False) -> pd.DataFrame:
        """Scores broken down, of our forecasts or of all methods."""
        if all_methods:
            return breakdown(self.intervals, self.days, what)
        return breakdown(_ours(self.intervals), _ours(self.days), what)


def _ours(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["method"] == OURS]


def backtest(
    history: pd.DataFrame,
    centre: Centre,
    *,
    origins: int,
    horizon_days: int,
    step_days: int = 7,
    queues: Sequence[str] | None = None,
    methods: Sequence[Model] = (),
    drivers: pd.DataFrame | None = None,
    seed: int = 0,
) -> Backtest:
    """Score rolling-origin forecasts, expanding history, nothing looked ahead.

    The last origin is the latest whose whole horizon has come; the others lie ``step_days`` apart before it. Origins
    without any history before them are left out. Ours is at each origin what `wfm forecast` would have made on that
    morning: the model chosen, and the bands measured, on days before it. (The errors that they rest on are of a
    history cleaned once, at the last origin; every forecast that is scored cleans its own.)

    Args:
        methods: further models beside ours and the baselines.
        drivers: a table DRIVER.
        seed: of the choice's bootstrap and of the randomised PIT.

    Returns:
        ``scores``, fractions but for ``mase`` and agents: ``wmape`` and ``wmape_day`` (sum of absolute errors over sum
        of volumes), ``mase`` (mean absolute error over that of the same cell one week before, in the history),
        ``bias`` (positive is too high), ``pinball`` (mean over the quantiles .1 to .9, of mean volume), ``in_80`` and
        ``in_95`` (actuals inside the bands), the same of days; ``agents_over``, ``agents_under``, ``understaffed``
        (see ``agent_row``) and agent-hours a week; ``pit_distance`` and ``bands`` (see ``evenness``); ``origins``; and
        ``model``, the latest that was used.

    Raises:
        MissingError: a queue whose history does not reach over the horizon.
    """
    history = HISTORY.check(history)
    chosen = sorted(history["queue"].unique()) if queues is None else list(queues)
    if not chosen:
        raise MissingError("no history to backtest on", mend="import history first")
    for queue_id in chosen:
        require_queue(centre, queue_id)
    plan = _Plan(origins, horizon_days, step_days, (*BASELINES, *methods), seed, drivers)
    parts = [
        part
        for queue_id in chosen
        for part in _of_queue(history[history["queue"].isin(queues_read(centre, queue_id))], centre, queue_id, plan)
    ]
    intervals = add_agents(pd.concat([one for one, _ in parts], ignore_index=True), centre)
    intervals, days = add_keys(intervals, pd.concat([one for _, one in parts], ignore_index=True), centre)
    scores = summary(intervals, days, centre, seed=seed)
    tried = intervals.groupby(["queue", "method"])["first_day"].nunique()
    rows = pd.MultiIndex.from_frame(scores[["queue", "method"]])
    scores["origins"] = tried.loc[rows].to_numpy()
    scores["model"] = days.groupby(["queue", "method"])["model"].last().reindex(rows).to_numpy()
    return Backtest(scores, intervals, days)


@dataclass(frozen=True)
class _Plan:
    origins: int
    horizon_days: int
    step_days: int
    methods: tuple[Model, ...]
    seed: int
    drivers: pd.DataFrame | None

    @property
    def weeks(self) -> int:
        """Weeks of lead."""
        return -(-self.horizon_days // 7)


Part = tuple[pd.DataFrame, pd.DataFrame]
"""Intervals and days that one method forecast at one origin, with what came."""


def _of_queue(own: pd.DataFrame, centre: Centre, queue_id: str, plan: _Plan) -> Iterator[Part]:
    """The parts of ours and then of each other method, origins in order."""
    starts = own.loc[(own["queue"] == queue_id).to_numpy(bool), "interval_start"]
    if starts.empty:
        raise MissingError(f"no history of queue {queue_id}", mend="import its history")
    end = local_day(starts, centre.zone_of(queue_id)).max().date() + timedelta(days=1)
    whole, _ = read_daybook(own, centre, queue_id, Period(end, 1), drivers=plan.drivers)
    came = what_came(whole)
    periods = _periods(whole, end, plan)
    trials = _trials(own, centre, queue_id, periods, plan)
    parts: dict[str, list[Part]] = {}
    for period in periods:
        then = clean_book(own, centre, queue_id, period, plan.drivers)
        known = _known_trials(trials, period, plan)
        first = pd.Timestamp(period.first).as_unit("us")
        for name, (model, calibrated) in _calibrations(then[0], known, centre, plan).items():
            made = forecast_book(*then, centre, period, model, calibration=calibrated)
            intervals = _tagged(made.intervals.merge(came[0], on="interval_start"), name, first)
            intervals = intervals.assign(naive_error=_naive_error(whole, first))
            parts.setdefault(name, []).append((intervals, _tagged(made.days.merge(came[1], on="day"), name, first)))
    return (part for of_method in parts.values() for part in of_method)


def _tagged(rows: pd.DataFrame, method: str, first: pd.Timestamp) -> pd.DataFrame:
    return rows.assign(method=method, first_day=first, origin_day=first)


def _trials(own: pd.DataFrame, centre: Centre, queue_id: str, periods: list[Period], plan: _Plan) -> Trials:
    """Trials at all origins that any of the periods calibrates on, run once: each looks at those before it."""
    last = periods[-1].first
    book, _ = clean_book(own, centre, queue_id, Period(last, 1), plan.drivers)
    origins = np.unique(np.concatenate([trial_origins(period.first, 7 * plan.weeks) for period in periods]))
    models = {model.name: model for model in (*candidates(), *plan.methods)}
    named = named_in_policy(centre, queue_id)
    if named is not None:
        models.setdefault(model_named(named).name, model_named(named))
    return run_trials(book, list(models.values()), origins, 7 * plan.weeks)


def _known_trials(trials: Trials, period: Period, plan: _Plan) -> Trials:
    """The trials that a calibration on the period's eve makes, and what was known of them then."""
    own = trial_origins(period.first, 7 * plan.weeks)
    known = trials.before(period.first)
    intervals, days = (tried.where(np.isin(tried.origin, own)) for tried in (known.intervals, known.days))
    return Trials(trials.queue, intervals, days)


def _calibrations(
    book: Daybook, known: Trials, centre: Centre, plan: _Plan
) -> dict[str, tuple[Model, QueueCalibration]]:
    """Of each method what it would have been calibrated to on the book's morning, ours first."""
    named = named_in_policy(centre, book.queue)
    usable = len(book.fit_days)
    if named is not None:
        ours = Choice(model_named(named).name, "named in the policy")
    elif usable < COLD_START_DAYS:
        ours = Choice(COLD_START.name, f"usable data on {usable} days")
    else:
        ours = choose(known, seed=plan.seed)
    tried = {OURS: (model_named(ours.method), ours)}
    tried |= {model.name: (model, Choice(model.name, "")) for model in plan.methods}
    return {name: (model, settle(known, choice, plan.weeks)) for name, (model, choice) in tried.items()}


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


def _naive_error(book: Daybook, first: pd.Timestamp) -> float:
    """Mean absolute error of the same cell one week before, in the history before ``first``; NaN within a week."""
    past = book.offered[: int((book.days < first).sum())]
    weekly = np.abs(past[7:] - past[:-7])
    return float(np.nanmean(weekly)) if np.isfinite(weekly).any() else float("nan")
