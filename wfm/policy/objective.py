"""The objective: what wages, fairness and the last version count for beside the prices, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from wfm.policy.part import Part, located
from wfm.time.opening import read_clock

Kind = Literal["weekends", "nights", "early", "late", "overtime"]
KINDS: tuple[Kind, ...] = ("weekends", "nights", "early", "late", "overtime")

Points = Annotated[float, Field(ge=0)]
Clock = Annotated[int, BeforeValidator(located(read_clock))]

TERMS = (
    "understaffing",
    "overstaffing",
    "outside_opening",
    "below_minimum_hours",
    "team_rules",
    "soft_rules",
    "wages",
    "overtime",
    "preferences",
    "fairness",
    "stability",
)
"""The terms of the objective, each in points."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "coverage": ("understaffing", "overstaffing", "outside_opening"),
    "rules": ("below_minimum_hours", "team_rules", "soft_rules"),
    "cost": ("wages", "overtime"),
}
"""Names for several terms together."""


class Fairness(Part):
    """Points for each shift beyond the fair share, by kind: the first unit beyond costs that much, the second twice.

    Weekends with work, nights (as of ``rules.night``), shifts that start before ``early_before``, shifts that end after
    ``late_after`` (neither of them a night). ``overtime`` is a price an hour of overtime, for each four hours that the
    agent's overtime of the past weeks lies above the fair share. ``target`` states the fair share of a full-timer in
    four weeks; where it is silent, it is what the team would get each, by contract hours and days present.
    """

    weekends: Points = 3.0
    nights: Points = 3.0
    early: Points = 0.0
    late: Points = 0.0
    overtime: Points = 0.0
    early_before: Clock = 420
    late_after: Clock = 1200
    target: Mapping[Kind, Points] = {}

    def price(self, kind: Kind) -> float:
        """Points of the first unit beyond the share."""
        return float(getattr(self, kind))


class Stability(Part):
    """Points for each change against the last version of the same period.

    ``day``: a shift where a day off was, or a day off where a shift was. ``template``: another template. ``hour``: each
    hour by which the start moves, and each by which the length changes.
    """

    day: Points = 8.0
    template: Points = 2.0
    hour: Points = 1.0


class Objective(Part):
    """What counts beside the prices of ``[prices]``.

    ``wage`` is points per unit of currency paid. None: as many as let an hour at the mean of the rates cost 1 point,
    whatever the currency. That is a fortieth of an hour of understaffing and a quarter of an idle one, so wages choose
    between rosters that cover alike, and give hours back that nobody needs, but never save on cover.

    ``weights`` multiplies terms, or groups of them. ``order`` lists levels, the most important first: each level's
    points count ``outweighs`` times those of the next. Terms that no level names belong to the first.
    """

    wage: Points | None = None
    fairness_weeks: int = Field(4, ge=0, le=52)
    fairness: Fairness = Fairness()
    stability: Stability = Stability()
    weights: Mapping[str, Points] = {}
    order: tuple[tuple[str, ...], ...] = ()
    outweighs: float = Field(100.0, ge=1)

    @model_validator(mode="after")
    def _known(self) -> Objective:
        ordered = [term for level in self.order for name in level for term in terms_of(name)]
        for term in ordered:
            if ordered.count(term) > 1:
                raise ValueError(f"order names {term} twice")
        for name in self.weights:
            terms_of(name)
        return self

    def term_weights(self) -> dict[str, float]:
        """What each term's points are multiplied by.

        >>> own = Objective(order=(("coverage",), ("preferences",)), outweighs=50, weights={"preferences": 2})
        >>> own.term_weights()["understaffing"], own.term_weights()["preferences"]
        (1.0, 0.04)
        """
        level = {term: at for at, names in enumerate(self.order) for name in names for term in terms_of(name)}
        own = {term: weight for name, weight in self.weights.items() for term in terms_of(name)}
        own.update({name: weight for name, weight in self.weights.items() if name in TERMS})
        return {term: float(own.get(term, 1.0) / self.outweighs ** level.get(term, 0)) for term in TERMS}


def terms_of(name: str) -> tuple[str, ...]:
    """The terms that a name of a term or a group stands for.

    Raises:
        ValueError: it is neither.
    """
    if name in GROUPS:
        return GROUPS[name]
    if name not in TERMS:
        raise ValueError(f"no term of the objective is called {name}: one of {', '.join((*GROUPS, *TERMS))}")
    return (name,)
