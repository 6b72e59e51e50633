"""Events on a queue's days: given lifts, marks of what is to be learnt, and events of some hours."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecasting.book.finding import Finding
from forecasting.book.grid import Rows
from wfm.policy.centre import Centre
from wfm.policy.volume import Event, Lifts
from wfm.time.zones import at_wall_time

EVENT = "event:"
"""Prefix of the columns of events to learn."""
FIRST_DAY = ", first day"
AFTERMATH = ", aftermath"
"""Endings of the kinds under which the first day of longer events and the days after them are learnt apart."""

_LONGEST_EVENT = timedelta(days=366)
_NEIGHBOUR_WEEKS = 4
_PRIOR_CONTACTS = 10.0
"""The learnt lift of hours counts for half once so many contacts were usual in them."""


class HourEvents(NamedTuple):
    """Events of some hours on a queue's rows: ``weight`` (n,), the factor on the volume of each; ``hidden`` (n,), past
    rows that a learnt lift was taken from, which say nothing of the usual volume; and what was learnt."""

    weight: np.ndarray
    hidden: np.ndarray
    findings: tuple[Finding, ...]


def events_of(centre: Centre, queue_id: str) -> list[Event]:
    """The events that move a queue."""
    return [event for event in centre.events if not event.queues or queue_id in event.queues]


def event_columns(
    days: pd.DatetimeIndex, centre: Centre, queue_id: str, is_open: np.ndarray, past: int
) -> dict[str, np.ndarray]:
    """Columns (D,) of the features: ``lift``, the product of given lifts, and ``event:KIND`` for those to learn.

    A kind of which past events lasted several days has their first days in a column besides; the days after events
    are counted in days on which the queue is open.
    """
    lift = np.ones(len(days))
    learnt: dict[str, np.ndarray] = {}

    def mark(kind: str, at: np.ndarray) -> None:
        learnt[kind] = learnt.get(kind, np.zeros(len(days), bool)) | at

    for event in events_of(centre, queue_id):
        for span in event.occurrences(days[0].date() - _LONGEST_EVENT, days[-1].date()):
            since = np.asarray((days - pd.Timestamp(span.first)).days)
            during = (since >= 0) & np.asarray(days <= pd.Timestamp(span.last)) & (not event.by_hours)
            turn = np.cumsum(is_open & np.asarray(days > pd.Timestamp(span.last))) - 1
            after = is_open & (turn >= 0) & (turn < event.aftermath_days)
            if event.lift is not None:
                lift = np.where(during, lift * _by_day(event.lift, since), lift)
            elif during.any():
                mark(event.kind, during)
                mark(event.kind + FIRST_DAY, during & (since == 0) & (span.last > span.first))
            if event.aftermath_lift is not None:
                lift = np.where(after, lift * _by_day(event.aftermath_lift, turn), lift)
            elif after.any():
                mark(event.kind + AFTERMATH, after)
    first_days = {kind for kind, at in learnt.items() if kind.endswith(FIRST_DAY) and not at[:past].any()}
    return {"lift": lift, **{EVENT + kind: at for kind, at in learnt.items() if kind not in first_days}}


def _by_day(lifts: Lifts, position: np.ndarray) -> np.ndarray:
    return np.asarray(np.array(lifts)[np.clip(position, 0, len(lifts) - 1)])


def hour_events(rows: Rows, weekday: np.ndarray, came: np.ndarray, centre: Centre, queue_id: str) -> HourEvents:
    """What events of some hours do to a queue's open intervals.

    Args:
        weekday: (n,) of the rows.
        came: (n,) contacts of each row, NaN where unknown or ahead.
    """
    weight, hidden = np.ones(len(rows.start)), np.zeros(len(rows.start), bool)
    events = [event for event in events_of(centre, queue_id) if event.by_hours]
    if not events or not len(rows.start):
        return HourEvents(weight, hidden, ())
    zone, interval_min = centre.zone_of(queue_id), centre.queue(queue_id).interval_min
    inside = [_share_inside(rows.start, interval_min, event, zone) for event in events]
    findings = []
    for kind in dict.fromkeys(event.kind for event in events if event.lift is None):
        own = [share for event, share in zip(events, inside, strict=True) if event.kind == kind and event.lift is None]
        together = np.max(own, axis=0)
        seen = (together > 0) & np.isfinite(came)
        lift, finding = _learnt_lift(
            kind, rows, weekday, np.where(np.max(inside, axis=0) > 0, np.nan, came), came, seen
        )
        weight *= 1 - together + together * lift
        hidden |= seen
        findings.append(Finding(queue_id, None, *finding, kind="event", treatment="masked" if seen.any() else "kept"))
    for event, share in zip(events, inside, strict=True):
        if event.lift is not None:
            weight *= 1 - share + share * event.lift[0]
    return HourEvents(weight, hidden, tuple(findings))


def _share_inside(starts: pd.DatetimeIndex, interval_min: int, event: Event, zone: str) -> np.ndarray:
    """(n,) share of each interval that lies within the event."""
    borders = pd.DatetimeIndex([event.first_day, event.last_day])
    minutes = np.array([event.start or 0, 1440 if event.end is None else event.end])
    begin, end = at_wall_time(borders, minutes, zone).asi8 / 60_000_000
    start = starts.as_unit("us").asi8 / 60_000_000
    return np.asarray(np.clip(np.minimum(start + interval_min, end) - np.maximum(start, begin), 0, None) / interval_min)


def _learnt_lift(
    kind: str, rows: Rows, weekday: np.ndarray, usual_came: np.ndarray, came: np.ndarray, seen: np.ndarray
) -> tuple[float, tuple[str, str]]:
    """The lift of past hours of a kind against the same intervals of the weeks around, drawn a little towards 1."""
    if not seen.any():
        return 1.0, (f"no past hours of kind {kind} to learn a lift from", "forecast as if they moved nothing")
    table = pd.DataFrame({"day": rows.day, "weekday": weekday, "slot": rows.slot, "came": usual_came})
    around = table.groupby(["weekday", "slot"])["came"].rolling(2 * _NEIGHBOUR_WEEKS + 1, center=True, min_periods=1)
    usual = around.mean().droplevel([0, 1]).sort_index().to_numpy()
    known = seen & np.isfinite(usual)
    expected = float(usual[known].sum())
    lift = (float(came[known].sum()) + _PRIOR_CONTACTS) / (expected + _PRIOR_CONTACTS)
    days = len(np.unique(rows.day[known]))
    return lift, (f"hours of kind {kind} on {days} past days", f"lift {lift:.2f} learnt from them; left out of the fit")
