"""Agents as the planner of a roster sees them: skills parsed, references to the policy checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from wfm.errors import InputError, MissingError
from wfm.policy.centre import Centre
from wfm.tables.people import AGENTS, AVAILABILITY, PREFERENCES, TIME_OFF


@dataclass(frozen=True)
class Agent:
    """One agent. ``skills`` maps queue ids to a proficiency in (0, 1]."""

    id: str
    name: str
    team: str
    site: str
    contract: str
    skills: Mapping[str, float]
    grade: str
    since: date | None = None
    until: date | None = None

    @property
    def skill_set(self) -> str:
        """The queues served, sorted and joined by ``+``: the label of a roster's work segments."""
        return "+".join(sorted(self.skills))


@dataclass(frozen=True)
class People:
    """Everyone, with availability, absences and wishes as checked tables."""

    agents: tuple[Agent, ...]
    availability: pd.DataFrame = field(default_factory=AVAILABILITY.empty)
    time_off: pd.DataFrame = field(default_factory=TIME_OFF.empty)
    preferences: pd.DataFrame = field(default_factory=PREFERENCES.empty)

    def agent(self, agent_id: str) -> Agent:
        """The agent of that id."""
        return {agent.id: agent for agent in self.agents}[agent_id]


def read_skills(text: str) -> dict[str, float]:
    """Skills from ``general+vip:0.8``.

    >>> read_skills("general+vip:0.8")
    {'general': 1.0, 'vip': 0.8}

    Raises:
        InputError: a proficiency that is no fraction above 0.
    """
    skills = {}
    for part in text.split("+"):
        queue, _, level = part.strip().partition(":")
        try:
            proficiency = float(level) if level else 1.0
        except ValueError:
            proficiency = 0.0
        if not 0 < proficiency <= 1 or not queue:
            raise InputError("cannot read a skill", found=repr(part), expected="queue or queue:0.8")
        skills[queue] = proficiency
    return skills


def people_of(
    centre: Centre,
    agents: pd.DataFrame,
    availability: pd.DataFrame | None = None,
    time_off: pd.DataFrame | None = None,
    preferences: pd.DataFrame | None = None,
) -> People:
    """People from checked tables, every reference to the policy and to agents resolved.

    Raises:
        InputError: an unknown site, contract, queue, grade or agent; names table, row and column.
    """
    AGENTS.check(agents)
    queues = {queue.id for queue in centre.queues}
    allowed = {
        "site": {site.id for site in centre.sites},
        "contract": {contract.id for contract in centre.contracts},
        "grade": set(centre.pay.grades),
    }
    for column, known in allowed.items():
        _refuse_unknown(agents, column, known, "agents")
    roll = []
    for row in agents.to_dict("records"):
        skills = read_skills(row["skills"])
        unknown = sorted(set(skills) - queues)
        if unknown:
            raise InputError(
                "unknown queue",
                where=f"agents, agent {row['id']}, column skills",
                found=unknown[0],
                expected=", ".join(sorted(queues)),
            )
        told = {name: row[name] for name in ("id", "name", "team", "site", "contract", "grade")}
        roll.append(Agent(**told, skills=skills, since=_day(row["since"]), until=_day(row["until"])))
    known_agents = {agent.id for agent in roll}
    tables = {"availability": availability, "time_off": time_off, "preferences": preferences}
    for name, table in tables.items():
        if table is not None:
            _refuse_unknown(table, "agent", known_agents, name)
    given = {name: table for name, table in tables.items() if table is not None}
    return People(tuple(roll), **given)


def unknown_agent(agent_id: str) -> MissingError:
    """The refusal of a roster that names somebody who is not among the agents."""
    return MissingError(
        "unknown agent",
        where="roster, column agent",
        found=agent_id,
        expected="one of the imported agents",
        mend="import the agents again with him in the file; who leaves keeps his row, with a last day in `until`",
    )


def _refuse_unknown(table: pd.DataFrame, column: str, known: set[str], name: str) -> None:
    unknown = table.loc[~table[column].isin(known), column]
    if len(unknown):
        expected = ", ".join(sorted(known)[:12]) + (" ..." if len(known) > 12 else "")
        raise InputError(
            f"unknown {column}",
            where=f"{name}, row {unknown.index[0]}, column {column}",
            found=unknown.iloc[0],
            expected=expected or "none is defined in wfm.toml",
        )


def _day(value: object) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[arg-type, call-overload]
