"""Erlang X: Erlang A whose contacts, once they gave up, try again with a given chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wfm.queueing.delivered import Delivered
from wfm.queueing.erlang_a import erlang_a
from wfm.queueing.inputs import FloatArray, non_negative, positive, reject

STEPS = 200
CLOSE = 1e-13


@dataclass(frozen=True)
class WithRetrials:
    """``delivered`` to every attempt, and ``attempts_per_h``: first calls and retrials together."""

    attempts_per_h: FloatArray
    delivered: Delivered


def erlang_x(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    threshold_s: ArrayLike,
    patience_s: ArrayLike,
    retrial: ArrayLike,
) -> WithRetrials:
    """What ``agents`` deliver when of those who gave up a share ``retrial`` calls again, after a while.

    Attempts are the fixed point of ``attempts = rate / (1 - retrial P_ab(attempts))`` (Koole 2013, Call Center
    Optimization). Retrials are taken to come as a Poisson stream of their own. The fixed point is found by secant steps
    inside a bracket, since abandonment grows with attempts and plain iteration is slow in overload.

    Args:
        rate_per_h: first calls an hour.
        retrial: chance that one who gave up calls again, 0 to less than 1.

    Raises:
        InputError: as for ``erlang_a``; or a retrial outside 0 to less than 1.

    >>> tried = erlang_x(200, 180, 10, 20, 120, 0.5)
    >>> round(float(tried.attempts_per_h), 8), round(float(tried.delivered.abandonment), 10)
    (219.82842715, 0.1803991177)
    """
    again = np.asarray(retrial, dtype=np.float64)
    reject("retrial", again, ~((again >= 0) & (again < 1)), "0 or more and less than 1")
    checked = (non_negative("rate_per_h", rate_per_h), positive("aht_s", aht_s), non_negative("agents", agents))
    rest = (non_negative("threshold_s", threshold_s), positive("patience_s", patience_s), again)
    first, aht, N, T, patience, again = np.broadcast_arrays(*checked, *rest)
    attempts = _attempts(*(values.ravel() for values in (first, aht, N, patience, again))).reshape(first.shape)
    return WithRetrials(attempts[()], erlang_a(attempts, aht, N, T, patience))


def _attempts(first: FloatArray, aht: FloatArray, N: FloatArray, patience: FloatArray, again: FloatArray) -> FloatArray:
    """Root of ``attempts (1 - again P_ab(attempts)) - first``, which grows with attempts."""
    low, high = first.copy(), first / (1.0 - again)
    attempts = low.copy()
    excess_low, excess_high = np.full(first.shape, np.nan), np.full(first.shape, np.nan)
    rows = np.flatnonzero(high > low)
    for _ in range(STEPS):
        if rows.size == 0:
            break
        x = attempts[rows]
        excess = (
            x * (1.0 - again[rows] * erlang_a(x, aht[rows], N[rows], 0.0, patience[rows]).abandonment) - first[rows]
        )
        over = excess > 0
        high[rows[over]], excess_high[rows[over]] = x[over], excess[over]
        low[rows[~over]], excess_low[rows[~over]] = x[~over], excess[~over]
        attempts[rows] = _inside(low[rows], high[rows], excess_low[rows], excess_high[rows])
        moved = np.abs(attempts[rows] - x) > CLOSE * x
        rows = rows[moved]
    return attempts


def _inside(low: FloatArray, high: FloatArray, excess_low: FloatArray, excess_high: FloatArray) -> FloatArray:
    """The secant's root where both ends are known, kept off the ends; else the other end itself."""
    share = np.clip(-excess_low / np.where(excess_high > excess_low, excess_high - excess_low, 1.0), 1e-3, 1 - 1e-3)
    secant = low + share * (high - low)
    return np.where(np.isnan(excess_high), high, np.where(np.isnan(excess_low), low, secant))
