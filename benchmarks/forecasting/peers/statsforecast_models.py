"""statsforecast: MSTL with AutoETS or AutoARIMA as trend forecaster, AutoETS on day totals, AutoARIMA."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from statsforecast.models import MSTL, AutoARIMA, AutoETS

from benchmarks.forecasting.peers.series import QUANTILES, Prediction, Series

LEVELS = [20, 40, 60, 80, 95]
ARIMA_DAYS = 730


def mstl_ets(series: Series, seed: int) -> Prediction:
    """Seasons of a day and a week (daily series: a week), the rest by AutoETS without season."""
    del seed
    return _whole_history(series, MSTL(_seasons(series), trend_forecaster=AutoETS(model="ZZN")))


def mstl_arima(series: Series, seed: int) -> Prediction:
    """The same with AutoARIMA."""
    del seed
    return _whole_history(series, MSTL(_seasons(series), trend_forecaster=AutoARIMA()))


def mstl_year_ets(series: Series, seed: int) -> Prediction:
    """Seasons of a week and a year, for daily series."""
    del seed
    return _whole_history(series, MSTL([7, 365], trend_forecaster=AutoETS(model="ZZN")))


def auto_arima(series: Series, seed: int) -> Prediction:
    """AutoARIMA with a weekly season on the last two years of a daily series."""
    del seed
    return _prediction(AutoARIMA(season_length=7), series.filled()[-ARIMA_DAYS:], len(series.ahead))


def auto_ets(series: Series, seed: int) -> Prediction:
    """AutoETS with a weekly season on day totals, spread over the day by the last four same weekdays' mean shape."""
    del seed
    by_day = series.filled().reshape(-1, series.slots)
    days = len(series.ahead) // series.slots
    of_days = _prediction(AutoETS(season_length=series.weekdays), by_day.sum(axis=1), days)
    if series.daily:
        return of_days
    recent = by_day[_same_weekdays(len(by_day), days, series.weekdays)]
    shape = recent.sum(axis=1) / recent.sum(axis=(1, 2))[:, None]
    return Prediction((of_days.mean[:, None] * shape).ravel(), day_quantiles=of_days.quantiles)


def _same_weekdays(past: int, ahead: int, weekdays: int) -> np.ndarray:
    """Rows (ahead, 4) of the last four past days of the weekday of each day ahead.

    >>> _same_weekdays(past=30, ahead=2, weekdays=7).tolist()
    [[23, 16, 9, 2], [24, 17, 10, 3]]
    """
    latest = past - weekdays + np.arange(ahead) % weekdays
    return np.asarray(latest[:, None] - weekdays * np.arange(4))


def _seasons(series: Series) -> list[int]:
    return [7] if series.daily else [series.slots, series.week]


def _whole_history(series: Series, model: Any) -> Prediction:
    return _prediction(model, series.filled(), len(series.ahead))


def _prediction(model: Any, volumes: np.ndarray, steps: int) -> Prediction:
    made = model.forecast(y=volumes, h=steps, level=LEVELS)
    quantiles = {}
    for name, level in QUANTILES.items():
        side, width = ("lo", 1 - 2 * level) if level < 0.5 else ("hi", 2 * level - 1)
        quantiles[name] = made["mean"] if level == 0.5 else made[f"{side}-{round(100 * width)}"]
    return Prediction(np.asarray(made["mean"], dtype=float), pd.DataFrame(quantiles))
