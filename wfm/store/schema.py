"""The tables of the store. Columns of data come from the contracts in ``wfm.tables``; the rest is stated here.

How values are kept, the same in SQLite and PostgreSQL: an instant as whole microseconds of UTC since 1970 (sorts,
and comes back to the last digit), a day as ``YYYY-MM-DD``, a count as an integer, a number as a double, missing as
NULL. Nothing here or in the queries is special to one database.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from wfm.tables.calibration import FORECAST_BAND, MODEL_CHOICE
from wfm.tables.concurrency import CONCURRENCY, HANDLE_TIME_BY_LEVEL
from wfm.tables.contract import Column, Table
from wfm.tables.cost import COST_LINE
from wfm.tables.driver import DRIVER
from wfm.tables.finding import FINDING
from wfm.tables.forecast import FORECAST, FORECAST_CHANNEL_DAY, FORECAST_DAY
from wfm.tables.history import HISTORY
from wfm.tables.override import OVERRIDE
from wfm.tables.people import AGENTS, AVAILABILITY, PREFERENCES, TIME_OFF
from wfm.tables.requirement import REQUIREMENT
from wfm.tables.roster import COVERAGE, ROSTER, VIOLATION
from wfm.tables.shift_demand import SHIFT_DEMAND
from wfm.tables.shrinkage import SHRINKAGE, SHRINKAGE_FORECAST
from wfm.tables.simulation import SIMULATION

METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)

RUN_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        FORECAST,
        FORECAST_DAY,
        FORECAST_CHANNEL_DAY,
        SHRINKAGE_FORECAST,
        HANDLE_TIME_BY_LEVEL,
        FINDING,
        MODEL_CHOICE,
        FORECAST_BAND,
        REQUIREMENT,
        ROSTER,
        COVERAGE,
        VIOLATION,
        COST_LINE,
        SIMULATION,
    )
}
"""What a run may have written, by name."""

FACT_TABLES: dict[str, Table] = {
    table.name: table for table in (HISTORY, DRIVER, OVERRIDE, SHRINKAGE, CONCURRENCY, SHIFT_DEMAND)
}
"""What came and what is known of days, by name: a row is replaced by a later one of its key."""

PEOPLE_TABLES: dict[str, Table] = {table.name: table for table in (AGENTS, AVAILABILITY, TIME_OFF, PREFERENCES)}
"""What is known about people, by name."""


def sql_type(column: Column) -> sa.types.TypeEngine[Any]:
    """The database's type for a column of a contract."""
    types: dict[str, sa.types.TypeEngine[Any]] = {
        "text": sa.Text(),
        "instant": sa.BigInteger(),
        "day": sa.String(10),
        "number": sa.Double(),
        "count": sa.BigInteger(),
        "flag": sa.Boolean(),
    }
    return types[column.kind]


def _data_columns(table: Table) -> list[sa.Column[Any]]:
    """One SQL column for each of the contract's; only what a contract demands is NOT NULL."""
    return [
        sa.Column(
            column.name,
            sql_type(column),
            nullable=column.kind != "flag" and (column.nullable or not column.required),
        )
        for column in table.columns
    ]


def _run_table(table: Table) -> sa.Table:
    """A contract's rows for each run. Where a key may repeat, rows are told apart by their line instead."""
    own = [sa.Column("run_id", sa.Integer, sa.ForeignKey("run.id"), nullable=False)]
    key = ("line",) if table.repeats else table.key
    if table.repeats:
        own.append(sa.Column("line", sa.Integer, nullable=False))
    return sa.Table(table.name, METADATA, *own, *_data_columns(table), sa.PrimaryKeyConstraint("run_id", *key))


def _people_table(table: Table) -> sa.Table:
    """A contract's rows with the days on which they hold: from ``valid_from`` up to, not including, ``valid_until``.

    A key with columns that may be missing is none to a database: rows of such a table have a number of their own.
    """
    optional = any(column.nullable for column in table.columns if column.name in table.key)
    number = [sa.Column("number", sa.Integer, autoincrement=True, nullable=False)] if optional else []
    key = ("number",) if optional else (*table.key, "valid_from")
    return sa.Table(
        table.name,
        METADATA,
        *number,
        *_data_columns(table),
        sa.Column("valid_from", sa.String(10), nullable=False),
        sa.Column("valid_until", sa.String(10), nullable=True),
        sa.PrimaryKeyConstraint(*key),
    )


run = sa.Table(
    "run",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=True),
    sa.Column("inputs", sa.JSON, nullable=False),
    sa.Column("versions", sa.JSON, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("first_day", sa.String(10), nullable=True),
    sa.Column("days", sa.Integer, nullable=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_run_kind", "kind", "first_day"),
)

facts = {
    name: sa.Table(name, METADATA, *_data_columns(table), sa.PrimaryKeyConstraint(*table.key))
    for name, table in FACT_TABLES.items()
}

people = {name: _people_table(table) for name, table in PEOPLE_TABLES.items()}

results = {name: _run_table(table) for name, table in RUN_TABLES.items()}

published = sa.Table(
    "published",
    METADATA,
    sa.Column("first_day", sa.String(10), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("runs", sa.JSON, nullable=False),
    sa.Column("published_at", sa.BigInteger, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("first_day", "number"),
)

setting = sa.Table(
    "setting",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
