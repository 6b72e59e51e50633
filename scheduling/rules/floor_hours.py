"""Floor hours: the slots of the period in which a part of the floor counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.policy.centre import Centre
from wfm.policy.days import queue_spans
from wfm.policy.floor import Floor
from wfm.policy.shift import SLOT_MIN
from wfm.tables.people import WEEKDAY_NAMES
from wfm.time.opening import Spans, days_that_reach, minutes_within

if TYPE_CHECKING:
    from scheduling.staff.team import Team


def floor_slots(floor: Floor, centre: Centre, team: Team) -> NDArray[np.int64]:
    """The slots in which ``floor`` counts: wholly inside its hours, or else while one of its queues is open.

    A span belongs to the weekday on which it begins. Slots after the period's last local midnight are the next
    period's.
    """
    inside = np.zeros(team.horizon.slots, dtype=bool)
    starts = team.horizon.slot_starts()
    for zone, queue in _clocks(floor, centre):
        days = days_that_reach(starts, zone)
        spans = [floor.hours] * len(days) if floor.hours is not None else queue_spans(days, centre, queue)
        open_min = minutes_within(starts, SLOT_MIN, days, _on_weekdays(spans, days, floor), zone)
        inside |= (open_min >= SLOT_MIN) & team.in_period(zone)
    return np.flatnonzero(inside)


def _clocks(floor: Floor, centre: Centre) -> list[tuple[str, str]]:
    """The zones in which the floor's hours are read, each with a queue; one is enough where hours are given."""
    if floor.queue is not None:
        queues = [floor.queue]
    else:
        own = [queue.id for queue in centre.queues if floor.site is None or queue.site in (None, floor.site)]
        queues = own or [queue.id for queue in centre.queues]
    clocks = [(centre.zone_of(queue), queue) for queue in queues]
    if floor.hours is None:
        return clocks
    return [(clocks[0][0] if floor.site is None else centre.site(floor.site).zone, queues[0])]


def _on_weekdays(spans: Sequence[Spans], days: pd.DatetimeIndex, floor: Floor) -> list[Spans]:
    if floor.weekdays is None:
        return list(spans)
    return [own if WEEKDAY_NAMES[day.weekday()] in floor.weekdays else () for own, day in zip(spans, days, strict=True)]
