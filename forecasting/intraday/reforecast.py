"""The rest of the day and of the days after it, from what came so far: a stored forecast, updated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from forecasting.book.finding import Finding
from forecasting.book.like_queue import queues_read
from forecasting.calibration import clean_book
from forecasting.intraday.base import Base, base_of, today_of
from forecasting.intraday.channel_days import moved_channel_days
from forecasting.intraday.past_days import AHEAD, past_days
from forecasting.intraday.update import LEAST_DAYS, Today, Updated, Updater, learn_update
from forecasting.parallel import each
from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.tables.forecast import FORECAST, FORECAST_CHANNEL_DAY, FORECAST_DAY, QUANTILES
from wfm.tables.history import HISTORY
from wfm.time.week import Period
from wfm.time.zones import INSTANT, local_day

UPDATED = ", updated"
"""What the name of the model of an updated row ends in."""


@dataclass(frozen=True)
class Reforecast:
    """``intervals`` (table FORECAST), ``days`` (FORECAST_DAY) and ``channel_days`` (FORECAST_CHANNEL_DAY) of the whole
    base, updated; ``summary``: one row a queue that was moved; and notes on what was not."""

    intervals: pd.DataFrame
    days: pd.DataFrame
    channel_days: pd.DataFrame
    summary: pd.DataFrame
    notes: tuple[Finding, ...]


@dataclass(frozen=True)
class Morning:
    """The forecast that an update starts from: tables FORECAST, FORECAST_DAY, and FORECAST_CHANNEL_DAY or no rows."""

    intervals: pd.DataFrame
    days: pd.DataFrame
    channel_days: pd.DataFrame


@dataclass(frozen=True)
class _Moved:
    """One queue's tables, its line of the summary (none where nothing was moved), and notes."""

    intervals: pd.DataFrame
    days: pd.DataFrame
    line: dict[str, object] | None
    notes: tuple[Finding, ...]


def reforecast(
    history: pd.DataFrame,
    centre: Centre,
    morning: Morning,
    at: pd.Timestamp,
    *,
    queues: Sequence[str] | None = None,
    drivers: pd.DataFrame | None = None,
    jobs: int = 1,
) -> Reforecast:
    """Update a forecast by what came up to the instant ``at``.

    Intervals of the day that had ended keep the forecast's figure, with the day's own row the sum of its intervals;
    its quantiles are those of what came and the rest together. Up to AHEAD days after carry over a share of the day's
    surprise. Everything else stays as it was. A planner's overrides are not touched.

    Args:
        history: table HISTORY; what had not ended at ``at`` is not looked at.
        morning: the forecast to start from, made before the day began.
        queues: queues to update, all of the forecast where None; the others stay as they were.
        drivers: table DRIVER, what the forecast knew of what moves volume.
        jobs: processes over queues.

    Returns:
        In ``summary``: ``came`` and ``expected`` so far (over the intervals whose volume is known), the rest of the
        day ``before`` and ``after`` with ``q10`` and ``q90``, their ratio ``factor``, and what it ``rests_on``.

    Raises:
        MissingError: no queue has a forecast for the day, or all are closed on it.
        InputError: nothing has come yet on the day, or it is over, for every queue.
    """
    at = at.tz_convert("UTC").as_unit("us")
    known = HISTORY.check(history)
    known = known[(known["interval_start"] < at).to_numpy()]
    chosen = sorted(morning.intervals["queue"].unique()) if queues is None else list(queues)
    one = partial(_update_queue, morning=morning, centre=centre, at=at, drivers=drivers)
    parts = each(
        one, [(queue_id, known[known["queue"].isin(queues_read(centre, queue_id))]) for queue_id in chosen], jobs
    )
    lines = [part.line for part in parts if part.line is not None]
    if not lines:
        raise _nothing(parts, at, centre)
    days = _all_of(morning.days, [part.days for part in parts], chosen)
    return Reforecast(
        FORECAST.check(_all_of(morning.intervals, [part.intervals for part in parts], chosen)),
        FORECAST_DAY.check(days),
        FORECAST_CHANNEL_DAY.check(moved_channel_days(morning.channel_days, morning.days, days, centre, at)),
        pd.DataFrame(lines),
        tuple(note for part in parts for note in part.notes),
    )


def _all_of(before: pd.DataFrame, parts: list[pd.DataFrame], moved: Sequence[str]) -> pd.DataFrame:
    """The rows of moved queues from their parts, the others as they were."""
    return pd.concat([before[~before["queue"].isin(moved).to_numpy(bool)], *parts], ignore_index=True)


def _nothing(parts: Sequence[_Moved], at: pd.Timestamp, centre: Centre) -> InputError:
    """Why no queue could be updated, as told of the first."""
    told = [note for part in parts for note in part.notes]
    when = at.tz_convert(centre.zone).strftime("%Y-%m-%d %H:%M")
    if not told:
        return MissingError("the forecast has no queue to update", expected="at least one queue")
    sort = MissingError if told[-1].found.startswith("no forecast") else InputError
    return sort(f"nothing to update at {when}", where=f"queue {told[-1].queue}", found=told[-1].found, mend=_MEND)


_MEND = "name an instant with --at between the day's first and last contacts, on a day that is forecast"


def _update_queue(
    pair: tuple[str, pd.DataFrame],
    morning: Morning,
    centre: Centre,
    at: pd.Timestamp,
    drivers: pd.DataFrame | None,
) -> _Moved:
    queue_id, read = pair
    base = base_of(morning.intervals, centre, queue_id, at)
    days = morning.days[(morning.days["queue"] == queue_id).to_numpy(bool)].reset_index(drop=True)
    refused = _refusal(base)
    if refused is not None:
        return _Moved(base.intervals, days, None, (_note(base, refused),))
    today, silent = today_of(base, read[(read["queue"] == queue_id).to_numpy(bool)])
    notes = [_note(base, f"no contact in {silent} intervals: taken for an outage", "they count as unknown")]
    notes = notes if silent else []
    if not np.isfinite(today.came).any():
        return _Moved(base.intervals, days, None, (*notes, _note(base, "nothing has come yet on this day")))
    updater = _learnt(base, read, centre, drivers)
    updated = updater.update(today)
    if updated is None:
        found = f"fewer than {LEAST_DAYS} past days to learn from"
        return _Moved(base.intervals, days, _line(base, today, None, updater), (*notes, _note(base, found)))
    carried = _carried(base.day_of, base.day, updated.surprise, updater.carried)
    intervals = _moved_intervals(base, updated, carried)
    moved = _moved_days(days, intervals, base, today, updated, updater)
    return _Moved(intervals, moved, _line(base, today, updated, updater), tuple(notes))


def _refusal(base: Base) -> str | None:
    if not base.today.any():
        return "no forecast of this day: closed, or not covered"
    if not base.ahead.any():
        return "the day is over"
    return None


def _note(base: Base, found: str, treated: str = "the forecast stays as it was") -> Finding:
    return Finding(base.queue, base.day.date(), found, treated)


def _learnt(base: Base, read: pd.DataFrame, centre: Centre, drivers: pd.DataFrame | None) -> Updater:
    """What the days before teach, as this queue's forecast would have been made for them."""
    period = Period(base.day.date(), 1 + AHEAD)
    book, _ = clean_book(read, centre, base.queue, period, drivers)
    return learn_update(past_days(book, base.model(), base.lead_days()), base.interval_min)


def _carried(day_of: pd.DatetimeIndex, day: pd.Timestamp, surprise: float, carried: np.ndarray) -> np.ndarray:
    """(r,) factor on each row's mean: 1 on the day itself, before it, and beyond the days carried over to."""
    after = np.asarray((day_of - day) // pd.Timedelta(days=1)).astype(int)
    share = np.concatenate([[0.0], carried])[np.where((after > 0) & (after <= len(carried)), after, 0)]
    return np.maximum(1 + share * surprise, 0.0)


def _scaled(table: pd.DataFrame, factor: np.ndarray, at: pd.Timestamp) -> pd.DataFrame:
    """Rows with mean and quantiles times ``factor``; those that it moves name the update."""
    table = table.copy()
    for name in ("mean", *QUANTILES):
        if name in table:
            table[name] = table[name].to_numpy(float) * factor
    return _named(table, factor != 1, at)


def _named(table: pd.DataFrame, moved: np.ndarray, at: pd.Timestamp) -> pd.DataFrame:
    """The moved rows rest on what was known at ``at``, by the model's name and that it was updated."""
    model = table["model"].fillna("forecast") if "model" in table else pd.Series("forecast", index=table.index)
    origin = table["origin"] if "origin" in table else pd.Series(pd.NaT, index=table.index, dtype=INSTANT)
    return table.assign(model=model.where(~moved, model + UPDATED), origin=origin.where(~moved, at))


def _moved_intervals(base: Base, updated: Updated, carried: np.ndarray) -> pd.DataFrame:
    table = _scaled(base.intervals, carried, base.at)
    ahead = base.ahead[base.today]
    where = np.flatnonzero(base.ahead)
    values = np.column_stack([updated.mean, updated.quantiles])[ahead]
    for at, name in enumerate(("mean", *QUANTILES)):
        column = table[name].to_numpy(float, copy=True) if name in table else np.full(len(table), np.nan)
        column[where] = values[:, at]
        table[name] = column
    return _named(table, base.ahead, base.at)


def _moved_days(
    days: pd.DataFrame, intervals: pd.DataFrame, base: Base, today: Today, updated: Updated, updater: Updater
) -> pd.DataFrame:
    day = pd.DatetimeIndex(days["day"])
    table = _scaled(days, _carried(day, base.day, updated.surprise, updater.carried), base.at)
    sums = intervals["mean"].groupby(np.asarray(local_day(intervals["interval_start"], base.zone))).sum()
    moved = np.asarray((day >= base.day) & (day <= base.day + pd.Timedelta(days=AHEAD)))
    # Sums anew, so that days are their intervals to the last digit.
    table["mean"] = np.where(moved, sums.reindex(day).fillna(0.0).to_numpy(), table["mean"])
    here = np.flatnonzero(np.asarray(day == base.day))
    over = np.where(np.isfinite(today.came), today.came, today.expected)[~today.ahead].sum()
    for at, name in enumerate(QUANTILES):
        column = table[name].to_numpy(float, copy=True) if name in table else np.full(len(table), np.nan)
        column[here] = over + updated.rest[at]
        table[name] = column
    return _named(table, np.asarray(day == base.day), base.at)


def _line(base: Base, today: Today, updated: Updated | None, updater: Updater) -> dict[str, object]:
    """The queue's line of the summary."""
    known = np.isfinite(today.came)
    before = float(today.expected[today.ahead].sum())
    after = before if updated is None else float(updated.mean[today.ahead].sum())
    quantile = dict(zip(QUANTILES, np.full(len(QUANTILES), np.nan) if updated is None else updated.rest, strict=True))
    return {
        "queue": base.queue,
        "day": base.day,
        "came": float(today.came[known].sum()),
        "expected": float(today.expected[known].sum()),
        "before": before,
        "after": after,
        "q10": float(quantile["q10"]),
        "q90": float(quantile["q90"]),
        "factor": after / before if before > 0 else 1.0,
        "rests_on": updater.grounds(),
    }
