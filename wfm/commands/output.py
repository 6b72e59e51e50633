"""What a command says: data on stdout as a table, CSV or JSON; everything else on stderr."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from wfm.commands.options import OutputFormat

if TYPE_CHECKING:
    import pandas as pd

    from wfm.policy.centre import Centre


def show(frame: pd.DataFrame, form: OutputFormat, caption: str = "") -> None:
    """Print a frame on stdout. A table rounds to what people read; CSV and JSON carry every digit.

    Fractions in columns named ``*_level``, ``occupancy``, ``abandonment`` or ``gap_share`` read as percentages.
    """
    if form is OutputFormat.csv:
        sys.stdout.write(_plain(frame).to_csv(index=False, lineterminator="\n"))
    elif form is OutputFormat.json:
        sys.stdout.write((_plain(frame).to_json(orient="records", force_ascii=False, indent=1) or "[]") + "\n")
    else:
        _show_table(frame, caption)


def on_the_clock(table: pd.DataFrame, centre: Centre) -> pd.DataFrame:
    """``interval_start`` on the clock of each queue's zone, as its opening hours are; text where zones differ."""
    zones = table["queue"].map({queue.id: centre.zone_of(queue.id) for queue in centre.queues}).fillna(centre.zone)
    starts, different = table["interval_start"], zones.unique()
    if len(different) <= 1:
        return table.assign(interval_start=starts.dt.tz_convert(different[0] if len(different) else centre.zone))
    local = [start.tz_convert(zone).isoformat() for start, zone in zip(starts, zones, strict=True)]
    return table.assign(interval_start=local)


def local_days(table: pd.DataFrame, centre: Centre) -> pd.Series:
    """The local day of each row's interval, in its queue's zone."""
    import pandas as pd

    from wfm.time.zones import DAY, local_day

    days = pd.Series(pd.NaT, index=table.index, dtype=DAY)
    for name, rows in table.groupby("queue"):
        days.loc[rows.index] = local_day(rows["interval_start"], centre.zone_of(str(name)))
    return days


def say(line: str) -> None:
    """One line for the reader, on stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Instants as ISO 8601 with their offset, days as dates, so that every format reads back."""
    import pandas as pd

    columns: dict[Any, Any] = {}
    for name, values in frame.items():
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            columns[name] = [None if gone else at.isoformat() for at, gone in zip(values, values.isna(), strict=True)]
        elif pd.api.types.is_datetime64_dtype(values.dtype):
            columns[name] = values.dt.strftime("%Y-%m-%d")
        else:
            columns[name] = values
    return pd.DataFrame(columns, columns=frame.columns)


_PERCENT = (
    "service_level", "target", "occupancy", "abandonment", "wmape", "bias", "pinball", "in_", "day_in_", "change",
    "understaffed", "aht_wmape", "aht_bias", "exact_level", "worst_level", "pyworkforce_level",
)  # fmt: skip


def _show_table(frame: pd.DataFrame, caption: str) -> None:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160, highlight=False)
    table = Table(title=caption or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    texts = {name: _cells(str(name), frame[name]) for name in frame.columns}
    for name, (justify, _) in texts.items():
        # A number or a date that is broken over two lines reads as another one.
        whole = justify == "right" or pd.api.types.is_datetime64_any_dtype(frame[name])
        table.add_column(str(name), justify=justify, overflow="fold", no_wrap=whole)
    for row in range(len(frame)):
        table.add_row(*(Text(cells[row]) for _, cells in texts.values()))
    console.print(table)
    if frame.empty:
        console.print("(no rows)")


def _cells(name: str, values: pd.Series) -> tuple[Any, list[str]]:
    import pandas as pd

    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return "left", [instant.strftime("%Y-%m-%d %H:%M") if pd.notna(instant) else "" for instant in values]
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return "left", [day.strftime("%a %Y-%m-%d") if pd.notna(day) else "" for day in values]
    if pd.api.types.is_float_dtype(values.dtype):
        if any(name.startswith(stem) for stem in _PERCENT):
            return "right", [f"{value:.1%}" if pd.notna(value) else "" for value in values]
        return "right", [_number(value) for value in values]
    justify = "right" if pd.api.types.is_integer_dtype(values.dtype) else "left"
    return justify, [
        "" if value is None or (isinstance(value, float) and value != value) else str(value) for value in values
    ]


def _number(value: float) -> str:
    if value != value:
        return ""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:z,.0f}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:z,.2f}"
