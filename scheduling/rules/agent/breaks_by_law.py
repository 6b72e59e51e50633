"""Breaks by law: how long a shift must pause, in how many parts, how early, and how long nobody works at a stretch.

Each entry of the policy's ``breaks`` becomes one rule for each of its demands. A shift that is still to be made is
judged by the windows of its breaks, at their least favourable: it is legal if every placement is, so that breaks move
freely within them. A shift of a roster is judged by the breaks that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from scheduling.rules.rule import Bound, State, Trait
from scheduling.staff.duty import Duty, Rest
from scheduling.staff.worker import Worker
from wfm.policy.centre import Centre
from wfm.policy.hours import BreakLaw
from wfm.policy.rules import priced

Measure = Callable[[Sequence[Rest], Duty], float | None]


@dataclass(frozen=True)
class BreaksByLaw:
    """One demand of a law: what it measures of a shift, its bound, and how a breach reads.

    ``told`` is the sentence, with places for ``value``, ``limit`` and ``day``.
    """

    law: BreakLaw
    measure: Measure
    bound: Bound
    told: str
    unit: str
    name: str = "breaks_by_law"

    def key(self, agent: Worker) -> Hashable:
        """Nothing of the agent matters."""
        return None

    def start(self, agent: Worker) -> State:
        """Every day stands alone."""
        return None

    def trait(self, duty: Duty) -> Trait:
        """The measured value, or None where the law does not reach."""
        return measured(self.law, self.measure, duty)

    def extend(self, agent: Worker, state: State, day: int, trait: Trait | None) -> tuple[State, float | None]:
        """The value of the day's shift."""
        return None, trait if isinstance(trait, float) else None

    def bounds(self, agent: Worker, day: int) -> tuple[Bound, ...]:
        """The demand."""
        return (self.bound,)

    def sentence(self, agent: Worker, day: int, value: float, bound: Bound) -> str:
        """The day, what was found and what is asked."""
        limit = bound.low if bound.high is None else bound.high
        told = self.told.format(value=f"{value:.4g}", limit=f"{limit:.4g}", day=agent.horizon.day_name(day))
        return f"{agent.name}: {told}"


def measured(law: BreakLaw, measure: Measure, duty: Duty) -> float | None:
    """``measure`` of the breaks that count, for a shift of more hours than ``law.over_h`` without its unpaid breaks."""
    if duty.paid_min <= law.over_h * 60:
        return None
    counting = [rest for rest in duty.rests if rest.minutes >= law.part_min and law.paid in (None, rest.paid)]
    return measure(counting, duty)


def _minutes(counting: Sequence[Rest], duty: Duty) -> float:
    return float(sum(rest.minutes for rest in counting))


def _number(counting: Sequence[Rest], duty: Duty) -> float:
    return float(len(counting))


def _longest_stretch_h(counting: Sequence[Rest], duty: Duty) -> float:
    """Hours from the earliest end of each break, or the shift's start, to the latest start of the next, or its end."""
    ends = [0, *(rest.first_min + rest.minutes for rest in counting)]
    starts = [*(rest.last_min for rest in counting), duty.ends - duty.starts]
    return max(start - end for end, start in zip(ends, starts, strict=True)) / 60


@dataclass(frozen=True)
class _StartOf:
    """The latest start of the ``count``-th break in hours; None where there are fewer, which their number tells."""

    count: int

    def __call__(self, counting: Sequence[Rest], duty: Duty) -> float | None:
        return counting[self.count - 1].last_min / 60 if len(counting) >= self.count else None


def rule(centre: Centre) -> tuple[BreaksByLaw, ...]:
    """A rule for each demand of each entry; none where the policy names no breaks."""
    price = priced(centre, "breaks_by_law")
    return tuple(demand for law in centre.rules.breaks for demand in demands(law, price))


def demands(law: BreakLaw, price: float | None = None) -> list[BreaksByLaw]:
    """The rules of one entry: minutes always, the others where they are named."""
    kind = "" if law.paid is None else ("paid " if law.paid else "unpaid ")
    part = f" in parts of {law.part_min:g} or more" if law.part_min > 1 else ""
    reach = f"on {{day}}, a shift of more than {law.over_h:g} h"
    found = [
        BreaksByLaw(
            law, _minutes, Bound(low=float(law.minutes), price=price),
            f"{{value}} minutes of {kind}break{part} {reach}, at least {{limit}} needed", "min",
        )
    ]  # fmt: skip
    if law.count > 1:
        told = f"{{value}} {kind}breaks{part} {reach}, at least {{limit}} needed"
        found.append(BreaksByLaw(law, _number, Bound(low=float(law.count), price=price), told, "breaks"))
    if law.by_h is not None:
        told = f"{kind}break number {law.count} on {{day}} begins {{value}} h into the shift, {{limit}} h at the latest"
        found.append(BreaksByLaw(law, _StartOf(law.count), Bound(high=law.by_h, price=price), told, "h"))
    if law.stretch_h is not None:
        told = "{value} h of work without a break on {day}, at most {limit} allowed"
        found.append(BreaksByLaw(law, _longest_stretch_h, Bound(high=law.stretch_h, price=price), told, "h"))
    return found
