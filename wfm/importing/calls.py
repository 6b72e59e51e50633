"""Call records to interval history: one row a contact, aggregated at once; only intervals are kept."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pandas as pd

from wfm.errors import UsageError
from wfm.importing.instants import on_wall_clock
from wfm.importing.intervals import onto_grid
from wfm.importing.mapping import CallMapping
from wfm.importing.reading import delimiter_of, read_text, source_name
from wfm.importing.records import CELL_MIN, Cells, count_records
from wfm.importing.refusal import refuse, refuse_unknown
from wfm.importing.report import Imported, ImportReport, Remark
from wfm.policy.centre import Centre
from wfm.policy.days import queue_open_minutes
from wfm.tables.history import HISTORY
from wfm.time.grid import interval_grid
from wfm.time.zones import local_day

_FACTS = ("offered", "handled", "abandoned", "handle_s", "answered_in_target", "wait_s", "repeats")


def import_calls(
    path: Path | str,
    centre: Centre,
    mapping: CallMapping,
    *,
    encoding: str = "utf-8",
    queue: str | None = None,
    zone: str | None = None,
) -> Imported:
    """Interval history from a file of call records (CSV, ``.gz``, ``-`` for standard input).

    A contact belongs to the interval in which it arrived. Handle time is talk + hold + wrap-up, as far as the file
    tells. Intervals without a contact are zeros where the queue is open, between the file's first and last contact,
    on days on which any contact came; a day without any is taken for missing. Callers' numbers are
    read only where the mapping names their column, to count who calls again, and are kept nowhere.

    Args:
        path: the file; in UTF-8 it may be larger than memory.
        centre: the queues, their grids and answer-time thresholds.
        mapping: their columns, outcomes and queues.
        encoding: of the file.
        queue: the queue of every record, where the file has no such column.
        zone: where times without an offset are local; None takes the mapping's.

    Raises:
        UsageError: ``queue`` is given, and the mapping has that column.
        InputError: a column is not there, a value cannot be read, an outcome or queue is not named, or a contact
            arrived in an hour that the clock skipped or showed twice; names file, row and column.
    """
    source = source_name(path)
    if queue is not None and "queue" in mapping.columns:
        raise UsageError("the mapping says which queue each record belongs to", where=source, mend="leave out --queue")
    with tempfile.TemporaryDirectory() as folder:
        file = _readable(path, encoding, Path(folder))
        cells = count_records(file, _delimiter(file), mapping, _targets(centre, mapping), source, queue)
    table = cells.table.assign(queue=cells.table["queue"].replace(dict(mapping.queues)))
    refuse_unknown(table["queue"], {known.id for known in centre.queues}, source, "queue")
    table["interval_start"] = _instants(cells, source, zone if zone is not None else mapping.zone)
    read, ignored = int(table["records"].sum()), int(table["ignored"].sum())
    counted = table.loc[table["offered"] > 0, ["queue", "interval_start", *_FACTS, "target_s"]]
    gridded, _ = onto_grid(counted.assign(interval_min=float(CELL_MIN)), centre, source)
    gridded = gridded.drop(columns="interval_min", errors="ignore")
    empty = _empty_intervals(gridded, centre)
    history = HISTORY.check(pd.concat([gridded, empty]) if len(empty) else gridded, source=source)
    remarks = _remarks(ignored, len(gridded), len(empty), mapping)
    return Imported(history, ImportReport(source, read, len(history), remarks))


def _readable(path: Path | str, encoding: str, folder: Path) -> Path:
    """The file itself, or a copy in UTF-8 where DuckDB would not read it: another encoding, standard input."""
    if str(path) != "-" and Path(path).is_file() and encoding.lower() in ("utf-8", "utf8"):
        return Path(path)
    copy = folder / "records.csv"
    copy.write_text(read_text(path, encoding), encoding="utf-8", newline="")
    return copy


def _delimiter(file: Path) -> str:
    with file.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    with gzip.open(file, "rb") if packed else file.open("rb") as lines:
        return delimiter_of(lines.readline().decode("utf-8", errors="replace"))


def _targets(centre: Centre, mapping: CallMapping) -> pd.DataFrame:
    """Answer-time thresholds (deadlines, where work is deferred) by the names that the file gives to queues."""
    rows = {}
    for queue in centre.queues:
        target_s = queue.target.threshold_s if queue.within_h is None else queue.within_h * 3600
        rows[queue.id] = target_s
        rows.update({theirs: target_s for theirs, ours in mapping.queues.items() if ours == queue.id})
    return pd.DataFrame({"queue": list(rows), "target_s": list(rows.values())})


def _instants(cells: Cells, source: str, zone: str | None) -> pd.Series:
    start = cells.table["start"]
    if cells.aware:
        return start
    if zone is None:
        refuse(
            start.notna(),
            start.rename("arrived"),
            source,
            "a time without its offset",
            "ISO 8601, such as 2026-11-23T08:30+01:00",
            "export it with the offset, or say where it is local with --zone",
        )
        return start
    return on_wall_clock(start.rename("arrived"), source, zone)


def _empty_intervals(table: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """Open intervals of the table's queues in which nothing came, as rows of zeros."""
    if table.empty:
        return table
    span = table["interval_start"].min(), table["interval_start"].max()
    parts = []
    for queue_id, rows in table.groupby("queue"):
        queue, zone = centre.queue(str(queue_id)), centre.zone_of(str(queue_id))
        days = local_day(pd.DatetimeIndex(table["interval_start"]), zone).unique().sort_values()
        grid = interval_grid(days[0].date(), (days[-1] - days[0]).days + 1, zone, queue.interval_min)
        grid = grid[(grid >= span[0]) & (grid <= span[1]) & local_day(grid, zone).isin(days)]
        grid = grid[queue_open_minutes(grid, centre, queue.id) > 0]
        missing = grid.difference(pd.DatetimeIndex(rows["interval_start"]))
        known = [name for name in _FACTS if rows[name].notna().any()]
        target_s = rows["target_s"].iloc[0]
        parts.append(
            pd.DataFrame(
                {"queue": queue_id, "interval_start": missing, "target_s": target_s, **dict.fromkeys(known, 0.0)}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _remarks(ignored: int, filled: int, empty: int, mapping: CallMapping) -> tuple[Remark, ...]:
    remarks = []
    if ignored:
        names = ", ".join(mapping.outcomes.ignored)
        remarks.append(Remark("rejected", ignored, f"not offered to an agent ({names})"))
    remarks.append(Remark("repaired", filled, "intervals with contacts, added up from the records"))
    if empty:
        remarks.append(Remark("repaired", empty, "open intervals in which no contact came, as 0"))
    if not {"wrap_s", "ended"} & set(mapping.columns):
        remarks.append(Remark("warning", filled, "no after-call work in the records: handle time is too short by it"))
    return tuple(remarks)
