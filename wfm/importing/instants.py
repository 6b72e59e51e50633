"""Time stamps as instants: with their offset, or local with a zone; a doubled hour is told apart or refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.importing.refusal import refuse
from wfm.time.zones import INSTANT, zone_named

_EXPECTED = "ISO 8601, such as 2026-11-23T08:30+01:00"
_OFFSET = r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$"
_TIME = r"\d{1,2}:\d{2}"


def read_instants(values: pd.Series, source: str, zone: str | None, groups: pd.Series | None = None) -> pd.Series:
    """Instants of text time stamps, on the index of ``values`` (lines of the file).

    Args:
        values: text; none missing.
        zone: where stamps without an offset are local; None refuses them.
        groups: rows of one group (a queue) have each instant once, so that an hour that the clock shows twice can be
            told apart where both its halves are there in order; None refuses such an hour.

    Raises:
        InputError: not a time stamp; no offset and no zone; an hour that the clock skipped; an hour that it showed
            twice and that cannot be told apart.
    """
    text = values.astype(str)
    refuse(values.isna(), values, source, "no time stamp", _EXPECTED)
    has_offset = (text.str.contains(_TIME) & text.str.contains(_OFFSET)).to_numpy(bool)
    if zone is None:
        refuse(
            ~has_offset,
            values,
            source,
            "a time without its offset",
            _EXPECTED,
            "export it with the offset, or say where it is local with --zone",
        )
    parsed = pd.Series(pd.NaT, index=values.index, dtype=INSTANT, name=values.name)
    if has_offset.any():
        joined = text[has_offset].str.replace(r"\s+([+-]\d{2}:?\d{2})$", r"\1", regex=True)
        parsed[has_offset] = pd.to_datetime(joined, utc=True, errors="coerce", format="ISO8601").astype(INSTANT)
    if zone is not None and not has_offset.all():
        parsed[~has_offset] = _localised(values[~has_offset], source, zone, groups)
    refuse(parsed.isna(), values, source, "not a time stamp", _EXPECTED)
    return parsed


def _localised(values: pd.Series, source: str, zone: str, groups: pd.Series | None) -> pd.Series:
    wall = pd.to_datetime(values, errors="coerce", format="ISO8601").astype("datetime64[us]")
    refuse(wall.isna(), values, source, "not a time stamp", _EXPECTED)
    return on_wall_clock(wall, source, zone, groups)


def on_wall_clock(wall: pd.Series, source: str, zone: str, groups: pd.Series | None = None) -> pd.Series:
    """Instants at which the clock of ``zone`` showed naive times, indexed by line.

    Raises:
        InputError: an unknown zone; an hour that the clock skipped, or showed twice and that cannot be told apart.
    """
    zone_named(zone)
    values = wall.dt.strftime("%Y-%m-%dT%H:%M:%S")
    index = pd.DatetimeIndex(wall)
    first = index.tz_localize(zone, ambiguous=np.ones(len(index), bool), nonexistent="NaT")
    refuse(
        np.asarray(first.isna()),
        values,
        source,
        f"a time that the clock of {zone} skipped",
        mend="export the times with their offset: the rows of that hour belong elsewhere",
    )
    second = index.tz_localize(zone, ambiguous=np.zeros(len(index), bool), nonexistent="NaT")
    doubled = np.asarray(first != second)
    if not doubled.any():
        return pd.Series(first.tz_convert("UTC").as_unit("us"), index=values.index)
    later = _later_half(wall, values, doubled, source, zone, groups)
    return pd.Series(first.where(~later, second).tz_convert("UTC").as_unit("us"), index=values.index)


def _later_half(
    wall: pd.Series, values: pd.Series, doubled: NDArray[np.bool_], source: str, zone: str, groups: pd.Series | None
) -> NDArray[np.bool_]:
    """Which rows are of the second pass of the clock: those that come second, where all there are come in order.

    Both passes, each with the rest of its day, must ascend down the file; an unsorted file tells nothing.
    """
    mend = "export the times with their offset"
    what = f"a time that the clock of {zone} showed twice"
    if groups is None:
        refuse(doubled, values, source, what, "a time with its offset", mend)
    assert groups is not None
    frame = pd.DataFrame({"group": groups[values.index].to_numpy(), "wall": wall.to_numpy(), "doubled": doubled})
    frame["turn"] = frame.groupby(["group", "wall"]).cumcount()
    times = frame.groupby(["group", "wall"])["wall"].transform("size").to_numpy()
    refuse(doubled & (times != 2), values, source, what, "both of them, the earlier first", mend)
    later = doubled & (frame["turn"] == 1).to_numpy()
    frame["day"] = frame["wall"].dt.normalize()
    concerned = frame.merge(
        frame.loc[doubled, ["group", "day"]].drop_duplicates(), on=["group", "day"], how="left", indicator=True
    )
    near = (concerned["_merge"] == "both").to_numpy()
    for left_out in (later, doubled & ~later):
        rest = frame[near & ~left_out]
        back = (rest.groupby(["group", "day"])["wall"].diff() < pd.Timedelta(0)).reindex(frame.index, fill_value=False)
        refuse(back.to_numpy(bool), values, source, f"{what} on this day, and rows out of order", "rows in order", mend)
    return later
