"""Drivers on a queue's days: daily figures that volume follows, past and expected, brought to factors and columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from forecasting.book.finding import Finding
from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.policy.volume import Driver

DRIVER_PREFIX = "driver:"
"""Prefix of the columns of drivers whose elasticity is to be learnt."""


class DriverDays(NamedTuple):
    """``factor`` (D,) on the volume, as far as it is known beforehand; ``columns`` (D,) by name, whose effects are to
    be learnt with prior mean 0 and standard deviation 1; and what was assumed."""

    factor: np.ndarray
    columns: dict[str, np.ndarray]
    findings: tuple[Finding, ...]


def driver_days(
    values: pd.DataFrame | None, days: pd.DatetimeIndex, past: int, centre: Centre, queue_id: str
) -> DriverDays:
    """What the drivers of a queue say of its days.

    Volume goes as (figure / usual figure) to the power of the elasticity; where a figure can be 0 (letters), as
    (1 + figure / usual figure). A proportional driver has elasticity 1 and is in ``factor`` alone; of a learnt one
    ``factor`` has the expected elasticity and the column, in units of its uncertainty, what history says beyond.

    Args:
        values: a table DRIVER; None where nobody looked, which is told.
        days: consecutive naive midnights, of which ``past`` are past.

    Raises:
        MissingError: a driver of the queue has no values at all.
        InputError: one whose missing values are to be refused lacks some.
    """
    factor = np.ones(len(days))
    columns: dict[str, np.ndarray] = {}
    findings: list[Finding] = []
    drivers = [driver for driver in centre.drivers if not driver.queues or queue_id in driver.queues]
    if values is None:
        names = ", ".join(driver.name for driver in drivers)
        unheeded = Finding(queue_id, None, f"no values of drivers are at hand ({names})", "what they move is not known")
        return DriverDays(factor, columns, (unheeded,) if drivers else ())
    for driver in drivers:
        own = values[values["driver"] == driver.name].set_index("day")["value"].sort_index()
        if own.empty:
            raise MissingError(
                f"no values of driver {driver.name}",
                where=f"queue {queue_id}",
                mend="import them with `wfm import drivers FILE`, or take the driver out of wfm.toml",
            )
        figures, found = _filled(own, days, driver, queue_id)
        findings += found
        acting = _spread(figures, driver)[-len(days) :]
        relative = acting / _usual(acting, past)
        if driver.how == "proportional":
            factor = factor * relative
            continue
        logs = np.log(relative) if (relative > 0).all() else np.log1p(relative)
        factor = factor * np.exp(driver.elasticity * logs)
        columns[DRIVER_PREFIX + driver.name] = logs * driver.elasticity_sd
    return DriverDays(factor, columns, tuple(findings))


def _usual(acting: np.ndarray, past: int) -> float:
    """The mean of the past figures above 0, or of all where there are none."""
    above = acting[:past][acting[:past] > 0]
    return float(above.mean()) if len(above) else max(float(acting.mean()), 1e-9)


def _spread(figures: np.ndarray, driver: Driver) -> np.ndarray:
    shares = np.asarray(driver.spread) / sum(driver.spread)
    return np.convolve(figures, shares)[: len(figures)]


def _filled(own: pd.Series, days: pd.DatetimeIndex, driver: Driver, queue_id: str) -> tuple[np.ndarray, list[Finding]]:
    """Figures of the days and of as many before them as the spread reaches back, none missing."""
    reach = pd.Timedelta(days=len(driver.spread) - 1)
    wanted = pd.date_range(days[0] - reach, days[-1], freq="D", unit="us")
    figures = own.reindex(wanted)
    lacking = wanted[figures.isna().to_numpy() & np.asarray(wanted >= days[0])]
    if driver.missing == "zero":
        return figures.fillna(0.0).to_numpy(float), []
    if len(lacking) and driver.missing == "refuse":
        raise InputError(
            f"driver {driver.name} lacks values",
            where=f"queue {queue_id}",
            found=f"none on {lacking[0].date()}" + (f" and {len(lacking) - 1} more days" if len(lacking) > 1 else ""),
            expected=f"one a day from {days[0].date()} to {days[-1].date()}",
            mend='import them, or let missing = "carry" carry the last one on',
        )
    known = own[own.index <= wanted[-1]]
    carried = known.reindex(known.index.union(wanted)).ffill().reindex(wanted).bfill()
    figures = carried.fillna(float(own.iloc[0]))
    if not len(lacking):
        return figures.to_numpy(float), []
    found = f"driver {driver.name} has no value on {len(lacking)} days, the last {lacking[-1].date()}"
    treated = f"the value before is carried on ({figures.iloc[-1]:g} at the end)"
    return figures.to_numpy(float), [Finding(queue_id, None, found, treated)]
