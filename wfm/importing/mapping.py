"""How another system's call records are to be read: their columns, outcomes and queues, from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field, ValidationError, model_validator

from wfm.errors import InputError
from wfm.policy.part import Part

COLUMNS = ("queue", "arrived", "answered", "ended", "wait_s", "talk_s", "hold_s", "wrap_s", "caller")
"""What a record of one contact may tell; nothing else is even read. ``caller``, where it is named, serves to count
who calls again, and goes no further than that count."""


class Outcomes(Part):
    """Which of their outcomes mean what; ``ignored`` contacts are not offered at all.

    ``columns`` hold the outcome; the values of several are joined by ``/``, such as ``HANG/1``.
    """

    columns: tuple[str, ...] = ()
    handled: tuple[str, ...] = ()
    abandoned: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


class CallMapping(Part):
    """Columns (ours to theirs), outcomes, queues (theirs to ours), and the zone of times without an offset.

    With a column ``caller``, a contact is a repeat if the caller was in the queue at most ``repeat_within_h`` before.

    Without columns of outcomes a contact was handled when it has a time of answer, or else any talk time.
    """

    columns: Mapping[str, str]
    outcomes: Outcomes = Outcomes()
    queues: Mapping[str, str] = {}
    zone: str | None = None
    repeat_within_h: float = Field(24.0, gt=0)

    @model_validator(mode="after")
    def _known_columns(self) -> CallMapping:
        unknown = sorted(set(self.columns) - set(COLUMNS))
        if unknown:
            raise ValueError(f"unknown column {unknown[0]}, expected one of {', '.join(COLUMNS)}")
        if "arrived" not in self.columns:
            raise ValueError("the column of arrivals is not named: arrived = ...")
        if bool(self.outcomes.columns) != bool(self.outcomes.handled or self.outcomes.abandoned):
            raise ValueError("[outcomes] needs both: columns, and what their values mean (handled, abandoned, ignored)")
        if not self.outcomes.columns and not {"answered", "talk_s"} & set(self.columns):
            raise ValueError("nothing tells who was answered: name answered or talk_s, or columns of outcomes")
        return self


def read_mapping(path: Path) -> CallMapping:
    """The mapping of a TOML file.

    Raises:
        InputError: not there, not TOML, or not a mapping; names the file and the key.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), mend="check the name") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("not TOML", where=path.name, found=str(error)) from error
    return mapping_of(values, path.name)


def mapping_of(values: Mapping[str, object], source: str = "mapping") -> CallMapping:
    """The mapping of plain values, as TOML yields them.

    Raises:
        InputError: not a mapping; names the key.
    """
    try:
        return CallMapping.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(
            first["msg"].removeprefix("Value error, "), where=f"{source}, {place}" if place else source
        ) from error
