"""Prophet: as it comes, with special days, and with special days and a monthly season, multiplicative."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
from prophet import Prophet

from benchmarks.forecasting.peers.series import QUANTILES, Prediction, Series

SAMPLES = 200


def default(series: Series, seed: int) -> Prediction:
    """``Prophet()``."""
    return _prediction(Prophet(uncertainty_samples=SAMPLES), series, seed)


def with_holidays(series: Series, seed: int) -> Prediction:
    """With the special days as holidays."""
    return _prediction(Prophet(uncertainty_samples=SAMPLES, holidays=_special(series)), series, seed)


def monthly_multiplicative(series: Series, seed: int) -> Prediction:
    """With special days and a monthly season, effects multiplied; the day's shape by 15 terms."""
    daily = "auto" if series.daily else 15
    model = Prophet(
        uncertainty_samples=SAMPLES,
        holidays=_special(series),
        seasonality_mode="multiplicative",
        daily_seasonality=daily,
    )
    return _prediction(model.add_seasonality("monthly", 30.44, 4), series, seed)


def _special(series: Series) -> pd.DataFrame | None:
    days = pd.concat([series.past, series.ahead]).drop_duplicates("day")
    days = days[days["special"] != ""]
    return days.rename(columns={"day": "ds", "special": "holiday"})[["ds", "holiday"]] if len(days) else None


def _prediction(model: Prophet, series: Series, seed: int) -> Prediction:
    """Open cells only; negative values are set to 0. Quantiles of cells and of day totals from the same samples."""
    logging.getLogger("cmdstanpy").setLevel(logging.WARNING)
    past, is_open = series.past[series.past["open"] == 1], series.ahead["open"].to_numpy(bool)
    model.fit(pd.DataFrame({"ds": past["wall"], "y": past["volume"]}))
    future = pd.DataFrame({"ds": series.ahead.loc[is_open, "wall"]}).reset_index(drop=True)
    mean, samples = np.zeros(len(is_open)), np.zeros((len(is_open), SAMPLES))
    np.random.seed(seed)  # noqa: NPY002  Prophet draws from numpy's global generator and takes no other.
    mean[is_open] = np.maximum(model.predict(future)["yhat"].to_numpy(), 0)
    samples[is_open] = np.maximum(model.predictive_samples(future)["yhat"], 0)
    of_days = samples.reshape(-1, series.slots, SAMPLES).sum(axis=1)
    return Prediction(mean, _quantiles(samples), None if series.daily else _quantiles(of_days))


def _quantiles(samples: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(np.quantile(samples, list(QUANTILES.values()), axis=1).T, columns=list(QUANTILES))
