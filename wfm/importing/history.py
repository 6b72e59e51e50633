"""Interval files to history: columns named, values checked row by row, intervals brought onto the queue's grid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from wfm.errors import InputError, UsageError
from wfm.importing.instants import read_instants
from wfm.importing.intervals import onto_grid
from wfm.importing.reading import LINE
from wfm.importing.refusal import numbers, refuse, refuse_unknown
from wfm.importing.report import Imported, ImportReport, Remark
from wfm.policy.centre import Centre
from wfm.policy.days import queue_open_minutes
from wfm.tables.history import HISTORY
from wfm.time.zones import INSTANT, at_wall_time

ALIASES = {
    "interval_minutes": "interval_min",
    "handle_seconds_total": "handle_s",
    "wait_seconds_total": "wait_s",
    "target_seconds": "target_s",
    "aht_seconds": "aht_s",
}
"""Other names under which our columns come."""

DAY = "day"
"""The column that names the time of rows that cover a whole day."""
_COUNTS = ("offered", "handled", "abandoned", "answered_in_target", "repeats")
_AMOUNTS = ("handle_s", "wait_s", "target_s", "aht_s", "interval_min")
COLUMNS = ("queue", "interval_start", "channel", *_COUNTS, *_AMOUNTS)
"""What a file of intervals may have; ``offered``, a time and a queue it must."""


def import_history(
    frame: pd.DataFrame,
    centre: Centre,
    *,
    source: str = "table",
    columns: Mapping[str, str] | None = None,
    queue: str | None = None,
    zone: str | None = None,
) -> Imported:
    """History in contract from a frame of text, one row a queue and interval.

    Args:
        frame: as ``read_table`` gives it: text, indexed by line.
        columns: our name to theirs; columns named in neither are then ignored, else refused.
        queue: the queue of every row, where the file has no such column.
        zone: where time stamps without an offset are local.

    A row may cover a whole local day: a date without a time, in ``interval_start`` or a column ``day``, is the day's
    midnight on the queue's clock. ``aht_s`` (a mean) may stand in for ``handle_s`` (a total): the total is mean x
    handled, and handled is offered less abandoned where the file has none.

    Raises:
        UsageError: ``columns`` names a column that is not ours, or ``queue`` is given and the file has that column.
        InputError: a column or row is wrong; names file, row, column, found, expected. Nothing is half imported.
    """
    named, remarks = _named(frame, columns or {}, queue, source)
    refuse_unknown(named["queue"], {known.id for known in centre.queues}, source, "queue")
    table = pd.DataFrame({"queue": named["queue"]})
    table["interval_start"] = _instants(named, centre, source, zone)
    for name in (*_COUNTS, *_AMOUNTS):
        if name in named:
            table[name] = numbers(named[name], source, whole=name in _COUNTS)
    _refuse_twice(table, named, source)
    remarks += _sorted_remark(table)
    table, repaired = _with_totals(table)
    table, gridded = onto_grid(table, centre, source)
    table, closed = _without_closed(table, centre)
    table = HISTORY.check(table.drop(columns=["interval_min", "aht_s"], errors="ignore"), source=source)
    remarks += [*repaired, *gridded, *closed, *_plausible(table)]
    return Imported(table, ImportReport(source, len(frame), len(table), tuple(remarks)))


def _named(
    frame: pd.DataFrame, columns: Mapping[str, str], queue: str | None, source: str
) -> tuple[pd.DataFrame, list[Remark]]:
    """The frame under our names, with the columns we know alone."""
    named = frame.rename_axis(index=LINE)
    for ours, theirs in columns.items():
        if ALIASES.get(ours, ours) not in COLUMNS:
            raise UsageError("not a column of history", found=ours, expected=", ".join(COLUMNS))
        if theirs not in frame:
            raise InputError(
                "no such column", where=f"{source}, column {theirs}", expected=", ".join(map(str, frame.columns))
            )
    theirs_of = {theirs: ours for ours, theirs in columns.items()}
    taken = set(columns)
    # Where a mapping names one of ours, the file's own column of that name is not it.
    named = named.drop(columns=[name for name in named if name in taken and name not in theirs_of])
    named = named.rename(columns=theirs_of).rename(columns=ALIASES)
    if "interval_start" not in named:
        named = named.rename(columns={DAY: "interval_start"})
    unknown = [str(name) for name in named if name not in COLUMNS]
    if unknown and not columns:
        raise InputError(
            "unknown column",
            where=f"{source}, column {unknown[0]}",
            expected=", ".join(COLUMNS),
            mend="map the columns that count with --columns ours=theirs; the others are then ignored",
        )
    remarks = [Remark("ignored", len(unknown), f"columns {', '.join(unknown)}")] if unknown else []
    named = named.drop(columns=unknown)
    if queue is not None and "queue" in named:
        raise UsageError("the file says which queue each row belongs to", where=source, mend="leave out --queue")
    if queue is not None:
        named = named.assign(queue=queue)
    for name in ("queue", "interval_start", "offered"):
        if name not in named:
            raise InputError(
                "column is missing",
                where=f"{source}, column {name}",
                found=", ".join(map(str, frame.columns)),
                mend="name it with --columns" + (", or give --queue" if name == "queue" else ""),
            )
    return named, remarks


def _instants(named: pd.DataFrame, centre: Centre, source: str, zone: str | None) -> pd.Series:
    """Instants of the time stamps; a mere date is midnight on the clock of the row's queue."""
    stamps = named["interval_start"]
    dates = stamps.astype(str).str.fullmatch(r"\d{4}-\d{2}-\d{2}").to_numpy(bool)
    if not dates.any():
        return read_instants(stamps, source, zone, named["queue"])
    days = pd.to_datetime(stamps[dates], errors="coerce", format="%Y-%m-%d")
    refuse(days.isna(), stamps[dates], source, "not a day", "YYYY-MM-DD")
    instants = pd.Series(pd.NaT, index=named.index, dtype=INSTANT, name="interval_start")
    for queue_id, own in days.groupby(named["queue"][dates]):
        midnight = at_wall_time(pd.DatetimeIndex(own), 0, centre.zone_of(str(queue_id)))
        instants[own.index] = pd.Series(midnight, index=own.index)
    if not dates.all():
        instants[~dates] = read_instants(stamps[~dates], source, zone, named["queue"])
    return instants


def _refuse_twice(table: pd.DataFrame, named: pd.DataFrame, source: str) -> None:
    key = list(HISTORY.key)
    twice = table.duplicated(key).to_numpy()
    if twice.any():
        at = int(np.argmax(twice))
        alike = (table[key] == table[key].iloc[at]).all(axis=1)
        refuse(
            twice,
            named["interval_start"],
            source,
            f"queue {table['queue'].iloc[at]} has this interval already in row {table.index[alike][0]}",
            "one row for each queue and interval",
            "remove the row, or add the two up",
        )


def _sorted_remark(table: pd.DataFrame) -> list[Remark]:
    back = table.groupby("queue")["interval_start"].diff() < pd.Timedelta(0)
    return [Remark("repaired", int(back.sum()), "rows out of order in time, sorted")] if back.any() else []


def _with_totals(table: pd.DataFrame) -> tuple[pd.DataFrame, list[Remark]]:
    """Handled and total handle time, where the file has a mean handle time instead."""
    if "aht_s" not in table or "handle_s" in table:
        return table, []
    remarks = []
    if "handled" not in table:
        known = table.get("abandoned", 0.0)
        table = table.assign(handled=(table["offered"] - known).clip(lower=0))
        how = "offered less abandoned" if "abandoned" in table else "offered, for abandoned contacts are not told"
        remarks.append(Remark("repaired", len(table), f"handled is not told: taken as {how}"))
    handle_s = (table["aht_s"] * table["handled"]).where(table["handled"] > 0, 0.0).where(table["handled"].notna())
    remarks.append(Remark("repaired", len(table), "total handle time from its mean: aht_s x handled"))
    return table.assign(handle_s=handle_s), remarks


def _without_closed(table: pd.DataFrame, centre: Centre) -> tuple[pd.DataFrame, list[Remark]]:
    """Rows without closed intervals in which nothing came: those are no fact, the queue was not open."""
    closed = np.zeros(len(table), bool)
    for queue_id in table["queue"].unique():
        mine = (table["queue"] == queue_id).to_numpy()
        starts = pd.DatetimeIndex(table.loc[mine, "interval_start"])
        length_min = int(table.loc[mine, "interval_min"].iloc[0])
        closed[mine] = queue_open_minutes(starts, centre, queue_id, length_min) == 0
    empty = closed & (table["offered"].fillna(0) == 0).to_numpy()
    remarks = []
    if empty.any():
        remarks.append(Remark("rejected", int(empty.sum()), "the queue is closed, and nothing came"))
    if (closed & ~empty).any():
        remarks.append(Remark("warning", int((closed & ~empty).sum()), "contacts outside the opening hours, kept"))
    return table[~empty], remarks


def _plausible(table: pd.DataFrame) -> list[Remark]:
    over = (table["handled"].fillna(0) + table["abandoned"].fillna(0) > table["offered"]).sum()
    late = (table["answered_in_target"] > table["handled"]).sum()
    remarks = []
    if over:
        remarks.append(
            Remark("warning", int(over), "handled and abandoned exceed offered (contacts that end later?), kept")
        )
    if late:
        remarks.append(Remark("warning", int(late), "answered_in_target exceeds handled, kept"))
    return remarks
