"""The audit: any roster, made here, edited by hand or imported, against every rule; what it breaks and what it honours.

No solver is imported. Agent rules are asked day by day through the same three functions that the one-person programme
is built from; what only a table can get wrong (overlaps, unknown agents, missing breaks) is checked beside them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scheduling.checking.approval import RULE as APPROVAL
from scheduling.checking.approval import missing_approval
from scheduling.checking.form import form_violations
from scheduling.checking.violations import Violation, violation_table
from scheduling.costs.wishes import wish_table
from scheduling.rules.catalogue import agent_rules, team_rules
from scheduling.rules.rule import AgentRule, TeamRow, TeamRule
from scheduling.staff.given import Worked, worked
from scheduling.staff.horizon import horizon_of
from scheduling.staff.team import Team, team_of
from scheduling.staff.worker import Worker, workers_of
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.policy.shift_demand import with_shift_demand
from wfm.tables.roster import ROSTER
from wfm.time.week import Period

PREFERENCES = "preferences"
"""No rule, but what was wished for and honoured belongs beside them."""


@dataclass(frozen=True)
class Audit:
    """``violations`` is in contract; ``honoured`` has a row a rule: ``rule``, ``checked`` (agents, or rows of a team
    rule), ``ok`` of them, and the ``sentence`` that says so; wishes are counted beside the rules."""

    violations: pd.DataFrame
    honoured: pd.DataFrame

    @property
    def legal(self) -> bool:
        """Whether no hard rule is broken."""
        return not self.violations["hard"].any()


def audit(
    roster: pd.DataFrame,
    centre: Centre,
    people: People,
    period: Period,
    *,
    previous: pd.DataFrame | None = None,
    shift_demand: pd.DataFrame | None = None,
) -> Audit:
    """Check ``roster`` over ``period``. ``previous`` is the roster before it: rest and runs carry over its border.

    ``shift_demand`` (contract SHIFT_DEMAND) is how many agents each shift of each day shall have.

    Raises:
        TableError: the roster breaks the contract of its table.
    """
    roster, centre = ROSTER.check(roster), with_shift_demand(centre, shift_demand)
    horizon = horizon_of(period, [site.zone for site in centre.sites], centre.centre.week_starts)
    workers = workers_of(centre, people, horizon, previous)
    found, checked = form_violations(roster, centre, workers, horizon)
    if (missing := missing_approval(centre)) is not None:
        found += missing
        checked[APPROVAL] = (1, len(missing))
    duties = worked(roster, workers, horizon)
    breakers: dict[str, set[str | None]] = defaultdict(set)
    for rule in agent_rules(centre):
        broken = [v for worker in workers for v in agent_violations(rule, worker, duties.get(worker.id, {}))]
        found += broken
        breakers[rule.name] |= {v.agent for v in broken}
    checked |= {name: (len(workers), len(agents)) for name, agents in breakers.items()}
    wishes = wish_table(workers, duties)["honoured"]
    if len(wishes):
        checked[PREFERENCES] = (len(wishes), int((~wishes.astype(bool)).sum()))
    before = None if previous is None else previous[previous["work_date"] < pd.Timestamp(period.first)]
    rosters = [roster] if before is None else [roster, before]
    team = team_of(centre, horizon, workers, team_rules(centre), rosters)
    presence = np.sum([team.presence(each) for each in rosters], axis=0)
    for team_rule in team_rules(centre):
        rows = team_rule.rows(team)
        broken = team_violations(team_rule, team, rows, presence)
        found += broken
        checked[team_rule.name] = (len(rows), sum(row.excess(_count(row, presence)) > 1e-9 for row in rows))
    return Audit(violation_table(found, horizon), _honoured(checked))


def agent_violations(rule: AgentRule, worker: Worker, duties: Worked) -> list[Violation]:
    """What one agent's duties break of one rule; priced bounds count as soft."""
    state, broken = rule.start(worker), []
    for day in range(worker.horizon.period.days):
        duty = duties.get(day)
        state, value = rule.extend(worker, state, day, None if duty is None else rule.trait(duty))
        if value is None:
            continue
        broken += [
            Violation(
                rule=rule.name,
                agent=worker.id,
                day=day,
                found=float(value),
                limit=bound.limit(value),
                unit=rule.unit,
                hard=bound.hard,
                sentence=rule.sentence(worker, day, value, bound),
            )
            for bound in rule.bounds(worker, day)
            if bound.excess(value)
        ]
    return broken


def team_violations(rule: TeamRule, team: Team, rows: list[TeamRow], presence: np.ndarray) -> list[Violation]:
    """The rows of a team rule that ``presence`` breaks; a run of slots with the same count is told once.

    Columns of marks are days of shifts, each told by itself.
    """
    by_subject: dict[tuple[object, ...], list[TeamRow]] = defaultdict(list)
    for row in rows:
        by_subject[row.subject, row.entry, row.at_least].append(row)
    broken = []
    for own in by_subject.values():
        last: tuple[int, float] | None = None
        for row in sorted(own, key=lambda row: row.slot):
            count = _count(row, presence)
            if row.excess(count) <= 1e-9:
                last = None
                continue
            if last != (row.slot - 1, count) or row.slot >= team.horizon.slots:
                broken.append(_team_violation(rule, team, row, count))
            last = (row.slot, count)
    return broken


def _count(row: TeamRow, presence: np.ndarray) -> float:
    return float(row.pools @ presence[:, row.slot])


def _team_violation(rule: TeamRule, team: Team, row: TeamRow, count: float) -> Violation:
    sentence = rule.sentence(team, row, count)
    return Violation(rule.name, None, team.day_of(row.slot), count, row.limit, rule.unit, False, sentence)


def _honoured(checked: dict[str, tuple[int, int]]) -> pd.DataFrame:
    rows = []
    for rule, (total, broken) in sorted(checked.items()):
        kept = "honoured" if rule == PREFERENCES else "in order"
        rows.append((rule, total, total - broken, f"{rule.replace('_', ' ')}: {total - broken} of {total} {kept}"))
    return pd.DataFrame(rows, columns=["rule", "checked", "ok", "sentence"])
