"""Fingerprints of inputs, and the versions that made a result: what a run record needs to be repeatable."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata

import numpy as np
import pandas as pd

_PACKAGES = ("numpy", "scipy", "pandas", "statsmodels", "ortools", "numba", "holidays", "tzdata")


def fingerprint(value: pd.DataFrame | str | bytes) -> str:
    """SHA-256 of a frame's names and values in their order, or of a text (UTF-8), in hexadecimal.

    Two frames have one fingerprint when they hold the same values, whatever release of pandas and whichever unit of
    time they come in; NaN, NaT and None are the same missing value.

    >>> fingerprint(pd.DataFrame({"offered": [1, 2]})) == fingerprint(pd.DataFrame({"offered": [1.0, 2.0]}))
    True
    >>> fingerprint("") == hashlib.sha256(b"").hexdigest()
    True
    """
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    digest = hashlib.sha256()
    for name, column in value.items():
        for part in (str(name).encode(), *_column_bytes(column)):
            # Lengths between the parts: no two frames run together into the same bytes.
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
    return digest.hexdigest()


def _column_bytes(column: pd.Series) -> tuple[bytes, bytes]:
    missing = column.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        index = pd.DatetimeIndex(column)
        instants = index.tz_convert("UTC") if index.tz is not None else index
        return b"time", instants.as_unit("us").asi8.astype("<i8").tobytes()
    if pd.api.types.is_numeric_dtype(column.dtype):
        numbers = column.to_numpy(dtype="<f8", na_value=np.nan) + 0.0  # -0.0 is 0.0
        numbers[missing] = np.nan
        return b"number", numbers.tobytes()
    texts = ["\x00" if gone else str(text) for text, gone in zip(column, missing, strict=True)]
    return b"text", "\x1f".join(texts).encode()


def installed_versions() -> dict[str, str]:
    """Versions of Python, wfm and the packages that results depend on."""
    versions = {"python": platform.python_version()}
    for package in ("wfm", *_PACKAGES):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions
