"""Demand behind what is offered: contacts that a bot takes, and calls again of those who gave up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasting.book.finding import Finding
from wfm.policy.centre import Queue

RECENT_DAYS = 56
"""Days whose abandonment stands for that of the plan where the policy names none."""
_PRIOR_CONTACTS = 20.0
"""An interval's own share of abandonment counts for as much as its day's once so many contacts were offered in it."""


def reaching_share(days: pd.DatetimeIndex, queue: Queue) -> np.ndarray:
    """(D,) share of contacts that reach the queue, the others being deflected to a bot or self-service.

    >>> queue = Queue(id="q", deflection=[{"since": "2026-01-02", "share": 0.25}])
    >>> reaching_share(pd.DatetimeIndex(["2026-01-01", "2026-01-02"]), queue).tolist()
    [1.0, 0.75]
    """
    since = pd.DatetimeIndex([step.since for step in queue.deflection])
    taken = np.array([0.0, *(step.share for step in queue.deflection)])
    return 1.0 - taken[since.searchsorted(days, side="right")]


def redial_factor(
    offered: np.ndarray, abandoned: np.ndarray, repeats: np.ndarray, past: int, queue: Queue
) -> tuple[np.ndarray, list[Finding]]:
    """(D, K) contacts offered over first attempts: how far abandonment inflates each cell, in the past and as planned.

    Of A who abandon among O offered, r A call again within the interval, so that the first attempts are O - r A, and
    O = first attempts / (1 - r a) where a share a abandons. In the past, a is that of the cell, drawn towards its
    day's, and r a is at most the share of repeats where history counts them. Ahead, a is the planned abandonment: a
    forecast holds as many redials as the planned service level causes, not as many as a bad day of the past did. Cells
    of which abandonment is unknown are taken to be as planned.
    """
    factor = np.ones(offered.shape)
    if queue.redial_share == 0:
        return factor, []
    told = np.isfinite(offered) & np.isfinite(abandoned)
    came, gone = np.where(told, offered, 0.0), np.where(told, abandoned, 0.0)
    by_day = gone.sum(axis=1, keepdims=True) / np.maximum(came.sum(axis=1, keepdims=True), 1.0)
    share = np.minimum((gone + _PRIOR_CONTACTS * by_day) / (came + _PRIOR_CONTACTS), 1.0)
    recent = slice(max(past - RECENT_DAYS, 0), past)
    planned = queue.planned_abandonment
    lately = float(gone[recent].sum() / max(came[recent].sum(), 1.0))
    redials = queue.redial_share * np.where(told, share, lately if planned is None else planned)
    counted = told & np.isfinite(repeats)
    redials = np.where(counted, np.minimum(redials, repeats / np.maximum(came, 1.0)), redials)
    ahead = np.arange(len(offered)) >= past
    redials[ahead] = queue.redial_share * (lately if planned is None else planned)
    found = f"{queue.redial_share:.0%} of those who abandon are taken to call again"
    if not told.any():
        found = "redials are to be taken out, but history does not tell who abandoned"
    treated = (
        f"forecast with {lately:.1%} abandoning, as in the last {RECENT_DAYS} days"
        if planned is None
        else f"forecast with {planned:.1%} abandoning as planned, {lately:.1%} did lately"
    )
    return 1.0 / (1.0 - redials), [Finding(queue.id, None, found, treated)]
