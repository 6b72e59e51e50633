"""Two years of half-hours of the sample centre: chance over what was to be expected, and how it was served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre, Queue
from wfm.sample.demand import Expected, expected
from wfm.sample.occasions import Occasion
from wfm.tables.history import HISTORY

FloatArray = NDArray[np.float64]
Counts = NDArray[np.int64]

_AHT_CV = 0.9
"""Handle times of single contacts spread widely, with a long tail."""


@dataclass(frozen=True)
class _Chance:
    """How far volumes stray from their mean: one common mood a day, each queue's own, and each interval's."""

    common_day: float = 0.025
    own_day: float = 0.04
    interval: float = 0.09


def history_of(
    centre: Centre, first: date, days: int, happened: list[Occasion], scale: float, rng: np.random.Generator
) -> pd.DataFrame:
    """History of every queue for ``days`` local days from ``first``, in the contract of HISTORY."""
    chance = _Chance()
    mood = _persistent(rng, days, chance.common_day)
    tables = []
    for queue in centre.queues:
        outlook = expected(queue, centre.zone_of(queue.id), centre.calendar, first, days, happened, scale)
        day_level = np.exp(mood + _persistent(rng, days, chance.own_day))[outlook.day]
        jitter = rng.gamma(1 / chance.interval**2, chance.interval**2, len(outlook.mean))
        offered = rng.poisson(outlook.mean * day_level * jitter)
        pressure = outlook.mean / outlook.planned * day_level * jitter
        aht = _mean_aht_s(queue, outlook, days, rng)
        served = _deferred if queue.deferred else _answered
        tables.append(served(queue, outlook, offered, pressure, aht, rng))
    return HISTORY.check(pd.concat(tables, ignore_index=True))


def _persistent(rng: np.random.Generator, days: int, sd: float) -> FloatArray:
    """A day's deviation remembers the day before (autocorrelation 0.5): an AR(1) of standard deviation ``sd``."""
    from scipy.signal import lfilter

    memory = 0.5
    return np.asarray(lfilter([1.0], [1.0, -memory], rng.normal(0, sd * np.sqrt(1 - memory**2), days)))


def _mean_aht_s(queue: Queue, outlook: Expected, days: int, rng: np.random.Generator) -> FloatArray:
    """Mean handle time: longer late in the evening and in campaigns, 6 % shorter over two years of learning."""
    late = np.where((outlook.hour >= 21) | (outlook.hour < 6), 1.06, 1.0)
    noon = 1 - 0.03 * np.exp(-(((outlook.hour - 12.5) / 1.5) ** 2))
    learning = 1 + 0.06 * (1 - np.arange(days) / days)
    drift = np.exp(_persistent(rng, days, 0.015))
    return queue.default_aht_s * 0.98 * late * noon * (1 + 0.05 * outlook.campaign) * (learning * drift)[outlook.day]


def _handle_s(handled: Counts, aht_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Total handle seconds, whole: the sum of that many gamma times of coefficient of variation ``_AHT_CV``.

    No contact takes less than five seconds.
    """
    shape = np.maximum(handled, 1) / _AHT_CV**2
    return np.where(handled > 0, np.maximum(np.rint(rng.gamma(shape, aht_s * _AHT_CV**2)), 5 * handled), 0.0)


def _answered(
    queue: Queue, outlook: Expected, offered: Counts, pressure: FloatArray, aht_s: FloatArray, rng: np.random.Generator
) -> pd.DataFrame:
    """Queues that wait for an answer: the more came than planned, the more of them wait, and longer.

    As planned, a little more than the target's share is answered in time.

    A late answer waited the threshold and an exponential time on top, so that total waits and shares agree.
    """
    patience_s = queue.patience_s or 180.0
    usual_delay_s = 0.13 * aht_s
    usual_wait = 0.8 * (1 - (queue.target.service_level or 0.8)) * np.exp(queue.target.threshold_s / usual_delay_s)
    p_wait = np.clip(usual_wait * pressure**3, 0.02, 0.95)
    delay_s = np.clip(usual_delay_s * pressure**2, 4, 900)
    late = p_wait * np.exp(-queue.target.threshold_s / delay_s)
    abandoned = rng.binomial(offered, 1 - np.exp(-p_wait * delay_s / patience_s))
    handled = offered - abandoned
    in_target = rng.binomial(handled, 1 - late)
    late_s = (handled - in_target) * queue.target.threshold_s + rng.gamma(np.maximum(handled - in_target, 1), delay_s)
    prompt_s = in_target * p_wait * np.minimum(delay_s, queue.target.threshold_s) / 2
    gone_s = rng.gamma(np.maximum(abandoned, 1), np.minimum(delay_s, patience_s))
    wait_s = (
        np.rint(prompt_s)
        + np.where(handled > in_target, np.rint(late_s), 0)
        + np.where(abandoned > 0, np.rint(gone_s), 0)
    )
    return _table(queue, outlook, offered, handled, _handle_s(handled, aht_s, rng), in_target, wait_s)


def _deferred(
    queue: Queue, outlook: Expected, offered: Counts, pressure: FloatArray, aht_s: FloatArray, rng: np.random.Generator
) -> pd.DataFrame:
    """Deferred work is all done in the end, nearly all of it before its deadline."""
    in_target = rng.binomial(offered, np.clip(1.02 - 0.05 * pressure, 0.5, 0.995))
    deadline_s = (queue.deadline_h or 24.0) * 3600
    wait_s = np.rint(
        in_target * rng.uniform(0.25, 0.6, len(offered)) * deadline_s + (offered - in_target) * 1.1 * deadline_s
    )
    return _table(queue, outlook, offered, offered, _handle_s(offered, aht_s, rng), in_target, wait_s)


def _table(
    queue: Queue,
    outlook: Expected,
    offered: Counts,
    handled: Counts,
    handle_s: FloatArray,
    in_target: Counts,
    wait_s: FloatArray,
) -> pd.DataFrame:
    target_s = (queue.deadline_h or 0) * 3600 if queue.deferred else queue.target.threshold_s
    return pd.DataFrame(
        {
            "queue": queue.id,
            "interval_start": outlook.starts,
            "offered": offered,
            "handled": handled,
            "abandoned": offered - handled,
            "handle_s": handle_s,
            "answered_in_target": in_target,
            "target_s": float(target_s),
            "wait_s": wait_s,
        }
    )
