"""The load that agents really carry when rates change: contacts in handling if everybody were served at once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.compiled import kernel


@kernel
def modified_load(
    rate_per_s: NDArray[np.float64],
    open_s: NDArray[np.float64],
    aht_s: NDArray[np.float64],
    empty_before: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Modified offered load in Erlangs, the mean and the highest of each of n intervals that follow one another.

    With agents enough for everybody the mean number in handling m(t) obeys ``m' = rate - m / aht``, whose solution
    within an interval of constant rate is an exponential approach to ``rate x aht``. It lags behind the load by one
    handling time, and starts from 0 where a queue opens (``empty_before``); an open one starts in its steady state.

    Source: Jennings, Mandelbaum, Massey & Whitt (1996), Server staffing to meet time-varying demand, Management
    Science 42(10).

    >>> day = [np.array(values, float) for values in ([0.1, 0.1, 0.0], [1800, 1800, 1800], [600, 600, 600])]
    >>> mean, highest = modified_load(*day, np.array([True, False, False]))
    >>> mean.round(2).tolist(), highest.round(2).tolist()
    ([41.0, 59.05, 18.96], [57.01, 59.85, 59.85])
    """
    mean, highest = np.empty(len(rate_per_s)), np.empty(len(rate_per_s))
    now = 0.0
    for at in range(len(rate_per_s)):
        settled = rate_per_s[at] * aht_s[at]
        if empty_before[at]:
            now = 0.0
        elif at == 0:
            now = settled
        left = math.exp(-open_s[at] / aht_s[at])
        mean[at] = settled + (now - settled) * (1.0 - left) * aht_s[at] / open_s[at]
        end = settled + (now - settled) * left
        highest[at] = max(now, end)
        now = end
    return mean, highest
