"""Scores as tables that people read: accuracy first, then what the error costs in agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.commands.options import OutputFormat
from wfm.commands.output import show

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ("run", "queue", "channel", "method", "lead_week", "lead_day", "weekday", "time", "kind", "overridden")
_ACCURACY = (
    "wmape", "wmape_day", "bias", "mase", "pinball", "in_80", "in_95", "day_in_80", "day_in_95", "bands",
    "aht_wmape", "origins",
)  # fmt: skip
_COST = ("agents_over", "agents_under", "understaffed", "hours_over_week", "hours_under_week")


def show_scores(table: pd.DataFrame, form: OutputFormat, caption: str) -> None:
    """Print scores. For people: two tables, percentages as such, columns without any value left out.

    CSV and JSON have one table of every column, with fractions.
    """
    if form is not OutputFormat.table:
        show(table, form)
        return
    told = table.dropna(axis="columns", how="all")
    keys = [name for name in _KEYS if name in told]
    show(told[[*keys, *(name for name in _ACCURACY if name in told)]], form, caption)
    cost = [name for name in _COST if name in told]
    if cost:
        show(told[[*keys, *cost]], form, "What the error costs in agents")
