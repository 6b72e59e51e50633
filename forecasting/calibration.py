"""Calibration: each queue's model and the bands of intervals, days and channel-days, from trials at past origins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from forecasting.bands import Band, band_table, bands_of, fit_band, guessed_band
from forecasting.book.daybook import Daybook, read_daybook, require_queue
from forecasting.book.finding import Finding
from forecasting.book.like_queue import queues_read
from forecasting.choice import COLD_START, COLD_START_DAYS, Choice, candidates, choice_table, choose, model_named
from forecasting.cleaning.cleaning import clean
from forecasting.models.model import Model
from forecasting.parallel import each
from forecasting.trials import Trials, Tried, joined, run_trials, trial_origins
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.calibration import MODEL_CHOICE
from wfm.tables.forecast import ALL_CHANNELS
from wfm.tables.history import HISTORY
from wfm.time.week import Period

WEEKS = 4
"""Weeks of lead that a calibration is made for where no longer forecast is asked for."""
COMMON_VOLUME = 0.8
"""Past errors of several queues are added up on days on which those that are known carry this share of the volume."""


@dataclass(frozen=True)
class Calibration:
    """What forecasts of a few weeks rest on.

    Attributes:
        choices: table MODEL_CHOICE, every method that was tried, one chosen a queue.
        bands: by scope and unit; channel-days by channel and for all channels.
        first_ahead: the first day of which nothing was looked at.
    """

    choices: pd.DataFrame
    bands: Mapping[tuple[str, str], Band]
    first_ahead: date

    @property
    def methods(self) -> dict[str, str]:
        """The chosen method of each queue."""
        chosen = self.choices[self.choices["chosen"]]
        return dict(zip(chosen["queue"], chosen["method"], strict=True))

    def band(self, scope: str, unit: str) -> Band:
        """The band of a unit; a guessed one where none was calibrated."""
        return self.bands.get((scope, unit), guessed_band())

    def tables(self) -> dict[str, pd.DataFrame]:
        """As the tables of a stored run."""
        return {"model_choice": self.choices, "forecast_band": band_table(self.bands)}


def stored_calibration(choices: pd.DataFrame, bands: pd.DataFrame, first_ahead: date) -> Calibration:
    """The calibration that a run stored as tables."""
    return Calibration(choices, bands_of(bands), first_ahead)


@dataclass(frozen=True)
class QueueCalibration:
    """One queue's trials, its choice and its bands of intervals and days."""

    trials: Trials
    choice: Choice
    interval_band: Band
    day_band: Band


def calibrate(
    history: pd.DataFrame,
    centre: Centre,
    *,
    first_ahead: date | None = None,
    weeks: int = WEEKS,
    queues: Sequence[str] | None = None,
    model: str | None = None,
    drivers: pd.DataFrame | None = None,
    seed: int = 0,
    jobs: int = 1,
) -> Calibration:
    """Try the candidate models at past origins, choose one for each queue, and measure its errors.

    Args:
        history: a table HISTORY.
        first_ahead: history from this local day on is not looked at; None: all of it is.
        weeks: weeks of lead that bands are wanted for.
        queues: queue ids; None: all that have a history.
        model: name of the one model to calibrate; None: the policy's of a queue, or else the choice.
        drivers: table DRIVER.
        seed: of the bootstrap that tells a lead from noise.
        jobs: processes over queues.

    Raises:
        MissingError: an unknown queue, or one without history.
        UsageError: no model of that name.
    """
    history = HISTORY.check(history)
    chosen = sorted(history["queue"].unique()) if queues is None else list(queues)
    for queue_id in chosen:
        require_queue(centre, queue_id)
    if first_ahead is None:
        first_ahead = day_after(history, centre)
    rows = [history[history["queue"].isin(queues_read(centre, queue_id))] for queue_id in chosen]
    one = partial(
        _calibrate_pair,
        centre=centre,
        first_ahead=first_ahead,
        weeks=weeks,
        model=model,
        drivers=drivers,
        seed=seed,
    )
    return together(each(one, list(zip(chosen, rows, strict=True)), jobs), centre, first_ahead, weeks)


def day_after(history: pd.DataFrame, centre: Centre) -> date:
    """The local day after the last that any queue has a row of.

    Raises:
        MissingError: there is none of the policy's queues.
    """
    zones = {queue.id: centre.zone_of(queue.id) for queue in centre.queues}
    last = history[history["queue"].isin(list(zones))].groupby("queue")["interval_start"].max()
    if last.empty:
        raise MissingError("no history to calibrate on", mend="import history first")
    days: list[date] = [start.tz_convert(zones[str(queue)]).date() for queue, start in last.items()]
    return max(days) + timedelta(days=1)


def _calibrate_pair(
    pair: tuple[str, pd.DataFrame],
    centre: Centre,
    first_ahead: date,
    weeks: int,
    model: str | None,
    drivers: pd.DataFrame | None,
    seed: int,
) -> QueueCalibration:
    book, _ = clean_book(pair[1], centre, pair[0], Period(first_ahead, 1), drivers)
    name = model or named_in_policy(centre, pair[0])
    return calibrate_book(book, first_ahead, weeks, seed=seed, model=model_named(name) if name else None)


def clean_book(
    history: pd.DataFrame, centre: Centre, queue_id: str, period: Period, drivers: pd.DataFrame | None = None
) -> tuple[Daybook, tuple[Finding, ...]]:
    """A queue's days to the end of the period, cleaned, and what was found in them."""
    raw, on_the_way = read_daybook(history, centre, queue_id, period, drivers=drivers)
    book, found = clean(raw, centre.cleaning)
    return book, (*on_the_way, *found)


def named_in_policy(centre: Centre, queue_id: str) -> str | None:
    """The model that the policy names for a queue."""
    return centre.queue(queue_id).model


def calibrate_book(
    book: Daybook,
    first_ahead: date,
    weeks: int,
    *,
    seed: int = 0,
    model: Model | None = None,
) -> QueueCalibration:
    """Trials, choice and bands of one cleaned book; ``model`` is not chosen but given."""
    usable = len(book.fit_days)
    if model is None and usable < COLD_START_DAYS:
        model, why = COLD_START, f"usable data on {usable} days, fewer than {COLD_START_DAYS}"
    else:
        why = "named, not chosen"
    models = candidates(book) if model is None else (model,)
    trials = run_trials(book, models, trial_origins(first_ahead, 7 * weeks), 7 * weeks)
    choice = choose(trials, seed=seed) if model is None else Choice(model.name, why)
    return settle(trials, choice, weeks)


def settle(trials: Trials, choice: Choice, weeks: int) -> QueueCalibration:
    """The bands that a choice has by its trials."""
    bands = (fit_band(tried, choice.method, weeks) for tried in (trials.intervals, trials.days))
    return QueueCalibration(trials, choice, *bands)


def together(parts: Sequence[QueueCalibration], centre: Centre, first_ahead: date, weeks: int) -> Calibration:
    """The calibration of a centre from those of its queues."""
    choices = [choice_table(part.trials, part.choice) for part in parts]
    bands: dict[tuple[str, str], Band] = {}
    by_channel: dict[str, list[QueueCalibration]] = {}
    for part in parts:
        queue_id = part.trials.queue
        bands["interval", queue_id], bands["day", queue_id] = part.interval_band, part.day_band
        by_channel.setdefault(centre.queue(queue_id).channel, []).append(part)
    for channel, members in sorted({**by_channel, ALL_CHANNELS: list(parts)}.items()):
        added = added_up([(part.trials.days, part.choice.method) for part in members])
        bands["channel_day", channel] = fit_band(added, SUM, weeks)
    table = MODEL_CHOICE.check(pd.concat(choices, ignore_index=True)) if choices else MODEL_CHOICE.empty()
    return Calibration(table, bands, first_ahead)


SUM = "sum"
"""The method's name in trials that are sums over queues."""


def added_up(parts: Sequence[tuple[Tried, str]]) -> Tried:
    """Trials of days, summed over queues at common origins, each by the method of its queue.

    A day on which some are unknown counts where the others carry COMMON_VOLUME of all volume. A sum is special where
    most of its expected volume is.
    """
    frames = [
        pd.DataFrame({"origin": tried.origin, "day": tried.day, "special": tried.special, "actual": tried.actual})
        .assign(mean=tried.means[method], usual=tried.actual.mean())
        .assign(special=lambda frame: frame["special"] * frame["mean"])
        for tried, method in parts
        if len(tried.actual)
    ]
    if not frames:
        return joined([], [SUM])
    volume = sum(float(frame["usual"].iloc[0]) for frame in frames)
    sums = pd.concat(frames, ignore_index=True).groupby(["origin", "day"], as_index=False).sum()
    sums = sums[(sums["usual"] >= COMMON_VOLUME * volume - 1e-9).to_numpy()]
    mean = sums["mean"].to_numpy(float)
    return Tried(
        sums["origin"].to_numpy().astype("datetime64[D]"),
        sums["day"].to_numpy().astype("datetime64[D]"),
        sums["special"].to_numpy(float) > 0.5 * np.maximum(mean, 1e-12),
        sums["actual"].to_numpy(float),
        {SUM: mean},
    )
