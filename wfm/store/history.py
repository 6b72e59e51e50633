"""History in the store: one row a queue and interval; a later import wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa

from wfm.store import schema
from wfm.store.rows import frame_of, instant_us, rows_of
from wfm.tables.history import HISTORY


@dataclass(frozen=True)
class Counts:
    """What an import did: rows that were not there, that were there with other values, that were there just so."""

    new: int
    changed: int
    same: int

    def __str__(self) -> str:
        return f"{self.new:,} new, {self.changed:,} changed, {self.same:,} the same"


def write_history(connection: sa.Connection, frame: pd.DataFrame) -> Counts:
    """Lay ``frame``, in contract, over what is stored. A row replaces the stored row of its key as a whole."""
    if frame.empty:
        return Counts(0, 0, 0)
    stored = _stored(connection, frame)
    position = pd.MultiIndex.from_frame(stored[list(HISTORY.key)]).get_indexer(
        pd.MultiIndex.from_frame(frame[list(HISTORY.key)])
    )
    known = position >= 0
    values = [name for name in HISTORY.names if name not in HISTORY.key]
    fresh, old = frame.loc[known, values].to_numpy(float), stored[values].to_numpy(float)[position[known]]
    alike = np.zeros(len(frame), bool)
    alike[known] = ((fresh == old) | (np.isnan(fresh) & np.isnan(old))).all(axis=1)
    changed = known & ~alike
    table = schema.history
    if changed.any():
        renamed = {"queue": "the_queue", "interval_start": "the_start"}
        rows = [
            {renamed.get(name, name): value for name, value in row.items()} for row in rows_of(HISTORY, frame[changed])
        ]
        same_key = (table.c.queue == sa.bindparam("the_queue")) & (table.c.interval_start == sa.bindparam("the_start"))
        connection.execute(sa.update(table).where(same_key), rows)
    if not known.all():
        connection.execute(sa.insert(table), rows_of(HISTORY, frame[~known]))
    return Counts(new=int((~known).sum()), changed=int(changed.sum()), same=int(alike.sum()))


def _stored(connection: sa.Connection, frame: pd.DataFrame) -> pd.DataFrame:
    """What is stored of the frame's queues over its stretch of time."""
    starts = frame["interval_start"]
    return read_history(
        connection, sorted(frame["queue"].unique()), starts.min(), starts.max() + pd.Timedelta(microseconds=1)
    )


def read_history(
    connection: sa.Connection,
    queues: Sequence[str] | None = None,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """History of ``queues`` (None: all) from ``start`` up to, not including, ``end``; in the contract of HISTORY."""
    table = schema.history
    query = sa.select(*(table.c[name] for name in HISTORY.names))
    if queues is not None:
        query = query.where(table.c.queue.in_(list(queues)))
    if start is not None:
        query = query.where(table.c.interval_start >= instant_us(start))
    if end is not None:
        query = query.where(table.c.interval_start < instant_us(end))
    return frame_of(HISTORY, connection.execute(query).all())
