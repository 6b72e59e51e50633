"""Weights: the prices of coverage and of team rules times the weight of their term.

Bounds of agent rules and costs of single days are weighed where they are made (``charged``, ``own``); these prices are
read in many places, so they are weighed in the policy itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from wfm.policy.centre import Centre
from wfm.policy.part import Part

P = TypeVar("P", bound=Part)

OF_COVERAGE = ("understaffing", "overstaffing", "outside_opening")
OF_TEAM_RULES = ("floor_minimum", "seats", "shift_lead", "mentor", "shift_staff_under", "shift_staff_over")
OF_AN_ENTRY = ("price", "price_under", "price_over")


def weighed(centre: Centre, team_rules: Collection[str]) -> Centre:
    """``centre`` with weighed prices of coverage and team rules; ``team_rules`` are the names of these rules.

    The roster's problem is stated in it. Weights themselves stay, so it is not to be weighed twice.
    """
    weights = centre.objective.term_weights()
    of_team = weights["team_rules"]
    factors = {name: weights[name] for name in OF_COVERAGE} | dict.fromkeys(OF_TEAM_RULES, of_team)
    if all(weight == 1 for weight in factors.values()):
        return centre
    rules = _scaled(centre.rules, dict.fromkeys(OF_AN_ENTRY, of_team))
    soft = {name: price * (of_team if name in team_rules else 1) for name, price in centre.rules.soft.items()}
    return centre.model_copy(
        update={"prices": _scaled(centre.prices, factors), "rules": rules.model_copy(update={"soft": soft})}
    )


def _scaled(part: P, factors: Mapping[str, float]) -> P:
    """A section with every number whose name is in ``factors`` multiplied, in its entries too."""
    return part.model_copy(
        update={name: _value(name, getattr(part, name), factors) for name in type(part).model_fields}
    )


def _value(name: str, value: object, factors: Mapping[str, float]) -> object:
    if isinstance(value, Part):
        return _scaled(value, factors)
    if isinstance(value, tuple) and any(isinstance(entry, Part) for entry in value):
        # A price may be a few steps: the same factor for the price of each.
        inside = {**factors, "price": factors[name]} if name in factors else factors
        return tuple(_value(name, entry, inside) for entry in value)
    if name in factors and isinstance(value, int | float):
        return value * factors[name]
    return value
