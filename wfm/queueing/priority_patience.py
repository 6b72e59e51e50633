"""What happens to a class of contacts that waits behind more urgent ones and may give up: a birth-death chain.

While all agents are busy, the contacts of a class and above that wait form a birth-death process of their own: they
come at their rate, go to agents one by one, and give up each at the same rate; less urgent ones only fill agents that
these leave. So the number met on arrival is exact for every class, and the rest is a walk from there down to an agent.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.compiled import kernel

LOG_NEGLIGIBLE = -34.0
"""exp() of less than this adds nothing to a sum of doubles."""
BEYOND = 20


@kernel
def fates(
    finished: NDArray[np.float64],
    higher: NDArray[np.float64],
    up_to: NDArray[np.float64],
    leave: NDArray[np.float64],
    time: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Of contacts that find all agents busy, (n, 3): share served within ``time``, share served, and the mean wait of
    these times their share.

    Args:
        finished: contacts that all agents finish in a unit of time, above 0; (n,) like the others.
        higher: contacts of more urgent classes in a unit of time.
        up_to: contacts of these and of the class itself.
        leave: 1 / mean patience, above 0, the same in all classes.
        time: 0 or more, in the same unit.
    """
    out = np.zeros((len(finished), 3))
    for row in range(len(finished)):
        met = _met(finished[row], up_to[row], leave[row])
        share, wait = _walk_to_the_end(finished[row], higher[row], leave[row], len(met))
        out[row, 0] = met @ _served_within(finished[row], higher[row], leave[row], time[row], len(met))
        out[row, 1] = met @ share
        out[row, 2] = met @ wait
    return out


@kernel
def _met(finished: float, up_to: float, leave: float) -> NDArray[np.float64]:
    """Chance of every number of contacts ahead on arrival, as far as it counts and some beyond for those to come."""
    count, log_chance, highest = 1, 0.0, 0.0
    while log_chance > highest + LOG_NEGLIGIBLE:
        log_chance += math.log(max(up_to, 1e-300) / (finished + count * leave))
        highest = max(highest, log_chance)
        count += 1
    chance = np.zeros(count + BEYOND)
    log_chance = 0.0
    for ahead in range(count):
        if ahead > 0:
            log_chance += math.log(max(up_to, 1e-300) / (finished + ahead * leave))
        chance[ahead] = math.exp(log_chance - highest)
    met: NDArray[np.float64] = chance / chance.sum()
    return met


@kernel
def _served_within(finished: float, higher: float, leave: float, time: float, count: int) -> NDArray[np.float64]:
    """Share served within ``time`` by contacts ahead: the backward equations by uniformisation, all terms positive."""
    rate = finished + higher + count * leave
    served, after = np.zeros(count), np.zeros(count)
    steps = int(rate * time + 9.0 * math.sqrt(rate * time) + 30.0)
    mean = rate * time
    log_weight, left = -mean, 1.0
    total = np.zeros(count)
    for step in range(steps):
        if step > 0:
            log_weight += math.log(max(mean, 1e-300) / step)
        weight = math.exp(log_weight)
        left -= weight
        total += weight * served
        for ahead in range(count):
            down = finished + ahead * leave
            below = served[ahead - 1] if ahead > 0 else 1.0
            above = served[min(ahead + 1, count - 1)]
            stay = rate - down - higher - leave
            after[ahead] = (down * below + higher * above + stay * served[ahead]) / rate
        served, after = after, served
    return total + max(left, 0.0) * served


@kernel
def _walk_to_the_end(
    finished: float, higher: float, leave: float, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share served, and their mean wait times that share, by contacts ahead: two tridiagonal systems of one matrix."""
    factor, share, wait = np.zeros(count), np.zeros(count), np.zeros(count)
    for ahead in range(count):
        down = finished + ahead * leave
        up = higher if ahead < count - 1 else 0.0
        before = factor[ahead - 1] if ahead > 0 else 0.0
        pivot = down + up + leave - down * before
        factor[ahead] = up / pivot
        share[ahead] = down * (share[ahead - 1] if ahead > 0 else 1.0) / pivot
    for ahead in range(count - 2, -1, -1):
        share[ahead] += factor[ahead] * share[ahead + 1]
    for ahead in range(count):
        down = finished + ahead * leave
        up = higher if ahead < count - 1 else 0.0
        before = factor[ahead - 1] if ahead > 0 else 0.0
        pivot = down + up + leave - down * before
        wait[ahead] = (share[ahead] + down * (wait[ahead - 1] if ahead > 0 else 0.0)) / pivot
    for ahead in range(count - 2, -1, -1):
        wait[ahead] += factor[ahead] * wait[ahead + 1]
    return share, wait
