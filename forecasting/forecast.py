"""The forecast: history to means, bands and handle times of every open interval of a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from forecasting.bands import Band, fit_band, past_errors
from forecasting.book.daybook import Daybook, read_daybook
from forecasting.book.note import Note
from forecasting.cleaning.cleaning import clean
from forecasting.handling.handle_time import handle_times
from forecasting.models.level_regression import LevelRegression
from forecasting.models.model import Model
from forecasting.models.recent_mean import RecentMean
from forecasting.parallel import each
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.forecast import FORECAST, FORECAST_DAY, QUANTILES
from wfm.tables.history import HISTORY
from wfm.time.week import Period

COLD_START_DAYS = 14
"""With data on fewer days than this a forecast is the mean of what there is."""
COLD_START = RecentMean(weeks=COLD_START_DAYS // 7, name="mean of what there is")


@dataclass(frozen=True)
class Forecast:
    """``intervals`` (table FORECAST), ``days`` (table FORECAST_DAY), and notes on the history they rest on."""

    intervals: pd.DataFrame
    days: pd.DataFrame
    notes: tuple[Note, ...]


def forecast(
    history: pd.DataFrame,
    centre: Centre,
    period: Period,
    *,
    queues: Sequence[str] | None = None,
    seed: int = 0,
    jobs: int = 1,
) -> Forecast:
    """Forecast every open interval of the period, per queue.

    Args:
        history: a HISTORY table; what lies on or after the period's first local day is not looked at.
        queues: queue ids, all that the policy names where None.
        seed: for models that draw; those of today do not, so every seed gives the same forecast.
        jobs: processes over queues.

    Raises:
        MissingError: an unknown queue, or one without history before the period.
        InputError: history coarser than the queue's interval.
    """
    del seed
    history = HISTORY.check(history)
    chosen = [queue.id for queue in centre.queues] if queues is None else list(queues)
    if not chosen:
        raise MissingError("no queue to forecast", expected="at least one queue")
    by_queue = [history[history["queue"] == queue_id] for queue_id in chosen]
    one = partial(_forecast_pair, centre=centre, period=period)
    parts = each(one, list(zip(chosen, by_queue, strict=True)), jobs)
    return Forecast(
        FORECAST.check(pd.concat([part.intervals for part in parts], ignore_index=True)),
        FORECAST_DAY.check(pd.concat([part.days for part in parts], ignore_index=True)),
        tuple(note for part in parts for note in part.notes),
    )


def _forecast_pair(pair: tuple[str, pd.DataFrame], centre: Centre, period: Period) -> Forecast:
    return forecast_queue(pair[1], centre, pair[0], period)


def forecast_queue(
    history: pd.DataFrame, centre: Centre, queue_id: str, period: Period, model: Model | None = None
) -> Forecast:
    """The forecast of one queue, by ``model`` or else by the one its history allows."""
    return forecast_book(*clean_book(history, centre, queue_id, period), centre, period, model)


def clean_book(
    history: pd.DataFrame, centre: Centre, queue_id: str, period: Period
) -> tuple[Daybook, tuple[Note, ...]]:
    """A queue's days to the end of the period, cleaned, and what was found in them."""
    raw, dropped = read_daybook(history, centre, queue_id, period)
    book, found = clean(raw)
    return book, (*dropped, *found)


def forecast_book(
    book: Daybook, notes: tuple[Note, ...], centre: Centre, period: Period, model: Model | None = None
) -> Forecast:
    """The forecast of a cleaned book that ends with the period."""
    found: list[Note] = []
    if model is None:
        model, found = model_for(book)
    fitted = model.fit(book)
    ahead = len(book.days) - period.days
    intervals, lead = _intervals(book, ahead, fitted.means(book))
    aht_s, assumed, about_aht = handle_times(book, centre.queue(book.queue).default_aht_s)
    rows = book.rows.day >= ahead
    weekday = book.weekday[book.rows.day[rows]]
    intervals["aht_s"], intervals["aht_assumed"] = aht_s[weekday, book.rows.slot[rows]], assumed
    days, day_lead = _days(book, ahead, intervals["mean"].to_numpy())
    of_intervals, of_days = past_errors(model, fitted, book)
    _add_quantiles(intervals, fit_band(of_intervals), lead)
    _add_quantiles(days, fit_band(of_days), day_lead)
    for table in (intervals, days):
        table["queue"], table["model"], table["origin"] = book.queue, model.name, _history_end(book)
    if of_days.origins == 0:
        found.append(
            Note(book.queue, None, "too little history to try past forecasts", "bands rest on a guessed spread")
        )
    return Forecast(intervals, days, (*notes, *found, *about_aht, *_unlearnt_events(book, ahead)))


def model_for(book: Daybook) -> tuple[Model, list[Note]]:
    """The model that the book's history allows: the level regression, or on a cold start the mean of what there is."""
    held = len(book.fit_days)
    if held >= COLD_START_DAYS:
        return LevelRegression(), []
    found = f"usable data on {held} days, fewer than {COLD_START_DAYS}"
    return COLD_START, [Note(book.queue, None, found, "forecast is the mean of what there is")]


def _intervals(book: Daybook, ahead: int, means: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Means and open minutes of the open intervals from day ``ahead`` on, and their weeks of lead."""
    at = book.rows.day >= ahead
    day, slot, open_min = book.rows.day[at], book.rows.slot[at], book.rows.open_min[at]
    mean = means[day, slot] * open_min / book.open_min[day, slot]
    table = pd.DataFrame({"interval_start": book.rows.start[at], "mean": mean, "open_min": open_min})
    return table, (day - book.past) // 7


def _days(book: Daybook, ahead: int, interval_means: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Means and kinds of the open days from ``ahead`` on, and their weeks of lead."""
    day = book.rows.day[book.rows.day >= ahead]
    at = np.unique(day)
    mean = np.bincount(day - ahead, interval_means, minlength=len(book.days) - ahead)[at - ahead]
    kind = book.features["kind"].where(~book.features["after"], "day after a closure").to_numpy()[at]
    return pd.DataFrame({"day": book.days[at], "mean": mean, "kind": kind}), (at - book.past) // 7


def _add_quantiles(table: pd.DataFrame, band: Band, lead_week: np.ndarray) -> None:
    quantiles = band.around(table["mean"].to_numpy(), lead_week)
    for at, name in enumerate(QUANTILES):
        table[name] = quantiles[:, at]


def _history_end(book: Daybook) -> pd.Timestamp:
    """The end of the last interval of which anything is known."""
    last = int(np.flatnonzero(book.known[book.rows.day, book.rows.slot])[-1])
    return pd.Timestamp(book.rows.start[last]) + pd.Timedelta(minutes=book.interval_min)


def _unlearnt_events(book: Daybook, ahead: int) -> list[Note]:
    """Events ahead without a given lift, of a kind that the history has not seen."""
    notes = []
    usable = (np.arange(len(book.days)) < book.past) & book.known.any(axis=1) & ~book.odd
    for kind in book.event_kinds:
        during = book.during(kind)
        if during[ahead:].any() and not (during & usable).any():
            found = f"no past event of kind {kind} to learn a lift from"
            notes.append(Note(book.queue, None, found, "forecast as if it moved nothing; give it a lift"))
    return notes
