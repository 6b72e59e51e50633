"""A solved roster on its way out of a command: audited, stored, told in sentences, and turned into an exit code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wfm.commands.failure import INTERRUPTED, NO
from wfm.commands.output import say

if TYPE_CHECKING:
    import pandas as pd

    from scheduling.checking.audit import Audit
    from scheduling.outcome import Solved
    from wfm.policy.people import People
    from wfm.store.workspace import Workspace
    from wfm.time.week import Period


AWAY = ("time_off",)
"""The rules that leave an agent no shift who is away or not employed on every day."""
MOST_TOLD = 12
"""So many are told one by one; how many more there are is said."""


@dataclass(frozen=True)
class Scheduled:
    """A stored roster: its run, how good it is, what the audit found, and how fairly it shares out."""

    run: int
    solved: Solved
    audit: Audit
    fairness: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """130 after Ctrl-C; 1 where a hard rule is broken, or an agent who is not away has no shift; else 0."""
        if self.solved.interrupted:
            return INTERRUPTED
        # Nobody is missing from a roster who is away on all of its days.
        unplaceable = any(agent.rules != AWAY for agent in self.solved.unplaceable)
        return NO if unplaceable or self.audit.violations["hard"].any() else 0


def store_solved(
    place: Workspace,
    period: Period,
    solved: Solved,
    people: People,
    previous: pd.DataFrame | None,
    *,
    shift_demand: pd.DataFrame | None,
    inputs: Mapping[str, pd.DataFrame],
    parameters: Mapping[str, Any],
    seed: int,
    author: str | None,
) -> Scheduled:
    """Audit a solved roster and store it with coverage and violations; Ctrl-C does not get between."""
    from scheduling.checking.audit import audit
    from scheduling.commands.posed import PRICES, prices_told
    from scheduling.costs.fairness_report import fairness_sentences, fairness_table
    from scheduling.solver.interrupt import held_back
    from wfm.policy.objective import KINDS

    with held_back():
        found = audit(solved.roster, place.centre, people, period, previous=previous, shift_demand=shift_demand)
        record = place.record(
            "roster",
            period,
            inputs,
            parameters={
                **parameters,
                "objective": solved.objective,
                "bound": solved.bound,
                "gap": solved.gap,
                "relaxation": solved.relaxation,
                **({PRICES: prices_told(solved)} if solved.promised else {}),
            },
            seed=seed,
            status="interrupted" if solved.interrupted else "done",
            note="\n".join(agent.sentence for agent in solved.unplaceable),
            author=author,
        )
        tables = {"roster": solved.roster, "coverage": solved.coverage, "violation": found.violations}
        shares = fairness_table(solved.roster, place.centre, people, period, previous)
        priced = [kind for kind in KINDS if place.centre.objective.fairness.price(kind) > 0]
        shares = shares[shares["kind"].isin(priced)]
        return Scheduled(place.store.write_run(record, tables), solved, found, tuple(fairness_sentences(shares)))


def tell(made: Scheduled) -> None:
    """The outcome in sentences, on stderr."""
    solved = made.solved
    say(
        f"roster, run {made.run}: {solved.objective:,.0f} points, no roster below {solved.bound:,.0f} "
        f"(gap {solved.gap:.1%}) after {solved.seconds:.0f} s" + (", interrupted" if solved.interrupted else "")
    )
    for promised in solved.promised:
        say(promised.sentence)
    for sentence in (*_wishes(made.audit), *made.fairness):
        say(sentence)
    for sentence in _unplaceable(solved):
        say(sentence)
    broken = made.audit.violations.sort_values("hard", ascending=False, kind="stable")["sentence"]
    for sentence in broken[:MOST_TOLD]:
        say(sentence)
    if len(broken) > MOST_TOLD:
        say(f"and {len(broken) - MOST_TOLD:,} more; `wfm audit` lists them all")


def _unplaceable(solved: Solved) -> list[str]:
    """Who has no shift and why, a sentence each; those who are away all the time in one."""
    told = [agent.sentence for agent in solved.unplaceable if agent.rules != AWAY]
    away = [agent.sentence.partition(":")[0] for agent in solved.unplaceable if agent.rules == AWAY]
    if len(away) == 1:
        told += [agent.sentence for agent in solved.unplaceable if agent.rules == AWAY]
    elif away:
        more = f" and {len(away) - MOST_TOLD:,} more" if len(away) > MOST_TOLD else ""
        told.append(
            f"{len(away):,} agents have no shift, away or not employed on every day: "
            f"{', '.join(away[:MOST_TOLD])}{more}"
        )
    return told


def _wishes(audit: Audit) -> list[str]:
    """How many preferences were honoured, if there are any."""
    from scheduling.checking.audit import PREFERENCES

    return list(audit.honoured.loc[audit.honoured["rule"] == PREFERENCES, "sentence"])


def best_so_far(incumbent: float, bound: float) -> str:
    """``1,234 points, none below 1,200, gap 2.8%``; the bound is told once there is one."""
    if not abs(incumbent) < float("inf"):
        return "no roster yet"
    text = f"{incumbent:,.0f} points"
    if not 0 <= bound < float("inf") or incumbent <= 0:
        return text
    return f"{text}, none below {bound:,.0f}, gap {max(0.0, 1 - bound / incumbent):.1%}"


def terms_table(solved: Solved) -> pd.DataFrame:
    """Points of every term, their total, and the bound."""
    import pandas as pd

    rows = [*solved.terms.items(), ("total", solved.objective), ("bound", solved.bound)]
    return pd.DataFrame(rows, columns=["term", "points"])
