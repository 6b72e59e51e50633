"""A file of call records as DuckDB reads it: typed by a mapping, checked, counted into five-minute cells."""

# ruff: noqa: S608 - statements are put together here; every foreign text passes through _text or _name.
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from wfm.errors import InputError
from wfm.importing.mapping import CallMapping
from wfm.importing.reading import LINE

CELL_MIN = 5
"""Every interval of every zone is made of five-minute cells."""

_OFFSET = r"\d([Zz]|[+-]\d{2}(:?\d{2})?)$"
_DURATIONS = ("wait_s", "talk_s", "hold_s", "wrap_s")
_TIMES = ("arrived", "answered", "ended")


@dataclass(frozen=True)
class Cells:
    """Contacts counted by queue and cell, indexed by the line of the first; ``start`` is naive where not ``aware``.

    Columns: queue, start, records, ignored, offered, handled, abandoned, handle_s, wait_s, answered_in_target,
    repeats, target_s. The last five are NaN where the file cannot tell.
    """

    table: pd.DataFrame
    aware: bool


def count_records(
    file: Path, delimiter: str, mapping: CallMapping, targets: pd.DataFrame, source: str, queue: str | None
) -> Cells:
    """The contacts of a UTF-8 file (or ``.gz``) counted into cells.

    Args:
        file: CSV with a header.
        delimiter: of its columns.
        mapping: their columns, outcomes and queues.
        targets: ``queue`` (as the file names them) and ``target_s``, the answer-time threshold.
        source: what messages call the file.
        queue: the queue of every record, where there is no such column.

    Raises:
        InputError: not such a file, a column that is not there, a value that cannot be read.
    """
    import duckdb

    with duckdb.connect() as database:
        try:
            database.execute("SET TimeZone = 'UTC'")
            scan = (
                f"read_csv({_text(str(file))}, delim = {_text(delimiter)}, header = true, all_varchar = true, "
                "nullstr = '', strict_mode = true)"
            )
            header = [row[0] for row in database.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
            _check_columns(header, mapping, source, queue)
            database.execute(_told(scan, mapping, queue))
            aware = _check_times(database, mapping, source)
            database.execute(_typed(mapping, aware))
            _check_values(database, mapping, source)
            database.register("target", targets)
            table = database.execute(_COUNTED).df()
        except duckdb.Error as error:
            raise InputError(
                "cannot read the call records",
                where=source,
                found=str(error).splitlines()[0],
                mend="check the delimiter and --encoding, and that every row has the header's columns",
            ) from error
    start = pd.to_datetime(table["start"], unit="us").astype("datetime64[us]")
    table["start"] = start.dt.tz_localize("UTC") if aware else start
    return Cells(table.set_index(LINE), aware)


def _check_columns(header: list[str], mapping: CallMapping, source: str, queue: str | None) -> None:
    used = [*mapping.columns.items(), *(("outcome", theirs) for theirs in mapping.outcomes.columns)]
    for ours, theirs in used:
        if theirs not in header:
            raise InputError(
                f"no such column, which the mapping takes for {ours}",
                where=f"{source}, column {theirs}",
                expected=", ".join(header),
                mend="correct the mapping",
            )
    if queue is None and "queue" not in mapping.columns:
        raise InputError("nothing names the queue", where=source, mend="map the column queue, or give --queue")


def _text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    """A column's name as an SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


def _told(scan: str, mapping: CallMapping, queue: str | None) -> str:
    """The mapped columns alone, as text, with their line in the file (a header, one line a record)."""
    columns = {ours: _name(theirs) for ours, theirs in mapping.columns.items()}
    if queue is not None:
        columns["queue"] = _text(queue)
    if mapping.outcomes.columns:
        values = ", ".join(f"coalesce({_name(theirs)}, '')" for theirs in mapping.outcomes.columns)
        columns["outcome"] = f"concat_ws('/', {values})"
    listed = ", ".join(f"{theirs} AS {ours}" for ours, theirs in columns.items())
    return f"CREATE TEMP VIEW told AS SELECT row_number() OVER () + 1 AS line, {listed} FROM {scan}"


def _check_times(database: Any, mapping: CallMapping, source: str) -> bool:
    """Whether times carry their offset; all of them do, or none."""
    offset = f"regexp_matches(arrived, {_text(_OFFSET)}) AND contains(arrived, ':')"
    some, every = database.execute(f"SELECT bool_or({offset}), bool_and({offset}) FROM told").fetchall()[0]
    if some != every:
        mixed = _Complaint(f"NOT ({offset})", "arrived", "a time without its offset among others with it")
        _refuse(database, mixed, "told", mapping, source)
    return bool(some)


def _typed(mapping: CallMapping, aware: bool) -> str:
    """Times as microseconds, durations as seconds, and what became of the contact; NULL is unreadable or unknown."""
    kind = "TIMESTAMPTZ" if aware else "TIMESTAMP"
    has = mapping.columns.keys()
    typed = {name: f"epoch_us(TRY_CAST({name} AS {kind}))" if name in has else "NULL" for name in _TIMES}
    typed |= {name: f"TRY_CAST({name} AS DOUBLE)" if name in has else "NULL" for name in _DURATIONS}
    handle = " + ".join(f"coalesce({typed[name]}, 0)" for name in ("talk_s", "hold_s", "wrap_s") if name in has)
    if not handle:
        handle = f"({typed['ended']} - {typed['answered']}) / 1e6"
    waited_until = f"coalesce({typed['answered']}, {typed['ended']})"
    wait = typed["wait_s"] if "wait_s" in has else f"({waited_until} - {typed['arrived']}) / 1e6"
    return (
        f"CREATE TEMP VIEW contact AS SELECT told.*, {typed['arrived']} AS arrived_us, "
        f"CAST({handle} AS DOUBLE) AS handle_s, CAST({wait} AS DOUBLE) AS waited_s, {_fate(mapping)} AS fate, "
        f"{_repeat(mapping, typed['arrived'])} AS repeat FROM told"
    )


def _repeat(mapping: CallMapping, arrived_us: str) -> str:
    """Whether the caller was in the queue shortly before; NULL where nothing tells callers apart."""
    if "caller" not in mapping.columns:
        return "CAST(NULL AS BOOLEAN)"
    before = f"lag({arrived_us}) OVER (PARTITION BY queue, caller ORDER BY {arrived_us})"
    within_us = int(mapping.repeat_within_h * 3_600_000_000)
    return f"(caller IS NOT NULL AND coalesce({arrived_us} - {before} <= {within_us}, false))"


def _fate(mapping: CallMapping) -> str:
    meanings = mapping.outcomes.model_dump(exclude={"columns"})
    if mapping.outcomes.columns:
        cases = [
            f"WHEN outcome IN ({', '.join(map(_text, names))}) THEN {_text(fate)}"
            for fate, names in meanings.items()
            if names
        ]
        return f"CASE {' '.join(cases)} END"
    answered = (
        "answered IS NOT NULL" if "answered" in mapping.columns else "coalesce(TRY_CAST(talk_s AS DOUBLE), 0) > 0"
    )
    return f"CASE WHEN {answered} THEN 'handled' ELSE 'abandoned' END"


@dataclass(frozen=True)
class _Complaint:
    """Records for which ``condition`` holds are wrong: in which column, how, and what was expected."""

    condition: str
    column: str
    what: str
    expected: str | None = None


def _complaints(mapping: CallMapping) -> list[_Complaint]:
    """All that can be wrong with a record."""
    moment = "ISO 8601, such as 2026-11-23T08:30:00+01:00"
    found = [
        _Complaint("queue IS NULL", "queue", "no queue"),
        _Complaint("arrived_us IS NULL", "arrived", "not a time stamp", moment),
    ]
    for name in ("answered", "ended"):
        if name in mapping.columns:
            unread = f"{name} IS NOT NULL AND TRY_CAST({name} AS TIMESTAMPTZ) IS NULL"
            found.append(_Complaint(unread, name, "not a time stamp", moment))
    for name in _DURATIONS:
        if name in mapping.columns:
            number = f"TRY_CAST({name} AS DOUBLE)"
            unread = f"{name} IS NOT NULL AND NOT coalesce(isfinite({number}) AND {number} >= 0, false)"
            found.append(_Complaint(unread, name, "not a duration", "seconds, 0 or more"))
    if mapping.outcomes.columns:
        named = [name for names in mapping.outcomes.model_dump(exclude={"columns"}).values() for name in names]
        found.append(
            _Complaint("fate IS NULL", "outcome", "an outcome that the mapping does not name", ", ".join(named))
        )
    return found


def _check_values(database: Any, mapping: CallMapping, source: str) -> None:
    """One pass over the file for all complaints; a second one only to find the row of the first."""
    complaints = _complaints(mapping)
    counts = ", ".join(f"count_if({complaint.condition})" for complaint in complaints)
    found = database.execute(f"SELECT {counts} FROM contact").fetchall()[0]
    for complaint, count in zip(complaints, found, strict=True):
        if count:
            _refuse(database, complaint, "contact", mapping, source)


def _refuse(database: Any, complaint: _Complaint, view: str, mapping: CallMapping, source: str) -> None:
    """Raise at the first record of ``view`` to which ``complaint`` applies."""
    count, line, value = database.execute(
        f"SELECT count(*), min(line), arg_min(coalesce({complaint.column}, ''), line) FROM {view} "
        f"WHERE {complaint.condition}"
    ).fetchall()[0]
    theirs = mapping.columns.get(complaint.column) or "/".join(mapping.outcomes.columns)
    raise InputError(
        complaint.what + (f" (and {count - 1} more rows)" if count > 1 else ""),
        where=f"{source}, row {line}, column {theirs}",
        found=repr(value),
        expected=complaint.expected,
    )


_COUNTED = f"""
    SELECT min(line) AS line, contact.queue AS queue,
           arrived_us - arrived_us % {CELL_MIN * 60_000_000} AS start,
           count(*) AS records,
           count_if(fate = 'ignored') AS ignored,
           count_if(fate <> 'ignored') AS offered,
           count_if(fate = 'handled') AS handled,
           count_if(fate = 'abandoned') AS abandoned,
           coalesce(sum(handle_s) FILTER (fate = 'handled'), 0) AS handle_s,
           CASE WHEN count(waited_s) = 0 THEN NULL
                ELSE coalesce(sum(waited_s) FILTER (fate <> 'ignored'), 0) END AS wait_s,
           CASE WHEN count(waited_s) = 0 THEN NULL
                ELSE count_if(fate = 'handled' AND waited_s <= target_s) END AS answered_in_target,
           CASE WHEN count(repeat) = 0 THEN NULL ELSE count_if(repeat AND fate <> 'ignored') END AS repeats,
           any_value(target_s) AS target_s
    FROM contact LEFT JOIN target ON contact.queue = target.queue
    GROUP BY contact.queue, start
    ORDER BY contact.queue, start
"""
