"""Shipped data: fonts, presets and calendars that come with the program."""

from __future__ import annotations

from pathlib import Path

from wfm.errors import MissingError

_PACKAGE = Path(__file__).resolve().parent
ROOTS = (_PACKAGE / "_data", _PACKAGE.parent / "data")
"""Where shipped data may lie: inside the installed package, or else in the checkout."""


def shipped(name: str) -> Path:
    """The path of a shipped file or folder, such as ``fonts/README.md``.

    Raises:
        MissingError: nothing of that name is shipped.

    >>> shipped("fonts").name
    'fonts'
    """
    for root in ROOTS:
        if (root / name).exists():
            return root / name
    raise MissingError(
        "shipped data is missing",
        where=str(ROOTS[0]),
        found="nothing",
        expected=name,
        mend="install the program again",
    )
