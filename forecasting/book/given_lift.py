"""Lifts that the policy gives, held against what past events of the kind did: the given one holds, both are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from forecasting.book.events import events_of
from forecasting.book.finding import Finding
from wfm.policy.centre import Centre
from wfm.policy.volume import Event

if TYPE_CHECKING:
    from forecasting.book.daybook import Daybook

_NEIGHBOUR_WEEKS = 4
_FAR = 0.1
"""Further apart than this share of the given lift, the past is worth a sentence."""


def lifts_against_the_past(book: Daybook, centre: Centre) -> list[Finding]:
    """A finding for each event ahead with a given lift of whose kind past events moved the volume otherwise.

    The past lift is the mean, weighted by volume, of the days of past events over the median of the same weekdays up
    to four weeks before and after that had no event.
    """
    events = [event for event in events_of(centre, book.queue) if not event.by_hours]
    ahead = np.arange(len(book.days)) >= book.past
    marks = {id(event): _during(event, book.days) for event in events}
    level = book.totals / np.maximum(book.open_min.sum(axis=1), 1e-9)
    usual = _usual(np.where(np.any([*marks.values(), ahead], axis=0), np.nan, level), book.weekday)
    findings = []
    for event in events:
        if event.lift is None or not (marks[id(event)] & ahead).any():
            continue
        alike = np.any([marks[id(other)] for other in events if other.kind == event.kind], axis=0)
        at = alike & ~ahead & np.isfinite(level) & np.isfinite(usual)
        if not at.any():
            continue
        past = float(level[at].sum() / usual[at].sum())
        given = float(np.mean(event.lift))
        if abs(past - given) > _FAR * given:
            found = (
                f"event {event.name} is given a lift of {given:.2f}, past events of kind {event.kind} had {past:.2f}"
            )
            treated = f"the given lift holds (the past one is of {int(at.sum())} days)"
            findings.append(Finding(book.queue, None, found, treated, kind="event"))
    return findings


def _during(event: Event, days: pd.DatetimeIndex) -> np.ndarray:
    during = np.zeros(len(days), bool)
    for span in event.occurrences(days[0].date(), days[-1].date()):
        during |= np.asarray((days >= pd.Timestamp(span.first)) & (days <= pd.Timestamp(span.last)))
    return during


def _usual(level: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Median level of the same weekday around each day."""
    around = pd.Series(level).groupby(weekday).rolling(2 * _NEIGHBOUR_WEEKS + 1, center=True, min_periods=1)
    return np.asarray(around.median().droplevel(0).sort_index().to_numpy(float))
