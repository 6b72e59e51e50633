"""The rules that a period's programmes are built from: those of the catalogue, weighed, and those of the objective."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from scheduling.arrays import Floats
from scheduling.costs.charged import Charged
from scheduling.costs.fairness import FairShare
from scheduling.costs.kinds import SHIFT_KINDS, kinds_of, known_days
from scheduling.costs.overtime import overtime_bounds
from scheduling.costs.shares import expected_units, fair_shares
from scheduling.rules.rule import AgentRule
from scheduling.staff.horizon import Horizon
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre


def charged_rules(
    rules: Sequence[AgentRule],
    centre: Centre,
    workers: Sequence[Worker],
    horizon: Horizon,
    need: Floats,
) -> tuple[AgentRule, ...]:
    """``rules`` with their prices weighed by term, overtime beside the weekly hours, and a fair share of each kind.

    ``need`` is agents needed by slot, all queues together. Rules that merely warn cost nothing and are left out.
    """
    weights, fairness = centre.objective.term_weights(), centre.objective.fairness
    kinds = kinds_of(centre)
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
