"""How fairly a roster shares out weekends, nights, early starts, late ends and overtime: by agent, and a line a kind.

Here the share is reckoned from what the roster holds, not from what was expected of the period beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from scheduling.costs.kinds import SHIFT_KINDS, Kinds, kinds_of, known_days
from scheduling.costs.shares import fair_shares
from scheduling.staff.given import Worked, worked
from scheduling.staff.horizon import horizon_of
from scheduling.staff.worker import Worker, workers_of
from wfm.policy.centre import Centre
from wfm.policy.objective import KINDS, Kind
from wfm.policy.people import People
from wfm.time.week import Period


def fairness_table(
    roster: pd.DataFrame, centre: Centre, people: People, period: Period, previous: pd.DataFrame | None = None
) -> pd.DataFrame:
    """What each agent had of each kind, and what would have been his fair share.

    Args:
        roster: contract ROSTER; ``previous`` that of the weeks before, of which ``objective.fairness_weeks`` count.

    Returns:
        ``agent``, ``kind``, ``before`` (units of the past weeks), ``count`` (of the period), ``share`` (of both) and
        ``excess`` (before + count - share): shifts, weekends, or hours of overtime. Only agents who can work the kind.
    """
    horizon = horizon_of(period, [site.zone for site in centre.sites], centre.centre.week_starts)
    workers = workers_of(centre, people, horizon, previous)
    kinds, duties = kinds_of(centre), worked(roster, workers, horizon)
    counts = {kind: _counts(kinds, kind, workers, duties) for kind in KINDS}
    expected = {kind: sum(own.values()) for kind, own in counts.items()}
    shares = fair_shares(centre, kinds, known_days(centre, workers), workers, expected)
    rows = [
        (agent, kind, share.before, counts[kind][agent], share.fair, share.before + counts[kind][agent] - share.fair)
        for kind in KINDS
        for agent, share in shares[kind].items()
    ]
    return pd.DataFrame(rows, columns=["agent", "kind", "before", "count", "share", "excess"])


def _counts(kinds: Kinds, kind: Kind, workers: Sequence[Worker], duties: Mapping[str, Worked]) -> dict[str, float]:
    if kind in SHIFT_KINDS:
        return {w.id: float(len(kinds.days(kind, w.horizon, duties.get(w.id, {})))) for w in workers}
    return {worker.id: _overtime_h(worker, duties.get(worker.id, {})) for worker in workers}


def _overtime_h(worker: Worker, duties: Worked) -> float:
    horizon = worker.horizon
    ends = [day for day in range(horizon.period.days) if horizon.ends_week(day)]
    weeks = [sum(duties[day].paid_min for day in horizon.week_days(end) if day in duties) / 60 for end in ends]
    return sum(max(0.0, hours - worker.contract.hours_week) for hours in weeks)


def fairness_summary(table: pd.DataFrame) -> pd.DataFrame:
    """One row a kind: ``agents`` who can work it, ``mean`` of what they had, ``range``, ``sd`` and ``gini``.

    Range and standard deviation are of the excess over the fair share. The Gini coefficient is of what each had for his
    share (0: all alike; 1: one has all), after Gini 1912, as half the relative mean difference.
    """
    rows = []
    for kind, own in table.groupby("kind", sort=False):
        had, share = (own["before"] + own["count"]).to_numpy(float), own["share"].to_numpy(float)
        excess = own["excess"].to_numpy(float)
        relative = np.divide(had, share, out=np.zeros(len(had)), where=share > 0)
        rows.append((kind, len(own), had.mean(), np.ptp(excess), excess.std(), gini(relative)))
    return pd.DataFrame(rows, columns=["kind", "agents", "mean", "range", "sd", "gini"])


def fairness_sentences(table: pd.DataFrame) -> list[str]:
    """One sentence on all kinds that anybody had; none where nobody had any."""
    had = fairness_summary(table)
    told = []
    for kind, mean, index in zip(had["kind"], had["mean"].tolist(), had["gini"].tolist(), strict=True):
        most = max(float(table.loc[table["kind"] == kind, "excess"].max()), 0.0)
        if mean > 0:
            told.append(f"{kind} by {most:.1f}{' h' if kind == 'overtime' else ''} (Gini {index:.2f})")
    return [f"most that anyone has beyond a fair share: {', '.join(told)}"] if told else []


def gini(values: np.ndarray) -> float:
    """Half the relative mean difference of non-negative values.

    >>> gini(np.array([1.0, 1.0])), gini(np.array([0.0, 0.0, 0.0, 4.0]))
    (0.0, 0.75)
    """
    if len(values) == 0 or values.sum() == 0:
        return 0.0
    # In order, the n-th of N is above n - 1 others and below N - n: no need for all N^2 differences. In pairs from both
    # ends no difference is negative, and equal shares are 0 exactly.
    ordered, half = np.sort(values), len(values) // 2
    weight = len(values) - 1 - 2 * np.arange(half)
    return float(weight @ (ordered[::-1] - ordered)[:half] / (len(values) * values.sum()))
