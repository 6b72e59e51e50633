"""Call blending: how much deferred work fits between contacts that wait for an answer, their promise kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.queueing.erlang_c import LOG_TINY, SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray, non_negative, positive
from wfm.queueing.required import ROUNDING, read_targets
from wfm.queueing.waiting_room import TINY_LOAD

LEAST_AGENTS = 0.005
"""Less deferred work than this many agents' is none."""

LEAST_SPARE = 1e-6

ROUNDS, FINAL_ROUNDS, TRIES = 3, 12, 4
"""Steps towards the fixed point of deferred agents while c is searched for, and at the answer; and how many c are tried
from there down, where more steps show that it does not keep the targets."""


@dataclass(frozen=True)
class Blended:
    """What a blended team does; arrays of the broadcast shape of what was asked.

    ``deferred_agents`` is the mean number of agents on deferred work. Deferred work is begun only while more than
    ``keep_free`` agents are free (int64; the number of agents itself where none may be begun). ``service_level`` and
    ``asa_s`` are of the interactive contacts while deferred work lies ready all the time; NaN where none is begun.
    """

    deferred_agents: FloatArray
    keep_free: NDArray[np.int64]
    service_level: FloatArray
    asa_s: FloatArray


def blended(
    rate_per_h: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    deferred_aht_s: ArrayLike,
    *,
    service_level: ArrayLike = np.nan,
    threshold_s: ArrayLike = np.nan,
    asa_s: ArrayLike = np.nan,
    max_occupancy: ArrayLike = np.nan,
) -> Blended:
    """The most deferred work that agents can do beside waiting contacts, whose targets still hold.

    Nothing is interrupted: an agent on a letter is not there for the call that comes. So deferred work is begun only
    while fewer than c agents are busy, which is the best rule where both kinds take equally long (Bhulai & Koole, "A
    queueing model for call blending in call centers", IEEE Transactions on Automatic Control 48, 2003). With deferred
    work always at hand at least c are busy, so that the number of busy agents and waiting contacts is that of Erlang C,
    given that it is at least c: waiting is 1 / P(at least c) times as likely, the mean of busy agents grows, and what
    it grows by is deferred work. The largest c that keeps the targets is taken.

    Where the two kinds take unequally long, n busy agents become free at the pace of their mean mixture, D of them on
    deferred work: ``n - D (1 - AHT / AHT_d)`` within one AHT; D is then a fixed point. Against simulation the service
    level comes out up to two points too low, and D within 0.4 agents of 2 to 12. Where deferred contacts take less
    time, waiting is judged as if they took as long as the others. Nobody is thought to give up, which is on the safe
    side as well.

    Args:
        rate_per_h, aht_s, agents: of the interactive queue; agents are whole.
        deferred_aht_s: mean handling time of deferred contacts in seconds.
        service_level, threshold_s, asa_s: targets of the interactive queue, NaN where not set.
        max_occupancy: largest share of time spent on either, NaN or 1 for no cap.

    Raises:
        InputError: a quantity is negative, NaN or infinite, or a target out of range; names row and quantity.

    >>> team = blended(200, 180, [14, 16, 20], 180, service_level=0.8, threshold_s=20)
    >>> team.deferred_agents.round(2).tolist(), team.keep_free.tolist()
    ([2.12, 4.36, 9.5], [4, 3, 1])
    """
    arrays = np.broadcast_arrays(
        non_negative("rate_per_h", rate_per_h),
        positive("aht_s", aht_s),
        non_negative("agents", agents),
        positive("deferred_aht_s", deferred_aht_s),
        *read_targets(service_level, threshold_s, asa_s, max_occupancy),
    )
    shape = arrays[0].shape
    rate, aht, N, deferred_aht, level, threshold, asa, cap = (values.ravel().copy() for values in arrays)
    A = rate * aht / SECONDS_PER_HOUR
    room = np.maximum(cap * N * (1 + ROUNDING) - A, 0.0)
    calls = A > TINY_LOAD
    work, free = np.where(calls, 0.0, room), np.where(calls, N, 0.0).astype(np.int64)
    found_level, found_asa = np.where(calls, np.nan, 1.0), np.where(calls, np.nan, 0.0)
    rows = np.flatnonzero(calls & (N > A))
    team = _Team(A[rows], N[rows], aht[rows], deferred_aht[rows], level[rows], threshold[rows], asa[rows])
    c, D, waiting = team.most()
    some = np.minimum(D, room[rows]) > LEAST_AGENTS
    late, mean_wait = team.given_waiting(D)
    rows, c, D, late, mean_wait = rows[some], c[some], D[some], (waiting * late)[some], (waiting * mean_wait)[some]
    work[rows], free[rows] = np.minimum(D, room[rows]), (N[rows] - c).astype(np.int64)
    found_level[rows], found_asa[rows] = 1.0 - late, mean_wait
    return Blended(*(values.reshape(shape)[()] for values in (work, free, found_level, found_asa)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Team:
    """Load, agents (more), handle times of calls and of deferred contacts, targets of the calls; each (n,)."""

    A: FloatArray
    N: FloatArray
    aht: FloatArray
    deferred_aht: FloatArray
    level: FloatArray
    threshold: FloatArray
    asa: FloatArray

    def most(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The largest c that keeps the targets, deferred agents D there (0: none does), and P(waiting)."""
        low, high = np.zeros(self.N.size), self.N + 1.0
        D = np.maximum(self.N - self.A, 0.0)
        while (high - low > 1).any():
            c = np.where(high - low > 1, np.floor((low + high) / 2), np.maximum(low, 1.0))
            D, waiting = self._steady(c, D, ROUNDS)
            kept = self._kept(D, waiting)
            open_ = high - low > 1
            low, high = np.where(open_ & kept, c, low), np.where(open_ & ~kept, c, high)
        for _ in range(TRIES):
            D, waiting = self._steady(np.maximum(low, 1.0), D, FINAL_ROUNDS)
            kept = self._kept(D, waiting)
            if (kept | (low == 0)).all():
                break
            low = np.where(kept, low, np.maximum(low - 1.0, 0.0))
        return low, np.where(kept & (low > 0), D, 0.0), waiting

    def given_waiting(self, D: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Of who waits: the share whose wait passes the threshold, and the mean wait in seconds."""
        spare = np.maximum(self.N - self.A - D * (1.0 - self._slow_pace), LEAST_SPARE)
        threshold = np.where(np.isnan(self.threshold), 0.0, self.threshold)
        return np.exp(-spare * threshold / self.aht), self.aht / spare

    def _kept(self, D: FloatArray, waiting: FloatArray) -> NDArray[np.bool_]:
        late, mean_wait = self.given_waiting(D)
        in_time = np.isnan(self.level) | (waiting * late <= 1.0 - self.level)
        return np.asarray(in_time & (np.isnan(self.asa) | (waiting * mean_wait <= self.asa)))

    def _steady(self, c: FloatArray, D: FloatArray, rounds: int) -> tuple[FloatArray, FloatArray]:
        """Deferred agents and P(waiting) with at least c busy; ``D`` is the guess to begin from."""
        equal = self._pace == 1
        for _ in range(rounds):
            found = self._chain(c, D * (1.0 - self._pace))[1] - self.A
            D = np.clip(np.where(equal, found, (D + found) / 2), 0.0, self.N - self.A)
        return D, self._chain(c, D * (1.0 - self._slow_pace))[0]

    def _chain(self, c: FloatArray, less: FloatArray) -> tuple[FloatArray, FloatArray]:
        """P(waiting) and mean busy agents of births A and deaths n - less (at most N - less), at least c.

        Weights are those of a Poisson distribution at n - less, real, whose sums are incomplete gamma functions.
        """
        A, N = self.A, self.N
        less = np.minimum(less, np.minimum(c - LEAST_SPARE, N - A - LEAST_SPARE))
        top, bottom = N - less, c - less
        at_top = np.exp(_log_poisson(top, A) - _log_poisson(bottom, A))
        tail = at_top * top / (top - A)
        below = _between(bottom, top, A, at_top)
        # The sum of (n - less) weights is A times that of the weights one step down.
        shifted = np.maximum(A * below + bottom - at_top * top, 0.0)
        mass = tail + below
        return tail / mass, (N * tail + shifted + less * below) / mass

    @property
    def _pace(self) -> FloatArray:
        return self.aht / self.deferred_aht

    @property
    def _slow_pace(self) -> FloatArray:
        return np.minimum(self._pace, 1.0)


def _log_poisson(n: FloatArray, A: FloatArray) -> FloatArray:
    return np.asarray(special.xlogy(n, A) - A - special.gammaln(n + 1.0))


def _between(bottom: FloatArray, top: FloatArray, A: FloatArray, at_top: FloatArray) -> FloatArray:
    """Sum of the Poisson weights at bottom, bottom + 1, ... below top, over the weight at bottom.

    From the tail of the distribution that is the smaller; so far out that it is subnormal, a geometric series.
    """
    upper = bottom > A
    inside = np.where(
        upper,
        special.gammainc(bottom, A) - special.gammainc(top, A),
        special.gammaincc(top, A) - special.gammaincc(bottom, A),
    )
    log_bottom = _log_poisson(bottom, A)
    far = log_bottom < LOG_TINY
    ratio = np.where(far, A / (bottom + 1.0), 0.5)
    geometric = np.where(top > bottom, (1.0 - at_top) / (1.0 - ratio), 0.0)
    return np.where(far, geometric, np.maximum(inside, 0.0) * np.exp(-np.where(far, 0.0, log_bottom)))
