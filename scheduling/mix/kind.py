"""Kinds of agents that may be employed: those of today's team, or those of a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from scheduling.rules.catalogue import team_rules
from wfm.errors import InputError
from wfm.policy.centre import Centre
from wfm.policy.people import Agent, People, read_skills
from wfm.tables.kinds import KINDS
from wfm.time.week import Period

Likeness = tuple[tuple[tuple[str, float], ...], str, str, str]
"""What makes two agents of one kind: skills with proficiency, contract, site, grade."""


@dataclass(frozen=True)
class Kind:
    """A kind of agent.

    Attributes:
        skills: proficiency by queue.
        grade: empty where agents of all grades are one kind.
        role: the grade or team of theirs that some team rule asks for; empty: none.
        rate: units of currency a paid hour.
        head_week: units of currency a week for each agent besides.
        fewest, most: bounds on their number; ``most`` None: as many as could be of use.
        now: how many there are today.
    """

    id: str
    skills: Mapping[str, float]
    contract: str
    site: str
    grade: str
    role: str
    rate: float
    head_week: float
    fewest: int = 0
    most: int | None = None
    now: int = 0

    @property
    def likeness(self) -> Likeness:
        """What its agents have in common."""
        return tuple(sorted(self.skills.items())), self.contract, self.site, self.grade


def kinds_of_people(centre: Centre, people: People, period: Period, *, by_grade: bool = False) -> tuple[Kind, ...]:
    """The kinds of those employed at some time of ``period``, each with its number as ``now``, the largest first.

    A grade is earned with the years and is no choice of a mix, so agents of all grades are one kind and cost the mean
    of all their rates, unless ``by_grade``. Grades and teams that team rules ask for make kinds of their own.
    """
    roles = {role for rule in team_rules(centre) for role in rule.roles()}
    staff = [agent for agent in people.agents if _employed(agent, period)]
    rates: dict[str, list[float]] = {}
    for agent in staff:
        rates.setdefault(_role(agent, roles), []).append(_rate(centre, agent.grade))
    found: dict[tuple[Likeness, str], Kind] = {}
    number: Counter[tuple[Likeness, str]] = Counter()
    for agent in staff:
        role = _role(agent, roles)
        grade = agent.grade if by_grade else ""
        rate = _rate(centre, grade) if by_grade else float(np.mean(rates[role]))
        head = centre.hiring.of_skills(tuple(agent.skills))
        kind = Kind("", dict(agent.skills), agent.contract, agent.site, grade, role, rate, head)
        found.setdefault((kind.likeness, role), kind)
        number[kind.likeness, role] += 1
    kinds = [replace(found[like], now=count) for like, count in number.most_common()]
    return tuple(replace(kind, id=name) for kind, name in zip(kinds, _names(kinds), strict=True))


def kinds_of_table(table: pd.DataFrame, centre: Centre, source: str = "table kinds") -> tuple[Kind, ...]:
    """The kinds of a table of contract KINDS, by name.

    Raises:
        TableError: the table breaks its contract.
        InputError: an unknown contract, site, grade or queue, or ``fewest`` above ``most``; names the row.
    """
    roles = {role for rule in team_rules(centre) for role in rule.roles()}
    table = KINDS.check(table, source=source)
    return tuple(_kind_of(row, centre, roles, f"{source}, kind {row['kind']}") for row in table.to_dict("records"))


def with_present(kinds: Sequence[Kind], present: Sequence[Kind]) -> tuple[Kind, ...]:
    """``kinds`` with how many agents of each there are in ``present``; kinds that are in ``present`` alone follow, of
    which there shall be none."""
    waiting: Counter[Likeness] = Counter()
    for kind in present:
        waiting[kind.likeness] += kind.now
    told = {kind.likeness for kind in kinds}
    # Of two kinds alike but for their cost, the first is today's.
    matched = [replace(kind, now=waiting.pop(kind.likeness, 0)) for kind in kinds]
    taken = {kind.id for kind in kinds}
    others = [replace(kind, most=0) for kind in present if kind.likeness not in told]
    return (*matched, *(replace(kind, id=f"{kind.id} (today)") if kind.id in taken else kind for kind in others))


def _kind_of(row: Mapping[Hashable, Any], centre: Centre, roles: Collection[str], where: str) -> Kind:
    known: dict[str, Collection[str]] = {
        "contract": [contract.id for contract in centre.contracts],
        "site": [site.id for site in centre.sites],
        "grade": list(centre.pay.grades),
    }
    for column, names in known.items():
        if row[column] not in names:
            raise InputError(
                f"unknown {column}", where=f"{where}, column {column}", found=row[column],
                expected=", ".join(sorted(names)) or "none is defined in wfm.toml",
            )  # fmt: skip
    skills, contract = _skills(row["skills"], centre, where), centre.contract(row["contract"])
    fewest, most = (None if pd.isna(row[name]) else int(row[name]) for name in ("fewest", "most"))
    if most is not None and (fewest or 0) > most:
        raise InputError("fewest is above most", where=where, found=fewest, expected=f"at most {most}")
    cost, head = row["cost_week"], row["head_week"]
    return Kind(
        id=row["kind"],
        skills=skills,
        contract=contract.id,
        site=row["site"],
        grade=row["grade"],
        role=row["grade"] if row["grade"] in roles else "",
        rate=_rate(centre, row["grade"]) if pd.isna(cost) else float(cost) / contract.hours_week,
        head_week=centre.hiring.of_skills(tuple(skills)) if pd.isna(head) else float(head),
        fewest=fewest or 0,
        most=most,
    )


def _skills(text: str, centre: Centre, where: str) -> dict[str, float]:
    try:
        skills = read_skills(text)
    except InputError as error:
        raise InputError(error.what, where=f"{where}, column skills", found=text, expected=error.expected) from error
    known = {queue.id for queue in centre.queues}
    unknown = sorted(set(skills) - known)
    if unknown:
        raise InputError(
            "unknown queue", where=f"{where}, column skills", found=unknown[0], expected=", ".join(sorted(known))
        )
    return skills


def _employed(agent: Agent, period: Period) -> bool:
    return (agent.since is None or agent.since <= period.last) and (agent.until is None or agent.until >= period.first)


def _rate(centre: Centre, grade: str) -> float:
    return float(centre.pay.grades.get(grade, 0))


def _role(agent: Agent, roles: Collection[str]) -> str:
    return next((name for name in (agent.grade, agent.team) if name in roles), "")


def _names(kinds: Sequence[Kind]) -> list[str]:
    """``general+vip:0.8 full_time berlin``, with what else is needed to tell kinds apart."""
    names = []
    for kind in kinds:
        skills = "+".join(queue + (f":{level:g}" if level < 1 else "") for queue, level in sorted(kind.skills.items()))
        role = kind.role if kind.role != kind.grade else ""
        names.append(" ".join(part for part in (skills, kind.contract, kind.site, kind.grade, role) if part))
    return names
