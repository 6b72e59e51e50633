"""Variants: a problem without one of its rules, all else as it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scheduling.person.profile import Profile
from scheduling.problem.problem import Problem
from scheduling.problem.rows import rows_of
from scheduling.rules.catalogue import team_rules
from scheduling.rules.rule import AgentRule

ALL_IN_FORCE, PREFERENCES = "all in force", "preferences"


@dataclass(frozen=True, eq=False)
class Variant:
    """The problem without ``left_out``: under ``rules``, with ``kept`` of its team rows, and wishes counted or not."""

    left_out: str
    problem: Problem
    rules: tuple[AgentRule, ...]
    kept: NDArray[np.bool_]
    wishing: bool = True
    _profiles: dict[int, Profile | None] = field(default_factory=dict, repr=False)

    def profile(self, agent: int) -> Profile | None:
        """The programme of the worker at position ``agent``; None where no legal tour begins at his start."""
        if agent not in self._profiles:
            problem = self.problem
            worker = problem.team.workers[agent]
            asked = worker if self.wishing else replace(worker, wishes=())
            self._profiles[agent] = problem.atlas.profile(asked, self.rules, problem.team.pool_of(worker), agent)
        return self._profiles[agent]


def variants_of(problem: Problem) -> list[Variant]:
    """Every rule in force, then without each agent rule, each team rule, and the preferences."""
    rules, every = problem.atlas.rules, np.ones(len(problem.rows.slot), dtype=bool)
    variants = [Variant(ALL_IN_FORCE, problem, rules, every)]
    # Several rules may bear one name: a limit each of the same kind.
    for name in dict.fromkeys(rule.name for rule in rules):
        others = tuple(rule for rule in rules if rule.name != name)
        variants.append(Variant(name, problem, others, every))
    rows = [(team_rule.name, row) for team_rule in team_rules(problem.centre) for row in team_rule.rows(problem.team)]
    for name in dict.fromkeys(name for name, _ in rows):
        kept = np.array([other != name for other, _ in rows])
        without = rows_of([row for other, row in rows if other != name], len(problem.team.pools))
        variants.append(Variant(name, replace(problem, rows=without), rules, kept))
    if any(worker.wishes for worker in problem.team.workers):
        variants.append(Variant(PREFERENCES, problem, rules, every, wishing=False))
    return variants
