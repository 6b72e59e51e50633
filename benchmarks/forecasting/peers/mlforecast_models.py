"""LightGBM by mlforecast: one model, recursive, lags of whole weeks."""

from __future__ import annotations

import pandas as pd
from lightgbm import LGBMRegressor
from mlforecast import MLForecast
from mlforecast.lag_transforms import RollingMean, SeasonalRollingMean

from benchmarks.forecasting.peers.series import Prediction, Series

SHORT_HISTORY_WEEKS = 8
"""Below this, lags of one and two weeks only: four would leave too few rows to learn from."""


def lightgbm(series: Series, seed: int) -> Prediction:
    """Poisson boosting on lags, rolling means and the calendar; no bands."""
    week, day = series.week, 7 if series.daily else series.slots
    weeks = 2 if len(series.past) < SHORT_HISTORY_WEEKS * week else 4
    on_lags = {week: [SeasonalRollingMean(week, 4, min_samples=1), RollingMean(day)]}
    if series.daily:
        on_lags[1] = [RollingMean(7)]
    model = LGBMRegressor(
        objective="poisson", n_estimators=400, learning_rate=0.05, num_leaves=31, min_child_samples=20, subsample=0.8,
        subsample_freq=1, colsample_bytree=0.8, n_jobs=1, random_state=seed, verbose=-1,
    )  # fmt: skip
    lags = [week * back for back in range(1, weeks + 1)]
    boosted = MLForecast(models={"mean": model}, freq=1, lags=lags, lag_transforms=on_lags, num_threads=1)
    past, ahead = _calendar(series)
    boosted.fit(past.assign(y=series.filled()), static_features=[])
    return Prediction(boosted.predict(len(ahead), X_df=ahead)["mean"].to_numpy(float))


def _calendar(series: Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features known ahead; time is an integer, so that closed days need no dates."""
    both = pd.concat([series.past, series.ahead], ignore_index=True)
    kinds = sorted(both["special"].unique())
    table = pd.DataFrame(
        {
            "unique_id": "series",
            "ds": range(len(both)),
            "slot": both["slot"],
            "weekday": both["day"].dt.dayofweek,
            "special": both["special"].map(kinds.index),
            "day_of_month": both["day"].dt.day,
            "day_of_year": both["day"].dt.dayofyear,
        }
    )
    return table.iloc[: len(series.past)], table.iloc[len(series.past) :]
