"""Scores as pictures: what a backtest and a comparison of stored forecasts draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from forecasting.evaluation.accuracy import MODEL, Accuracy
from forecasting.evaluation.backtest import OURS, Backtest
from forecasting.evaluation.breakdown import breakdown
from forecasting.evaluation.by import By
from forecasting.evaluation.pit import evenness, independent_values, pit_of
from forecasting.evaluation.scores import share_below
from wfm.figures.backtest import backtest_scores
from wfm.figures.forecast import forecast_by_day, forecast_by_interval
from wfm.figures.forecast_error import bias_heat_map, error_by_lead_and_weekday
from wfm.figures.reliability import reliability
from wfm.figures.style import save
from wfm.policy.centre import Centre
from wfm.time.zones import local_minute

Pictures = Iterator[tuple[str, Figure]]
"""File names without ending, and figures."""


def backtest_pictures(made: Backtest, centre: Centre) -> Pictures:
    """Scores of all methods by queue; of each queue errors, biases, bands, and its days as they were forecast."""
    yield "backtest-wmape", backtest_scores(made.scores, "wmape", "wMAPE of intervals")
    yield "backtest-wmape-day", backtest_scores(made.scores, "wmape_day", "wMAPE of days")
    yield "backtest-pinball", backtest_scores(made.scores, "pinball", "pinball loss of intervals")
    for queue in made.scores["queue"].unique():
        intervals, days = (table[table["queue"] == queue] for table in (made.intervals, made.days))
        yield from _of_queue(intervals, days, OURS, str(queue), centre)


def accuracy_pictures(made: Accuracy, centre: Centre) -> Pictures:
    """Of each queue its errors, biases and bands, and its days as they were forecast last."""
    for queue in made.intervals["queue"].unique():
        intervals, days = (table[table["queue"] == queue] for table in (made.intervals, made.days))
        yield from _of_queue(intervals, days, MODEL, str(queue), centre)


def write_pictures(pictures: Pictures | Iterable[tuple[str, Figure]], folder: Path) -> list[Path]:
    """Save figures as PNG files of a folder, which is made if need be; returns the files."""
    return [save(figure, folder / f"{stem}.png") for stem, figure in pictures]


def _of_queue(intervals: pd.DataFrame, days: pd.DataFrame, method: str, queue: str, centre: Centre) -> Pictures:
    zone, interval_min = centre.zone_of(queue), centre.queue(queue).interval_min
    by_lead, by_weekday = (breakdown(intervals, days, by) for by in (By.lead, By.weekday))
    yield f"error-{queue}", error_by_lead_and_weekday(by_lead, by_weekday, queue)
    ours, our_days = (table[table["method"] == method] for table in (intervals, days))
    errors = ours.assign(error=ours["mean"] - ours["actual"], minute=local_minute(ours["interval_start"], zone))
    yield f"bias-{queue}", bias_heat_map(errors, queue, zone, interval_min)
    yield f"bands-{queue}", _bands(ours, our_days, queue)
    if len(our_days):
        latest = _latest(our_days, "day")
        came = latest[["queue", "day", "actual"]].rename(columns={"actual": "offered"})
        yield f"days-{queue}", forecast_by_day(latest, came, queue, zone, "As it was forecast last, by day")
    last = ours[ours["first_day"] == ours["first_day"].max()]
    week = last[last["lead_week"] == last["lead_week"].min()]
    came = week[["queue", "interval_start", "actual"]].rename(columns={"actual": "offered"})
    yield (
        f"week-{queue}",
        forecast_by_interval(
            week.drop(columns="weekday"), came, queue, zone, interval_min, "Latest forecast, first week"
        ),
    )


def _latest(rows: pd.DataFrame, when: str) -> pd.DataFrame:
    """Of each day or interval the forecast that was made last before it."""
    return rows.sort_values("origin_day", kind="stable").drop_duplicates(when, keep="last").sort_values(when)


def _bands(ours: pd.DataFrame, days: pd.DataFrame, queue: str) -> Figure:
    """Reliability of intervals and days; the PIT as drawn with seed 0."""
    actual = ours["actual"].to_numpy(float)
    scopes = {"interval": ours, "day": days}
    shares = pd.concat(
        share_below(table, table["actual"].to_numpy(float)).assign(scope=scope) for scope, table in scopes.items()
    )
    pit, day = pit_of(ours, actual, 0), ours["day"].to_numpy()
    known = np.isfinite(pit)
    pit, day = pit[known], day[known]
    independent = independent_values(pit, day) if len(pit) else 0.0
    return reliability(shares, pit, queue, evenness(pit, day).words, independent)
