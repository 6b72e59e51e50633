"""People in the store, with the days on which each row holds: the state of any day can be had again."""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from wfm.store import schema
from wfm.store.facts import Counts
from wfm.store.rows import Row, frame_of, rows_of

SINCE_EVER = date(1, 1, 1)
"""The first state of a table holds from the beginning: nothing else is known about the days before it."""


def write_people(connection: sa.Connection, kind: str, frame: pd.DataFrame, valid_from: date) -> Counts:
    """Make ``frame``, in contract, the whole state of table ``kind`` from ``valid_from`` on.

    Rows that are in both states stay; rows that are not in the new one end with the day before ``valid_from``.
    States that were to begin later are superseded.
    """
    table, contract = schema.people[kind], schema.PEOPLE_TABLES[kind]
    if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() == 0:
        valid_from = SINCE_EVER
    day = valid_from.isoformat()
    connection.execute(sa.delete(table).where(table.c.valid_from > day))
    connection.execute(sa.update(table).where(table.c.valid_until > day).values(valid_until=None))
    wanted = {_key(row, contract.key): row for row in rows_of(contract, frame)}
    current = {_key(row, contract.key): row for row in _holding(connection, kind, day)}
    same = {key for key, row in wanted.items() if current.get(key) == row}
    for key in current.keys() - same:
        _end(connection, table, dict(zip(contract.key, key, strict=True)), day)
    fresh = [{**row, "valid_from": day, "valid_until": None} for key, row in wanted.items() if key not in same]
    if fresh:
        connection.execute(sa.insert(table), fresh)
    changed = len((wanted.keys() & current.keys()) - same)
    return Counts(new=len(wanted) - len(same) - changed, changed=changed, same=len(same))


def read_people(connection: sa.Connection, kind: str, day: date) -> pd.DataFrame:
    """The state of table ``kind`` on ``day``, in its contract."""
    rows = [tuple(row.values()) for row in _holding(connection, kind, day.isoformat())]
    return frame_of(schema.PEOPLE_TABLES[kind], rows)


def _key(row: Row, names: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(row[name] for name in names)


def _holding(connection: sa.Connection, kind: str, day: str) -> list[Row]:
    table, contract = schema.people[kind], schema.PEOPLE_TABLES[kind]
    query = sa.select(*(table.c[name] for name in contract.names)).where(
        table.c.valid_from <= day, sa.or_(table.c.valid_until.is_(None), table.c.valid_until > day)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def _end(connection: sa.Connection, table: sa.Table, key: dict[str, object], day: str) -> None:
    """End the open row of ``key`` before ``day``; one that only began on that day never held and goes."""
    this = [table.c[name] == value for name, value in key.items()]
    connection.execute(sa.delete(table).where(*this, table.c.valid_from == day))
    connection.execute(sa.update(table).where(*this, table.c.valid_until.is_(None)).values(valid_until=day))
