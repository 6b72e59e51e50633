"""Frames to rows of the store and back, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from wfm.tables.contract import Column, Table
from wfm.time.zones import DAY, INSTANT

Row = dict[str, Any]


def instant_us(instant: pd.Timestamp) -> int:
    """An aware instant as whole microseconds of UTC since 1970.

    >>> instant_us(pd.Timestamp("1970-01-01T01:00:01+01:00"))
    1000000
    """
    return int(pd.DatetimeIndex([instant]).tz_convert("UTC").as_unit("us").asi8[0])


def instant_of(microseconds: int) -> pd.Timestamp:
    """The instant of so many microseconds of UTC since 1970."""
    return pd.Timestamp(microseconds, unit="us", tz="UTC").as_unit("us")


def day_text(day: date | None) -> str | None:
    """A day as the store keeps it."""
    return None if day is None else day.isoformat()


def rows_of(table: Table, frame: pd.DataFrame, **same: object) -> list[Row]:
    """Rows of a frame that is in contract; ``same`` are further columns of one value."""
    columns = {column.name: _to_store(column, frame[column.name]) for column in table.columns}
    names = [*columns, *same]
    repeated = [[value] * len(frame) for value in same.values()]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), *repeated, strict=True)]


def frame_of(table: Table, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """A frame in contract from rows whose values stand in the order of the contract's columns."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    frame = pd.DataFrame(
        {column.name: _from_store(column, values) for column, values in zip(table.columns, columns, strict=True)}
    )
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)


def _to_store(column: Column, values: pd.Series) -> list[Any]:
    missing = values.isna().to_numpy()
    if column.kind == "instant":
        plain = pd.DatetimeIndex(values).as_unit("us").asi8.astype(object)
    elif column.kind == "day":
        plain = values.dt.strftime("%Y-%m-%d").to_numpy(object)
    elif column.kind == "count":
        plain = values.fillna(0).astype("int64").to_numpy().astype(object)
    elif column.kind == "number":
        plain = values.astype("float64").to_numpy().astype(object)
    elif column.kind == "flag":
        plain = values.to_numpy(bool).astype(object)
    else:
        plain = values.to_numpy(object, copy=True)
    plain[missing] = None
    return list(plain.tolist())


def _from_store(column: Column, values: Sequence[Any]) -> pd.Series:
    if column.kind == "instant":
        # NaT is the least integer of its kind: no float may come near an instant.
        unset = np.iinfo(np.int64).min
        micros = np.fromiter((unset if value is None else value for value in values), np.int64, len(values))
        return pd.Series(pd.DatetimeIndex(micros.view("datetime64[us]")).tz_localize("UTC"), dtype=INSTANT)
    if column.kind == "day":
        return pd.Series(np.array(values, dtype=DAY))
    if column.kind in ("number", "count"):
        return pd.Series(np.array(values, dtype="float64"))
    if column.kind == "flag":
        return pd.Series(np.array(values, dtype=bool))
    return pd.Series(list(values), dtype=object)
