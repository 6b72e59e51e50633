"""A planner's own forecast, requirement or roster: the path may be entered anywhere."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from wfm.errors import InputError
from wfm.importing.instants import read_instants
from wfm.importing.reading import LINE
from wfm.importing.refusal import refuse, refuse_unknown
from wfm.importing.report import Imported, ImportReport, Remark
from wfm.policy.centre import Centre
from wfm.policy.people import People, read_skills
from wfm.tables.contract import Table
from wfm.tables.forecast import FORECAST
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import AWAY, ROSTER
from wfm.time.zones import local_minute

PlanKind = Literal["forecast", "requirement", "roster"]

PUBLISHED_ONLY = ("name", "team", "site", "zone")
"""Columns of a published roster that the roster itself does not have."""

_TABLES: dict[str, Table] = {"forecast": FORECAST, "requirement": REQUIREMENT, "roster": ROSTER}


def import_plan(
    kind: PlanKind,
    frame: pd.DataFrame,
    centre: Centre,
    people: People | None = None,
    *,
    source: str = "table",
    zone: str | None = None,
) -> Imported:
    """A forecast, requirement or roster in contract from a frame of text.

    Args:
        kind: which table.
        frame: as ``read_table`` gives it: text, indexed by line; columns as the contract names them.
        centre: where queues are looked up.
        people: where a roster's agents are looked up; a roster needs them.
        source: what messages call the file.
        zone: where times without an offset are local.

    Raises:
        InputError: a row breaks the contract, names what is not defined, lies off the queue's grid, or overlaps
            another segment of its agent; names file, row, column.
    """
    contract = _TABLES[kind]
    lined = frame.rename_axis(index=LINE)
    remarks: list[Remark] = []
    if kind == "roster":
        lined, remarks = _as_published(lined)
    for column in contract.columns:
        if column.kind == "instant" and column.name in lined and (column.required or lined[column.name].notna().any()):
            groups = lined["queue"] if column.name == "interval_start" and "queue" in lined else None
            lined = lined.assign(**{column.name: read_instants(lined[column.name], source, zone, groups)})
    table = contract.check(lined, source=source)
    if kind == "roster":
        _check_roster(lined, frame.rename_axis(index=LINE), centre, people, source)
    else:
        _check_grid(lined, frame.rename_axis(index=LINE), centre, source)
    return Imported(table, ImportReport(source, len(frame), len(table), tuple(remarks)))


def _as_published(lined: pd.DataFrame) -> tuple[pd.DataFrame, list[Remark]]:
    """A published roster comes back as it went out: what only readers need is left out, and ``away`` is leave again."""
    remarks: list[Remark] = []
    told = [name for name in PUBLISHED_ONLY if name in lined]
    if told:
        lined = lined.drop(columns=told)
        remarks.append(Remark("ignored", len(told), f"columns {', '.join(told)}"))
    if "agent" in lined:
        lined = lined.assign(agent=lined["agent"].str.replace(r"^'(?=[=+\-@])", "", regex=True))
    if "activity" in lined:
        away = lined["activity"] == AWAY
        lined = lined.assign(activity=lined["activity"].mask(away, "leave"))
        remarks += [Remark("repaired", int(away.sum()), f"{AWAY} taken as leave")] if away.any() else []
    return lined, remarks


def _check_grid(lined: pd.DataFrame, text: pd.DataFrame, centre: Centre, source: str) -> None:
    refuse_unknown(lined["queue"], {queue.id for queue in centre.queues}, source, "queue")
    for queue_id, rows in lined.groupby("queue"):
        queue, starts = centre.queue(str(queue_id)), pd.DatetimeIndex(rows["interval_start"])
        stray = (local_minute(starts, centre.zone_of(queue.id)) % queue.interval_min != 0) | (
            starts.second.to_numpy() != 0
        )
        refuse(
            stray,
            text.loc[rows.index, "interval_start"],
            source,
            "an interval starts off the queue's grid",
            f"a start every {queue.interval_min} minutes",
        )


def _check_roster(lined: pd.DataFrame, text: pd.DataFrame, centre: Centre, people: People | None, source: str) -> None:
    if people is None:
        raise InputError("a roster needs people", where=source, mend="import agents first")
    refuse_unknown(lined["agent"], {agent.id for agent in people.agents}, source, "agent")
    refuse(
        lined["end"] <= lined["start"], text["end"], source, "a segment ends before it begins", "an end after its start"
    )
    ordered = lined.sort_values(["agent", "start"])
    overlaps = (ordered["start"] < ordered.groupby("agent")["end"].shift()).reindex(lined.index)
    refuse(overlaps, text["start"], source, "two segments of one agent overlap", "one thing at a time")
    if "skill_set" in lined:
        queues = {queue.id for queue in centre.queues}
        known = {label: set(read_skills(label)) <= queues for label in lined["skill_set"].dropna().unique()}
        refuse(
            lined["skill_set"].map(known).eq(False),
            text["skill_set"],
            source,
            "unknown queue in the skill set",
            ", ".join(sorted(queues)),
        )
