"""Money: the policy as a mix is judged by it, and what one of its points is worth in currency.

A roster's objective already sets wages beside cover: ``objective.wage`` points for each unit of currency. A mix is the
same objective read the other way, in currency. An idle hour costs its wages and nothing more; wishes, fair shares and
changes belong to people, whom a mix does not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from scheduling.costs.wages import wage_points
from scheduling.mix.kind import Kind
from wfm.policy.centre import Centre
from wfm.policy.objective import Fairness, Objective

NOT_OF_A_MIX = ("overstaffing", "preferences", "fairness", "stability")
"""Terms of a roster's objective that say nothing about how many agents to employ."""


@dataclass(frozen=True)
class Priced:
    """``centre`` is the policy with a grade for each kind, ``point`` the units of currency that a point is worth."""

    centre: Centre
    point: float


def priced(centre: Centre, kinds: Sequence[Kind]) -> Priced:
    """``centre`` for rosters of ``kinds``.

    Where wages count for nothing in the policy, a point is worth an hour at the mean of the grades' rates, as where
    ``objective.wage`` is left out; without any rates, one unit of currency.
    """
    weights = centre.objective.term_weights()
    points = wage_points(centre) * weights["wages"]
    if points == 0:
        weights |= {"wages": 1.0, "overtime": 1.0}
        bare = centre.model_copy(update={"objective": centre.objective.model_copy(update={"wage": None})})
        points = wage_points(bare) or 1.0
    objective = Objective(
        wage=points / weights["wages"],
        weights=weights | dict.fromkeys(NOT_OF_A_MIX, 0.0),
        fairness=Fairness(weekends=0, nights=0),
    )
    grades = {kind.id: Decimal(repr(kind.rate)) for kind in kinds}
    pay = centre.pay.model_copy(update={"grades": grades})
    return Priced(centre.model_copy(update={"objective": objective, "pay": pay}), 1 / points)
