"""The one way in which an import refuses rows: the first of them by file, line and column, and how many more."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.errors import InputError

MOST = 1e12
"""No count or total of an interval is larger; beyond 2**53 numbers would lose their last digits."""


def refuse(
    bad: NDArray[np.bool_] | pd.Series,
    values: pd.Series,
    source: str,
    what: str,
    expected: str | None = None,
    mend: str | None = None,
) -> None:
    """Raise at the first row of ``values`` (indexed by line) where ``bad`` holds.

    Raises:
        InputError: with file, line, column, what was found and expected, and how many rows more.
    """
    wrong = np.flatnonzero(np.asarray(bad))
    if not len(wrong):
        return
    more = f" (and {len(wrong) - 1} more row{'s' * (len(wrong) > 2)})" if len(wrong) > 1 else ""
    raise InputError(
        what + more,
        where=f"{source}, row {values.index[wrong[0]]}, column {values.name}",
        found=repr(values.iloc[wrong[0]]),
        expected=expected,
        mend=mend,
    )


def numbers(values: pd.Series, source: str, *, whole: bool = False) -> pd.Series:
    """Text as numbers of 0 or more; missing stays NaN.

    Raises:
        InputError: not a number, negative, infinite, beyond ``MOST``, or a count with a fraction.
    """
    kind = "a whole number, 0 or more" if whole else "a number, 0 or more"
    parsed = pd.to_numeric(values, errors="coerce").astype("float64")
    refuse(parsed.isna() & values.notna(), values, source, "not a number", kind, "plain digits, without separators")
    refuse(np.isinf(parsed), values, source, "not a finite number", kind)
    refuse(parsed < 0, values, source, "a negative value", kind, "correct the row")
    refuse(parsed > MOST, values, source, "larger than any centre sees", f"at most {MOST:,.0f}", "correct the row")
    if whole:
        refuse((parsed % 1 > 0), values, source, "a count with a fraction", kind, "counts are totals, not averages")
    return parsed


def refuse_unknown(values: pd.Series, known: set[str], source: str, what: str) -> None:
    """Raise at the first value that is not ``known``, with a list of those that are.

    Raises:
        InputError: an unknown or a missing value.
    """
    names = sorted(known)
    listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    refuse(values.isna(), values, source, f"no {what}", listed or "none is defined")
    refuse(
        ~values.isin(known),
        values,
        source,
        f"unknown {what}",
        listed or "none is defined",
        f"define the {what}, or map it",
    )
