"""A ratio of two totals (seconds a contact, a share lost) by weekday and time of day, from few and uneven counts."""

from __future__ import annotations

import numpy as np

HALF_LIFE_DAYS = 28.0
"""Weights of past days halve in this time: a new script or product shows within weeks."""
WINDOW_DAYS = 182


def ratio_profile(
    part: np.ndarray, whole: np.ndarray, weekday: np.ndarray, age_days: np.ndarray, hour: np.ndarray
) -> np.ndarray | None:
    """The ratio ``part / whole`` by weekday and slot, weighted by volume.

    Discounted totals over totals, so that busy days count for more, in two steps of credibility: slots differ from the
    ratio of all as far as they do so day after day, then the hours of a weekday from those of all weekdays.

    Args:
        part: (n, K) totals of n past days, such as handle seconds; NaN where unknown.
        whole: (n, K) what they are a ratio of, such as contacts handled; NaN where unknown.
        weekday: (n,) Monday 0.
        age_days: (n,) how long ago each day was.
        hour: (K,) the hour that each slot belongs to.

    Returns:
        (7, K), or None where ``whole`` is nothing.

    >>> two_days = ratio_profile(np.array([[30.0, 90.0], [30.0, 90.0]]), np.array([[1.0, 1.0], [1.0, 1.0]]),
    ...                          np.array([0, 1]), np.array([0, 0]), np.array([9, 10]))
    >>> two_days[0].tolist()
    [30.0, 90.0]
    """
    usable = np.isfinite(part) & np.isfinite(whole) & (whole > 0)
    if not usable.any():
        return None
    weight = 0.5 ** (age_days / HALF_LIFE_DAYS)
    count, total = np.where(usable, whole, 0.0), np.where(usable, part, 0.0)
    overall = float((weight @ total).sum() / (weight @ count).sum())
    if overall == 0:
        return np.zeros((7, part.shape[1]))
    of_slot = overall * _credible(total, overall * count, weight)
    hours = np.unique(hour, return_inverse=True)[1]
    in_hour = np.eye(hours.max() + 1)[hours]  # (K, H) slots to hours
    cells = (weekday[:, None] == np.arange(7))[:, :, None]  # (n, 7, 1)
    shape = len(part), -1
    came, expected = (((values @ in_hour)[:, None, :] * cells).reshape(shape) for values in (total, of_slot * count))
    of_hour = _credible(came, expected, weight).reshape(7, -1)
    return np.asarray(of_slot * of_hour[:, hours])


def _credible(came: np.ndarray, expected: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Factors (m,) of m cells: came over expected (n, m) of n days, drawn to 1 by their credibility.

    With w the effective expected total of a cell (Kish 1965: discounting makes fewer of many), its credibility is
    w / (w + s2 / t2): s2 the variance from day to day within a cell at unit weight, t2 that between cells, both
    estimated from the cells themselves (Buehlmann and Straub 1970, Glaubwuerdigkeit fuer Schadensaetze, Mitteilungen
    der Vereinigung schweizerischer Versicherungsmathematiker). Cells that differ no more than by chance are all 1.
    """
    total = weight @ expected
    factor = np.divide(weight @ came, total, out=np.ones(len(total)), where=total > 0)
    size = np.divide(total**2, weight**2 @ expected, out=np.zeros(len(total)), where=total > 0)
    daily = np.divide(came, expected, out=np.zeros_like(came), where=expected > 0)
    seen = size > 0
    freedom = (expected > 0).sum() - 2 * seen.sum() + (expected.sum(axis=0)[seen] / size[seen]).sum()
    if freedom <= 0 or seen.sum() < 2:
        return np.ones(len(total))
    within = (expected * (daily - factor) ** 2).sum() / freedom
    spread = (size * (factor - 1.0) ** 2).sum() - (seen.sum() - 1) * within
    between = spread / (size.sum() - (size**2).sum() / size.sum())
    if between <= 0:
        return np.ones(len(total))
    credibility = np.divide(size, size + within / between, out=np.zeros(len(total)), where=seen)
    return np.asarray(1.0 + credibility * (factor - 1.0))
