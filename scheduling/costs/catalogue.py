"""The rules that a period's programmes are built from: those of the catalogue, weighed, and those of the objective."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pandas as pd

from scheduling.costs.charged import Charged
from scheduling.costs.fairness import FairShare
from scheduling.costs.kinds import SHIFT_KINDS, kinds_of, known_days
from scheduling.costs.overtime import overtime_bounds
from scheduling.costs.shares import expected_units, fair_shares
from scheduling.demand import demand_of
from scheduling.horizon import Horizon
from scheduling.rules.rule import AgentRule
from scheduling.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.shift import SLOT_MIN


def charged_rules(
    rules: Sequence[AgentRule],
    centre: Centre,
    workers: Sequence[Worker],
    horizon: Horizon,
    requirement: pd.DataFrame,
) -> tuple[AgentRule, ...]:
    """``rules`` with their prices weighed by term, overtime beside the weekly hours, and a fair share of each kind.

    Rules that merely warn cost nothing and are left out.
    """
    weights, fairness = centre.objective.term_weights(), centre.objective.fairness
    kinds = kinds_of(centre)
    need = demand_of(requirement, centre, horizon, SLOT_MIN).sum(axis=0)
    shares = fair_shares(
        centre, kinds, known_days(centre, workers), workers, expected_units(centre, kinds, horizon, need)
    )
    overtime = overtime_bounds(centre, shares["overtime"])
    weighed = [rule for rule in rules if not getattr(rule, "warns", False)]
    charged = [Charged(rule, weights, overtime if rule.name == "weekly_hours" else None) for rule in weighed]
    fair = [
        FairShare(kind, fairness.price(kind) * weights["fairness"], kinds, shares[kind])
        for kind in SHIFT_KINDS
        if fairness.price(kind) * weights["fairness"] > 0 and shares[kind]
    ]
    return cast("tuple[AgentRule, ...]", (*charged, *fair))
