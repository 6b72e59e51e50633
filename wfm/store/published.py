"""Published versions of a roster, and the workspace's secret that names of calendar files are made from."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import sqlalchemy as sa

from wfm.errors import StoreBusyError
from wfm.store import schema
from wfm.store.rows import instant_of, instant_us
from wfm.time.week import Period


@dataclass(frozen=True)
class PublishedVersion:
    """One published roster. ``runs`` maps kinds (roster, cost, ...) to run ids; numbers count from 1 a period."""

    period: Period
    number: int
    runs: Mapping[str, int]
    published_at: pd.Timestamp
    author: str


def write_version(connection: sa.Connection, version: PublishedVersion) -> None:
    """Store a version.

    Raises:
        StoreBusyError: someone else published this very version meanwhile.
    """
    values = {
        "first_day": version.period.first.isoformat(),
        "number": version.number,
        "days": version.period.days,
        "runs": dict(version.runs),
        "published_at": instant_us(version.published_at),
        "author": version.author,
    }
    try:
        connection.execute(sa.insert(schema.published).values(**values))
    except sa.exc.IntegrityError as error:
        raise StoreBusyError(
            "this version was published meanwhile",
            found=f"{version.period}, version {version.number}",
            mend="publish again: it becomes the next version",
        ) from error


def read_versions(connection: sa.Connection, first_day: date | None = None) -> list[PublishedVersion]:
    """Versions of the period that begins on ``first_day`` (None: all), in order."""
    table = schema.published
    query = sa.select(table).order_by(table.c.first_day, table.c.number)
    if first_day is not None:
        query = query.where(table.c.first_day == first_day.isoformat())
    return [
        PublishedVersion(
            period=Period(date.fromisoformat(row["first_day"]), row["days"]),
            number=row["number"],
            runs=row["runs"],
            published_at=instant_of(row["published_at"]),
            author=row["author"],
        )
        for row in connection.execute(query).mappings()
    ]


def secret_of(connection: sa.Connection) -> str:
    """The workspace's secret token, made at first use; needs a connection that may write."""
    table = schema.setting
    found = connection.execute(sa.select(table.c.value).where(table.c.name == "secret")).scalar()
    if found is not None:
        return str(found)
    token = secrets.token_urlsafe(32)
    connection.execute(sa.insert(table).values(name="secret", value=token))
    return token
