"""Reasons: why an agent cannot be given a legal period, or any shift in it, found by leaving out rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from scheduling.person.atlas import Atlas, has_tour, may_work
from scheduling.person.profile import Profile
from scheduling.rules.rule import AgentRule
from scheduling.staff.worker import Worker

LEFT_OUT_LAST = ("availability", "time_off")
"""Tried last, so that a clash that availability or absence alone explains is put down to it."""


@dataclass(frozen=True)
class Unplaceable:
    """An agent without a legal period (``illegal``), or with no shift in any legal one. ``rules`` clash as a set:
    leave out any one of them and it can be done; none means that not even without rules."""

    agent: str
    illegal: bool
    rules: tuple[str, ...]
    sentence: str


def why_unplaceable(atlas: Atlas, worker: Worker, profile: Profile | None) -> Unplaceable | None:
    """None for an agent who can be given a legal period with a shift in it."""
    if may_work(profile):
        return None
    if not has_tour(profile):
        rules = smallest_clash(atlas, worker, has_tour)
        return Unplaceable(worker.id, True, rules, _illegal(atlas, worker, rules))
    rules = smallest_clash(atlas, worker, may_work)
    return Unplaceable(worker.id, False, rules, _idle(worker, rules))


def smallest_clash(
    atlas: Atlas, worker: Worker, possible: Callable[[Profile | None], bool], apart: Collection[str] = ()
) -> tuple[str, ...]:
    """Names of a set of rules that together make it impossible and of which each is needed (deletion filter;
    Chinneck & Dravnieks, "Locating minimal infeasible constraint sets", ORSA Journal on Computing 3 (1991)).

    Rules named in ``apart`` are left out from the start. Empty where the others do not clash, or where it is impossible
    without any rule.
    """

    def works(rules: Sequence[AgentRule]) -> bool:
        return possible(atlas.profile(worker, rules, 0, 0))

    ruled = (rule for rule in atlas.rules if rule.name not in apart)
    kept = sorted(ruled, key=lambda rule: (rule.name in LEFT_OUT_LAST, rule.name))
    if not works([]) or works(kept):
        return ()
    for rule in tuple(kept):
        without = [other for other in kept if other is not rule]
        if not works(without):
            kept = without
    return tuple(rule.name for rule in kept)


def _illegal(atlas: Atlas, worker: Worker, rules: tuple[str, ...]) -> str:
    days = sorted(atlas.fixed.get(worker.id, {}))
    named = " and ".join(worker.horizon.day_name(day) for day in days)
    cause = f"the shifts fixed on {named}" if days else "what last week carried in"
    return f"{worker.name}: no legal roster, since {cause} and {_named(rules)} clash"


def _idle(worker: Worker, rules: tuple[str, ...]) -> str:
    if not rules:
        return f"{worker.name}: no shift, since no shift template is offered to contract {worker.contract.id}"
    if rules == ("time_off",):
        return f"{worker.name}: no shift, away or not employed on every day"
    return f"{worker.name}: no shift of the templates is allowed by {_named(rules)}"


def _named(rules: tuple[str, ...]) -> str:
    return " with ".join(name.replace("_", " ") for name in rules)
