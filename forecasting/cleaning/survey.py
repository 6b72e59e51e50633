"""A survey of a whole history: what cleaning finds in each queue, without forecasting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from forecasting.book.daybook import read_daybook, require_queue
from forecasting.book.finding import Finding, finding_table
from forecasting.book.like_queue import queues_read
from forecasting.cleaning.cleaning import clean
from wfm.errors import MissingError
from wfm.policy.centre import Centre
from wfm.tables.history import HISTORY
from wfm.time.week import Period
from wfm.time.zones import local_day


def survey(
    history: pd.DataFrame,
    centre: Centre,
    queues: Sequence[str] | None = None,
    *,
    drivers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The table FINDING of a history, as a forecast from its end would clean it.

    Args:
        history: a HISTORY table.
        queues: queue ids; where None, all of the policy that the history holds.
        drivers: a table DRIVER; None where there are none.

    Raises:
        MissingError: no history at all, an unknown queue, one without history, or a driver without values.
    """
    history = HISTORY.check(history)
    held = set(history["queue"])
    chosen = [queue.id for queue in centre.queues if queue.id in held] if queues is None else list(queues)
    if not chosen:
        raise MissingError("no history to look through", mend="run `wfm import history FILE` first")
    findings: list[Finding] = []
    for queue_id in chosen:
        require_queue(centre, queue_id)
        if queue_id not in held:
            raise MissingError(f"no history of queue {queue_id}", mend="import its history")
        own = history[(history["queue"] == queue_id).to_numpy(bool)]
        end = local_day(own["interval_start"], centre.zone_of(queue_id)).max().date() + timedelta(days=1)
        read = history[history["queue"].isin(queues_read(centre, queue_id))]
        book, found = read_daybook(read, centre, queue_id, Period(end, 1), drivers=drivers)
        findings += [*found, *clean(book, centre.cleaning)[1]]
    return finding_table(findings)
