"""The service level that given agents deliver from interval to interval, of each day and of its worst interval."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from wfm.errors import MissingError
from wfm.policy.centre import Centre, Queue
from wfm.queueing.inputs import FloatArray
from wfm.staffing.delivery import delivery
from wfm.staffing.handling import check_queues, with_handling
from wfm.staffing.streams import rate_per_open_h, stream_of
from wfm.staffing.targets import targets_of
from wfm.staffing.timeline import timeline_of
from wfm.tables.forecast import FORECAST
from wfm.time.zones import local_day


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
    targets = targets_of(rows["interval_start"], rate_per_h > 0, queue, centre.zone_of(queue.id))
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
