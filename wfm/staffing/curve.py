"""What each number of agents would deliver: the staffing curve of one interval, by the queue's own model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from wfm.errors import MissingError, UsageError
from wfm.policy.centre import Centre
from wfm.queueing.chat import chat
from wfm.queueing.delivered import Delivered
from wfm.queueing.inputs import FloatArray
from wfm.staffing.chat import aht_by_level
from wfm.staffing.handling import with_handling
from wfm.staffing.steady import Stream, delivered
from wfm.staffing.streams import rate_per_open_h, stream_of
from wfm.staffing.targets import Targets, targets_of

MEASURES = (
    "p_wait", "service_level", "service_level_answered", "service_level_waited", "service_level_virtual", "asa_s",
    "abandonment", "occupancy",
)  # fmt: skip

SPAN = 3.0
"""How many square roots of the load a curve reaches beyond it: hardly anybody waits there."""

MOST_POINTS = 60


@dataclass(frozen=True)
class StaffingCurve:
    """The curve of one interval of a queue, and what it is of.

    ``stream`` and ``targets`` are of that one interval (rate, seconds of one agent a contact, model; what is promised
    then); ``model`` is erlang_c, erlang_a, erlang_x or chat; ``table`` is as ``staffing_curve`` gives it.
    """

    queue: str
    interval_start: pd.Timestamp
    stream: Stream
    targets: Targets
    model: str
    table: pd.DataFrame

    @property
    def offered_load(self) -> float:
        """In Erlangs."""
        return float(self.stream.load[0])


def staffing_curve(
    rate_per_h: float, aht_s: float, agents: ArrayLike, threshold_s: float, patience_s: float | None = None
) -> pd.DataFrame:
    """Service level in its definitions, ASA, abandonment and occupancy for a range of agents, in the steady state.

    Args:
        rate_per_h: contacts an hour.
        aht_s: average handling time in seconds.
        agents: numbers of agents, one a row of the answer; they may be fractional under Erlang C.
        threshold_s: answer-time threshold in seconds.
        patience_s: mean patience in seconds: Erlang A; None: Erlang C.

    Returns:
        One row a number of agents: ``agents``, ``offered_load``, ``p_wait``, ``service_level`` (served in time over
        offered), ``service_level_answered`` (over served), ``service_level_waited`` (those who gave up in time counted
        as good), ``service_level_virtual``, ``asa_s`` (infinite in overload), ``abandonment``, ``occupancy``.

    Raises:
        InputError: an argument is negative, NaN or infinite; names row and quantity.

    >>> curve = staffing_curve(200, 180, [10, 13, 14], threshold_s=20)
    >>> curve["service_level"].round(3).tolist()
    [0.0, 0.796, 0.888]
    >>> round(float(staffing_curve(200, 180, 12, 20, patience_s=120)["service_level"].iloc[0]), 3)
    0.826
    """
    one = Stream(np.array([rate_per_h], float), np.array([aht_s], float), patience_s)
    return _table(one, np.atleast_1d(np.asarray(agents, dtype=np.float64)), threshold_s)


def curve_of(forecast: pd.DataFrame, centre: Centre, queue_id: str, at: pd.Timestamp | None = None) -> StaffingCurve:
    """The staffing curve of a queue's busiest interval, or of the one that contains ``at``, by the queue's own model.

    Chats have a model of their own where the policy says their handle time by number at once, and their patience.

    Args:
        forecast: contract FORECAST.
        at: an instant with its zone.

    Raises:
        MissingError: the forecast has no contacts of the queue, or no interval at that instant.
        UsageError: a deferred queue, whose contacts wait for a deadline and not for an answer.
    """
    queue = centre.queue(queue_id)
    if queue.deferred:
        raise UsageError("deferred work has no service level", found=queue_id, expected="an interactive queue")
    rows = with_handling(forecast[forecast["queue"] == queue_id].reset_index(drop=True), centre)
    rate_per_h = rate_per_open_h(rows)
    if not (rate_per_h > 0).any():
        raise MissingError("no contacts are forecast", where=f"queue {queue_id}", mend="run `wfm forecast`")
    stream = stream_of(rows, queue, rate_per_h)
    if at is None:
        row = np.array([int(stream.load.argmax())])
    else:
        row = _containing(rows["interval_start"], at, queue.interval_min, queue_id)
    one = stream.at(row)
    targets = targets_of(
        rows["interval_start"], rows["open_min"].to_numpy(float) > 0, queue, centre.zone_of(queue_id)
    ).at(row)
    start = pd.Timestamp(rows["interval_start"].iloc[int(row[0])])
    agents, threshold_s, levels = _reach(float(one.load[0])), float(targets.threshold_s[0]), aht_by_level(rows, queue)
    if levels is None or one.patience_s is None:
        return StaffingCurve(queue_id, start, one, targets, one.model, _table(one, agents, threshold_s))
    chats = chat(one.rate_per_h, levels[row], agents, threshold_s, one.patience_s)
    return StaffingCurve(queue_id, start, one, targets, "chat", _measured(one, agents, chats))


def _containing(starts: pd.Series, at: pd.Timestamp, interval_min: int, queue_id: str) -> NDArray[np.intp]:
    inside = np.flatnonzero((starts <= at) & (at < starts + pd.Timedelta(minutes=interval_min)))
    if inside.size == 0:
        raise MissingError(
            "no interval of the forecast is at this instant",
            where=f"queue {queue_id}",
            found=at,
            expected=f"{starts.min()} to {starts.max()}",
        )
    return inside[:1]


def _reach(load: float) -> FloatArray:
    """Whole numbers of agents from below the load to where nearly everybody is answered at once."""
    spread = SPAN * np.sqrt(max(load, 1.0))
    first, last = max(1, int(load - spread / 2)), int(np.ceil(load + spread)) + 2
    return np.arange(first, last + 1, max(1, (last - first) // MOST_POINTS), dtype=np.float64)


def _table(one: Stream, agents: FloatArray, threshold_s: float) -> pd.DataFrame:
    many = one.at(np.zeros(len(agents), dtype=np.intp))
    return _measured(one, agents, delivered(many, agents, np.full(len(agents), float(threshold_s))))


def _measured(one: Stream, agents: FloatArray, found: Delivered) -> pd.DataFrame:
    measures = {name: np.broadcast_to(getattr(found, name), agents.shape) for name in MEASURES}
    return pd.DataFrame({"agents": agents, "offered_load": np.full(agents.shape, one.load[0])} | measures)
