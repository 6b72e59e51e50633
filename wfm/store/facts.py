"""Facts in the store, history above all: one row a key; a later import wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa

from wfm.store import schema
from wfm.store.rows import Row, day_text, frame_of, instant_us, rows_of
from wfm.tables.contract import Table


@dataclass(frozen=True)
class Counts:
    """What an import did: rows that were not there, that were there with other values, that were there just so."""

    new: int
    changed: int
    same: int

    def __str__(self) -> str:
        return f"{self.new:,} new, {self.changed:,} changed, {self.same:,} the same"


def write_facts(connection: sa.Connection, name: str, frame: pd.DataFrame) -> Counts:
    """Lay ``frame``, in the contract of table ``name``, over what is stored. A row replaces that of its key whole."""
    if frame.empty:
        return Counts(0, 0, 0)
    table, contract = schema.facts[name], schema.FACT_TABLES[name]
    key = list(contract.key)
    stored = _stored(connection, contract, frame)
    position = pd.MultiIndex.from_frame(stored[key]).get_indexer(pd.MultiIndex.from_frame(frame[key]))
    known = position >= 0
    alike = np.zeros(len(frame), bool)
    alike[known] = _alike(contract, frame[known], stored.iloc[position[known]])
    changed = known & ~alike
    if changed.any():
        rows = [_with_bound_key(row, contract.key) for row in rows_of(contract, frame[changed])]
        same_key = sa.and_(*(table.c[column] == sa.bindparam(f"the_{column}") for column in key))
        connection.execute(sa.update(table).where(same_key), rows)
    if not known.all():
        connection.execute(sa.insert(table), rows_of(contract, frame[~known]))
    return Counts(new=int((~known).sum()), changed=int(changed.sum()), same=int(alike.sum()))


def _alike(contract: Table, fresh: pd.DataFrame, stored: pd.DataFrame) -> np.ndarray:
    """(n,) rows whose values are the same, missing ones included."""
    alike = np.ones(len(fresh), bool)
    for name in contract.names:
        if name not in contract.key:
            new, old = fresh[name].to_numpy(), stored[name].to_numpy()
            alike &= (new == old) | (pd.isna(new) & pd.isna(old))
    return alike


def _with_bound_key(row: Row, key: Sequence[str]) -> Row:
    return {f"the_{name}" if name in key else name: value for name, value in row.items()}


def _stored(connection: sa.Connection, contract: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """What is stored of the frame's queues (or drivers) over its stretch of time."""
    whose, when = frame[contract.key[0]], frame[contract.key[1]]
    after = when.max() + pd.Timedelta(days=1)
    return read_facts(connection, contract.name, sorted(whose.unique()), when.min(), after)


def read_facts(
    connection: sa.Connection,
    name: str,
    whose: Sequence[str] | None = None,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Rows of table ``name``, in its contract, of the queues (or drivers) ``whose`` (None: all).

    From ``start`` up to, not including, ``end``: instants, or midnights where the table is by day.
    """
    table, contract = schema.facts[name], schema.FACT_TABLES[name]
    query = sa.select(*(table.c[column] for column in contract.names))
    owner, when = (table.c[column] for column in contract.key[:2])
    by_day = next(column.kind for column in contract.columns if column.name == contract.key[1]) == "day"

    def stored(instant: pd.Timestamp) -> str | int | None:
        return day_text(instant.date()) if by_day else instant_us(instant)

    if whose is not None:
        query = query.where(owner.in_(list(whose)))
    if start is not None:
        query = query.where(when >= stored(start))
    if end is not None:
        query = query.where(when < stored(end))
    return frame_of(contract, connection.execute(query).all())
