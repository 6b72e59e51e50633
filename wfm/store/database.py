"""The database behind the store: opened by URL, read and written in transactions, and who holds it when it is busy.

SQLite keeps its default rollback journal: the store stays one file that may be copied, a command that is killed is
undone by the next one that looks, and readers wait for a writer only while it commits.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, StaticPool

from wfm.errors import InputError, StoreBusyError

_PATIENCE_S = 5
"""How long a command waits for another to finish writing."""

_BUSY = (
    "database is locked",
    "database table is locked",
    "could not obtain lock",
    "lock timeout",
    "deadlock detected",
    "could not serialize",
)


def engine_of(url: str) -> sa.Engine:
    """An engine for ``url``; nothing is opened yet.

    Raises:
        InputError: not a database URL, or its driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            # As under SQLite, a command sees one state throughout, and writers act as if one after the other.
            return sa.create_engine(parsed, poolclass=NullPool, isolation_level="SERIALIZABLE", json_serializer=_json)
        in_memory = parsed.database in (None, "", ":memory:")
        engine = sa.create_engine(
            parsed,
            poolclass=StaticPool if in_memory else NullPool,
            connect_args={"timeout": _PATIENCE_S, "check_same_thread": False},
            json_serializer=_json,
        )
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
        raise InputError(
            "cannot read the store's URL",
            where="WFM_STORE",
            expected="for example sqlite:///wfm.db or postgresql+psycopg://host/wfm",
        ) from error
    except ModuleNotFoundError as error:
        raise InputError(
            "the database's driver is not installed",
            where="WFM_STORE",
            found=error.name,
            mend=f"pip install {error.name}",
        ) from error
    _take_charge_of_transactions(engine)
    if in_memory:
        # A store in memory has one connection, which ends with it.
        weakref.finalize(engine, engine.pool.dispose)
    return engine


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _take_charge_of_transactions(engine: sa.Engine) -> None:
    """Begin SQLite's transactions here: its driver would begin too late, after a reader's look and around no DDL.

    A writer takes the lock before it reads, so that what it read still holds when it writes.
    """

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("wfm_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that sees one state of the store."""
    with _translated(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose changes are all kept at the end, or none.

    Raises:
        StoreBusyError: another process kept the store locked for longer than a few seconds.
    """
    with _translated(engine), engine.connect() as plain:
        connection = plain.execution_options(wfm_writes=True)
        with connection.begin():
            yield connection


@contextmanager
def _translated(engine: sa.Engine) -> Iterator[None]:
    """The database's complaints as ours: busy, or not usable as a store."""
    try:
        yield
    except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError):
            raise
        place = engine.url.render_as_string(hide_password=True)
        complaint = str(error.orig)
        if any(sign in complaint.lower() for sign in _BUSY):
            raise StoreBusyError(
                "the store is busy: another wfm command is writing to it",
                where=place,
                mend="wait until it has finished and run this command again; nothing was written",
            ) from error
        raise InputError(
            "cannot use the store",
            where=place,
            found=complaint,
            mend="check that the folder is there and writable, and that the file is a wfm store",
        ) from error
