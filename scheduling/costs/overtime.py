"""Overtime: hours beyond the contract's in a week, at the premium of the grade and the price of an unfair share.

The premium is priced on the weeks that the rule of weekly hours counts, with the same credit for paid absence. Where
the pay workweek begins on another day, or an hour of overtime falls on a rest day or holiday with a premium of its own,
the cost report knows better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scheduling.costs.shares import Share
from scheduling.costs.wages import rate_of, wage_points
from scheduling.rules.rule import Bound
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre

HOURS_A_STEP = 4.0
MOST_STEPS = 4.0
"""The price of an unfair hour rises with each step by which the past weeks lie above the share, so far."""


def overtime_bounds(centre: Centre, shares: Mapping[str, Share]) -> Callable[[Worker], tuple[Bound, ...]]:
    """The priced bounds of an agent's weekly hours."""
    premium = float(centre.pay.overtime_premium) * wage_points(centre)
    unfair = centre.objective.fairness.overtime

    def bounds(worker: Worker) -> tuple[Bound, ...]:
        contract = worker.contract
        if contract.most_hours <= contract.hours_week:
            return ()
        found = []
        if premium * rate_of(centre, worker) > 0:
            price = premium * rate_of(centre, worker)
            found.append(Bound(high=contract.hours_week, price=price, term="overtime"))
        if (steps := unfair_steps(shares.get(worker.id))) * unfair > 0:
            found.append(Bound(high=contract.hours_week, price=unfair * steps, term="fairness"))
        return tuple(found)

    return bounds


def unfair_steps(share: Share | None) -> float:
    """How many steps of four hours the past overtime lies above the share, in halves.

    >>> unfair_steps(Share(before=13, fair=4))
    2.0
    """
    if share is None:
        return 0.0
    return min(max(round(2 * (share.before - share.fair) / HOURS_A_STEP) / 2, 0.0), MOST_STEPS)
