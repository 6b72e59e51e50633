"""The update of one day of one queue: what came so far moves what is still to come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.intraday.carry_over import carry_over
from forecasting.intraday.day_process import DayProcess, fit_day_process
from forecasting.intraday.deviation import Deviations, block_minutes, deviations, in_blocks, lifted
from forecasting.intraday.past_days import PastDays
from forecasting.intraday.rest_band import RestBand, fit_rest_band
from wfm.tables.forecast import QUANTILES

LEAST_DAYS = 10
"""With fewer past days nothing is learnt from them, and the morning's forecast stays."""


@dataclass(frozen=True)
class Today:
    """The open intervals of a day, r of them in order of time.

    Attributes:
        slot: (r,) interval of the day by the wall clock; two share one on the night when clocks go back.
        expected: (r,) contacts that the morning's forecast has.
        came: (r,) contacts that came, NaN where unknown or still to come.
        ahead: (r,) intervals that are still to come.
    """

    slot: np.ndarray
    expected: np.ndarray
    came: np.ndarray
    ahead: np.ndarray


@dataclass(frozen=True)
class Updated:
    """What a day looks like now.

    Attributes:
        mean: (r,) contacts, the morning's where the interval is over.
        quantiles: (r, Q) of the intervals still to come, NaN where over.
        rest: (Q,) quantiles of the contacts of the whole rest.
        surprise: share by which the whole day is expected to end above the morning's forecast.
    """

    mean: np.ndarray
    quantiles: np.ndarray
    rest: np.ndarray
    surprise: float


@dataclass(frozen=True)
class Updater:
    """All that is learnt from past days: how deviations hold on within a day, and over the days after it.

    ``process`` is None where there are too few past days: then nothing is moved.
    """

    interval_min: int
    past: PastDays
    process: DayProcess | None
    carried: np.ndarray

    def update(self, today: Today) -> Updated | None:
        """The day as what came so far suggests; None where nothing is learnt or nothing is known of it yet.

        Every update starts from the morning's forecast, whatever an earlier one said.
        """
        if self.process is None or not np.isfinite(today.came).any():
            return None
        block = today.slot // self._per_block
        came = np.where(today.ahead, np.nan, today.came)
        seen = deviations(*self._day_in_blocks(today, came))
        relative, covariance = (found[0] for found in self.process.given(seen))
        mean = np.where(today.ahead, lifted(today.expected, relative[block]), today.expected)
        rest = mean[today.ahead]
        of_rest = block[today.ahead]
        whole, single = self._bands(int(today.slot[today.ahead].min()) if today.ahead.any() else None)
        quantiles = np.full((len(mean), len(QUANTILES)), np.nan)
        dispersion = self.process.dispersion
        variance = dispersion * rest + rest**2 * np.diagonal(covariance)[of_rest]
        quantiles[today.ahead] = single.around(rest, variance)
        together = dispersion * rest.sum() + rest @ covariance[np.ix_(of_rest, of_rest)] @ rest
        band = whole.around(np.array([rest.sum()]), np.array([together]))[0]
        known = np.isfinite(came)
        base = today.expected[known | today.ahead].sum()
        surprise = (came[known].sum() + rest.sum()) / base - 1 if base > 0 else 0.0
        return Updated(mean, quantiles, band, float(surprise))

    def grounds(self) -> str:
        """What an update rests on, in a phrase."""
        if self.process is None:
            return f"{len(self.past.expected)} past days: too few"
        process = self.process
        return (
            f"{process.days} past days: level +-{100 * process.level_sd:.1f} %, "
            f"drift +-{100 * process.drift_sd:.1f} % for {process.drift_h:.1f} h; "
            f"{100 * self.carried[0]:.0f} % carries over to the next day"
        )

    @property
    def _per_block(self) -> int:
        return block_minutes(self.interval_min) // self.interval_min

    def _day_in_blocks(self, today: Today, came: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Expected and came (1, B) of the intervals whose volume is known."""
        known = np.isfinite(came)
        block, blocks = today.slot[known] // self._per_block, self.past.expected.shape[1] // self._per_block
        expected = np.bincount(block, today.expected[known], minlength=blocks)
        total = np.bincount(block, came[known], minlength=blocks)
        return expected[None], np.where(expected > 0, total, np.nan)[None]

    def _bands(self, first_slot: int | None) -> tuple[RestBand, RestBand]:
        """Bands of the whole rest and of single intervals from ``first_slot`` on, from the same update of past days."""
        process, past = self.process, self.past
        if process is None or first_slot is None:
            return RestBand(1.0, 0), RestBand(1.0, 0)
        rest = np.arange(past.expected.shape[1]) >= first_slot
        seen = block_deviations(np.where(rest, 0.0, past.expected), past.came, self._per_block)
        relative, covariance = process.given(seen)
        block = np.arange(past.expected.shape[1]) // self._per_block
        known = rest & np.isfinite(past.came)
        mean = np.where(known, lifted(past.expected, relative[:, block]), 0.0)
        came = np.where(known, past.came, 0.0)
        own = np.diagonal(covariance, axis1=1, axis2=2)[:, block]
        variance = process.dispersion * mean + mean**2 * own
        by_block = in_blocks(mean, self._per_block)
        shared = np.einsum("nb,nbc,nc->n", by_block, covariance, by_block)
        total = mean.sum(axis=1)
        with_rest = int((total > 0).sum())
        return (
            fit_rest_band(total, process.dispersion * total + shared, came.sum(axis=1), with_rest),
            fit_rest_band(mean[known], variance[known], came[known], with_rest),
        )


def learn_update(past: PastDays, interval_min: int) -> Updater:
    """What past days teach about updates of a queue of this interval."""
    process = None
    if len(past.expected) >= LEAST_DAYS:
        length_min = block_minutes(interval_min)
        seen = block_deviations(past.expected, past.came, length_min // interval_min)
        process = fit_day_process(seen, length_min / 60)
    return Updater(interval_min, past, process, carry_over(past))


def block_deviations(expected: np.ndarray, came: np.ndarray, per_block: int) -> Deviations:
    """Deviations of days (n, K), in blocks; a block counts by those of its intervals that are known."""
    known = np.isfinite(came) & (expected > 0)
    mean = in_blocks(np.where(known, expected, 0.0), per_block)
    total = in_blocks(np.where(known, came, 0.0), per_block)
    return deviations(mean, np.where(mean > 0, total, np.nan))
