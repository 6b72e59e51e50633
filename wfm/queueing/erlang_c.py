"""Erlang B and C: probability of waiting, service level, ASA and occupancy of one queue without abandonment.

Everything is vectorised: arguments broadcast against each other, an array gives an array of the broadcast shape, a
scalar gives a float. Loads are in Erlangs, times in seconds, agents a number that may be fractional (the analytic
continuation in N, as used for shares of an agent).

Two facts hold at the edges. No contacts: nobody waits, so service level 1, ASA 0. Overload (agents <= load, the queue
grows without end): everybody waits, service level 0, ASA infinite, occupancy 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from wfm.queueing.inputs import FloatArray, non_negative

SECONDS_PER_HOUR = 3600.0

# exp() of less than this is subnormal: both factors of pmf / cdf have lost digits, and the fraction takes over.
LOG_TINY = -700.0

RECURRENCE_BELOW = 500.0
"""Up to so many Erlangs Erlang's recurrence from no agents on is faster than the incomplete gamma function."""


def offered_load(rate_per_h: ArrayLike, aht_s: ArrayLike) -> FloatArray:
    """Offered load in Erlangs: contacts an hour times hours of handling each.

    Raises:
        InputError: a rate or handling time is negative, NaN or infinite; names row and quantity.

    >>> float(offered_load(200, 180))
    10.0
    """
    rate, aht = non_negative("rate_per_h", rate_per_h), non_negative("aht_s", aht_s)
    return _unwrap(rate * aht / SECONDS_PER_HOUR)


def erlang_b(load: ArrayLike, agents: ArrayLike) -> FloatArray:
    """Probability that a contact finds all ``agents`` busy when nobody waits (Erlang's loss formula).

    ``B = pmf(N; A) / cdf(N; A)`` of the Poisson distribution, taken in the log domain, so that 20,000 Erlangs cost
    what 2 do. Far below the load both underflow; a continued fraction of the incomplete gamma function is used there.
    Real N: Jagers & van Doorn, "On the continued Erlang loss function", Operations Research Letters 5 (1986).

    Raises:
        InputError: a load or number of agents is negative, NaN or infinite; names row and quantity.

    >>> round(float(erlang_b(10, 14)), 7)
    0.0568191
    """
    A, N = _checked(load, agents)
    return _unwrap(_loss(A, N))


def erlang_c(load: ArrayLike, agents: ArrayLike) -> FloatArray:
    """Probability that a contact has to wait: ``C = N B / (N - A (1 - B))``; 1 in overload, 0 without load.

    Raises:
        InputError: a load or number of agents is negative, NaN or infinite; names row and quantity.

    >>> round(float(erlang_c(10, 14)), 7)
    0.1741319
    """
    A, N = _checked(load, agents)
    return _unwrap(_waiting(A, N)[0])


def service_level(load: ArrayLike, agents: ArrayLike, threshold_s: ArrayLike, aht_s: ArrayLike) -> FloatArray:
    """Share of contacts answered within ``threshold_s``: ``1 - C exp(-(N - A) T / AHT)``.

    Without abandonment all four definitions of service level agree.

    Raises:
        InputError: any argument is negative, NaN or infinite; names row and quantity.

    >>> round(float(service_level(10, 14, threshold_s=20, aht_s=180)), 8)
    0.88835002
    """
    A, N = _checked(load, agents)
    T, aht = non_negative("threshold_s", threshold_s), non_negative("aht_s", aht_s)
    C, at_once = _waiting(A, N)
    # A handling time of 0 leaves nothing to wait for: any positive stand-in gives the same answer, C = 0.
    drained = -np.expm1(-np.maximum(N - A, 0.0) * (T / np.where(aht > 0, aht, 1.0)))
    return _unwrap(np.minimum(at_once + C * drained, 1.0))


def asa_s(load: ArrayLike, agents: ArrayLike, aht_s: ArrayLike) -> FloatArray:
    """Average speed of answer in seconds over all contacts: ``C AHT / (N - A)``; infinite in overload.

    Raises:
        InputError: any argument is negative, NaN or infinite; names row and quantity.

    >>> round(float(asa_s(10, 14, aht_s=180)), 6)
    7.835937
    """
    A, N = _checked(load, agents)
    aht = non_negative("aht_s", aht_s)
    spare = N - A
    wait = _waiting(A, N)[0] * aht / np.where(spare > 0, spare, 1.0)
    return _unwrap(np.where(A == 0, 0.0, np.where(spare > 0, wait, np.inf)))


def occupancy(load: ArrayLike, agents: ArrayLike) -> FloatArray:
    """Share of their time that agents spend handling: ``A / N``, at most 1; 0 without load.

    Raises:
        InputError: a load or number of agents is negative, NaN or infinite; names row and quantity.

    >>> float(occupancy([5, 0, 12], [10, 0, 10])[2])
    1.0
    """
    A, N = _checked(load, agents)
    return _unwrap(np.where(N > A, A / np.where(N > 0, N, 1.0), np.where(A > 0, 1.0, 0.0)))


def loss_above_load(A: FloatArray) -> FloatArray:
    """Erlang B at the least whole number of agents above each load (n,), as ``erlang_b`` gives it, but faster.

    Loads in order of their whole part climb the recurrence ``B(k) = A B(k-1) / (k + A B(k-1))`` together, each as far
    as its own number; above RECURRENCE_BELOW Erlangs the closed form takes fewer steps.
    """
    small = A < RECURRENCE_BELOW
    if not small.all():
        B = np.empty_like(A)
        B[small], B[~small] = loss_above_load(A[small]), _loss(A[~small], np.floor(A[~small]) + 1.0)
        return B
    whole = np.floor(A).astype(np.uint16)  # 16 bits: numpy sorts them by counting
    order = np.argsort(whole, kind="stable")
    sorted_A, B, scratch = A[order], np.ones_like(A), np.empty_like(A)
    first = np.searchsorted(whole[order], np.arange(int(whole.max()) + 1 if A.size else 0))
    for k, start in enumerate(first, 1):
        going, denominator = B[start:], scratch[start:]
        going *= sorted_A[start:]
        np.add(going, k, out=denominator)
        going /= denominator
    out = np.empty_like(A)
    out[order] = B
    return out


def _checked(load: ArrayLike, agents: ArrayLike) -> tuple[FloatArray, FloatArray]:
    A, N = np.broadcast_arrays(non_negative("load", load), non_negative("agents", agents))
    return A, N


def _waiting(A: FloatArray, N: FloatArray) -> tuple[FloatArray, FloatArray]:
    """C and 1 - C, each without cancellation, also where the load is just below the agents."""
    stable = (A > 0) & (N > A)
    A_or_zero, N_or_one = np.where(stable, A, 0.0), np.where(stable, N, 1.0)
    B = _loss(A_or_zero, N_or_one)
    spare = N_or_one - A_or_zero
    denominator = spare + A_or_zero * B
    C = np.where(stable, N_or_one * B / denominator, np.where(A > 0, 1.0, 0.0))
    at_once = np.where(stable, spare * (1.0 - B) / denominator, np.where(A > 0, 0.0, 1.0))
    return C, at_once


def _loss(A: FloatArray, N: FloatArray) -> FloatArray:
    log_pmf = special.xlogy(N, A) - A - special.gammaln(N + 1.0)
    cdf = special.gammaincc(N + 1.0, A)
    deep = (log_pmf < LOG_TINY) & (N < A)
    B = np.exp(log_pmf) / np.where(deep, 1.0, cdf)
    if not deep.any():
        return np.asarray(B, dtype=np.float64)
    return np.where(deep, _loss_far_below(np.where(deep, A, 2.0), np.where(deep, N, 1.0)), B)


def _loss_far_below(A: FloatArray, N: FloatArray) -> FloatArray:
    """Erlang B well below the load: ``1/B = 1 + N/A (1 + (N-1)/A (...))`` as Legendre's continued fraction.

    Lentz's method on ``Gamma(N+1, A) e^A A^-N``; within some 40 terms there, since N is dozens of standard
    deviations below A.
    """
    b = A - N
    c = np.full(A.shape, np.inf)
    d = 1.0 / b
    fraction = d
    for term in range(1, 500):
        weight = term * (N + 1.0 - term)
        b = b + 2.0
        d = 1.0 / (b + weight * d)
        c = b + weight / c
        step = c * d
        fraction = fraction * step
        if np.all(np.abs(step - 1.0) < 1e-13):
            break
    return 1.0 / (A * fraction)


def _unwrap(values: FloatArray) -> FloatArray:
    # A 0-dimensional array becomes numpy's float, which is a Python float as well; arrays stay as they are.
    unwrapped: FloatArray = np.asarray(values)[()]
    return unwrapped
