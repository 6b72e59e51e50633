"""What is known of days beside history: drivers, overrides, shrinkage, handle times by concurrency, shift demand."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from wfm.errors import InputError
from wfm.importing.instants import read_instants
from wfm.importing.reading import LINE
from wfm.importing.refusal import numbers, refuse, refuse_unknown
from wfm.importing.report import Imported, ImportReport, Remark
from wfm.policy.centre import Centre
from wfm.tables.concurrency import CONCURRENCY
from wfm.tables.contract import Table
from wfm.tables.driver import DRIVER
from wfm.tables.override import OVERRIDE
from wfm.tables.shift_demand import SHIFT_DEMAND
from wfm.tables.shrinkage import ALL_QUEUES, SHRINKAGE
from wfm.time.opening import read_clock

FactKind = Literal["driver", "override", "shrinkage", "concurrency", "shift_demand"]

_TABLES: dict[str, Table] = {table.name: table for table in (DRIVER, OVERRIDE, SHRINKAGE, CONCURRENCY, SHIFT_DEMAND)}
_CLOCKS = {"from": "from_min", "to": "to_min"}


def import_facts(
    kind: FactKind,
    frame: pd.DataFrame,
    centre: Centre,
    *,
    source: str = "table",
    zone: str | None = None,
    author: str | None = None,
) -> Imported:
    """A table of facts in contract from a frame of text.

    An override's stretch of the day may be given by the clock, columns ``from`` and ``to`` (HH:MM), or by ``from_min``
    and ``to_min``; without any it is the whole day. A row with neither factor nor contacts withdraws what was said.

    Args:
        kind: which table.
        frame: as ``read_table`` gives it: text, indexed by line; columns as the contract names them.
        centre: where queues and drivers are looked up.
        source: what messages call the file.
        zone: where times without an offset are local.
        author: who says it, where an override's row does not.

    Raises:
        InputError: a row breaks the contract, names what is not defined, or says what cannot be; names file, row,
            column.
    """
    lined = frame.rename_axis(index=LINE)
    remarks: list[Remark] = []
    if kind == "override":
        lined, remarks = _override(lined, source, author)
    elif kind == "driver" and "driver" in lined:
        refuse_unknown(lined["driver"], {driver.name for driver in centre.drivers}, source, "driver")
    if "template" in lined:
        refuse_unknown(lined["template"], {template.id for template in centre.shift_templates}, source, "template")
    if "interval_start" in lined:
        instants = read_instants(lined["interval_start"], source, zone)
        lined = lined.assign(interval_start=instants)
    if "queue" in lined:
        known = {queue.id for queue in centre.queues} | ({ALL_QUEUES} if kind == "shrinkage" else set())
        refuse_unknown(lined["queue"], known, source, "queue")
    table = _TABLES[kind].check(lined, source=source)
    return Imported(table, ImportReport(source, len(frame), len(table), tuple(remarks)))


def _override(lined: pd.DataFrame, source: str, author: str | None) -> tuple[pd.DataFrame, list[Remark]]:
    """Overrides with their stretches in minutes, each row with one thing to say or none."""
    for clock, minutes in _CLOCKS.items():
        if clock in lined:
            lined = lined.assign(**{minutes: _minutes(lined[clock], source)}).drop(columns=clock)
    given = lined["from_min"] if "from_min" in lined else pd.Series(None, index=lined.index, dtype=object)
    lined = lined.assign(from_min=given.where(given.notna(), 0))
    if author is not None:
        own = lined["author"] if "author" in lined else pd.Series(None, index=lined.index, dtype=object)
        lined = lined.assign(author=own.where(own.notna(), author))
    said = {name: _amount(lined, name, source) for name in ("factor", "contacts")}
    refuse(
        said["factor"].notna() & said["contacts"].notna(),
        said["contacts"].rename("contacts"),
        source,
        "a factor and contacts for one stretch",
        "one of the two",
    )
    start, end = _amount(lined, "from_min", source), _amount(lined, "to_min", source).fillna(1440)
    refuse(end <= start, end.rename("to_min"), source, "the stretch ends before it begins", "an end after its start")
    _refuse_overlaps(lined, start, end, source)
    withdrawn = int((said["factor"].isna() & said["contacts"].isna()).sum())
    why = "neither factor nor contacts: what was said of the stretch is withdrawn"
    return lined, [Remark("warning", withdrawn, why)] if withdrawn else []


def _amount(lined: pd.DataFrame, name: str, source: str) -> pd.Series:
    if name not in lined:
        return pd.Series(float("nan"), index=lined.index, dtype="float64", name=name)
    return numbers(lined[name], source)


def _minutes(clocks: pd.Series, source: str) -> pd.Series:
    """Minutes after midnight of clock times; missing stay missing."""
    read: dict[str, int] = {}
    for text in clocks.dropna().unique():
        try:
            read[text] = read_clock(text)
        except InputError:
            refuse(clocks == text, clocks, source, "not a time of day", "HH:MM between 00:00 and 24:00")
    return clocks.map(read)


def _refuse_overlaps(lined: pd.DataFrame, start: pd.Series, end: pd.Series, source: str) -> None:
    if not {"queue", "day"} <= set(lined.columns):
        return
    table = pd.DataFrame({"queue": lined["queue"], "day": lined["day"], "start": start, "end": end})
    ordered = table.sort_values(["queue", "day", "start"], kind="stable")
    overlaps = (ordered["start"] < ordered.groupby(["queue", "day"])["end"].shift()).reindex(lined.index)
    refuse(overlaps, start.rename("from_min"), source, "two overrides of one day overlap", "stretches apart")
