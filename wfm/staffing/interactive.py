"""The requirement of a queue whose contacts wait for an answer: the fewest agents that keep what it promises."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre, Queue
from wfm.policy.staffing import Staffing
from wfm.queueing.inputs import FloatArray
from wfm.queueing.required import Required
from wfm.queueing.uncertain import rate_quantile
from wfm.staffing.basis import PEAK_WEIGHT, Ground, ground_of
from wfm.staffing.delivery import agents_by_course, delivery
from wfm.staffing.over_days import (
    agents_over_spans,
    agents_over_spans_by_course,
    least_of_the_worst,
    promised_over,
    spans_of,
)
from wfm.staffing.steady import Stream, by_definition, delivered, level_of, needed
from wfm.staffing.streams import rate_per_open_h, stream_of
from wfm.staffing.targets import Targets, targets_of
from wfm.staffing.timeline import Timeline, lagged_load, timeline_of
from wfm.staffing.uncertain_rate import rate_cv


@dataclass(frozen=True)
class Promise:
    """One queue, its targets in each interval, and what comes: as forecast, and as it is staffed for."""

    queue: Queue
    centre: Centre
    starts: pd.Series
    targets: Targets
    expected: Stream
    staffed_for: Stream
    timeline: Timeline


def interactive_requirement(
    rows: pd.DataFrame, queue: Queue, centre: Centre, by_level: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The requirement of one interactive queue.

    The smallest number of agents that meets every target, by Erlang C, or A where the patience is known (X with
    redials), at the rate over the interval's open minutes, on the ground that ``wfm.staffing.basis`` finds. No
    minutes open, no agents. Chats at once have a model of their own where their handle times by number at once are
    known; else k of them are staffed as AHT / k, which their basis says.

    Args:
        rows: the queue's forecast with handling times, in order of time.
        queue: its policy.
        centre: the policy, for the queue's clock, opening hours and staffing.
        by_level: a HANDLE_TIME_BY_LEVEL table, or None.

    Returns:
        Columns of a REQUIREMENT table. What the agents deliver is reckoned for the rate that is expected, also where
        they are more, for a quantile of it.
    """
    promise = _promise(rows, queue, centre, by_level)
    ground, load = ground_of(queue, centre.staffing, promise.staffed_for, promise.timeline)
    found = _agents(promise, ground, load)
    return pd.DataFrame(
        {
            "queue": queue.id,
            "interval_start": rows["interval_start"],
            "agents": found.agents.astype(float),
            "offered_load": promise.expected.load,
            **_measures(promise, ground, load, found.agents.astype(float)),
            "binding": found.binding,
            "model": promise.expected.model,
            "definition": queue.target.definition,
            "basis": basis_text(queue, centre.staffing, ground, promise.staffed_for),
            "aht_assumed": rows["aht_assumed"],
            "released_h": np.nan,
            "due_h": np.nan,
        }
    )


def basis_text(queue: Queue, staffing: Staffing, ground: Ground, stream: Stream) -> str:
    """What a requirement rests on, as it is told.

    >>> basis_text(Queue(id="service"), Staffing(rate="quantile"), "course", Stream(np.ones(1), np.ones(1)))
    'course, rate q80'
    """
    per = queue.target.per
    parts: list[str] = [ground] if per == "interval" else [per] if ground == "interval" else [per, ground]
    if queue.concurrency > 1 and stream.model != "chat":
        parts.append(f"AHT / {queue.concurrency}")
    if staffing.rate != "mean":
        parts.append("expected rate" if stream.cv is not None else f"rate q{100 * staffing.rate_quantile:g}")
    return ", ".join(parts)


def _promise(rows: pd.DataFrame, queue: Queue, centre: Centre, by_level: pd.DataFrame | None) -> Promise:
    rate_per_h = rate_per_open_h(rows)
    is_open = rows["open_min"].to_numpy(float) > 0
    targets = targets_of(rows["interval_start"], is_open, queue, centre.zone_of(queue.id))
    expected = stream_of(rows, queue, rate_per_h, by_level)
    staffed_for = expected
    staffing = centre.staffing
    if staffing.rate != "mean":
        cv = rate_cv(rows)
        if staffing.rate == "expected" and expected.model != "chat":
            staffed_for = replace(expected, cv=cv)
        else:
            rate = rate_quantile(expected.rate_per_h, cv, staffing.rate_quantile)
            staffed_for = replace(expected, rate_per_h=np.maximum(rate, expected.rate_per_h))
    return Promise(
        queue, centre, rows["interval_start"], targets, expected, staffed_for, timeline_of(rows, queue, centre)
    )


def _agents(promise: Promise, ground: Ground, load: FloatArray) -> Required:
    """Agents (n,) and what decided them."""
    queue, targets, stream = promise.queue, promise.targets, promise.staffed_for
    steady = stream if ground == "interval" else stream.carrying(load)
    definition = queue.target.definition
    if queue.target.per == "interval" and ground != "course":
        return needed(steady, targets, definition)
    others = needed(replace(steady, cv=None), targets.without_level(), definition)
    if queue.target.per != "interval":
        agents = _over_days(promise, ground, steady, others.agents)
    else:
        agents = _by_course(promise, steady, others.agents)
    return Required(agents, _binding(agents, others, targets))


def _by_course(promise: Promise, steady: Stream, least: NDArray[np.int64]) -> NDArray[np.int64]:
    """By the course of the rates that are staffed for; where these are uncertain, what the steady state adds for it."""
    targets, comes = promise.targets, replace(promise.staffed_for, cv=None)
    agents = agents_by_course(comes, promise.timeline, targets.service_level, targets.threshold_s, least)
    if steady.cv is None:
        return agents
    more = needed(steady, targets).agents - needed(replace(steady, cv=None), targets).agents
    return np.asarray(agents + np.maximum(more, 0))


def _over_days(promise: Promise, ground: Ground, steady: Stream, least: NDArray[np.int64]) -> NDArray[np.int64]:
    queue, targets = promise.queue, promise.targets
    span = spans_of(promise.starts, queue, promise.centre)
    if ground == "course":
        return agents_over_spans_by_course(promise.staffed_for, promise.timeline, targets, queue, span, least)
    floor = least_of_the_worst(steady, targets, queue, least)
    goal = promised_over(targets, steady.rate_per_h, span)
    return agents_over_spans(steady, targets, queue.target.definition, span, floor, goal)


def _binding(agents: NDArray[np.int64], others: Required, targets: Targets) -> NDArray[np.str_]:
    """The service level where it asks for more than the others, or where these only ask for more agents than load."""
    stable = (others.binding == "occupancy") & np.isnan(targets.max_occupancy) & ~np.isnan(targets.service_level)
    decides = (agents > others.agents) | stable
    return np.where(agents == 0, "none", np.where(decides, "service_level", others.binding))


def _measures(promise: Promise, ground: Ground, load: FloatArray, agents: FloatArray) -> dict[str, FloatArray]:
    """What the agents deliver to the rate that is expected."""
    threshold_s, definition = promise.targets.threshold_s, promise.queue.target.definition
    expected = promise.expected if ground == "interval" else promise.expected.carrying(_expected_load(promise, load))
    if ground == "course":
        followed = delivery(promise.expected, promise.timeline, threshold_s, agents)
        level = followed.service_level
        others = {name: getattr(followed, name) for name in ("asa_s", "abandonment", "occupancy")}
    else:
        settled = delivered(expected, agents, threshold_s)
        level = by_definition(settled, definition)
        others = {name: getattr(settled, name) for name in ("asa_s", "abandonment", "occupancy")}
    if promise.staffed_for.cv is not None:
        level = level_of(replace(expected, cv=promise.staffed_for.cv), agents, threshold_s, definition)
    return {"service_level": np.clip(level, 0.0, 1.0)} | {
        name: np.where(np.isfinite(of), of, np.nan) for name, of in others.items()
    }


def _expected_load(promise: Promise, load: FloatArray) -> FloatArray:
    """The load that agents carry of the rate that is expected."""
    same = promise.staffed_for.rate_per_h is promise.expected.rate_per_h
    return load if same else lagged_load(promise.expected, promise.timeline, PEAK_WEIGHT)
