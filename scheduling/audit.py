"""The audit: any roster, made here, edited by hand or imported, against every rule; what it breaks and what it honours.

No solver is imported. Agent rules are asked day by day through the same three functions that the one-person programme
is built from; what only a table can get wrong (overlaps, unknown agents, missing breaks) is checked beside them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scheduling.form import form_violations
from scheduling.given import Worked, worked
from scheduling.horizon import horizon_of
from scheduling.rules.catalogue import agent_rules, team_rules
from scheduling.rules.rule import AgentRule, TeamRow, TeamRule
from scheduling.team import Team, team_of
from scheduling.violations import Violation, violation_table
from scheduling.worker import Worker, workers_of
from wfm.policy.centre import Centre
from wfm.policy.people import People
from wfm.policy.shift import SLOT_MIN
from wfm.tables.roster import ROSTER
from wfm.time.week import Period


@dataclass(frozen=True)
class Audit:
    """``violations`` is in contract; ``honoured`` has a row a rule: ``rule``, ``checked`` (agents, or rows of a team
    rule), ``ok`` of them, and the ``sentence`` that says so."""

    violations: pd.DataFrame
    honoured: pd.DataFrame

    @property
    def legal(self) -> bool:
        """Whether no hard rule is broken."""
        return not self.violations["hard"].any()


def audit(
    roster: pd.DataFrame, centre: Centre, people: People, period: Period, *, previous: pd.DataFrame | None = None
) -> Audit:
    """Check ``roster`` over ``period``. ``previous`` is the roster before it: rest and runs carry over its border.

    Raises:
        TableError: the roster breaks the contract of its table.
    """
    roster = ROSTER.check(roster)
    horizon = horizon_of(period, [site.zone for site in centre.sites], centre.centre.week_starts)
    workers = workers_of(centre, people, horizon, previous)
    found, checked = form_violations(roster, centre, workers, horizon)
    duties = worked(roster, workers, horizon)
    for rule in agent_rules(centre):
        broken = [v for worker in workers for v in agent_violations(rule, worker, duties.get(worker.id, {}))]
        found += broken
        checked[rule.name] = (len(workers), len({v.agent for v in broken}))
    before = None if previous is None else previous[previous["work_date"] < pd.Timestamp(period.first)]
    rosters = [roster] if before is None else [roster, before]
    team = team_of(centre, horizon, workers, rosters)
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
    """The rows of a team rule that ``presence`` breaks; a run of slots with the same count is told once."""
    by_subject: dict[str, list[TeamRow]] = defaultdict(list)
    for row in rows:
        by_subject[row.subject].append(row)
    broken = []
    for own in by_subject.values():
        last: tuple[int, float] | None = None
        for row in sorted(own, key=lambda row: row.slot):
            count = _count(row, presence)
            if row.excess(count) <= 1e-9:
                last = None
                continue
            if last != (row.slot - 1, count):
                broken.append(_team_violation(rule, team, row, count))
            last = (row.slot, count)
    return broken


def _count(row: TeamRow, presence: np.ndarray) -> float:
    return float(row.pools @ presence[:, row.slot])


def _team_violation(rule: TeamRule, team: Team, row: TeamRow, count: float) -> Violation:
    day = int(np.searchsorted(team.horizon.midnights(team.zone), row.slot * SLOT_MIN, side="right")) - 1
    sentence = rule.sentence(team, row, count)
    return Violation(rule.name, None, day, count, row.limit, rule.unit, False, sentence)


def _honoured(checked: dict[str, tuple[int, int]]) -> pd.DataFrame:
    rows = [
        (rule, total, total - broken, f"{rule.replace('_', ' ')}: {total - broken} of {total} in order")
        for rule, (total, broken) in sorted(checked.items())
    ]
    return pd.DataFrame(rows, columns=["rule", "checked", "ok", "sentence"])
