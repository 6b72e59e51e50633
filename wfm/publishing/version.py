"""A published version: its number, its days, its moment, and the names that only its owner can know."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from wfm.errors import InputError
from wfm.time.week import Period
from wfm.time.zones import zone_named


@dataclass(frozen=True)
class PublishedVersion:
    """Which version of which days, published when, by whom, for readers in which zone.

    ``secret`` is the workspace's own token: unguessable names derive from it, so that an agent keeps the same address
    from version to version. Every date written inside a file is ``published_at``: the same version is the same bytes.

    Raises:
        InputError: a moment without a zone, a number below 1, an empty secret, an unknown zone.
    """

    number: int
    first_day: date
    published_at: datetime
    author: str
    secret: str = field(repr=False)
    zone: str
    days: int = 7

    def __post_init__(self) -> None:
        if self.published_at.tzinfo is None:
            raise InputError("a moment without a zone", where="published_at", found=self.published_at.isoformat())
        if self.number < 1:
            raise InputError("not a version", found=self.number, expected="1 or more")
        if not self.secret:
            raise InputError("no secret to derive calendar names from", where="the workspace's token")
        zone_named(self.zone)

    @property
    def period(self) -> Period:
        """The days that the version covers."""
        return Period(self.first_day, self.days)

    @property
    def stamp(self) -> datetime:
        """The moment of publishing in UTC, whole seconds: what iCalendar and spreadsheets can hold."""
        return self.published_at.astimezone(UTC).replace(microsecond=0)

    def folder(self, published: Path) -> Path:
        """Where the version lies: ``<first day>/v<number>`` under the folder of published versions."""
        return published / self.first_day.isoformat() / f"v{self.number}"

    def token(self, *parts: str) -> str:
        """130 bits that only the holder of the secret can compute (HMAC-SHA-256, RFC 2104): 26 letters and digits."""
        message = "\0".join(parts).encode()
        digest = hmac.new(self.secret.encode(), message, hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:26]


def calendar_name(version: PublishedVersion, agent_id: str) -> str:
    """The file name of an agent's calendar: the same in every version, and not to be guessed without the secret.

    >>> first = PublishedVersion(1, date(2026, 11, 23), datetime(2026, 11, 20, tzinfo=UTC), "ada", "s3cret", "UTC")
    >>> second = PublishedVersion(2, date(2026, 11, 30), datetime(2026, 11, 27, tzinfo=UTC), "bob", "s3cret", "UTC")
    >>> calendar_name(first, "a1") == calendar_name(second, "a1") != calendar_name(first, "a2")
    True
    """
    return f"{version.token('calendar', agent_id)}.ics"
