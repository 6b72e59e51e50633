"""The traffic of a pool: what comes to each of its queues, moment by moment, and what is promised to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre
from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray
from wfm.staffing.pool import Pool
from wfm.staffing.targets import Targets, targets_of


@dataclass(frozen=True)
class Traffic:
    """n slots of ``slot_min`` minutes of k queues.

    ``rate_per_h``, ``aht_s`` (busy time of one agent), ``is_open`` and each of the ``targets`` are (n, k);
    ``priority`` (1 is served first) and ``patience_s`` (infinite where nobody gives up) are (k,).
    """

    queues: tuple[str, ...]
    slot_start: pd.DatetimeIndex
    slot_min: int
    rate_per_h: FloatArray
    aht_s: FloatArray
    is_open: NDArray[np.bool_]
    targets: Targets
    priority: NDArray[np.int64]
    patience_s: FloatArray

    @property
    def load(self) -> FloatArray:
        """Offered load (n, k) in Erlangs."""
        return np.asarray(self.rate_per_h * self.aht_s / SECONDS_PER_HOUR)

    @property
    def gives_up(self) -> bool:
        """Whether the patience of every queue is known, so that Erlang A applies."""
        return bool(np.isfinite(self.patience_s).all())

    def at(self, slots: NDArray[np.intp]) -> Traffic:
        """The same queues in some slots only."""
        by_slot = {name: getattr(self, name)[slots] for name in ("slot_start", "rate_per_h", "aht_s", "is_open")}
        return replace(self, **by_slot, targets=self.targets.at(slots))


def traffic_of(handled: pd.DataFrame, pool: Pool, centre: Centre) -> Traffic:
    """The traffic of a pool from a forecast ``with_handling``.

    Slots are the longest that all the queues' intervals are made of; a queue's rate is over the open minutes of its
    interval.
    """
    queues = [centre.queue(queue) for queue in pool.queues]
    slot_min = gcd(*(queue.interval_min for queue in queues))
    rows = handled[handled["queue"].isin(pool.queues)]
    pieces = (rows["interval_min"] // slot_min).astype(int).to_numpy()
    part = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    again = rows.loc[rows.index.repeat(pieces)]
    starts = pd.DatetimeIndex(again["interval_start"] + pd.to_timedelta(part * slot_min, unit="min"))
    slots = starts.unique().sort_values()
    at = slots.get_indexer(starts), pd.Index(pool.queues).get_indexer(pd.Index(again["queue"]))
    open_min = again["open_min"].to_numpy(float)
    per_h = np.where(open_min > 0, again["volume"].to_numpy(float) * 60 / np.where(open_min > 0, open_min, 1.0), 0.0)
    shape = (len(slots), len(queues))
    rate, is_open = np.zeros(shape), np.zeros(shape, bool)
    aht = np.tile([queue.default_aht_s / queue.concurrency for queue in queues], (len(slots), 1))
    rate[at], aht[at], is_open[at] = per_h, again["busy_s"].to_numpy(float), open_min > 0
    promised = [
        targets_of(pd.Series(slots), is_open[:, number], queue, centre.zone_of(queue.id))
        for number, queue in enumerate(queues)
    ]
    patience = [np.inf if queue.waiting == "erlang_c" or not queue.patience_s else queue.patience_s for queue in queues]
    return Traffic(
        queues=pool.queues,
        slot_start=slots,
        slot_min=slot_min,
        rate_per_h=rate,
        aht_s=aht,
        is_open=is_open,
        targets=Targets(
            **{name: np.stack([own.by_name()[name] for own in promised], axis=1) for name in promised[0].by_name()}
        ),
        priority=np.array([queue.priority for queue in queues], dtype=np.int64),
        patience_s=np.array(patience, dtype=np.float64),
    )
