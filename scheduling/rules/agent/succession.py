"""Succession: shifts that may not follow one another, by their templates.

A shift is judged against the one before it, on the day before or after as many days off as the policy says.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import cast

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.rules import Forbidden, priced


class Clash(float):
    """One forbidden succession, which still knows the two templates for its sentence."""

    before: str
    after: str

    def __new__(cls, before: str, after: str) -> Clash:
        """Counts 1."""
        clash = super().__new__(cls, 1.0)
        clash.before, clash.after = before, after
        return clash


@dataclass(frozen=True, eq=False)
class Succession:
    """No successions of ``forbidden``, by the template of the earlier shift."""

    forbidden: Mapping[str, Forbidden]
    price: float | None = None
    name: str = "succession"
    unit: str = "shifts"

    def key(self, agent: Worker) -> Hashable:
        """Nothing of the agent matters."""
        return None

    def start(self, agent: Worker) -> State:
        """The last shift before the period and the days off since, if they can matter."""
        if not agent.carried.past:
            return None
        last = agent.carried.past[-1]
        return self._remembered(last.template, -1 - last.day)

    def trait(self, duty: Duty) -> Trait:
        """The template."""
        return duty.template

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The last template and the days off since then; measured is whether the shift may not follow it."""
        if trait is None:
            last, days_off = cast("tuple[str, int]", state) if state is not None else ("", 0)
            return self._remembered(last, days_off + 1), None
        template, value = cast("str", trait), cast("Clash | None", None)
        if state is not None:
            last, _ = cast("tuple[str, int]", state)
            if template in self.forbidden[last].never:
                value = Clash(last, template)
        return self._remembered(template, 0), value

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """None of them."""
        return (Bound(high=0, price=self.price),)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The later shift."""
        when = agent.horizon.day_name(day)
        if isinstance(value, Clash):
            return f"{agent.name}: a shift {value.after} on {when} may not follow the shift {value.before} before it"
        return f"{agent.name}: the shift on {when} may not follow the one before it"

    def _remembered(self, template: str, days_off: int) -> State:
        entry = self.forbidden.get(template)
        return None if entry is None or days_off > entry.days_off else (template, days_off)


def rule(centre: Centre) -> Succession | None:
    """Off where the policy forbids none."""
    entries = {entry.after: entry for entry in centre.rules.forbidden}
    return Succession(entries, priced(centre, "succession")) if entries else None
