"""A table's contract: columns, kinds, bounds and key, and the one vectorised check of them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from wfm.errors import TableError
from wfm.time.zones import DAY, INSTANT

Kind = Literal["text", "instant", "day", "number", "count", "flag"]


@dataclass(frozen=True)
class Column:
    """One column. ``low`` and ``high`` bound numbers inclusively; a missing value is NaN, NaT or None."""

    name: str
    kind: Kind
    required: bool = True
    nullable: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Table:
    """A named table. ``key`` columns identify a row, order the table, and must be unique unless ``repeats``."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    repeats: bool = False

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """The table without rows, every column present."""
        return self.check(pd.DataFrame({name: pd.Series(dtype=object) for name in self.names}))

    def check(self, frame: pd.DataFrame, *, source: str | None = None, first_row: int = 0) -> pd.DataFrame:
        """A copy in contract: columns in order, kinds converted, sorted by key. Keys are unique.

        Args:
            frame: any frame with at least the required columns; optional ones that lack are added as missing.
            source: what the message calls the origin, such as a file's name; the table's name otherwise.
            first_row: the number that a message gives to the first row (2 for a CSV file with a header). An index
                named ``line`` counts instead: the number of each row in its file.

        Raises:
            TableError: names table or file, column, row, what was found and what was expected.
        """
        place = source or f"table {self.name}"
        self._check_columns(frame, place)
        rows = frame.index.to_numpy() if frame.index.name == "line" else np.arange(len(frame)) + first_row
        checked = pd.DataFrame(index=pd.RangeIndex(len(frame)))
        for column in self.columns:
            values = frame[column.name] if column.name in frame else pd.Series(np.nan, index=frame.index, dtype=object)
            checked[column.name] = _checked(column, values.reset_index(drop=True), rows, place)
        if not self.repeats:
            self._check_key(checked, rows, place)
        return checked.sort_values(list(self.key), kind="stable", ignore_index=True)

    def _check_columns(self, frame: pd.DataFrame, place: str) -> None:
        missing = [c.name for c in self.columns if c.required and c.name not in frame]
        if missing:
            raise TableError(
                "column is missing",
                where=f"{place}, column {missing[0]}",
                found=", ".join(map(str, frame.columns)) or "no columns",
                expected=", ".join(self.names),
            )
        unknown = [str(name) for name in frame.columns if name not in self.names]
        if unknown:
            raise TableError(
                "unknown column",
                where=f"{place}, column {unknown[0]}",
                found=unknown[0],
                expected=", ".join(self.names),
                mend="rename or remove the column",
            )

    def _check_key(self, checked: pd.DataFrame, rows: np.ndarray, place: str) -> None:
        twice = checked.duplicated(list(self.key)).to_numpy()
        if twice.any():
            at = int(np.argmax(twice))
            key = ", ".join(f"{name} {checked[name].iloc[at]}" for name in self.key)
            raise TableError(
                "the same row twice",
                where=f"{place}, row {rows[at]}",
                found=key,
                expected=f"one row for each {', '.join(self.key)}",
                mend=f"remove or add up the repeated rows ({int(twice.sum())} in all)",
            )


def _checked(column: Column, values: pd.Series, rows: np.ndarray, place: str) -> pd.Series:
    missing = values.isna().to_numpy()
    if not column.nullable and column.required:
        _refuse(missing, column, values, rows, place, "a value is missing", _expectation(column))
    convert = {"text": _text, "instant": _instant, "day": _day, "number": _number, "count": _number, "flag": _flag}
    converted, bad = convert[column.kind](values, missing)
    _refuse(bad, column, values, rows, place, f"not {_article(column.kind)}", _expectation(column))
    if column.kind in ("number", "count"):
        numbers = converted.to_numpy(float)
        outside = np.isinf(numbers)
        if column.low is not None:
            outside |= numbers < column.low
        if column.high is not None:
            outside |= numbers > column.high
        _refuse(outside & ~missing, column, values, rows, place, "out of bounds", _expectation(column))
    if column.kind == "count":
        fractional = (~missing) & (converted.to_numpy(float) % 1 != 0)
        _refuse(fractional, column, values, rows, place, "a count is fractional", "a whole number")
    if column.choices is not None:
        _refuse(
            ~missing & ~converted.isin(column.choices).to_numpy(),
            column,
            values,
            rows,
            place,
            "unknown value",
            " or ".join(column.choices),
        )
    return converted


def _refuse(
    bad: np.ndarray, column: Column, values: pd.Series, rows: np.ndarray, place: str, what: str, expected: str
) -> None:
    if bad.any():
        at = int(np.argmax(bad))
        more = int(bad.sum()) - 1
        raise TableError(
            what,
            where=f"{place}, row {rows[at]}, column {column.name}",
            found=repr(values.iloc[at]),
            expected=expected,
            mend="correct the row" + (f" and {more} more like it" if more else ""),
        )


def _article(kind: Kind) -> str:
    return {
        "text": "text",
        "instant": "an instant",
        "day": "a day",
        "number": "a number",
        "count": "a number",
        "flag": "true or false",
    }[kind]


def _expectation(column: Column) -> str:
    if column.choices is not None:
        return " or ".join(column.choices)
    base = {
        "text": "text",
        "instant": "an ISO 8601 instant with its offset, such as 2026-11-23T08:30+01:00",
        "day": "YYYY-MM-DD",
        "number": "a number",
        "count": "a whole number",
        "flag": "true or false",
    }[column.kind]
    if column.low is not None and column.high is not None:
        return f"{base} from {column.low:g} to {column.high:g}"
    if column.low is not None:
        return f"{base}, {column.low:g} or more"
    return base


def _text(values: pd.Series, missing: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    text = values.astype(object).where(~missing, None)
    is_text = np.fromiter((isinstance(value, str) for value in text), bool, len(text))
    return text, ~is_text & ~missing


def _instant(values: pd.Series, missing: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.astype(INSTANT), np.zeros(len(values), bool)
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values, ~missing  # a bare local time: the doubled hour cannot be told apart
    text = values.astype(str)
    aware = text.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$").to_numpy(bool)
    parsed = pd.to_datetime(text.where(~missing & aware), utc=True, errors="coerce", format="ISO8601")
    return parsed.astype(INSTANT), parsed.isna().to_numpy() & ~missing


def _day(values: pd.Series, missing: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values, ~missing
    parsed = pd.to_datetime(
        values.where(~missing, None), errors="coerce", format=None if _is_datetime(values) else "ISO8601"
    )
    days = parsed.astype(DAY)
    return days, (days.isna().to_numpy() & ~missing) | ((days != days.dt.normalize()).to_numpy() & ~missing)


def _is_datetime(values: pd.Series) -> bool:
    return pd.api.types.is_datetime64_dtype(values.dtype)


def _number(values: pd.Series, missing: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers, numbers.isna().to_numpy() & ~missing


_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0", "")


def _flag(values: pd.Series, missing: np.ndarray) -> tuple[pd.Series, np.ndarray]:
    text = values.astype(object).where(~missing, "false").astype(str).str.lower()
    return text.isin(_TRUE), ~text.isin(_TRUE + _FALSE).to_numpy()
