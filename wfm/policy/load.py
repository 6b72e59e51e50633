"""wfm.toml and the environment to a policy, with the place of every complaint."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from wfm.errors import PolicyError
from wfm.policy.centre import Centre

_PREFIX = "WFM_"
_PLAINLY = {"extra_forbidden": "unknown key", "missing": "this key is missing"}


def read_policy(path: Path, environment: Mapping[str, str] | None = None) -> Centre:
    """The policy of ``path``, with ``WFM_SECTION__KEY`` of the environment laid over it.

    Raises:
        PolicyError: not there, not TOML, or against the contract; names file, section, key, found and expected.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise PolicyError(
            "no policy here", where=str(path), mend="run `wfm init DIR`, or give --workspace DIR"
        ) from error
    except UnicodeDecodeError as error:
        raise PolicyError("not UTF-8 text", where=str(path), mend="save the file as UTF-8") from error
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError("not TOML", where=str(path), found=str(error)) from error
    environment = os.environ if environment is None else environment
    return policy_of(_overlaid(values, environment), source=path.name, environment=environment)


def policy_of(
    values: Mapping[str, Any], source: str = "policy", environment: Mapping[str, str] | None = None
) -> Centre:
    """The policy of plain values, as TOML yields them; ``environment`` is what was laid over them, for complaints.

    Raises:
        PolicyError: the first complaint, with its place, and how many more there are.
    """
    try:
        return Centre.model_validate(dict(values))
    except ValidationError as error:
        first, *more = error.errors()
        place = _place(first["loc"], values)
        message = _PLAINLY.get(first["type"]) or first["msg"].removeprefix("Value error, ")
        found = None if isinstance(first.get("input"), dict | list | tuple) else first.get("input")
        what = message + (f" (and {len(more)} more complaints)" if more else "")
        raise PolicyError(what, where=_where(source, place, environment or {}), found=found) from error


def _where(source: str, place: str, environment: Mapping[str, str]) -> str:
    """The file and the key, and the variable of the environment where one lies over it."""
    variable = _PREFIX + place.upper().replace(".", "__")
    laid = f", as {variable} of the environment sets it" if variable in environment else ""
    return f"{source}, {place}{laid}" if place else source


def _place(location: tuple[int | str, ...], values: Mapping[str, Any]) -> str:
    """``queues[general].target.service_level``: list positions become ids where there are any."""
    parts: list[str] = []
    here: Any = values
    for step in location:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = {}
        if isinstance(step, int):
            label = here.get("id", step) if isinstance(here, Mapping) else step
            parts[-1] = f"{parts[-1]}[{label}]" if parts else str(label)
        else:
            parts.append(str(step))
    return ".".join(parts)


def _overlaid(values: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """``WFM_SHRINKAGE__UNPLANNED=0.1`` sets ``unplanned`` of ``[shrinkage]``; one level, scalar values."""
    for name, text in environment.items():
        if name.startswith(_PREFIX) and "__" in name:
            section, key = name.removeprefix(_PREFIX).lower().split("__", 1)
            if isinstance(values.setdefault(section, {}), dict):
                values[section][key] = text
    return values
