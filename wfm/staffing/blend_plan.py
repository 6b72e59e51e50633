"""Several streams of deferred work and the idle time they may fill: the least extra agents, as a linear programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from wfm.errors import InputError
from wfm.queueing.inputs import FloatArray
from wfm.staffing.deferred_work import ROUNDING_H, DeferredWork

PIECES = 24
"""Steps between no extra agent and the peak by which the plan is levelled."""

LEVELLING = 0.1
"""By how much an hour of an extra agent at the peak is dearer than that of the first one."""

PEAK_ROUNDING, LEAST_PEAK = 1 + 1e-7, 1e-6


@dataclass(frozen=True)
class Stream:
    """Work that is done first come, first due. ``start_h``, ``end_h`` and ``open_h``: its slots (n,), in hours.

    At the n + 1 boundaries between ``owed`` and ``released`` hours are done. ``goes_round``: what is left at the end
    was there at the start; otherwise nothing is done at the start.
    """

    start_h: FloatArray
    end_h: FloatArray
    open_h: FloatArray
    owed: FloatArray
    released: FloatArray
    goes_round: bool

    @classmethod
    def cyclic(cls, work: DeferredWork) -> Stream:
        """Of work that takes over what a round like itself would have left."""
        rounds, position = np.divmod(work.due, work.slots)
        falling_due = np.bincount(position, work.released_h, minlength=work.slots)
        at_start = (work.released_h * (1 - rounds - (position > 0))).sum()
        owed = at_start + np.append(0.0, np.cumsum(np.append(falling_due[1:], falling_due[0])))
        return cls(work.start_h, work.end_h, work.open_h, owed, _cumulated(work.released_h), goes_round=True)

    @classmethod
    def once(cls, work: DeferredWork, left_over_h: float) -> Stream:
        """Of what comes in from the first slot on, of which so many hours may be left at the end."""
        falling_due = np.bincount(work.due_once, work.released_h, minlength=work.slots + 2)
        owed, released = np.cumsum(falling_due[:-1], dtype=np.float64), _cumulated(work.released_h)
        owed[-1] = max(owed[-1], released[-1] - left_over_h)
        return cls(work.start_h, work.end_h, work.open_h, owed, released, goes_round=False)

    @classmethod
    def waiting(cls, work: DeferredWork, hours: float, due: int) -> Stream:
        """Of hours that wait before the first slot, due at the start of slot ``due``, at the latest by the end."""
        boundary = np.arange(work.slots + 1)
        owed = np.where(boundary >= min(due, work.slots), hours, 0.0)
        released = np.where(boundary > 0, hours, 0.0)
        return cls(work.start_h, work.end_h, work.open_h, owed, released, goes_round=False)

    def shifted(self, hours: float) -> Stream:
        """The stream on a clock that began so many hours earlier."""
        return Stream(self.start_h + hours, self.end_h + hours, self.open_h, self.owed, self.released, self.goes_round)


@dataclass(frozen=True)
class IdleTime:
    """Agents' worth of deferred work (S, K) that each of S slots holds with 0, ... extra agents (K,), growing."""

    extra: FloatArray
    work: FloatArray


@dataclass(frozen=True)
class Extra:
    """Extra agents of each slot (S,), and the handle hours of each stream done in it (Q, S)."""

    agents: FloatArray
    done_h: FloatArray


def least_extra(streams: list[Stream], start_h: FloatArray, end_h: FloatArray, idle: IdleTime | None = None) -> Extra:
    """The extra agents that, with the idle time, do all work by its deadlines: least peak, few hours, then level.

    Work may be done in any order that keeps the deadlines, each stream's own in the order it came: between what is
    owed and what is released, both cumulated. Without idle time and with one stream this is the level plan, levelled
    to a 24th of its peak. What one more extra agent does is taken from the least concave curve above ``idle.work`` in
    the search, and from that itself in the answer.

    Args:
        streams: each on slots of its own, which are whole slots of the time line.
        start_h, end_h: slots of the time line (S,), in hours.
        idle: None where there is none.

    Raises:
        InputError: there is no such plan: work without open time before its deadline.
    """
    programme = _Programme.of(streams, start_h, end_h, idle)
    peak = programme.peak()
    agents, done_h = programme.levelled(peak)
    return Extra(agents, done_h)


@dataclass(frozen=True)
class _Programme:
    """Only slots in which some stream is open (S of them); between them boundaries are one moment (S + 1)."""

    hours: FloatArray  # (S,) length of the slot
    share: FloatArray  # (Q, S) of the slot in which the stream is open
    floor: FloatArray  # (Q, S + 1)
    ceiling: FloatArray
    goes_round: NDArray[np.bool_]
    round_h: FloatArray  # (Q,) work of the whole round
    extra: FloatArray  # (K,)
    curve: FloatArray  # (S, K) work by extra agents, as it is
    concave: FloatArray  # (S, K) the least concave curve above it
    active: NDArray[np.bool_]  # slots of the time line that are among them

    @classmethod
    def of(cls, streams: list[Stream], start_h: FloatArray, end_h: FloatArray, idle: IdleTime | None) -> _Programme:
        share = np.array([_open_share(stream, start_h) for stream in streams])
        active = np.asarray((share > 0).any(axis=0))
        at = np.flatnonzero(active)
        first, last = np.append(0, at + 1), np.append(at, start_h.size)
        owed = np.array([_owed(stream, np.append(start_h, end_h[-1])) for stream in streams])
        came = np.array([_came(stream, np.append(start_h, end_h[-1])) for stream in streams])
        floor, ceiling = owed[:, last], came[:, first]
        if (floor > ceiling + ROUNDING_H).any():
            raise _unkept("work is due before anybody can do it")
        if idle is None:
            work_h = sum(float(stream.released[-1]) for stream in streams)
            most = work_h / float(((end_h - start_h) * share)[share > 0].min()) if work_h > 0 and active.any() else 1.0
            idle = IdleTime(np.array([0.0, most]), np.tile([0.0, most], (start_h.size, 1)))
        curve = idle.work[active]
        return cls(
            (end_h - start_h)[active], share[:, active], floor, np.maximum(ceiling, floor),
            np.array([stream.goes_round for stream in streams]), np.array([s.released[-1] for s in streams]),
            idle.extra, curve, _concave(idle.extra, curve), active,
        )  # fmt: skip

    def peak(self) -> float:
        """The least peak of extra agents."""
        slots, pieces = self.hours.size, self.extra.size - 1
        agents_below_peak = sparse.hstack(
            [sparse.kron(sparse.eye_array(slots), np.ones((1, pieces))), -np.ones((slots, 1))]
        )
        answer = self._solve(self.extra, self.concave, np.append(np.zeros(slots * pieces), 1.0), agents_below_peak)
        return float(answer[-1])

    def levelled(self, peak: float) -> tuple[FloatArray, FloatArray]:
        """Extra agents of the time line's slots, none above the peak, and the work of each stream done in them."""
        steps = np.linspace(0.0, min(max(peak * PEAK_ROUNDING, LEAST_PEAK), self.extra[-1]), PIECES + 1)
        curve = np.array([np.interp(steps, self.extra, of_slot) for of_slot in self.concave])
        dearer = 1.0 + LEVELLING * np.arange(PIECES) / PIECES
        answer = self._solve(steps, curve, (self.hours[:, None] * dearer).ravel())
        streams = self.floor.shape[0]
        worked = np.diff(answer[: self.floor.size].reshape(streams, -1), axis=1)
        agents, done_h = np.zeros(self.active.size), np.zeros((streams, self.active.size))
        needed = worked.sum(axis=0) / self.hours
        # For work that only a part of a slot is open to, the agents of that part are needed.
        needed = np.maximum(needed, (worked / (self.hours * np.where(self.share > 0, self.share, 1.0))).max(axis=0))
        agents[self.active] = [
            np.interp(work, of_slot, self.extra) for work, of_slot in zip(needed, self.curve, strict=True)
        ]
        done_h[:, self.active] = worked
        return agents, done_h

    def _solve(
        self, steps: FloatArray, curve: FloatArray, cost: FloatArray, more: sparse.sparray | None = None
    ) -> FloatArray:
        """Cumulated work at each moment (Q (S + 1)), extra agents by step (S K), and further variables of ``more``."""
        streams, slots = self.share.shape
        pieces = steps.size - 1
        further = cost.size - slots * pieces
        progress = sparse.diags_array([-np.ones(slots), np.ones(slots)], offsets=[0, 1], shape=(slots, slots + 1))
        each = sparse.kron(sparse.eye_array(streams), progress)
        gain = sparse.block_diag(np.split(np.diff(curve, axis=1) / np.diff(steps) * self.hours[:, None], slots))
        free = curve[:, 0] * self.hours
        rows = [(-each, None, np.zeros(streams * slots)), (sparse.kron(np.ones((1, streams)), progress), -gain, free)]
        shut = np.flatnonzero((self.share < 1).ravel())
        if shut.size:
            of, share = shut % slots, self.share.ravel()[shut]
            rows.append((each.tocsr()[shut], -(sparse.diags_array(share) @ gain.tocsr()[of]), free[of] * share))
        width = (self.floor.size, slots * pieces, further)
        blocks = [
            sparse.hstack([left, _blank(left, width[1]) if middle is None else middle, _blank(left, further)])
            for left, middle, _ in rows
        ]
        limits = [limit for _, _, limit in rows]
        if more is not None:
            blocks.append(sparse.hstack([_blank(more, width[0]), more]))
            limits.append(np.zeros(more.shape[0]))
        return self._answer(sparse.vstack(blocks), np.concatenate(limits), cost, steps)

    def _answer(self, rows: sparse.sparray, limits: FloatArray, cost: FloatArray, steps: FloatArray) -> FloatArray:
        moments = self.floor.shape[1]
        low, high = self.floor.copy(), self.ceiling.copy()
        high[~self.goes_round, 0] = 0.0
        low[~self.goes_round, 0] = 0.0
        extra_high = np.tile(np.diff(steps), self.hours.size)
        further = cost.size - extra_high.size
        upper = np.concatenate([high.ravel(), extra_high, np.full(further, np.inf)])
        lower = np.append(low.ravel(), np.zeros(cost.size))
        rounds = np.flatnonzero(self.goes_round)
        same = sparse.lil_array((rounds.size, upper.size))
        for row, stream in enumerate(rounds):
            same[row, stream * moments], same[row, stream * moments + moments - 1] = -1.0, 1.0
        answer = optimize.linprog(
            np.append(np.zeros(low.size), cost), A_ub=rows.tocsr(), b_ub=limits,
            A_eq=same.tocsr() if rounds.size else None, b_eq=self.round_h[rounds] if rounds.size else None,
            bounds=np.column_stack([lower, upper]), method="highs",
        )  # fmt: skip
        if answer.status != 0:
            raise _unkept(str(answer.message))
        return np.asarray(answer.x, dtype=np.float64)


def _unkept(found: str) -> InputError:
    return InputError(
        "no plan of the deferred work keeps its deadlines",
        found=found,
        expected="open time between release and deadline",
        mend="a longer deadline or longer opening hours",
    )


def _blank(beside: sparse.sparray, width: int) -> sparse.sparray:
    return sparse.csr_array((beside.shape[0], width))


def _cumulated(work: FloatArray) -> FloatArray:
    return np.append(0.0, np.cumsum(work))


def _open_share(stream: Stream, start_h: FloatArray) -> FloatArray:
    """The share of each slot of the time line in which the stream is open."""
    own = np.searchsorted(stream.start_h, start_h + ROUNDING_H, side="right") - 1
    inside = (own >= 0) & (start_h + ROUNDING_H < stream.end_h[own])
    return np.where(inside, (stream.open_h / (stream.end_h - stream.start_h))[own], 0.0)


def _owed(stream: Stream, boundary_h: FloatArray) -> FloatArray:
    """Hours to be done by moments of the time line: what is owed when the last slot has ended."""
    return stream.owed[np.searchsorted(stream.end_h, boundary_h + ROUNDING_H, side="right")]


def _came(stream: Stream, boundary_h: FloatArray) -> FloatArray:
    """Hours that came in before moments of the time line."""
    return stream.released[np.searchsorted(stream.start_h, boundary_h - ROUNDING_H, side="left")]


def _concave(extra: FloatArray, curve: FloatArray) -> FloatArray:
    """The least concave curve above ``curve`` (S, K): at each point the highest chord."""
    above = curve.copy()
    for left in range(extra.size - 2):
        for right in range(left + 2, extra.size):
            between = slice(left + 1, right)
            along = (extra[between] - extra[left]) / (extra[right] - extra[left])
            chord = curve[:, [left]] * (1.0 - along) + curve[:, [right]] * along
            above[:, between] = np.maximum(above[:, between], chord)
    return above
