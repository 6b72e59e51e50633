"""People files: agents, availability, time off and preferences, each reference looked up and named by its row."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import pandas as pd

from wfm.errors import InputError
from wfm.importing.reading import LINE
from wfm.importing.refusal import refuse, refuse_unknown
from wfm.importing.report import Imported, ImportReport
from wfm.policy.centre import Centre
from wfm.policy.people import read_skills
from wfm.tables.contract import Table
from wfm.tables.people import AGENTS, AVAILABILITY, PREFERENCES, TIME_OFF
from wfm.time.opening import read_clock

PeopleKind = Literal["agents", "availability", "time_off", "preferences"]

_TABLES: dict[str, Table] = {
    "agents": AGENTS,
    "availability": AVAILABILITY,
    "time_off": TIME_OFF,
    "preferences": PREFERENCES,
}


def import_people(
    kind: PeopleKind,
    frame: pd.DataFrame,
    centre: Centre,
    *,
    source: str = "table",
    agents: pd.DataFrame | None = None,
) -> Imported:
    """A people table in contract from a frame of text.

    Args:
        kind: which table.
        frame: as ``read_table`` gives it: text, indexed by line.
        centre: where sites, contracts, grades and queues are looked up.
        source: what messages call the file.
        agents: for the other kinds, the agents that a row may name; None takes any.

    Raises:
        InputError: a row breaks the contract, or names what is not defined; names file, row, column.
    """
    lined = frame.rename_axis(index=LINE)
    table = _TABLES[kind].check(lined, source=source)
    if kind == "agents":
        _check_agents(lined, centre, source)
    else:
        if agents is not None:
            refuse_unknown(lined["agent"], set(agents["id"]), source, "agent")
        checks: dict[str, Callable[[pd.DataFrame, str], None]] = {
            "availability": _check_windows,
            "time_off": _check_days,
            "preferences": partial(_check_wishes, centre=centre),
        }
        checks[kind](lined, source)
    return Imported(table, ImportReport(source, len(frame), len(table)))


def _check_agents(frame: pd.DataFrame, centre: Centre, source: str) -> None:
    refuse_unknown(frame["site"], {site.id for site in centre.sites}, source, "site")
    refuse_unknown(frame["contract"], {contract.id for contract in centre.contracts}, source, "contract")
    refuse_unknown(frame["grade"], set(centre.pay.grades), source, "grade")
    skills = _each(
        frame["skills"], source, "cannot read the skills", read_skills, "queues joined by +, such as general+vip:0.8"
    )
    queues = {queue.id for queue in centre.queues}
    unknown = skills.map(lambda levels: next((queue for queue in levels if queue not in queues), None))
    refuse(unknown.notna(), frame["skills"], source, "unknown queue", ", ".join(sorted(queues)))
    if {"since", "until"} <= set(frame.columns):
        since, until = (pd.to_datetime(frame[name], format="ISO8601") for name in ("since", "until"))
        refuse(until < since, frame["until"], source, "employment ends before it begins", "a day not before since")


def _check_windows(frame: pd.DataFrame, source: str) -> None:
    for name in ("start", "end"):
        _each(frame[name], source, "not a time of day", read_clock, "HH:MM between 00:00 and 24:00")


def _check_days(frame: pd.DataFrame, source: str) -> None:
    first, last = (pd.to_datetime(frame[name], format="ISO8601") for name in ("first_day", "last_day"))
    refuse(last < first, frame["last_day"], source, "an absence ends before it begins", "a day not before first_day")
    ordered = pd.DataFrame({"agent": frame["agent"], "first": first, "last": last}).sort_values(["agent", "first"])
    before = ordered.groupby("agent")["last"].shift()
    overlaps = (ordered["first"] <= before).reindex(frame.index)
    refuse(
        overlaps, frame["first_day"], source, "two absences of one agent overlap", "absences apart", "join the two rows"
    )


def _check_wishes(frame: pd.DataFrame, source: str, *, centre: Centre) -> None:
    told = frame.reindex(columns=["agent", "weekday", "day", "template", "wish"])
    both, neither = told["weekday"].notna() & told["day"].notna(), told["weekday"].isna() & told["day"].isna()
    refuse(both, told["day"], source, "a wish for a weekday and for a day", "one of the two")
    refuse(neither, told["weekday"], source, "a wish for no day", "a weekday for every week, or a day as YYYY-MM-DD")
    misplaced = told["template"].notna() & told["wish"].isin(["early", "late"])
    refuse(misplaced, told["template"], source, "early and late are no wish for a shift template", "on or off")
    named = told.loc[told["template"].notna(), "template"]
    refuse_unknown(named, {template.id for template in centre.shift_templates}, source, "shift template")
    wishes = told.groupby(["agent", "weekday", "day", "template"], dropna=False)["wish"].transform("nunique")
    what = "two wishes of one agent for one weekday or day"
    refuse(wishes > 1, told["wish"], source, what, "one", "keep the one that matters")


def _each(values: pd.Series, source: str, what: str, read: Callable[[str], object], expected: str) -> pd.Series:
    """Every distinct text read once; the first row with one that cannot be read is refused."""
    found: dict[str, object] = {}
    for text in values.unique():
        try:
            found[text] = read(text)
        except InputError:
            refuse(values == text, values, source, what, expected)
    return values.map(found)
