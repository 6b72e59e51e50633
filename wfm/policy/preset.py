"""Presets: labour rules of a country or state as shipped data, laid under what a centre says itself."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from wfm.shipped import shipped

FOLDER = "presets/labour"


def preset_names() -> tuple[str, ...]:
    """Every preset that is shipped.

    >>> "eu-wtd" in preset_names()
    True
    """
    return tuple(sorted(path.stem for path in shipped(FOLDER).glob("*.toml")))


def preset_of(name: str) -> Mapping[str, Any]:
    """A preset as its file states it: ``source``, ``as_of``, ``note``, and the tables ``rules`` and ``pay``.

    Raises:
        ValueError: no preset of that name; pydantic adds the place of the key.
    """
    if name not in preset_names():
        raise ValueError(f"unknown preset {name}: one of {', '.join(preset_names())}")
    return _read(name)


@lru_cache(maxsize=32)
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((shipped(FOLDER) / f"{name}.toml").read_text(encoding="utf-8"))


def over_preset(values: Any, section: str, lists: Collection[str] = ()) -> Any:
    """A section's own ``values`` over those of the preset it names; its own keys win.

    ``off`` names keys that hold for nobody: the preset's list switches off what the program has by default, the
    section's own what the preset asks. They become None, or empty if they are among ``lists``. ``soft`` is joined name
    by name.
    """
    if not isinstance(values, Mapping):
        return values
    below: dict[str, Any] = {}
    if isinstance(name := values.get("preset"), str):
        below = dict(preset_of(name).get(section, {}))
    merged: dict[str, Any] = {**_switched_off(below, lists), **_switched_off(values, lists)}
    if isinstance(own := values.get("soft"), Mapping):
        merged["soft"] = {**below.get("soft", {}), **own}
    return merged


def _switched_off(values: Mapping[str, Any], lists: Collection[str]) -> dict[str, Any]:
    off = values.get("off", ())
    names = [name for name in off if isinstance(name, str)] if isinstance(off, list | tuple) else []
    return {**{name: () if name in lists else None for name in names}, **values}
