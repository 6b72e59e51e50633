"""Why a day's number is what it is: the factors of its mean, and what each rests on."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from forecasting.book.daybook import Daybook
from forecasting.calibration import Calibration, calibrate_book, clean_book, named_in_policy
from forecasting.choice import model_named
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.history import HISTORY
from wfm.time.week import Period


def explain(
    history: pd.DataFrame,
    centre: Centre,
    queue: str,
    day: date,
    *,
    calibration: Calibration | None = None,
    model: str | None = None,
    drivers: pd.DataFrame | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """The forecast of one day of a queue, taken apart.

    Args:
        calibration: the one whose choice of model holds; None: ``model``, the policy's, or what trials choose.

    Returns:
        One row a factor: ``factor``, ``value``, ``product`` (of all so far), ``rests_on``, and the ``model``. The first
        is a level in contacts, the others multiply it, and the last product is the day's mean, as a forecast by that
        model would give it whose period starts on that day.

    Raises:
        MissingError: an unknown queue, no history before the day, or a day on which the queue is closed.
    """
    book, name = _book_and_model(history, centre, queue, day, calibration, model, drivers, seed)
    factors = model_named(name).fit(book).factors(book)
    value = np.array([factor.by_day[-1] for factor in factors])
    return pd.DataFrame(
        {
            "factor": [factor.name for factor in factors],
            "value": value,
            "product": np.cumprod(value),
            "rests_on": [factor.rests_on[-1] for factor in factors],
            "model": name,
        }
    )


def explain_shape(
    history: pd.DataFrame,
    centre: Centre,
    queue: str,
    day: date,
    *,
    calibration: Calibration | None = None,
    model: str | None = None,
    drivers: pd.DataFrame | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """The shape of the same day: what share of it falls on each interval.

    Returns:
        One row an open interval: ``interval_start``, ``shape`` (shares that add up to 1), ``mean``, and the ``model``.

    Raises:
        MissingError: as ``explain``.
    """
    book, name = _book_and_model(history, centre, queue, day, calibration, model, drivers, seed)
    last = book.rows.day == len(book.days) - 1
    mean = model_named(name).fit(book).means(book)[-1, book.rows.slot[last]] * book.rows.share[last]
    shape = mean / mean.sum() if mean.sum() > 0 else mean
    return pd.DataFrame({"interval_start": book.rows.start[last], "shape": shape, "mean": mean, "model": name})


def _book_and_model(
    history: pd.DataFrame,
    centre: Centre,
    queue: str,
    day: date,
    calibration: Calibration | None,
    model: str | None,
    drivers: pd.DataFrame | None,
    seed: int,
) -> tuple[Daybook, str]:
    book, _ = clean_book(HISTORY.check(history), centre, queue, Period(day, 1), drivers)
    if not book.open_min[-1].any():
        raise MissingError(
            f"queue {queue} is closed on {day.isoformat()}", expected="a day on which it is open", mend="see its hours"
        )
    name = calibration.methods.get(queue) if calibration else model or named_in_policy(centre, queue)
    return book, name or calibrate_book(book, day, 1, seed=seed).choice.method
