"""Shift demand: how many agents each shift of each day shall have."""

from __future__ import annotations

from wfm.tables.contract import Column, Table

SHIFT_DEMAND = Table(
    "shift_demand",
    (
        Column("day", "day"),
        Column("template", "text"),
        Column("agents", "number", low=0),
        Column("price_under", "number", low=0),
        Column("price_over", "number", low=0),
    ),
    key=("template", "day"),
)
"""One shift template on one local date: ``agents`` who shall be given it; points for each agent fewer and more."""
