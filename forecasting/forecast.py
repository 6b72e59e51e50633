"""The forecast: history to means, bands and handle times of every open interval of a period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from forecasting.bands import Band
from forecasting.book.daybook import Daybook, require_queue
from forecasting.book.finding import Finding
from forecasting.book.like_queue import queues_read, widened
from forecasting.calibration import Calibration, QueueCalibration, calibrate, calibrate_book, clean_book, day_after
from forecasting.choice import COLD_START, COLD_START_DAYS, model_named
from forecasting.handling.abandonment import abandonment_shares
from forecasting.handling.concurrency import handle_times_by_level
from forecasting.handling.handle_time import handle_times
from forecasting.handling.shrinkage import shrinkage_shares
from forecasting.models.model import Model
from forecasting.overrides import apply, channel_overrides
from forecasting.parallel import each
from forecasting.trials import special_days
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.concurrency import HANDLE_TIME_BY_LEVEL
from wfm.tables.contract import Table
from wfm.tables.forecast import ALL_CHANNELS, FORECAST, FORECAST_CHANNEL_DAY, FORECAST_DAY, QUANTILES
from wfm.tables.history import HISTORY
from wfm.tables.shrinkage import SHRINKAGE_FORECAST
from wfm.time.week import Period


@dataclass(frozen=True)
class QueueForecast:
    """One queue: ``intervals`` (as table FORECAST), ``days`` (as FORECAST_DAY), and notes on what they rest on."""

    intervals: pd.DataFrame
    days: pd.DataFrame
    notes: tuple[Finding, ...]


@dataclass(frozen=True)
class Forecast:
    """``intervals`` (table FORECAST), ``days`` (FORECAST_DAY), ``channel_days`` (FORECAST_CHANNEL_DAY), ``shrinkage``
    (SHRINKAGE_FORECAST), ``handle_times`` by concurrency (HANDLE_TIME_BY_LEVEL), notes on the history they rest on, and
    the calibration that gave their models and bands."""

    intervals: pd.DataFrame
    days: pd.DataFrame
    channel_days: pd.DataFrame
    shrinkage: pd.DataFrame
    handle_times: pd.DataFrame
    notes: tuple[Finding, ...]
    calibration: Calibration


def forecast(
    history: pd.DataFrame,
    centre: Centre,
    period: Period,
    *,
    queues: Sequence[str] | None = None,
    calibration: Calibration | None = None,
    model: str | None = None,
    drivers: pd.DataFrame | None = None,
    overrides: pd.DataFrame | None = None,
    shrinkage: pd.DataFrame | None = None,
    concurrency: pd.DataFrame | None = None,
    seed: int = 0,
    jobs: int = 1,
) -> Forecast:
    """Forecast every open interval of the period, per queue, and its days per queue and channel.

    Args:
        history: a HISTORY table; what lies on or after the period's first local day is not looked at.
        queues: queue ids, all that the policy names where None.
        calibration: models and bands; None: calibrated here, on the same history.
        model: name of the one model to calibrate with where ``calibration`` is None; None: the policy's or the choice.
        drivers: a DRIVER table, past and expected values of what moves volume.
        overrides: an OVERRIDE table, what a planner says beside the model.
        shrinkage: a SHRINKAGE table, what was lost of scheduled time.
        concurrency: a CONCURRENCY table, how long chats took by how many an agent had at once.
        seed: of what a calibration draws; models and bands draw nothing.
        jobs: processes over queues.

    Raises:
        MissingError: an unknown queue, or one without history before the period.
        InputError: a driver without values.
        UsageError: no model of that name.
    """
    history = HISTORY.check(history)
    chosen = [queue.id for queue in centre.queues] if queues is None else list(queues)
    if not chosen:
        raise MissingError("no queue to forecast", expected="at least one queue")
    for queue_id in chosen:
        require_queue(centre, queue_id)
    if calibration is None:
        first_ahead = first_day_ahead(history, centre, period)
        calibration = calibrate(
            history,
            centre,
            first_ahead=first_ahead,
            weeks=weeks_of_lead(first_ahead, period),
            queues=chosen,
            model=model,
            drivers=drivers,
            seed=seed,
            jobs=jobs,
        )
    rows = [history[history["queue"].isin(queues_read(centre, queue_id))] for queue_id in chosen]
    one = partial(_forecast_pair, centre=centre, period=period, calibration=calibration, drivers=drivers)
    parts = each(one, list(zip(chosen, rows, strict=True)), jobs)
    intervals = FORECAST.check(pd.concat([part.intervals for part in parts], ignore_index=True))
    with_lead = pd.concat([part.days for part in parts], ignore_index=True)
    days, channels = FORECAST_DAY.check(with_lead.drop(columns=_OWN)), channel_days(with_lead, centre, calibration)
    if overrides is not None and len(overrides):
        intervals, days = apply(intervals, days, overrides, centre)
        channels = channel_overrides(channels, days, centre)
    notes = tuple(note for part in parts for note in part.notes)
    lost = _each_queue(intervals, SHRINKAGE_FORECAST, partial(_shrinkage, centre=centre, history=shrinkage))
    by_level = _each_queue(intervals, HANDLE_TIME_BY_LEVEL, partial(_by_level, history=concurrency))
    return Forecast(intervals, days, channels, lost, by_level, notes, calibration)


def _each_queue(intervals: pd.DataFrame, table: Table, made: Callable[[pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    parts = [made(own) for _, own in intervals.groupby("queue", sort=True)]
    return table.check(pd.concat([table.empty(), *parts], ignore_index=True))


def _shrinkage(own: pd.DataFrame, centre: Centre, history: pd.DataFrame | None) -> pd.DataFrame:
    if history is None:
        return SHRINKAGE_FORECAST.empty()
    return shrinkage_shares(history, centre, str(own["queue"].iloc[0]), pd.DatetimeIndex(own["interval_start"]))


def _by_level(own: pd.DataFrame, history: pd.DataFrame | None) -> pd.DataFrame:
    if history is None:
        return HANDLE_TIME_BY_LEVEL.empty()
    return handle_times_by_level(history[(history["queue"] == own["queue"].iloc[0]).to_numpy(bool)], own)


_OWN = ["lead_week", "special"]
"""Columns of a queue's days that its channel's bands need and no table keeps."""


def first_day_ahead(history: pd.DataFrame, centre: Centre, period: Period) -> date:
    """The first day of which a forecast of the period looks at nothing: its first, or that after the history."""
    return period.first if history.empty else min(period.first, day_after(history, centre))


def weeks_of_lead(first_ahead: date, period: Period) -> int:
    """Weeks from the first day ahead to the end of the period."""
    return -(-((period.last - first_ahead).days + 1) // 7)


def _forecast_pair(
    pair: tuple[str, pd.DataFrame],
    centre: Centre,
    period: Period,
    calibration: Calibration,
    drivers: pd.DataFrame | None,
) -> QueueForecast:
    queue_id, history = pair
    book, notes = clean_book(history, centre, queue_id, period, drivers)
    bands = calibration.band("interval", queue_id), calibration.band("day", queue_id)
    return _of_book(book, notes, centre, period, model_named(calibration.methods[queue_id]), *bands)


def forecast_queue(
    history: pd.DataFrame,
    centre: Centre,
    queue_id: str,
    period: Period,
    model: Model | None = None,
    calibration: Calibration | None = None,
) -> QueueForecast:
    """The forecast of one queue, by a stored calibration, by ``model``, or else by the model that trials choose."""
    if calibration is not None:
        return _without_own(_forecast_pair((queue_id, HISTORY.check(history)), centre, period, calibration, None))
    return forecast_book(*clean_book(history, centre, queue_id, period), centre, period, model)


def forecast_book(
    book: Daybook,
    notes: tuple[Finding, ...],
    centre: Centre,
    period: Period,
    model: Model | None = None,
    seed: int = 0,
    calibration: QueueCalibration | None = None,
) -> QueueForecast:
    """The forecast of a cleaned book that ends with the period, by its ``calibration``, or else one on the book."""
    first_ahead = min(period.first, book.days[book.past - 1].date() + timedelta(days=1))
    made = calibration or calibrate_book(book, first_ahead, weeks_of_lead(first_ahead, period), seed=seed, model=model)
    chosen = model if model is not None else model_named(made.choice.method)
    return _without_own(_of_book(book, notes, centre, period, chosen, made.interval_band, made.day_band))


def _without_own(made: QueueForecast) -> QueueForecast:
    return QueueForecast(made.intervals, made.days.drop(columns=_OWN), made.notes)


def _of_book(
    book: Daybook,
    notes: tuple[Finding, ...],
    centre: Centre,
    period: Period,
    model: Model,
    interval_band: Band,
    day_band: Band,
) -> QueueForecast:
    ahead = len(book.days) - period.days
    means = model.fit(book).means(book)
    intervals = _with_quantiles(_intervals(book, ahead, means), interval_band, book.level_sd)
    aht_s, assumed, about_aht = handle_times(book, centre.queue(book.queue).default_aht_s)
    rows = book.rows.day >= ahead
    cell = book.weekday[book.rows.day[rows]], book.rows.slot[rows]
    abandonment = abandonment_shares(book)
    intervals["aht_s"], intervals["aht_assumed"] = aht_s[cell], assumed
    intervals["abandonment"] = np.nan if abandonment is None else abandonment[cell]
    days = _with_quantiles(_days(book, ahead, intervals["mean"].to_numpy()), day_band, book.level_sd)
    for table in (intervals, days):
        table["queue"], table["model"], table["origin"] = book.queue, model.name, _history_end(book)
    found = (*notes, *_on_what(book, model, day_band), *about_aht, *_unlearnt_events(book, ahead))
    return QueueForecast(intervals.drop(columns=_OWN), days, found)


def _intervals(book: Daybook, ahead: int, means: np.ndarray) -> pd.DataFrame:
    """Means and open minutes of the open intervals from day ``ahead`` on, with their week of lead."""
    at = book.rows.day >= ahead
    day, slot = book.rows.day[at], book.rows.slot[at]
    return pd.DataFrame(
        {
            "interval_start": book.rows.start[at],
            "mean": means[day, slot] * book.rows.share[at],
            "open_min": book.rows.open_min[at],
            "lead_week": (day - book.past) // 7,
            "special": special_days(book)[day],
        }
    )


def _days(book: Daybook, ahead: int, interval_means: np.ndarray) -> pd.DataFrame:
    """Means and kinds of the open days from ``ahead`` on, with their week of lead."""
    day = book.rows.day[book.rows.day >= ahead]
    at = np.unique(day)
    kind = book.features["kind"].where(~book.features["after"], "day after a closure").to_numpy()[at]
    return pd.DataFrame(
        {
            "day": book.days[at],
            "mean": np.bincount(day - ahead, interval_means, minlength=len(book.days) - ahead)[at - ahead],
            "kind": kind,
            "lead_week": (at - book.past) // 7,
            "special": special_days(book)[at],
        }
    )


def _with_quantiles(table: pd.DataFrame, band: Band, level_sd: float = 0.0) -> pd.DataFrame:
    """The table with its band around ``mean``, wider where the level itself is in doubt (``level_sd``)."""
    quantiles = band.around(
        table["mean"].to_numpy(float), table["lead_week"].to_numpy(int), table["special"].to_numpy(bool)
    )
    return widened(table.assign(**dict(zip(QUANTILES, quantiles.T, strict=True))), level_sd)


def channel_days(days: pd.DataFrame, centre: Centre, calibration: Calibration) -> pd.DataFrame:
    """Days per channel, and of all channels, as a table FORECAST_CHANNEL_DAY.

    Means are the sums of the queues' (``days`` also holds ``lead_week`` and ``special``); quantiles rest on past errors
    of such sums, and are the queue's own where a channel has but one.
    """
    channel = days["queue"].map({queue.id: queue.channel for queue in centre.queues})
    both = pd.concat([days.assign(channel=channel), days.assign(channel=ALL_CHANNELS)], ignore_index=True)
    if both.empty:
        return FORECAST_CHANNEL_DAY.empty()
    parts = []
    for name, own in both.groupby("channel", sort=True):
        if len(own["queue"].unique()) == 1:
            parts.append(own)
            continue
        by_day = own.assign(special=own["special"] * own["mean"]).groupby("day", as_index=False)
        sums = by_day.agg(
            mean=("mean", "sum"), lead_week=("lead_week", "max"), special=("special", "sum"), origin=("origin", "max")
        )
        sums["special"] = sums["special"].to_numpy(float) > 0.5 * np.maximum(sums["mean"].to_numpy(float), 1e-12)
        parts.append(_with_quantiles(sums, calibration.band("channel_day", str(name))).assign(channel=name))
    columns = ["channel", "day", "mean", *QUANTILES, "origin"]
    return FORECAST_CHANNEL_DAY.check(pd.concat([part[columns] for part in parts], ignore_index=True))


def _history_end(book: Daybook) -> pd.Timestamp:
    """The end of the last interval of which anything is known."""
    last = int(np.flatnonzero(book.known[book.rows.day, book.rows.slot])[-1])
    return pd.Timestamp(book.rows.start[last]) + pd.Timedelta(minutes=book.interval_min)


def _on_what(book: Daybook, model: Model, band: Band) -> list[Finding]:
    """What a forecast of little history rests on."""
    found = []
    if model.name == COLD_START.name:
        held = f"usable data on {len(book.fit_days)} days, fewer than {COLD_START_DAYS}"
        found.append(Finding(book.queue, None, held, "forecast is the mean of what there is"))
    if band.guessed:
        found.append(
            Finding(book.queue, None, "too little history to try past forecasts", "bands rest on a guessed spread")
        )
    return found


def _unlearnt_events(book: Daybook, ahead: int) -> list[Finding]:
    """Events ahead without a given lift, of a kind that the history has not seen."""
    notes = []
    usable = (np.arange(len(book.days)) < book.past) & book.known.any(axis=1) & ~book.odd
    for kind in book.event_kinds:
        during = book.during(kind)
        if during[ahead:].any() and not (during & usable).any():
            found = f"no past event of kind {kind} to learn a lift from"
            notes.append(Finding(book.queue, None, found, "forecast as if it moved nothing; give it a lift"))
    return notes
