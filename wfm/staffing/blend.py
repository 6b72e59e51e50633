"""Every kind of work in one plan: deferred queues of a blend need only what idle interactive agents leave undone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre
from wfm.policy.deferred import Blend
from wfm.queueing.inputs import FloatArray
from wfm.staffing.blend_plan import Extra, IdleTime, least_extra
from wfm.staffing.deferred import level_rate, streams
from wfm.staffing.deferred_work import ROUNDING_H, deferred_work
from wfm.staffing.idle_time import extra_knots, idle_work, load_of, together

BASIS = "blended"


def blend_requirement(requirement: pd.DataFrame, rows: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """The requirement with the deferred queues of the policy's blends reduced to what must be added for them.

    A deferred row of a blend counts the agents to be had **beside** those of the interactive rows of its blend, who do
    the rest of its work while they are idle: rows add up, and no agent is counted twice. The extra agents have the
    least peak at which all is done by its deadlines, and are as few and as level as that allows; an extra agent takes
    calls, too. Interactive rows stay as they are; their figures are those without deferred work, and with it are at
    least what is promised. It follows that agents scheduled for the interactive queues of a blend need the skills of
    its deferred queues: ``share`` says how much of their idle time counts.

    Idle time is that of the stationary queue of each interval by Erlang C; the time line is that of the shortest
    interval of the queues.

    Args:
        requirement: columns of REQUIREMENT, deferred queues as if alone.
        rows: the forecast with handling times, of the same queues and intervals.
        centre: the policy with its blends.

    Returns:
        The same rows; ``basis`` of those changed begins with ``blended``, their ``occupancy`` is NaN.
    """
    parts = [requirement]
    for blend in centre.blends:
        parts += _blended_rows(blend, requirement, rows, centre)
    table = pd.concat(parts, ignore_index=True)
    kept = ~table.duplicated(["queue", "interval_start"], keep="last")
    return table[kept].sort_values(["queue", "interval_start"], ignore_index=True)


def _blended_rows(blend: Blend, requirement: pd.DataFrame, rows: pd.DataFrame, centre: Centre) -> list[pd.DataFrame]:
    """The new rows of each deferred queue; none where the blend has nothing to do or nobody to do it."""
    own = {str(queue): part.reset_index(drop=True) for queue, part in rows.groupby("queue")}
    interactive = [queue for queue in blend.interactive if queue in own]
    deferred = [queue for queue in blend.deferred if queue in own]
    if not interactive or not deferred:
        return []
    line = TimeLine.of([own[queue] for queue in deferred], [own[queue] for queue in interactive])
    extra = _extra(blend, line, requirement, own, interactive, deferred, centre)
    done_h = extra.done_h
    total_h = done_h.sum(axis=0)
    parts = []
    for queue, of_queue in zip(deferred, done_h, strict=True):
        share = np.divide(of_queue, total_h, out=np.zeros(total_h.size), where=total_h > 0)
        agents = line.means(extra.agents * share, own[queue])
        alone = requirement[requirement["queue"] == queue].reset_index(drop=True)
        parts.append(_changed(alone, agents, own[queue], centre))
    return parts


def _extra(
    blend: Blend, line: TimeLine, requirement: pd.DataFrame, own: dict[str, pd.DataFrame],
    interactive: list[str], deferred: list[str], centre: Centre,
) -> Extra:  # fmt: skip
    """Extra agents of the time line's slots, and what is done of each deferred queue (a row a queue)."""
    todo, owner, peak = [], [], 0.0
    for number, queue in enumerate(deferred):
        work = deferred_work(own[queue], centre.queue(queue), centre)
        peak += float(level_rate(work, centre.queue(queue)).max())
        shift_h = (own[queue]["interval_start"].iloc[0] - line.origin).total_seconds() / 3600
        of_queue = [stream.shifted(shift_h) for stream in streams(work)]
        todo += of_queue
        owner += [number] * len(of_queue)
    knots = extra_knots(peak)
    aht_s = deferred_aht_s([own[queue] for queue in deferred])
    curves, loads = [], []
    for queue in interactive:
        agents = requirement.loc[requirement["queue"] == queue, "agents"].to_numpy(float)
        work_of = idle_work(own[queue], agents, knots, aht_s, blend, centre)
        curves.append(line.values(work_of, own[queue], otherwise=knots))
        loads.append(line.values(load_of(own[queue])[:, None], own[queue], otherwise=np.zeros(1))[:, 0])
    found = least_extra(todo, line.start_h, line.end_h, IdleTime(knots, together(curves, loads)))
    by_queue = np.zeros((len(deferred), line.start_h.size))
    np.add.at(by_queue, owner, found.done_h)
    return Extra(found.agents, by_queue)


def deferred_aht_s(parts: list[pd.DataFrame]) -> float:
    """Mean seconds of a deferred contact over several queues."""
    volume = np.concatenate([part["volume"].to_numpy(float) for part in parts]) + ROUNDING_H
    return float(np.average(np.concatenate([part["busy_s"].to_numpy(float) for part in parts]), weights=volume))


def _changed(alone: pd.DataFrame, extra: FloatArray, rows: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    target = centre.queue(str(rows["queue"].iloc[0])).target
    least = np.where(rows["open_min"].to_numpy(float) > 0, float(target.min_agents), 0.0)
    needed = np.where(extra > ROUNDING_H, extra, 0.0) / (target.max_occupancy or 1.0)
    agents = np.maximum(needed, least)
    return alone.assign(
        agents=agents,
        occupancy=np.nan,
        binding=np.where(agents == 0, "none", np.where(agents > least, "deadline", "minimum")),
        basis=alone["basis"].str.replace("deferred", BASIS),
    )


@dataclass(frozen=True)
class TimeLine:
    """Slots of equal length, the longest that divides every interval, over the deferred queues' forecasts."""

    origin: pd.Timestamp
    start_h: FloatArray
    end_h: FloatArray

    @classmethod
    def of(cls, deferred: list[pd.DataFrame], interactive: list[pd.DataFrame]) -> TimeLine:
        """The time line of the rows of each queue."""
        step_min = math.gcd(*(int(part["interval_min"].iloc[0]) for part in deferred + interactive))
        origin = min(part["interval_start"].iloc[0] for part in deferred)
        end = max(part["interval_start"].iloc[-1] + _length(part) for part in deferred)
        slots = round((end - origin) / pd.Timedelta(minutes=step_min))
        start_h = np.arange(slots) * (step_min / 60)
        return cls(origin, start_h, start_h + step_min / 60)

    def values(self, of_rows: FloatArray, rows: pd.DataFrame, otherwise: FloatArray) -> FloatArray:
        """Values of a queue's intervals (n, K) in the slots (S, K); ``otherwise`` (K,) where it has no interval."""
        at, inside = self._rows_of(rows)
        return np.where(inside[:, None], of_rows[at], otherwise)

    def means(self, of_slots: FloatArray, rows: pd.DataFrame) -> FloatArray:
        """Means (n,) over the slots of a queue's intervals."""
        at, inside = self._rows_of(rows)
        slots = np.bincount(at[inside], minlength=len(rows))
        total = np.bincount(at[inside], of_slots[inside], minlength=len(rows))
        return np.asarray(total / np.maximum(slots, 1))

    def _rows_of(self, rows: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        start_h = (rows["interval_start"] - self.origin).dt.total_seconds().to_numpy(float) / 3600
        at = np.searchsorted(start_h, self.start_h + ROUNDING_H, side="right") - 1
        return at, (at >= 0) & (self.start_h + ROUNDING_H < start_h[at] + _length(rows).total_seconds() / 3600)


def _length(rows: pd.DataFrame) -> pd.Timedelta:
    return pd.Timedelta(minutes=int(rows["interval_min"].iloc[0]))
