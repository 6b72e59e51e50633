"""A queue through its days as it really runs: agents that keep their promise there, and what given agents deliver."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import MissingError
from wfm.policy.centre import Centre, Queue
from wfm.policy.days import queue_open_minutes
from wfm.queueing.erlang_c import SECONDS_PER_HOUR
from wfm.queueing.inputs import FloatArray, non_negative, positive
from wfm.staffing.handling import check_queues, with_handling
from wfm.staffing.steady import Stream, needed
from wfm.staffing.streams import rate_per_open_h, stream_of
from wfm.staffing.targets import Targets, targets_of
from wfm.tables.forecast import FORECAST
from wfm.time.zones import local_day

STEP_S = 60.0
"""Longest step of the numerical solution: with it service levels are within 0.0002 of the exact ones at handling times
from 120 to 1200 seconds."""

STEPS = 6
"""At least so many steps an interval."""

TURNS = 8
CLOSE = 1e-3
"""How often redials and what causes them are brought together, and how close is enough."""

ROUNDING = 1e-6
"""A number of agents this close to a whole one is that."""

STATES_SPREAD = 20.0
"""While agents are sought, there is room for so many square roots of the load beyond it."""


@dataclass(frozen=True)
class Timeline:
    """The open intervals of a queue, in order of time: ``rows`` are their positions among all n intervals.

    ``empty_before``: the queue was closed just before, so that nobody is there yet.
    """

    rows: NDArray[np.intp]
    open_s: FloatArray
    empty_before: NDArray[np.bool_]


def timeline_of(rows: pd.DataFrame, queue: Queue, centre: Centre) -> Timeline:
    """The open intervals among ``rows``: one queue's forecast with handling times, in order of time.

    An interval that is open in part is open at its end if the queue was closed before, else at its start. Before the
    first interval the queue's opening hours say whether it was open.
    """
    start_s = (rows["interval_start"] - rows["interval_start"].iloc[0]).dt.total_seconds().to_numpy()
    length_s, open_s = queue.interval_min * 60.0, rows["open_min"].to_numpy(float) * 60
    before = pd.DatetimeIndex([rows["interval_start"].iloc[0] - pd.Timedelta(minutes=queue.interval_min)])
    open_before = bool(queue_open_minutes(before, centre, queue.id)[0] > 0)
    follows = np.append(open_before, (np.diff(start_s) <= length_s) & (open_s[:-1] > 0))
    begins = np.where(follows, start_s, start_s + length_s - open_s)
    at = np.flatnonzero(open_s > 0)
    ends = (begins + open_s)[at]
    empty = np.append(not follows[at[0]], begins[at][1:] > ends[:-1] + 1e-6) if at.size else np.zeros(0, bool)
    return Timeline(at, open_s[at], empty)


def lagged_load(stream: Stream, timeline: Timeline, peak_weight: float = 0.0) -> FloatArray:
    """The modified offered load of every interval (n,); 0 where nothing comes.

    ``peak_weight``: how much of the way from its mean over the interval to its highest.
    """
    from wfm.queueing.modified_load import modified_load  # compiled: only where it is asked for

    at = timeline.rows
    load = np.zeros(len(stream.aht_s))
    rate = np.array(non_negative("rate_per_h", stream.rate_per_h))[at] / SECONDS_PER_HOUR
    aht_s = np.array(positive("aht_s", stream.aht_s))[at]
    mean, highest = modified_load(rate, timeline.open_s, aht_s, timeline.empty_before)
    # Where nothing comes any more, what is left of before needs no promise.
    load[at] = np.where(rate > 0, mean + peak_weight * (highest - mean), 0.0)
    return load


def agents_by_course(
    stream: Stream, timeline: Timeline, level: FloatArray, threshold_s: FloatArray, least: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The least agents (n,), not below ``least`` (n,), whose service level keeps ``level`` in every interval.

    Exact for the time-dependent queue, each interval given how those before it were staffed; the first of a queue that
    was open before is staffed and found as in the steady state. Without contacts, where
    ``level`` is NaN, and while closed, ``least`` is kept. Redials are those that the agents found before would cause;
    where these swing to and fro the most of the agents found are kept.
    """
    attempts = stream.first_calls()
    agents = _agents_for(attempts, timeline, level, threshold_s, least)
    if stream.model != "erlang_x":
        return agents
    for turn in range(TURNS):
        attempts, moved = _redialled(stream, attempts, timeline, threshold_s, agents.astype(float))
        found = _agents_for(attempts, timeline, level, threshold_s, least)
        if moved <= CLOSE and (found == agents).all():
            break
        agents = found if turn < TURNS / 2 else np.maximum(agents, found)
    return agents


def _agents_for(
    stream: Stream, timeline: Timeline, level: FloatArray, threshold_s: FloatArray, least: NDArray[np.int64]
) -> NDArray[np.int64]:
    from wfm.queueing.transient import staffed_course

    at = timeline.rows
    agents = least.copy()
    if at.size == 0:
        return agents
    rate, aht_s = stream.rate_per_h[at] / SECONDS_PER_HOUR, stream.aht_s[at]
    if rate[0] > 0 and not timeline.empty_before[0]:
        first = Targets.of_level(level[at[:1]], threshold_s[at[:1]])
        agents[at[0]] = max(agents[at[0]], needed(stream.at(at[:1]), first).agents[0])
    steps = max(STEPS, int(np.ceil(timeline.open_s.max() / STEP_S)))
    most = float(max((rate * aht_s).max(), least[at].max()))
    agents[at], _, _ = staffed_course(
        np.repeat(rate[:, None], steps, axis=1),
        timeline.open_s / steps,
        np.array(aht_s),
        timeline.empty_before,
        agents[at],
        np.where(rate > 0, level[at], np.nan),
        threshold_s[at],
        stream.leave_per_s,
        int(most + STATES_SPREAD * np.sqrt(most)) + 60,
    )
    return agents


@dataclass(frozen=True)
class Delivery:
    """What agents deliver by interval, each (n,): contacts that came, those served in time, mean wait of those served
    (NaN where none is), share that gives up, and share of the agents' time spent handling."""

    came: FloatArray
    answered: FloatArray
    asa_s: FloatArray
    abandonment: FloatArray
    occupancy: FloatArray

    @property
    def service_level(self) -> FloatArray:
        """Served in time over offered; 1 where nobody came."""
        level = np.divide(self.answered, self.came, out=np.ones_like(self.came), where=self.came > 0)
        return np.clip(level, 0.0, 1.0)


def with_redials(
    stream: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray, start: Stream | None = None
) -> Stream:
    """First calls and the redials that so many ``agents`` (n,) cause, each in the interval in which it gave up.

    The search begins with the attempts ``start``; without redials the stream is what it is.
    """
    if stream.model != "erlang_x":
        return stream
    attempts = stream.first_calls() if start is None else start
    for _ in range(TURNS):
        attempts, moved = _redialled(stream, attempts, timeline, threshold_s, agents)
        if moved <= CLOSE:
            break
    return attempts


def _redialled(
    stream: Stream, attempts: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray
) -> tuple[Stream, float]:
    """The attempts that those before would cause, and how far they moved, relative to the busiest interval."""
    gone = _delivered(attempts, timeline, threshold_s, agents).abandonment
    rate = stream.rate_per_h / (1.0 - stream.redial_share * gone)
    moved = float(np.abs(rate - attempts.rate_per_h).max(initial=0.0) / max(rate.max(initial=0.0), 1e-300))
    return replace(attempts, rate_per_h=rate), moved


def delivery(stream: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray) -> Delivery:
    """What ``agents`` (n,) deliver, exactly, each interval given all before it.

    A number of agents that is not whole stands for one agent more in that part of the interval, and then one fewer.
    With redials what is delivered is delivered to every attempt.
    """
    attempts = with_redials(stream, timeline, threshold_s, agents)
    return _delivered(attempts, timeline, threshold_s, agents)


def _delivered(stream: Stream, timeline: Timeline, threshold_s: FloatArray, agents: FloatArray) -> Delivery:
    from wfm.queueing.course import Intervals, measured_course

    at, count = timeline.rows, len(agents)
    if at.size == 0:
        nothing = np.zeros(count)
        return Delivery(nothing, nothing, nothing, nothing, nothing)
    whole = np.floor(agents[at] + ROUNDING)
    part = agents[at] - whole
    of = np.repeat(np.arange(len(at)), np.where(part > ROUNDING, 2, 1))
    first = np.append(True, of[1:] != of[:-1])
    split = part[of] > ROUNDING
    crew = (whole[of] + (split & first)).astype(np.int64)
    open_s = timeline.open_s[of] * np.where(split, np.where(first, part[of], 1.0 - part[of]), 1.0)
    intervals = Intervals(
        stream.rate_per_h[at][of] / SECONDS_PER_HOUR, open_s, stream.aht_s[at][of],
        timeline.empty_before[of] & first, threshold_s[at][of], stream.leave_per_s,
    )  # fmt: skip
    found = measured_course(intervals, crew, STEP_S)
    measures = (found.came, found.answered, found.served, found.waited_s, found.busy_s, crew * open_s)
    came, answered, served, waited, busy, staffed = (
        np.bincount(at[of], values, count).astype(np.float64) for values in measures
    )
    asa_s = np.divide(waited, served, out=np.where(came > 0, np.nan, 0.0), where=served > 0)
    occupancy = np.divide(busy, staffed, out=(came > 0).astype(float), where=staffed > 0)
    gone = np.divide(came - served, came, out=np.zeros(count), where=came > 0)
    gone = np.clip(gone, 0.0, 1.0) if stream.leave_per_s > 0 else np.zeros(count)
    return Delivery(came, answered, asa_s, gone, np.clip(occupancy, 0.0, 1.0))


@dataclass(frozen=True)
class Course:
    """The exact course of the queues under given agents.

    ``interval``: a row a queue and interval_start, with ``agents``, ``offered``, ``in_time``, ``service_level`` (in
    time over offered), ``asa_s`` (of those served), ``abandonment`` and ``occupancy``. ``day``: a row a queue and
    local day, with ``offered``, ``in_time``, ``service_level``, that of its ``worst`` interval, when that is
    (``worst_at``), and ``under_target``: how many intervals lie more than a point below the target.
    """

    interval: pd.DataFrame
    day: pd.DataFrame


def course_of(table: pd.DataFrame, forecast: pd.DataFrame, centre: Centre) -> Course:
    """The service level that given agents deliver from interval to interval, of each day and of its worst interval.

    Exact where rates and staff change: the queue of one interval is carried to the next, a queue that closes is empty
    when it opens again. The model is the queue's own (Erlang C's without a patience, else Erlang A's, with its redials;
    chats keep one agent for AHT / concurrency each). Deferred queues have no course.

    Args:
        table: a requirement (its ``agents``) or a coverage (its ``scheduled``), or any table with queue,
            interval_start and one of these columns. Agents may be fractional.
        forecast: contract FORECAST, of the same queues; intervals that the table lacks have no agents.
        centre: the policy: patience, thresholds, opening hours.

    Raises:
        MissingError: the table has neither column, or a queue that the policy or the forecast doesn't know.
    """
    column = next((name for name in ("agents", "scheduled") if name in table), None)
    if column is None:
        raise MissingError("no agents are told", where="table", expected="a column agents or scheduled")
    check_queues(table, centre, "of agents")
    rows = with_handling(FORECAST.check(forecast), centre)
    intervals, days = [], []
    for name in sorted(table["queue"].unique()):
        queue, own = centre.queue(str(name)), rows[rows["queue"] == name].reset_index(drop=True)
        if queue.deferred:
            continue
        if own.empty:
            raise MissingError("no contacts are forecast", where=f"queue {name}", mend="run `wfm forecast`")
        staffed = table[table["queue"] == name].set_index("interval_start")[column]
        agents = staffed.reindex(pd.Index(own["interval_start"])).fillna(0.0).to_numpy(float)
        found = _course(own, queue, centre, agents)
        intervals.append(found)
        days.append(_by_day(found, queue, centre.zone_of(queue.id)))
    if not intervals:
        raise MissingError("no interactive queue among the agents", where="table")
    together = pd.concat(intervals, ignore_index=True).drop(columns="target")
    return Course(together, pd.concat(days, ignore_index=True))


def _course(rows: pd.DataFrame, queue: Queue, centre: Centre, agents: FloatArray) -> pd.DataFrame:
    rate_per_h = rate_per_open_h(rows)
    stream = stream_of(rows, queue, rate_per_h)
    targets: Targets = targets_of(rows["interval_start"], rate_per_h > 0, queue, centre.zone_of(queue.id))
    timeline = timeline_of(rows, queue, centre)
    found = delivery(stream, timeline, targets.threshold_s, agents)
    return pd.DataFrame(
        {
            "queue": queue.id,
            "interval_start": rows["interval_start"],
            "agents": agents,
            "offered": found.came,
            "in_time": found.answered,
            "service_level": found.service_level,
            "asa_s": found.asa_s,
            "abandonment": found.abandonment,
            "occupancy": found.occupancy,
            "target": targets.service_level,
        }
    )


def _by_day(interval: pd.DataFrame, queue: Queue, zone: str) -> pd.DataFrame:
    """Days with contacts: the whole, the worst interval, and how many lie more than a point under the target."""
    busy = interval[interval["offered"] > 0]
    day = pd.Series(local_day(busy["interval_start"], zone), index=busy.index, name="day")
    grouped = busy.assign(under=busy["service_level"] < busy["target"] - 0.01).groupby(day)
    worst = grouped["service_level"].idxmin()
    table = grouped[["offered", "in_time"]].sum().reset_index()
    return table.assign(
        queue=queue.id,
        service_level=table["in_time"] / table["offered"],
        worst=busy.loc[worst, "service_level"].to_numpy(),
        worst_at=busy.loc[worst, "interval_start"].to_numpy(),
        under_target=grouped["under"].sum().to_numpy(),
    )[["queue", "day", "offered", "in_time", "service_level", "worst", "worst_at", "under_target"]]
