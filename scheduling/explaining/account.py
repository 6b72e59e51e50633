"""The account of a roster: what it costs and why, as rows of sentences, for whoever has to answer for it.

Works for every roster of the period, made here, edited or imported: all is recomputed from the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from scheduling.checking.objective import objective_terms
from scheduling.costs.fairness import FairShare
from scheduling.costs.wishes import wish_table
from scheduling.explaining.explanation import Explanation, explanation, tenths
from scheduling.explaining.relaxation import relaxations
from scheduling.explaining.rule_costs import rule_costs
from scheduling.explaining.shortfall import shortfalls
from scheduling.problem.problem import Problem
from scheduling.staff.given import day_of, worked

COLUMNS = ("about", "subject", "day", "amount", "unit", "sentence")
MOST_SHORTFALLS, MOST_AGENTS = 12, 12
"""So many are accounted for in full; how many more there are is said."""


@dataclass(frozen=True)
class Question:
    """Why does ``agent`` work as he does on ``day`` of the period; None: on each of its days."""

    agent: str
    day: int | None = None


Row = tuple[str, str, int | None, float | None, str | None, str]


def account(
    problem: Problem,
    roster: pd.DataFrame,
    coverage: pd.DataFrame,
    *,
    questions: Sequence[Question] = (),
    seconds: float = 5.0,
    seed: int = 0,
) -> pd.DataFrame:
    """Everything there is to say of ``roster``: a table of ``about``, ``subject``, ``day``, ``amount``, ``unit`` and
    ``sentence``.

    ``about`` is ``term`` (points of the objective), ``agent`` (has no legal period, or no shift) with the ``way out``
    below, ``shortfall`` (agent-hours), ``wish`` (honoured, and the weightiest that were not), ``fairness`` (units
    beyond the fair share), ``rule`` (points it costs at least) or, where there are ``questions``, ``why`` (points more)
    alone. Rules' costs take about ``seconds``.

    Raises:
        MissingError: a question about nobody.
    """
    if questions:
        rows = [row for question in questions for row in _answers(problem, roster, question)]
    else:
        rows = [
            *_terms(problem, roster),
            *_unplaceable(problem),
            *_shortfalls(problem, roster, coverage),
            *_wishes(problem, roster),
            *_fairness(problem, roster),
            *_rules(problem, roster, seconds, seed),
        ]
    days = [None if row[2] is None else problem.horizon.date(row[2]) for row in rows]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    when = pd.to_datetime(pd.Series(days, dtype=object))
    return frame.assign(day=when, amount=frame["amount"].astype(float))


def _terms(problem: Problem, roster: pd.DataFrame) -> Iterator[Row]:
    terms = objective_terms(problem, roster)
    for name, points in terms.items():
        yield "term", name, None, points, "points", f"{name.replace('_', ' ')}: {tenths(points)} points"


def _unplaceable(problem: Problem) -> Iterator[Row]:
    workers = {worker.id: worker for worker in problem.team.workers}
    for number, reason in enumerate(problem.unplaceable):
        yield "agent", reason.agent, None, None, None, reason.sentence
        if number < MOST_AGENTS:
            for way in relaxations(problem.atlas, workers[reason.agent], reason):
                yield "way out", reason.agent, way.changes[0].day, way.hours, "h", way.sentence


def _shortfalls(problem: Problem, roster: pd.DataFrame, coverage: pd.DataFrame) -> Iterator[Row]:
    found, total = shortfalls(problem, roster, coverage, MOST_SHORTFALLS)
    for short in found:
        yield "shortfall", short.subject, short.day, short.hours, "agent-hours", short.sentence
    if total > len(found):
        yield "shortfall", "", None, None, None, f"{total - len(found)} more shortfalls, each of fewer agent-hours"


def _wishes(problem: Problem, roster: pd.DataFrame) -> Iterator[Row]:
    """How many wishes were honoured, and the weightiest that were not."""
    workers = problem.team.workers
    wishes = wish_table(workers, worked(roster, workers, problem.horizon))
    if wishes.empty:
        return
    heard = int(wishes["honoured"].sum())
    yield "wish", "", None, float(heard), "wishes", f"preferences: {heard} of {len(wishes)} honoured"
    name = {worker.id: worker.name for worker in workers}
    unheard = wishes[~wishes["honoured"].astype(bool)].sort_values("weight", ascending=False, kind="stable")
    days = day_of(unheard["day"], problem.horizon)
    for day, row in zip(days.tolist(), unheard.head(MOST_AGENTS).to_dict("records"), strict=False):
        wish = row["wish"] if pd.isna(row["template"]) else f"{row['wish']} {row['template']}"
        text = f"{name[row['agent']]}: {wish} on {problem.horizon.day_name(day)} not honoured"
        yield "wish", row["agent"], day, float(row["weight"]), "weight", text


def _fairness(problem: Problem, roster: pd.DataFrame) -> Iterator[Row]:
    """By kind of shift, who has more than a fair share of the past weeks and the period together."""
    workers = {worker.id: worker for worker in problem.team.workers}
    duties = worked(roster, workers.values(), problem.horizon)
    for rule in problem.atlas.rules:
        if not isinstance(rule, FairShare):
            continue
        days = {agent: rule.kinds.days(rule.kind, problem.horizon, duties.get(agent, {})) for agent in rule.shares}
        had = {agent: share.before + len(days[agent]) for agent, share in rule.shares.items()}
        excess = {agent: had[agent] - share.fair for agent, share in rule.shares.items()}
        most = max(excess, key=lambda agent: (excess[agent], agent))
        agents = f"{len(had)} agents" if len(had) > 1 else "1 agent"
        text = f"{rule.kind}: {sum(had.values()):g} shared by {agents}, {min(had.values()):g} to "
        text += f"{max(had.values()):g} each; most beyond a fair share has {workers[most].name} by {excess[most]:.1f}"
        yield "fairness", rule.kind, None, sum(max(e, 0.0) for e in excess.values()), rule.unit, text


def _rules(problem: Problem, roster: pd.DataFrame, seconds: float, seed: int) -> Iterator[Row]:
    for cost in rule_costs(problem, roster, seconds=seconds, seed=seed):
        yield "rule", cost.rule, None, cost.cost, "points", cost.sentence


def _answers(problem: Problem, roster: pd.DataFrame, question: Question) -> Iterable[Row]:
    days = range(problem.horizon.period.days) if question.day is None else (question.day,)
    for day in days:
        yield from _answer(explanation(problem, roster, question.agent, day))


def _answer(why: Explanation) -> Iterator[Row]:
    costs = [None, *(other.cost for other in why.alternatives)]
    for number, sentence in enumerate(why.sentences):
        cost = costs[number] if number < len(costs) else None
        yield "why", why.agent, why.day, cost, None if cost is None else "points", sentence
