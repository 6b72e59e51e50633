"""Shift scheduling instances of Curtois & Qu (2014), as their text files state them.

Tim Curtois and Rong Qu, *Computational results on new staff scheduling benchmark instances*, technical report,
University of Nottingham, 2014. A file has sections of comma-separated lines; ``#`` begins a comment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Shift:
    """A kind of shift; none of ``forbidden_next`` may follow it on the next day."""

    id: str
    length_min: int
    forbidden_next: tuple[str, ...]


@dataclass(frozen=True)
class Terms:
    """What one member of staff may work over the horizon.

    ``most_shifts`` by kind of shift; ``longest_run``, ``shortest_run`` of working days, ``shortest_off`` of days off.
    """

    most_shifts: tuple[tuple[str, int], ...]
    most_min: int
    least_min: int
    longest_run: int
    shortest_run: int
    shortest_off: int
    most_weekends: int


@dataclass(frozen=True)
class Request:
    """A shift asked for, or not wanted, on a day; ``weight`` is the penalty of the opposite."""

    staff: str
    day: int
    shift: str
    weight: int
    wanted: bool


@dataclass(frozen=True)
class Cover:
    """Staff asked for on a day and shift, and the penalty of one fewer and one more."""

    day: int
    shift: str
    staff: int
    under: int
    over: int


@dataclass(frozen=True)
class Instance:
    """One file. ``days`` begin on a Monday and are numbered from 0; ``days_off`` by staff."""

    name: str
    days: int
    shifts: tuple[Shift, ...]
    staff: Mapping[str, Terms]
    days_off: Mapping[str, tuple[int, ...]]
    requests: tuple[Request, ...]
    cover: tuple[Cover, ...]


def read_instance(path: Path) -> Instance:
    """The instance in ``path``.

    Raises:
        ValueError: a section is missing, or a line has too few fields; names file and section.
    """
    lines = _sections(path)
    missing = [name for name in ("HORIZON", "SHIFTS", "STAFF", "COVER") if not lines.get(name)]
    if missing:
        raise ValueError(f"{path.name}: no SECTION_{missing[0]}; is this an instance of Curtois & Qu?")
    try:
        return Instance(
            name=path.stem,
            days=int(lines["HORIZON"][0][0]),
            shifts=tuple(_shift(*fields) for fields in lines["SHIFTS"]),
            staff={fields[0]: _terms(fields) for fields in lines["STAFF"]},
            days_off={name: tuple(int(day) for day in days if day) for name, *days in lines.get("DAYS_OFF", [])},
            requests=(
                *(_request(fields, wanted=True) for fields in lines.get("SHIFT_ON_REQUESTS", [])),
                *(_request(fields, wanted=False) for fields in lines.get("SHIFT_OFF_REQUESTS", [])),
            ),
            cover=tuple(
                Cover(int(day), shift, int(staff), int(under), int(over))
                for day, shift, staff, under, over in lines["COVER"]
            ),
        )
    except (IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: a line has other fields than its section's ({error})") from error


def _sections(path: Path) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    section = ""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        text = line.strip()
        if text.startswith("SECTION_"):
            section = text.removeprefix("SECTION_")
        elif text and not text.startswith("#"):
            found.setdefault(section, []).append([field.strip() for field in text.split(",")])
    return found


def _shift(name: str, length_min: str, forbidden: str = "") -> Shift:
    return Shift(name, int(length_min), tuple(filter(None, forbidden.split("|"))))


def _terms(fields: list[str]) -> Terms:
    most = [part.split("=") for part in fields[1].split("|") if part]
    most_min, least_min, longest, shortest, off, weekends = map(int, fields[2:8])
    caps = tuple((shift, int(count)) for shift, count in most)
    return Terms(caps, most_min, least_min, longest, shortest, off, weekends)


def _request(fields: list[str], *, wanted: bool) -> Request:
    staff, day, shift, weight = fields
    return Request(staff, int(day), shift, int(weight), wanted)
